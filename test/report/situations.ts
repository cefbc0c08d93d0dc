// What people meet in their pull requests: one report of each, for goldens and for the eye.
import type { History } from '../../src/history/history.ts'
import type { Report } from '../../src/report/report.ts'
import * as reports from './reports.ts'

const { budget, exceeded, histogram, holds, judged, result, scope, step } = reports

/** About `center`, with a tail, for percentiles that people know. */
export function spread(center: number, count = 2_000): string {
  const at = (n: number) => center * (0.4 + 0.5 * (n / count) + 0.02 / (1.02 - n / count))
  return histogram(...Array.from({ length: count }, (_, n) => at(n)))
}

const STORE = 'shop › GET /store'

/** Fourteen runs of one machine, the last of which is the newest. */
function history(scopeName: string, values: readonly number[]): History {
  const { plan, generator, machine } = result().fingerprint
  return {
    store: 'branch:loadgate-baseline',
    runs: values.map((_, n) => ({
      id: `run-${n}`,
      startedAt: Date.UTC(2026, 0, n + 1),
      commit: `${n % 10}`.repeat(40),
      environment: 0,
      accepted: [],
    })),
    environments: [{ machine, plan, generator }],
    series: [scopeName, 'all'].map((name) => ({
      scope: name,
      metric: 'p95' as const,
      points: values.map((value, run) => ({ run, value, low: value * 0.97, high: value * 1.03 })),
      changes: [],
    })),
  }
}

const COURSE = [248, 251, 246, 255, 249, 252, 247, 250, 253, 249, 250, 248]

/** Slower than the base, with all that can be shown of it. */
export const SLOWER: Report = judged({
  comparison: {
    budgets: [
      budget(`p95 of "${STORE}" < baseline + 10 %`, 'p95', exceeded, {
        ...{ of: STORE, value: 412, limit: 275, baseline: 250, resolution: 1.04, line: 13 },
      }),
      budget('p95 < 500 ms', 'p95', holds, { value: 380, limit: 500 }),
      budget('errors < 0.5 %', 'errors', holds, { value: 0.0001, limit: 0.005 }),
    ],
    scopes: [
      scope('all', {
        requests: 12_000,
        p95: 380,
        baseline: { p50: 41, p95: 190, p99: 200, errors: 0, throughput: 200 },
      }),
      scope('shop › GET /'),
      scope(STORE, {
        p50: 140,
        p95: 412,
        p99: 903,
        baseline: { p50: 91, p95: 250, p99: 510, errors: 0, throughput: 100 },
      }),
      scope('shop › POST /login'),
    ],
  },
  result: { steps: [step('GET /store', { response: spread(310) }), step('POST /login', { id: 1 })] },
  beside: [step('GET /store', { response: spread(190) }), step('POST /login', { id: 1 })],
  history: history(STORE, COURSE),
})

/** A hundredfold: nothing of it may be cut or shown as an exponent. */
export const HUGE_CHANGE: Report = judged({
  comparison: {
    budgets: [
      budget('p95 < baseline + 10 %', 'p95', exceeded, { value: 11_800, limit: 130, baseline: 118, resolution: 1.06 }),
      budget('throughput > baseline - 5 %', 'throughput', exceeded, {
        ...{ value: 0.4, limit: 190, baseline: 200, resolution: 0.97, line: 13 },
      }),
      budget('errors < 1 %', 'errors', exceeded, { value: 0.992, limit: 0.01, line: 14 }),
    ],
    scopes: [
      scope('all', {
        failed: 5_952,
        p50: 9_870,
        p95: 11_800,
        p99: 29_900,
        errors: 0.992,
        throughput: 0.4,
        causes: [['timeout', 5_952]],
      }),
      scope(STORE, {
        failed: 5_952,
        p50: 9_870,
        p95: 11_800,
        p99: 29_900,
        errors: 0.992,
        throughput: 0.4,
        causes: [['timeout', 5_952]],
      }),
    ],
  },
  result: {
    steps: [step('GET /store', { succeeded: 48, failed: 5_952, statuses: { 200: 48 }, response: spread(9_000, 48) })],
  },
})

export const IMPROVEMENT: Report = judged({
  comparison: {
    budgets: [
      budget('p95 < baseline + 5 %', 'p95', holds, {
        ...{ value: 88, limit: 126, baseline: 120, resolution: 1.03, improved: true },
      }),
      budget('throughput > baseline - 5 %', 'throughput', holds, {
        value: 200,
        limit: 190,
        baseline: 200,
        resolution: 0.98,
      }),
    ],
    scopes: [
      scope('all', { requests: 12_000, p95: 88 }),
      scope(STORE, { p95: 61 }),
      scope('shop › POST /login', { p95: 117 }),
    ],
    baseline: {
      kind: 'side-by-side',
      rounds: 4,
      measured: 120_000,
      design: 'paired',
      freshProcesses: true,
      leftOut: 0,
      commit: '1111111aaaa',
    },
  },
  sharpness: reports.sharpness(),
})

/** A worker of three was lost: whatever the others measured, it is not the run that was asked for. */
export const PARTIAL_WORKERS: Report = judged({
  comparison: {
    budgets: [budget('p95 < 250 ms', 'p95', holds, { value: 118, limit: 250 })],
    defects: [
      {
        code: 'worker-lost',
        message: '2 of 3 workers reported: Worker 2 of 3: the task was stopped (OutOfMemoryError: container killed)',
        remedy: 'Give the tasks more memory: `fargate-memory`.',
      },
    ],
  },
  result: {
    shards: { expected: 3, reported: 2, lost: ['Worker 2 of 3: the task was stopped'] },
    iterations: { planned: 6_000, started: 4_000, dropped: 0, finished: 4_000, failed: 0, cut: 0 },
  },
  run: {
    fargate: {
      runId: 'lg-7f3a',
      regions: ['eu-central-1'],
      size: { cpu: 1_024, memory: 2_048 },
      skew: 12,
      stagger: 0,
      cost: { total: 0.0215, compute: 0.02, addresses: 0.001, requests: 0.0005, taskTime: 1_260_000 },
      left: [],
    },
  },
})

/** Over the budget, and within what was accepted. */
export const ACCEPTED: Report = judged({
  comparison: {
    budgets: [
      budget(`p95 of "${STORE}" < baseline + 10 %`, 'p95', holds, {
        ...{ of: STORE, value: 281, limit: 287, baseline: 250, resolution: 1.04 },
      }),
    ],
  },
  policy: {
    load: 'head',
    why: undefined,
    differences: [],
    accepted: [
      {
        budget: `p95 of "${STORE}" < baseline + 10 %`,
        limit: '+ 15 %',
        until: '2026-12-31',
        reason: 'prices are checked twice from now on',
      },
    ],
    notes: [],
  },
})

/** Nothing is stored yet, and a pull request stores nothing. */
export const FIRST_RUN: Report = { ...reports.NO_BASELINE, run: { ...reports.PASS.run, baselineNote: undefined } }

/** Three hundred steps, of which one broke its budget and a few changed. */
export const STEPS_300: Report = judged({
  comparison: {
    budgets: Array.from({ length: 8 }, (_, n) =>
      budget(`p95 of "GET /items/${n}" < baseline + 10 %`, 'p95', n === 7 ? exceeded : holds, {
        ...{
          of: `api › GET /items/${n}`,
          value: n === 7 ? 180 : 118 - n,
          limit: 132,
          baseline: 120,
          resolution: 1.05,
          line: 10 + n,
        },
      }),
    ),
    scopes: [
      scope('all', { requests: 300_000 }),
      ...Array.from({ length: 300 }, (_, n) =>
        scope(`api › GET /items/${n}`, n === 7 ? { p95: 180 } : n % 60 === 5 ? { p95: 145 } : { p95: 115 + (n % 9) }),
      ),
    ],
  },
  result: { steps: [step('GET /items')] },
})

/** An answer of a language model, and a feed. */
export const EVENTS: Report = judged({
  comparison: {
    budgets: [
      budget('p95 between events of "chat › answer" < 100 ms', 'p95 between events', exceeded, {
        ...{ of: 'chat › answer', value: 140, limit: 100, line: 12 },
      }),
      budget('p95 to last event of "chat › answer" < 8 s', 'p95 to last event', holds, {
        ...{ of: 'chat › answer', value: 5_200, limit: 8_000, line: 13 },
      }),
    ],
    scopes: [
      scope('all', { requests: 3_000 }),
      scope('chat › answer', {
        events: {
          streams: 2_000,
          received: 184_211,
          between: { p50: 21.4, p95: 140, p99: 210 },
          last: { p50: 2_310, p95: 5_200, p99: 6_004 },
        },
      }),
      scope('chat › room', {
        requests: 1_000,
        failed: 1_000,
        causes: [['events-stalled', 1_000]],
        ...{ p50: undefined, p95: undefined, p99: undefined, errors: 1, throughput: 0 },
        events: { streams: 0, received: 0, between: undefined, last: undefined },
      }),
    ],
  },
  result: { steps: [step('answer')] },
})

export const SITUATIONS: readonly (readonly [name: string, report: Report])[] = [
  ['pass', reports.PASS],
  ['fail', reports.FAIL],
  ['slower', SLOWER],
  ['inconclusive', reports.INCONCLUSIVE],
  ['invalid', reports.INVALID],
  ['no-baseline', reports.NO_BASELINE],
  ['first-run', FIRST_RUN],
  ['side-by-side', reports.SIDE_BY_SIDE],
  ['turns', reports.TURNS],
  ['300-steps', STEPS_300],
  ['huge', reports.HUGE],
  ['huge-change', HUGE_CHANGE],
  ['improvement', IMPROVEMENT],
  ['events', EVENTS],
  ['partial-workers', PARTIAL_WORKERS],
  ['accepted', ACCEPTED],
  ['hostile', reports.hostile(reports.HOSTILE)],
]
