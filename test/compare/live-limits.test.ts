import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { endedEarly } from '../../src/compare/ended-early.ts'
import { judge } from '../../src/compare/judge.ts'
import { type Breach, LiveLimits } from '../../src/compare/live-limits.ts'
import type { Budget, MetricName } from '../../src/profile/profile.ts'
import { histogram } from '../baseline/made-run.ts'
import { chanceOf } from '../support/virtual/chance.ts'
import { budget } from './made-budget.ts'

const PLAN = { measureFrom: 5_000, duration: 600_000 }
const aborting = (metric: MetricName, limit: number): Budget => ({ ...budget(metric, limit), abort: true })

/** What one shard does within its next second. */
interface Second {
  readonly succeeded?: number
  readonly failed?: number
  readonly dropped?: number
  readonly ms?: number
}

/** When it ends a run whose shards do this, second by second. */
function endOf(
  budgets: readonly Budget[],
  secondOf: (second: number, shard: number) => Second,
  { shards = 1, seconds = 100 } = {},
): Breach | undefined {
  const limits = new LiveLimits(PLAN, budgets)
  const sums = Array.from({ length: shards }, () => ({ sent: 0, succeeded: 0, failed: 0, dropped: 0 }))
  for (let second = 0; second < seconds; second++)
    for (const [index, sum] of sums.entries()) {
      const { succeeded = 0, failed = 0, dropped = 0, ms = 10 } = secondOf(second, index)
      sum.sent += succeeded + failed
      sum.succeeded += succeeded
      sum.failed += failed
      sum.dropped += dropped
      const recent = histogram(Array.from({ length: succeeded }, () => ms))
      limits.take({ index, elapsed: 1_000 * (second + 1), active: 1, recent, ...sum })
      const breach = limits.breach()
      if (breach) return breach
    }
  return undefined
}

test('a share of failures that is clearly above its limit ends a run within seconds', () => {
  const half = (second: number) => (second < 30 ? { succeeded: 50 } : { succeeded: 25, failed: 25 })
  const breach = endOf([aborting('errors', 0.2)], half)
  expect(breach?.budget.metric).toBe('errors')
  expect(breach?.early.after).toBeGreaterThan(31_000)
  expect(breach?.early.after).toBeLessThan(41_000)
  expect(breach?.early).toMatchObject({ of: 600_000, window: 10_000 })
  expect(breach?.measured.low).toBeGreaterThan(0.2)
})

test('arrivals that found no connection are failures', () => {
  const dropping = (second: number) => (second < 30 ? { succeeded: 50 } : { succeeded: 25, dropped: 25 })
  expect(endOf([aborting('errors', 0.2)], dropping)?.measured.value).toBeGreaterThan(0.2)
})

test('times that are clearly above their limit end it too, others do not', () => {
  const slow = (second: number) => ({ succeeded: 50, ms: second < 30 ? 10 : 900 })
  const breach = endOf([aborting('p95', 500)], slow)
  expect(breach?.measured.value).toBeCloseTo(900, -1)
  expect(breach?.early.after).toBeLessThan(41_000)
  expect(endOf([aborting('p95', 1_000)], slow)).toBeUndefined()
})

test('nothing of the warm-up counts, nothing of a budget that is not marked, and few requests say nothing', () => {
  const failing = (second: number) => (second < 5 ? { failed: 50 } : { succeeded: 50 })
  expect(endOf([aborting('errors', 0.2)], failing)).toBeUndefined()
  expect(endOf([budget('errors', 0.2)], () => ({ succeeded: 10, failed: 40 }))).toBeUndefined()
  expect(endOf([aborting('errors', 0.2)], (second) => (second % 10 === 0 ? { failed: 1 } : {}))).toBeUndefined()
})

test('a run that keeps its limit is let alone, whatever its seed', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const chance = chanceOf(seed)
      const even = () => {
        const failed = Array.from({ length: 50 }, () => chance.happens(0.18)).filter(Boolean).length
        return { succeeded: 50 - failed, failed }
      }
      expect(endOf([aborting('errors', 0.2)], even, { seconds: 200 })).toBeUndefined()
    }),
    { numRuns: 20 },
  )
})

test('a target that answers nothing for half a minute ends a run of its own, unless the profile has said when', () => {
  const gone = (second: number) => (second < 20 ? { succeeded: 5 } : { failed: 5 })
  const breach = endOf([budget('p95', 100)], gone)
  expect(breach?.early.after).toBe(50_000)
  expect(breach?.measured.value).toBe(1)
  expect(endOf([aborting('errors', 1)], gone)).toBeUndefined()
  // Gone from the first moment on.
  expect(endOf([budget('p95', 100)], () => ({ failed: 5 }))?.early.after).toBe(35_000)
  expect(
    endOf([budget('p95', 100)], (second) => (second % 25 === 0 ? { succeeded: 1 } : { failed: 5 })),
  ).toBeUndefined()
})

test('of several workers all count, also those that began later', () => {
  const one = (second: number, shard: number) =>
    shard === 0 ? { succeeded: 90 } : second < 40 ? { succeeded: 10 } : { failed: 10 }
  expect(endOf([aborting('errors', 0.5)], one, { shards: 2 })).toBeUndefined()
  expect(endOf([aborting('errors', 0.05)], one, { shards: 2 })?.measured.value).toBeLessThan(0.15)
})

test('what is found fails the run; other budgets are not judged, and the missing load is no flaw', () => {
  const limit = aborting('errors', 0.2)
  const other = budget('p95', 100)
  const breach = endOf([limit, other], () => ({ succeeded: 10, failed: 40 }))!
  const measured = { value: 50, low: 40, high: 60 }
  const facts = {
    scope: 'all',
    measured,
    baseline: undefined,
    change: undefined,
    resolution: undefined,
    improved: false,
    judgement: { kind: 'holds' },
  } as const
  const comparison = endedEarly(
    {
      budgets: [
        { ...facts, budget: other, metric: 'p95', limit: 100 },
        { ...facts, budget: limit, metric: 'errors', limit: 0.2 },
      ],
      scopes: [],
      baseline: { kind: 'stored', store: undefined, comparable: 0, corrected: false, refused: [], commits: [] },
      defects: [{ code: 'cancelled', message: 'The run was stopped before its plan was spent', remedy: '' }],
    },
    breach,
    PLAN,
  )
  expect(comparison.budgets.map((row) => [row.budget, row.judgement.kind])).toEqual([
    [limit, 'exceeded'],
    [other, 'undecided'],
  ])
  const { outcome, reason } = judge(comparison)
  expect(outcome).toBe('fail')
  expect(reason).toMatch(
    /^errors are 80 % in the last \d s, above the limit of 20 %: the run was ended after \d s of 10 min\.$/,
  )
  const flaw = { code: 'worker-lost', message: '1 of 2 workers reported', remedy: '' } as const
  expect(judge({ ...comparison, defects: [flaw] }).outcome).toBe('invalid')
})
