// Laws that hold for any run, whatever its numbers.
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Baseline } from '../../src/baseline/baseline.ts'
import { compare } from '../../src/compare/compare.ts'
import { judge } from '../../src/compare/judge.ts'
import type { Outcome } from '../../src/compare/verdict.ts'
import type { Budget } from '../../src/profile/profile.ts'
import type { RunResult } from '../../src/result/result.ts'
import { type MadeRun, madeRun, NOW, spread, storedRun } from '../baseline/made-run.ts'
import { budget } from './made-budget.ts'

interface Figures {
  readonly p95: number
  readonly requests: number
  readonly failed: number
  readonly dropped: number
  readonly model: 'open' | 'closed'
}

const figures = fc.record({
  p95: fc.oneof(fc.constantFrom(0, 0.001, 100), fc.double({ min: 0.01, max: 5000, noNaN: true })),
  requests: fc.oneof(fc.constantFrom(0, 1, 58, 59, 6000), fc.integer({ min: 0, max: 3000 })),
  failed: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300 })),
  dropped: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300 })),
  model: fc.constantFrom('open', 'closed'),
})
const share = fc.constantFrom(0, 0.05, 0.5, 3)
const amounts = { p95: 20, 'p99.9': 20, errors: 0.002, throughput: 5 }
const absolutes = { p95: [0, 50, 200, 9000], 'p99.9': [200], errors: [0, 0.005, 0.2, 1], throughput: [0, 1, 20, 500] }
const limit: fc.Arbitrary<Budget> = fc.constantFrom('p95', 'p99.9', 'errors', 'throughput').chain((metric) =>
  fc
    .tuple(
      fc.oneof(
        fc.constantFrom(...absolutes[metric]),
        fc.record({ share }),
        fc.constant({ amount: amounts[metric] }),
        share.map((share) => ({ share, amount: amounts[metric] })),
      ),
      fc.constantFrom(undefined, 'store'),
    )
    .map(([limit, of]) => budget(metric, limit, of)),
)
const limits = fc.array(limit, { minLength: 1, maxLength: 4 })
const window = fc.array(figures, { maxLength: 6 })

function made({ p95, requests, failed, dropped, model }: Figures): MadeRun {
  return { model, dropped, steps: [{ times: spread(p95, requests), causes: failed > 0 ? { timeout: failed } : {} }] }
}

function baselineOf(runs: readonly Figures[]): Baseline {
  return {
    store: 'file:x',
    runs: runs.map((run, n) => storedRun({ ...made(run), id: `run-${n}`, startedAt: NOW - n - 1 })),
  }
}

const outcomeOf = (
  run: RunResult,
  baseline: Baseline | undefined,
  budgets: readonly Budget[],
  problem?: string,
): Outcome =>
  judge(
    compare(run, baseline, budgets, {
      baselineProblem: problem === undefined ? problem : { message: problem, remedy: '' },
    }),
  ).outcome

/** Milder to harder. */
const ORDER: readonly Outcome[] = ['pass', 'inconclusive', 'fail', 'invalid']

test('no number of a comparison is NaN or infinite, and all of it survives JSON', () => {
  fc.assert(
    fc.property(figures, window, limits, (now, before, budgets) => {
      const comparison = compare(madeRun(made(now)), baselineOf(before), budgets)
      expect(brokenNumbers(comparison)).toEqual([])
      for (const text of texts(comparison, judge(comparison))) expect(text).not.toMatch(/NaN|Infinity|undefined|∞/)
    }),
    { numRuns: 60 },
  )
})

test('what is shown agrees with itself: bounds surround values, and judgements follow from them', () => {
  fc.assert(
    fc.property(figures, window, limits, (now, before, budgets) => {
      for (const { measured, change, judgement, limit, budget } of compare(
        madeRun(made(now)),
        baselineOf(before),
        budgets,
      ).budgets) {
        for (const estimate of [measured, change]) {
          if (estimate === undefined) continue
          expect(estimate.low).toBeLessThanOrEqual(estimate.value * (1 + 1e-9))
          if (estimate.high !== undefined) expect(estimate.high).toBeGreaterThanOrEqual(estimate.value * (1 - 1e-9))
        }
        // Whatever the rule: what holds keeps its limit, what is exceeded does not.
        if (judgement.kind !== 'holds' && judgement.kind !== 'exceeded') continue
        const worse = budget.metric === 'throughput' ? measured!.value < limit! : measured!.value > limit!
        const slack = 1e-9 * Math.abs(limit!)
        if (Math.abs(measured!.value - limit!) > slack)
          expect([judgement.kind, worse]).toEqual([judgement.kind, judgement.kind === 'exceeded'])
      }
    }),
    { numRuns: 60 },
  )
})

test('a slower run never turns a failure into anything milder, nor anything into a pass', () => {
  fc.assert(
    fc.property(
      figures,
      window,
      limits,
      fc.double({ min: 1.01, max: 20, noNaN: true }),
      (now, before, budgets, factor) => {
        const latency = budgets.filter(({ metric }) => metric.startsWith('p'))
        fc.pre(latency.length > 0 && now.p95 > 0)
        const outcome = (p95: number) => outcomeOf(madeRun(made({ ...now, p95 })), baselineOf(before), latency)
        expect(ORDER.indexOf(outcome(now.p95 * factor))).toBeGreaterThanOrEqual(ORDER.indexOf(outcome(now.p95)))
      },
    ),
    { numRuns: 60 },
  )
})

test('more failures never turn a failure of the errors into anything milder, nor anything into a pass', () => {
  fc.assert(
    fc.property(
      figures,
      window,
      limits,
      fc.integer({ min: 1, max: 500 }),
      fc.boolean(),
      (now, before, budgets, more, drop) => {
        const errors = budgets.filter(({ metric }) => metric === 'errors')
        fc.pre(errors.length > 0 && now.requests > 0)
        const worse = drop ? { ...now, dropped: now.dropped + more } : { ...now, failed: now.failed + more }
        const outcome = (run: Figures) => outcomeOf(madeRun(made(run)), baselineOf(before), errors)
        expect(ORDER.indexOf(outcome(worse))).toBeGreaterThanOrEqual(ORDER.indexOf(outcome(now)))
      },
    ),
    { numRuns: 60 },
  )
})

test('requests that fail instead of being slow never make a pass of what was none', () => {
  fc.assert(
    fc.property(figures, window, limits, fc.double({ min: 0, max: 1, noNaN: true }), (now, before, budgets, part) => {
      fc.pre(now.requests > 100 && now.p95 > 0)
      const both = [...budgets, budget('errors', 0.01)]
      const honest = spread(now.p95, now.requests)
      // The slowest are given up on.
      const kept = honest.slice(0, Math.ceil(honest.length * (1 - part / 2)))
      const run = (times: readonly number[]) =>
        madeRun({
          model: now.model,
          dropped: now.dropped,
          steps: [{ times, causes: { timeout: now.failed + honest.length - times.length } }],
        })
      const [before_, after] = [run(honest), run(kept)].map((result) => outcomeOf(result, baselineOf(before), both))
      // Up to 1 % of failures is what the budget allows, and what a percentile of the rest can gain by.
      if (before_ !== 'pass' && honest.length - kept.length > 0.01 * honest.length) expect(after).not.toBe('pass')
    }),
    { numRuns: 60 },
  )
})

test('nothing missing ever passes', () => {
  const whole = madeRun({
    steps: [{ times: spread(100, 300) }, { step: 'GET /next', times: spread(50, 300) }],
  })
  const budgets = [budget('p95', 500), budget('errors', 0.05), budget('throughput', 1), budget('p95', { share: 3 })]
  const three = baselineOf(
    new Array<Figures>(3).fill({ p95: 100, requests: 300, failed: 0, dropped: 0, model: 'open' }),
  )
  expect(outcomeOf(whole, three, budgets)).toBe('pass')
  const removals = pathsOf(whole)
  expect(removals.length).toBeGreaterThan(100)
  const passed = removals.filter((path) => {
    try {
      return outcomeOf(without(whole, path), three, budgets) === 'pass'
    } catch {
      // Not to be read at all is no pass either; what comes from a file is checked before.
      return false
    }
  })
  // What a verdict does not rest on: names, sizes, and what was sent before the window. Without its model a run is compared
  // as if the target had set the pace, which is the wider noise.
  const harmless =
    /^(kind|schema|id|profile|commit|calibration|plan\.(model|target|warmUp|seed|executor)|warmUp.*|health\.(connections.*|staleRetries|pauses|machine|link)|steps\.\d\.(id|scenario|step|bytesReceived|bytesSent|causes|firstByte|blocks(\.length|\.records\.\d+\.(index|failed))?)|intervals\.records\.\d+\.failed)$/
  expect(passed.map((path) => path.join('.')).filter((path) => !harmless.test(path))).toEqual([])
})

test('with one or two stored runs left, or a damaged store, no relative budget passes', () => {
  fc.assert(
    fc.property(figures, fc.array(figures, { minLength: 1, maxLength: 2 }), share, (now, before, share) => {
      expect(outcomeOf(madeRun(made(now)), baselineOf(before), [budget('p95', { share })])).not.toBe('pass')
      expect(outcomeOf(madeRun(made(now)), undefined, [budget('p95', { share })], 'it is damaged')).toBe('invalid')
    }),
    { numRuns: 50 },
  )
})

test('the order of budgets and of stored runs changes nothing', () => {
  fc.assert(
    fc.property(figures, window, limits, (now, before, budgets) => {
      const run = madeRun(made(now))
      const baseline = baselineOf(before)
      const turned = { ...baseline, runs: [...baseline.runs].reverse() }
      const rows = (baseline: Baseline, budgets: readonly Budget[]) =>
        compare(run, baseline, budgets)
          .budgets.map(({ budget, judgement }) => `${budget.text} ${judgement.kind}`)
          .sort()
      expect(rows(turned, [...budgets].reverse())).toEqual(rows(baseline, budgets))
    }),
    { numRuns: 60 },
  )
})

type Path = readonly (string | number)[]

/** Every place of a JSON value below its root. */
function pathsOf(value: unknown, at: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [[...at, key], ...pathsOf(inner, [...at, key])])
}

function without(result: RunResult, path: Path): RunResult {
  const copy = JSON.parse(JSON.stringify(result))
  const parent = path.slice(0, -1).reduce((place, key) => place[key], copy)
  if (Array.isArray(parent)) parent.splice(Number(path.at(-1)), 1)
  else delete parent[path.at(-1)!]
  return copy
}

function brokenNumbers(value: unknown, at = ''): readonly string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [`${at}: ${value}`]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => brokenNumbers(inner, `${at}.${key}`))
}

function texts(...values: readonly unknown[]): readonly string[] {
  return values.flatMap((value) =>
    typeof value === 'string'
      ? [value]
      : typeof value === 'object' && value !== null
        ? texts(...Object.values(value))
        : [],
  )
}
