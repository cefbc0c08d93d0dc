// Reports whose parts agree, as a run leaves them: the figures are made up, the sums are not.
import type { History } from '../../src/history/history.ts'
import type { Report } from '../../src/report/report.ts'
import { madeRun, spread } from '../baseline/made-run.ts'
import * as reports from './reports.ts'

const SITUATIONS = {
  pass: reports.PASS,
  fail: reports.FAIL,
  inconclusive: reports.INCONCLUSIVE,
  invalid: reports.INVALID,
  'no baseline': reports.NO_BASELINE,
  'side by side': reports.SIDE_BY_SIDE,
  turns: reports.TURNS,
  huge: reports.HUGE,
  hostile: reports.hostile(reports.HOSTILE),
}

const RESULT = madeRun({
  steps: [
    { scenario: 'shop', step: 'GET /store', times: spread(100, 400), causes: { timeout: 3 }, statuses: { 200: 400 } },
    { scenario: 'shop', step: 'POST /login', times: spread(40, 200) },
  ],
  seconds: 30,
})

const HISTORY: History = {
  store: 'artifact',
  runs: [
    { id: 'a', startedAt: 1, commit: 'a'.repeat(40), environment: 0, accepted: [] },
    {
      id: 'b',
      startedAt: 2,
      commit: undefined,
      environment: 0,
      accepted: [{ commit: 'b', at: 3, regression: 'p95', limit: '+ 5 %', until: '2026-12-31', reason: 'more checks' }],
    },
  ],
  environments: [{ machine: RESULT.fingerprint.machine, plan: 'c'.repeat(64), generator: '1' }],
  series: [
    {
      scope: 'all',
      metric: 'p95',
      points: [
        { run: 0, value: 100, low: 98, high: undefined },
        { run: 1, value: 120, low: undefined, high: 124 },
      ],
      changes: [{ environment: 0, from: 0, to: 1, before: 100, after: 120, chance: 0.001 }],
    },
  ],
}

/** With every part that a report may have. */
export const EVERYTHING: Report = {
  ...reports.FAIL,
  verdict: { outcome: 'invalid', reason: 'Worker 2 was lost.', also: ['p95 is 412 ms, above the limit of 275 ms.'] },
  result: {
    ...RESULT,
    calibration: { before: 10, after: 11 },
    plan: { ...RESULT.plan, curve: [{ from: 10, to: 30, over: 30_000 }] },
    shards: { expected: 2, reported: 1, lost: ['worker 2'] },
    complete: false,
    workers: [
      {
        ...{ number: 1, sent: 603, failed: 3, p95: 120, latenessP99: 0.4, loopDelayP99: 1 },
        ...{ loopUtilisation: 0.3, cpu: 0.2, longestPause: 3, startedAfter: 0 },
      },
    ],
    examples: [{ step: 0, cause: 'timeout', at: 4_000, took: 900, status: 503, bytes: 12, detail: 'expected 200' }],
  },
  comparison: {
    ...reports.FAIL.comparison,
    budgets: [
      ...reports.FAIL.comparison.budgets,
      {
        ...reports.FAIL.comparison.budgets[0]!,
        budget: { ...reports.FAIL.comparison.budgets[0]!.budget, abort: true },
        baseline: { value: 1, runs: 4, since: { commit: 'abc', before: 1, after: 2 } },
        judgement: { kind: 'exceeded', early: { after: 10_000, of: 30_000, window: 5_000 } },
      },
    ],
    scopes: reports.FAIL.comparison.scopes.map((row) => ({ ...row, causes: [['timeout', 3]] })),
    baseline: {
      kind: 'stored',
      store: 'artifact',
      comparable: 3,
      corrected: true,
      refused: [{ runs: 2, reason: 'another machine' }],
      commits: ['a', 'b'],
      asOf: { commit: 'main', nearest: { commit: 'a', distance: 2, startedAt: 1 }, leftOut: 3 },
      notes: ['One artifact is damaged.'],
    },
    defects: [{ code: 'worker-lost', message: 'Worker 2 was lost', remedy: 'Look at its log.' }],
  },
  run: {
    ...reports.FAIL.run,
    changedFrom: 'd'.repeat(40),
    change: 'A larger pool of connections',
    baselineNote: 'Added.',
    serviceEnd: 'It ended.',
    fargate: {
      runId: 'run-1',
      regions: ['eu-central-1'],
      size: { cpu: 1_024, memory: 2_048 },
      skew: 3,
      stagger: 0,
      cost: { total: 1, compute: 0.5, addresses: 0.2, requests: 0.3, taskTime: 60_000 },
      left: ['arn:aws:ecs:x'],
    },
  },
  policy: {
    load: 'base',
    why: 'They are not accepted.',
    problem: 'It has a mistake.',
    differences: [{ what: 'the rate', before: '10/s', after: '5/s', effect: 'looser' }],
    accepted: [{ budget: 'p95 < 1 s', limit: '+ 5 %', until: '2026-12-31', reason: 'more checks' }],
    notes: [{ text: 'Not judged', of: 'p95 < 2 s' }],
  },
  history: HISTORY,
  sharpness: reports.sharpness(),
  beside: [{ scenario: 'shop', step: 'GET /store', response: RESULT.steps[0]!.response }],
}

export const KEPT: readonly (readonly [name: string, report: Report])[] = [
  ...Object.entries(SITUATIONS).map(([name, report]) => [name, { ...report, result: RESULT }] as const),
  ['everything', EVERYTHING],
]
