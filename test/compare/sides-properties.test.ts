// Laws that hold for any rounds, whatever their numbers.
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { compareSides, isDecided, type Round, type SidesOptions } from '../../src/compare/compare-sides.ts'
import { judge } from '../../src/compare/judge.ts'
import type { Outcome } from '../../src/compare/verdict.ts'
import { budget } from './made-budget.ts'
import { around, type MadeSide, madeRound } from './made-rounds.ts'

interface Block {
  readonly p95: number
  readonly requests: number
  readonly failed: number
}

const block: fc.Arbitrary<Block> = fc.record({
  p95: fc.oneof(fc.constantFrom(0, 0.001, 100), fc.double({ min: 1, max: 500, noNaN: true })),
  requests: fc.oneof(fc.constantFrom(0, 1, 200), fc.integer({ min: 0, max: 60 })),
  failed: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20 })),
})
const side = fc.array(block, { minLength: 2, maxLength: 2 })
const round = fc.tuple(side, side)
const rounds = fc.array(round, { minLength: 1, maxLength: 4 })
const options: fc.Arbitrary<SidesOptions> = fc.record({
  design: fc.constantFrom('paired', 'alternating'),
  freshProcesses: fc.boolean(),
  mostRounds: fc.constantFrom(0, 2, 10),
})
const limits = fc.subarray(
  [
    budget('p95', { share: 0.05 }),
    budget('p50', { share: 0.05, amount: 5 }),
    budget('errors', { amount: 0.001 }),
    budget('throughput', { share: 0.05 }),
    budget('throughput', { amount: 5 }),
    budget('p95', 200),
    budget('p95', { amount: 3 }, 'store'),
  ],
  { minLength: 1, maxLength: 3 },
)

function made(blocks: readonly Block[], slower = 1): MadeSide {
  return {
    model: 'closed',
    steps: [
      {
        blocks: blocks.map(({ p95, requests }) => around(p95 * slower, requests)),
        failed: blocks.map(({ failed }) => failed),
      },
    ],
  }
}

const roundsOf = (pairs: readonly (readonly [readonly Block[], readonly Block[]])[], slower = 1): readonly Round[] =>
  pairs.map(([base, head]) => madeRound(made(base), made(head, slower)))

/** Milder to harder. */
const ORDER: readonly Outcome[] = ['pass', 'inconclusive', 'fail', 'invalid']

test('no number of a comparison is NaN or infinite, and no sentence speaks of one', () => {
  fc.assert(
    fc.property(rounds, limits, options, (pairs, budgets, options) => {
      const comparison = compareSides(roundsOf(pairs), budgets, options)
      expect(brokenNumbers(comparison)).toEqual([])
      expect(JSON.stringify([comparison, judge(comparison)])).not.toMatch(/NaN|Infinity|undefined|∞/)
    }),
    { numRuns: 60 },
  )
})

test('bounds surround their values, and what is decided has rounds enough', () => {
  fc.assert(
    fc.property(rounds, limits, options, (pairs, budgets, options) => {
      for (const { measured, change, judgement, budget } of compareSides(roundsOf(pairs), budgets, options).budgets) {
        for (const estimate of [measured, change]) {
          if (estimate === undefined) continue
          expect(estimate.low).toBeLessThanOrEqual(estimate.value * (1 + 1e-9))
          if (estimate.high !== undefined) expect(estimate.high).toBeGreaterThanOrEqual(estimate.value * (1 - 1e-9))
        }
        if (budget.limit.kind === 'baseline' && options.freshProcesses && pairs.length < 2)
          expect(['undecided', 'no-samples']).toContain(judgement.kind)
      }
    }),
    { numRuns: 60 },
  )
})

test('a slower head never turns a failure into anything milder, nor anything into a pass', () => {
  const latency = [budget('p95', { share: 0.05 }), budget('p50', { share: 0.2 })]
  fc.assert(
    fc.property(
      rounds,
      fc.subarray(latency, { minLength: 1 }),
      fc.double({ min: 1.01, max: 10, noNaN: true }),
      (pairs, budgets, factor) => {
        // In whole microseconds, an answer that takes none or one becomes no slower by a factor, and the rounds seem to agree.
        const timed = pairs.map(
          ([base, head]) => [base, head.map(({ p95, ...own }) => ({ ...own, p95: Math.max(1, p95) }))] as const,
        )
        const outcome = (slower: number) =>
          judge(
            compareSides(roundsOf(timed, slower), budgets, { design: 'paired', freshProcesses: true, mostRounds: 0 }),
          ).outcome
        expect(ORDER.indexOf(outcome(factor))).toBeGreaterThanOrEqual(ORDER.indexOf(outcome(1)))
      },
    ),
    { numRuns: 60 },
  )
})

test('a decision of the rounds so far is one of all that follow', () => {
  fc.assert(
    fc.property(rounds, limits, options, (pairs, budgets, options) => {
      fc.pre(options.mostRounds === 10)
      const all = roundsOf(pairs)
      const relative = budgets.filter(({ limit }) => limit.kind === 'baseline')
      for (let count = 1; count < all.length; count++) {
        const [early, late] = [all.slice(0, count), all].map((rounds) => compareSides(rounds, relative, options))
        for (const { budget, judgement } of early!.budgets) {
          const later = late!.budgets.find((row) => row.budget === budget)?.judgement.kind
          if (judgement.kind === 'exceeded') expect(['exceeded', 'undecided', 'no-samples']).toContain(later)
          if (judgement.kind === 'holds') expect(['holds', 'undecided', 'no-samples']).toContain(later)
        }
        const exceeded = early!.budgets.some(({ judgement }) => judgement.kind === 'exceeded')
        if (exceeded) expect(isDecided(early!)).toBe(true)
      }
    }),
    { numRuns: 40 },
  )
})

function brokenNumbers(value: unknown, at = ''): readonly string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [`${at}: ${value}`]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => brokenNumbers(inner, `${at}.${key}`))
}
