import { expect, test } from '@jest/globals'
import type { Baseline, BaselineRun } from '../../src/baseline/baseline.ts'
import type { History } from '../../src/history/history.ts'
import { historyOf } from '../../src/history/history-of.ts'
import type { MetricName } from '../../src/profile/profile.ts'
import { type MadeRun, NOW, spread, storedRun } from '../baseline/made-run.ts'

const DAY = 24 * 3_600_000

/** One run a day, the last of them today. */
function window(made: readonly (MadeRun & { readonly cpu?: string; readonly plan?: string })[]): Baseline {
  const runs = made.map(({ cpu, plan, ...more }, n): BaselineRun => {
    const run = storedRun({ id: `run-${n}`, startedAt: NOW - (made.length - 1 - n) * DAY, ...more })
    const { fingerprint } = run
    return {
      ...run,
      commit: String(n).padStart(40, 'c'),
      fingerprint: {
        ...fingerprint,
        plan: plan ?? fingerprint.plan,
        machine: { ...fingerprint.machine, cpu: cpu ?? fingerprint.machine.cpu },
      },
    }
  })
  return { store: 'file:x', runs }
}
const withP95 = (p95: number, more: MadeRun = {}): MadeRun => ({ steps: [{ times: spread(p95, 600) }], ...more })
const series = (history: History, metric: MetricName, scope = 'all') =>
  history.series.find((one) => one.metric === metric && one.scope === scope)!

test('an empty window is an empty history', () => {
  const { series: all, ...rest } = historyOf({ store: 'file:x', runs: [] })
  expect(rest).toEqual({ store: 'file:x', runs: [], environments: [] })
  expect(all.flatMap(({ points }) => points)).toEqual([])
})

test('each run is a point of each metric, with what its own samples leave open', () => {
  const history = historyOf(window([withP95(100), withP95(110)]))
  expect(history.series).toHaveLength(10)
  const [first, second] = series(history, 'p95').points
  expect(first).toMatchObject({ run: 0, value: expect.closeTo(100, 0) })
  expect(first!.low).toBeLessThan(100)
  expect(first!.high).toBeGreaterThan(100)
  expect(second).toMatchObject({ run: 1, value: expect.closeTo(110, 0) })
  expect(series(history, 'errors', 'store › GET /').points[0]).toEqual({
    run: 0,
    value: 0,
    low: 0,
    high: expect.closeTo(0.0045, 3),
  })
  expect(series(history, 'throughput').points[0]).toMatchObject({ run: 0, value: 10, high: expect.closeTo(10, 1) })
})

test('the throughput of a run that stored no blocks has no bounds', () => {
  const { store, runs } = window([withP95(100)])
  const history = historyOf({ store, runs: runs.map((run) => ({ ...run, blocks: undefined })) })
  expect(series(history, 'throughput').points).toEqual([{ run: 0, value: 10, low: undefined, high: undefined }])
})

test('a step that only some runs have has points of these only, and none measures nothing', () => {
  const two: MadeRun = { steps: [{ times: spread(10, 60) }, { step: 'GET /new', times: spread(20, 60) }] }
  const broken: MadeRun = { steps: [{ times: [], causes: { timeout: 60 } }] }
  const history = historyOf(window([withP95(100), two, broken]))
  expect(series(history, 'p50', 'store › GET /new').points.map(({ run }) => run)).toEqual([1])
  expect(series(history, 'p95').points.map(({ run }) => run)).toEqual([0, 1])
  expect(series(history, 'errors').points.map(({ value }) => value)).toEqual([0, 0, 1])
})

test('machines, loads and generators are told apart', () => {
  const history = historyOf(
    window([
      withP95(100),
      { ...withP95(50), cpu: 'Faster 1' },
      withP95(100),
      { ...withP95(100), plan: 'b'.repeat(64) },
    ]),
  )
  expect(history.runs.map(({ environment }) => environment)).toEqual([0, 1, 0, 2])
  expect(history.environments.map(({ machine }) => machine.cpu)).toEqual(['Fast 9000', 'Faster 1', 'Fast 9000'])
})

test('a change of level is marked between the runs around it', () => {
  const days = [100, 101, 99, 100, 130, 131, 129, 130]
  const history = historyOf(window(days.map((p95) => withP95(p95))))
  expect(series(history, 'p95').changes).toEqual([
    {
      environment: 0,
      from: 3,
      to: 4,
      before: expect.closeTo(100, 0),
      after: expect.closeTo(130, 0),
      chance: expect.any(Number),
    },
  ])
  expect(series(history, 'errors').changes).toEqual([])
  expect(series(history, 'throughput').changes).toEqual([])
})

test('runs on a faster machine in between are neither a change nor hide one', () => {
  // Of three runs on either side each must be well known by itself.
  const slow = [100, 101, 99, 130, 131, 129].map((p95): MadeRun => ({ steps: [{ times: spread(p95) }] }))
  const fast = { ...withP95(50), cpu: 'Faster 1' }
  const alternating = historyOf(
    window([slow[0]!, fast, slow[1]!, fast, slow[2]!, fast, slow[3]!, fast, slow[4]!, slow[5]!]),
  )
  expect(series(alternating, 'p95').changes).toMatchObject([{ environment: 0, from: 4, to: 6 }])
  const faster = historyOf(window([slow[0]!, slow[1]!, slow[2]!, fast, fast, fast]))
  expect(series(faster, 'p95').changes).toEqual([])
})

test('a throughput that differs in the third digit has not changed', () => {
  const paced = (count: number): MadeRun => ({ steps: [{ times: spread(100, count) }] })
  const history = historyOf(window([600, 600, 600, 601, 601, 601].map(paced)))
  expect(series(history, 'throughput').changes).toEqual([])
})

test('errors that come and go change level only beyond what chance does to so few requests', () => {
  const failing = (failed: number): MadeRun => ({
    steps: [{ times: spread(100, 600 - failed), causes: failed > 0 ? { timeout: failed } : {} }],
  })
  expect(series(historyOf(window([0, 0, 0, 1, 1, 1].map(failing))), 'errors').changes).toEqual([])
  expect(series(historyOf(window([0, 0, 0, 40, 44, 38].map(failing))), 'errors').changes).toMatchObject([
    { from: 2, to: 3 },
  ])
})

test('an acceptance stands at the run of its commit, or at the first one after it', () => {
  const baseline = window([withP95(100), withP95(100), withP95(100)])
  const accepted = { regression: 'p95', limit: '+ 15 %', until: '2026-12-31', reason: 'more checks' }
  const marked = (commit: string, at: number) =>
    historyOf(baseline, [{ ...accepted, commit, at }]).runs.map((run) => run.accepted.length)
  expect(marked(baseline.runs[1]!.commit!, NOW)).toEqual([0, 1, 0])
  expect(marked('f'.repeat(40), NOW - DAY / 2)).toEqual([0, 0, 1])
  expect(marked('f'.repeat(40), NOW + DAY)).toEqual([0, 0, 0])
})
