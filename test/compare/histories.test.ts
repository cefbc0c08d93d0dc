// Simulated histories: how often the rule for stored runs raises a false alarm on unchanged code, and whether it finds what
// is really slower. Seeded, so every run of this test sees the same thousands of histories.
import { expect, test } from '@jest/globals'
import { judgeBudgets } from '../../src/compare/judge-budget.ts'
import { type Scope, scopeOf, WHOLE } from '../../src/compare/scope.ts'
import type { Budget } from '../../src/profile/profile.ts'
import { type MadeRun, normal, seeded, spread, storedRun } from '../baseline/made-run.ts'
import { budget } from './made-budget.ts'

/** Shares of all histories. */
type Outcomes = Readonly<Record<'exceeded' | 'undecided' | 'holds', number>>

/** Runs a made scope for every whole per cent of the logarithm once only: making one is what takes the time. */
function gridOf(make: (factor: number) => MadeRun): (log: number) => Scope {
  const made = new Map<number, Scope>()
  return (log) => {
    const cell = Math.round(log * 100)
    const known = made.get(cell) ?? scopeOf(storedRun(make(Math.exp(cell / 100))), WHOLE)
    made.set(cell, known)
    return known
  }
}

const latencies = gridOf((factor) => ({ steps: [{ times: spread(100 * factor, 2000) }] }))
/** Users who wait for their answers: the slower they come, the fewer there are. */
const answers = gridOf((factor) => ({
  model: 'closed',
  steps: [{ times: new Array(Math.round(6000 * factor)).fill(1) }],
}))

/**
 * The noise between runs on machines of a kind. `typical` is a hosted runner: one in four is of a slower model, and the
 * p95 of unchanged code differs by about 10 % between runs.
 */
const NOISE = {
  quiet: (gauss: () => number) => 0.02 * gauss(),
  typical: (gauss: () => number, random: () => number) => 0.078 * gauss() + (random() < 0.25 ? 0.15 : 0),
}

interface History {
  readonly noise: keyof typeof NOISE
  readonly limits: readonly Budget[]
  readonly stored: number
  /** How many times slower the code of the run is than that of the baseline. */
  readonly slower: number
  readonly scope?: (log: number) => Scope
  readonly sign?: 1 | -1
}

/** The share of histories by the worst judgement any of the budgets gets. */
function simulate({ noise, limits, stored, slower, scope = latencies, sign = 1 }: History, histories = 1000): Outcomes {
  const random = seeded(stored * 1000 + limits.length)
  const gauss = normal(random)
  const run = (shift = 0) => scope(sign * (NOISE[noise](gauss, random) + shift))
  const counts = { exceeded: 0, undecided: 0, holds: 0 }
  for (let history = 0; history < histories; history++) {
    const before = Array.from({ length: stored }, () => run())
    const now = run(Math.log(slower))
    const judged = judgeBudgets(
      limits.map((limit) => ({
        budget: limit,
        now,
        before,
        pace: { length: 1_000, successes: new Array<number>(60).fill(now.succeededInWindow / 60) },
        there: 'in the baseline',
        refused: undefined,
      })),
    )
    const worst = (['exceeded', 'undecided', 'holds'] as const).find((kind) =>
      judged.some(({ judgement }) => judgement.kind === kind),
    )
    if (worst === undefined) throw new Error(JSON.stringify(judged))
    counts[worst]++
  }
  const share = (count: number) => count / histories
  return { exceeded: share(counts.exceeded), undecided: share(counts.undecided), holds: share(counts.holds) }
}

const p95 = [budget('p95', { share: 0.05 })]
const half = [budget('p95', { share: 0.5 })]

test.each([
  ['quiet', 3, 0],
  ['quiet', 20, 0],
  ['typical', 3, 0.002],
  ['typical', 5, 0.005],
  ['typical', 10, 0.006],
  ['typical', 20, 0.006],
] as const)('%s machines, %d runs, unchanged code: at most %d false alarms', (noise, stored, most) => {
  expect(simulate({ noise, limits: p95, stored, slower: 1 }).exceeded).toBeLessThanOrEqual(most)
})

test.each([3, 5, 10, 20])('a service twice as slow is found on typical machines with %d stored runs', (stored) => {
  const outcomes = simulate({ noise: 'typical', limits: p95, stored, slower: 2 })
  expect(outcomes.exceeded).toBeGreaterThan(0.95)
  expect(outcomes.holds).toBe(0)
})

test('what the quickstart shows: three quiet runs, a limit of + 50 %', () => {
  expect(simulate({ noise: 'quiet', limits: half, stored: 3, slower: 1 }).holds).toBe(1)
  expect(simulate({ noise: 'quiet', limits: half, stored: 3, slower: 2.5 }).exceeded).toBe(1)
})

test('a service that is worse by just the limit rarely passes and rarely fails', () => {
  const outcomes = simulate({ noise: 'quiet', limits: half, stored: 5, slower: 1.5 })
  expect(outcomes.holds).toBeLessThan(0.06)
  expect(outcomes.exceeded).toBeLessThan(0.06)
})

test('several budgets on the same noise raise no more alarms than one', () => {
  const many = Array.from({ length: 5 }, () => budget('p95', { share: 0.02 }))
  const one = simulate({ noise: 'typical', limits: many.slice(0, 1), stored: 5, slower: 1 })
  const five = simulate({ noise: 'typical', limits: many, stored: 5, slower: 1 })
  expect(five.exceeded).toBeLessThanOrEqual(one.exceeded + 0.002)
})

test.each([3, 5, 10])('a throughput that the target sets is as noisy as its latency: %d stored runs', (stored) => {
  const limits = [budget('throughput', { share: 0.05 })]
  const of = (slower: number) => simulate({ noise: 'typical', limits, stored, slower, scope: answers, sign: -1 })
  expect(of(1).exceeded).toBeLessThan(0.006)
  expect(of(2).exceeded).toBeGreaterThan(0.95)
})
