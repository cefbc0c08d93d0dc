// Whole reports for the page: what `reports.ts` has, with courses, workers, examples and a history.

import type { FailureExample } from '../../src/engine/shard-result.ts'
import type { History } from '../../src/history/history.ts'
import { historyOf } from '../../src/history/history-of.ts'
import type { Report } from '../../src/report/report.ts'
import type { RunResult, StepResult, WorkerFigures } from '../../src/result/result.ts'
import { NOW, spread, storedRun } from '../baseline/made-run.ts'
import * as reports from './reports.ts'

const DAY = 24 * 3_600_000

/** Response times around `middle` ms, with a tail as services have it; the same every time. */
export function times(middle: number, count = 40, seed = 1): readonly number[] {
  return Array.from({ length: count }, (_, n) => {
    const u = fraction(seed * 7919 + n * 104_729)
    return middle * (0.7 + 0.5 * u + 0.35 / Math.max(0.02, 1 - u) / 10)
  })
}

/** A number from 0 to 1 that looks like chance. */
function fraction(n: number): number {
  const x = Math.sin(n * 12.9898) * 43_758.5453
  return x - Math.floor(x)
}

export interface CourseFacts {
  readonly seconds?: number
  /** Response time in the middle, by second. */
  readonly middle?: (second: number) => number
  readonly failed?: (second: number) => number
}

export function course({
  seconds = 60,
  middle = () => 60,
  failed = () => 0,
}: CourseFacts = {}): RunResult['intervals'] {
  return {
    length: 1_000,
    records: Array.from({ length: seconds }, (_, index) => ({
      index,
      succeeded: 200 + Math.round(8 * Math.sin(index * 1.7)) - failed(index),
      failed: failed(index),
      response: reports.histogram(...times(middle(index), 40, index)),
    })),
  }
}

export function blocks(middle: (block: number) => number): StepResult['blocks'] {
  const records = Array.from({ length: 12 }, (_, index) => ({
    index,
    succeeded: 500,
    failed: 0,
    response: reports.histogram(...times(middle(index), 60, index)),
  }))
  return { length: 5_000, records }
}

export function worker(number: number, changes: Partial<WorkerFigures> = {}): WorkerFigures {
  return {
    number,
    sent: 6_000 + number,
    failed: 0,
    p95: 110 + 3 * number,
    latenessP99: 0.4 + 0.1 * number,
    loopDelayP99: 1.1 + 0.2 * number,
    loopUtilisation: 0.2 + 0.01 * number,
    cpu: 0.3 + 0.02 * number,
    longestPause: 3.8 + 0.3 * number,
    startedAfter: 0.7 * (number - 1),
    ...changes,
  }
}

const CURVE = [
  { from: 50, to: 100, over: 30_000 },
  { from: 100, to: 100, over: 30_000 },
]

export const EXAMPLES: readonly FailureExample[] = [
  {
    step: 1,
    cause: 'unexpected-status',
    at: 23_400,
    took: 14.2,
    status: 503,
    bytes: 19,
    detail: 'status 503, expected 200',
  },
  { step: 1, cause: 'timeout', at: 41_000, took: 10_000, status: undefined, bytes: 0, detail: undefined },
  {
    ...{ step: 1, cause: 'unexpected-answer', at: 44_000, took: 31, status: 200, bytes: 512 },
    detail: '/success is false, expected true: {"success":false,"why":"<b>no such account</b>"}',
  },
]

const STEPS = [
  reports.step('GET /store', {
    response: reports.histogram(...times(80, 4_000, 3)),
    blocks: blocks((n) => 80 + 4 * Math.sin(n)),
  }),
  reports.step('POST /login', {
    id: 1,
    response: reports.histogram(...times(50, 4_000, 5)),
    blocks: blocks((n) => 50 + n),
  }),
]
const BESIDE = [
  { scenario: 'shop', step: 'GET /store', response: reports.histogram(...times(66, 6_000, 4)) },
  { scenario: 'shop', step: 'POST /login', response: reports.histogram(...times(50, 6_000, 6)) },
]

const COURSE = course()

/** The report with what a run of today keeps. */
export function whole(report: Report, facts?: CourseFacts, changes: Partial<RunResult> = {}): Report {
  const { result } = report
  const compared = report.comparison.baseline.kind === 'side-by-side' || report.comparison.baseline.comparable > 0
  return {
    ...report,
    result: {
      ...result,
      intervals: facts === undefined ? COURSE : course(facts),
      plan: { ...result.plan, curve: CURVE },
      workers: [worker(1), worker(2)],
      steps: STEPS.map((step, n) => ({ ...step, statuses: result.steps[n]?.statuses ?? step.statuses })),
      ...changes,
    },
    ...(compared ? { beside: BESIDE } : {}),
  }
}

/** Runs of two machines, of which one changed its level. */
function stored(): History {
  const runs = [118, 121, 117, 60, 122, 119, 61, 120, 148, 151, 149, 62, 150].map((p95, n) => {
    const run = storedRun({
      id: `run-${n}`,
      startedAt: NOW - (13 - n) * DAY,
      steps: [
        { scenario: 'shop', step: 'GET /store', times: spread(p95) },
        { scenario: 'shop', step: 'POST /login', times: spread(p95 / 2) },
      ],
    })
    const { fingerprint } = run
    const cpu = [3, 6, 11].includes(n) ? 'Intel Xeon 8370C' : 'AMD EPYC 7763'
    return {
      ...run,
      commit: `${n.toString(16)}a5e11`.padEnd(40, '0'),
      fingerprint: { ...fingerprint, machine: { ...fingerprint.machine, cpu } },
    }
  })
  return historyOf({ store: 'branch:loadgate-baseline', runs })
}

const STORED = stored()

export const PASS: Report = { ...whole(reports.PASS), history: STORED }

export const FAIL: Report = {
  ...whole(
    reports.FAIL,
    {
      middle: (second) => (second > 20 && second < 42 ? 150 : 80),
      failed: (second) => (second >= 23 && second < 30 ? 18 : 0),
    },
    { examples: EXAMPLES },
  ),
  history: STORED,
}

/** Four rounds of half a minute, one behind the other. */
const ROUNDS = {
  plan: {
    ...reports.SIDE_BY_SIDE.result.plan,
    curve: Array.from({ length: 4 }, () => ({ from: 50, to: 100, over: 30_000 })),
  },
}

export const SIDE_BY_SIDE: Report = whole(reports.SIDE_BY_SIDE, { seconds: 120, middle: () => 55 }, ROUNDS)
export const INCONCLUSIVE: Report = whole(reports.INCONCLUSIVE)

/** One of eight workers was lost, and the others say how they were. */
export const INVALID: Report = whole(
  reports.INVALID,
  { middle: (second) => 60 + second },
  {
    shards: { expected: 8, reported: 7, lost: ['Worker 8 of 8: ran out of memory'] },
    workers: Array.from({ length: 7 }, (_, n) =>
      worker(n + 1, n === 4 ? { cpu: 0.99, latenessP99: 84, loopDelayP99: 60 } : {}),
    ),
  },
)

export const FIRST: Report = {
  ...whole(reports.NO_BASELINE),
  result: {
    ...whole(reports.NO_BASELINE).result,
    plan: { ...reports.NO_BASELINE.result.plan, curve: [{ from: 10, to: 50, over: 60_000 }] },
    active: Array.from({ length: 60 }, (_, second) => Math.min(46, Math.floor(10.3 + (second * 40) / 60))),
    workers: [worker(1)],
  },
}

const OWN_COUNTS = { planned: 3_000, started: 3_000, dropped: 0, finished: 3_000, failed: 0, cut: 0 }

/** Arrivals and users at once, of which some begin later; the crawler in the background is in none of it. */
export const MIXED: Report = whole(reports.PASS, undefined, {
  plan: { ...reports.PASS.result.plan, model: 'mixed', curve: undefined },
  groups: [
    { scenarios: ['shop'], model: 'open', background: false, curve: CURVE, iterations: OWN_COUNTS },
    {
      ...{ scenarios: ['staff'], model: 'closed', background: false, iterations: OWN_COUNTS },
      curve: [{ from: 5, to: 20, over: 40_000 }],
    },
    {
      ...{ scenarios: ['editors'], model: 'closed', background: false, iterations: OWN_COUNTS },
      curve: [
        { from: 0, to: 0, over: 20_000 },
        { from: 10, to: 10, over: 20_000 },
      ],
    },
    {
      ...{ scenarios: ['crawler'], model: 'open', background: true, iterations: OWN_COUNTS },
      curve: [{ from: 500, to: 500, over: 60_000 }],
    },
  ],
})

const BLOCKS = Array.from({ length: 10 }, (_, id) => blocks((block) => 80 + 10 * fraction(id + block)))

/** Steps of one scenario, of which some are slower than the baseline and one fails. */
export function manySteps(count: number): Report {
  const names = Array.from({ length: count }, (_, n) => `GET /items/${n}`)
  const report = whole(reports.HUGE)
  return {
    ...report,
    beside: undefined,
    comparison: {
      ...report.comparison,
      scopes: [
        report.comparison.scopes[0]!,
        ...names.map((name, n) =>
          reports.scope(`api › ${name}`, {
            requests: 1_000 + n,
            p95: n === 7 ? 412 : 90 + 60 * fraction(n),
            p50: 30 + 20 * fraction(n + 0.5),
            ...(n % 100 === 5 ? { failed: 1, errors: 0.001, causes: [['timeout', 1]] as const } : {}),
          }),
        ),
      ],
    },
    result: {
      ...report.result,
      steps: names.map((step, id) => ({
        ...STEPS[0]!,
        ...{ id, scenario: 'api', step },
        blocks: BLOCKS[id % BLOCKS.length],
      })),
    },
  }
}

const FEW = reports.histogram(10, 20, 30)

export function hostile(names: readonly string[]): Report {
  const report = reports.hostile(names)
  const at = (n: number) => names[n % names.length]!
  const history = STORED
  return {
    ...whole(report, undefined, {
      steps: names.map((step, id) => ({
        ...STEPS[0]!,
        id,
        scenario: at(id + 1),
        step,
        statuses: { [at(id + 2)]: 3 },
      })),
      examples: names.map((detail, step) => ({ ...EXAMPLES[0]!, step, detail })),
      shards: { expected: 3, reported: 2, lost: [at(4)] },
    }),
    beside: names.map((step, id) => ({ scenario: at(id + 1), step, response: FEW })),
    history: {
      ...history,
      store: at(5),
      runs: history.runs.map((run, n) => ({
        ...run,
        commit: at(n),
        accepted: [
          { commit: at(n), at: NOW, regression: at(n + 1), limit: at(n + 2), until: '2026-12-31', reason: at(n + 4) },
        ],
      })),
      environments: history.environments.map((environment, n) => ({
        ...environment,
        plan: at(n),
        machine: { ...environment.machine, cpu: at(n + 6), os: at(n + 7), node: at(n + 8) },
      })),
      series: history.series.map((series, n) => (n === 0 ? series : { ...series, scope: at(n) })),
    },
    policy: {
      load: 'base',
      why: at(1),
      problem: undefined,
      differences: [{ what: at(2), before: at(3), after: at(4), effect: 'looser' }],
      accepted: [{ budget: at(5), limit: at(6), until: at(7), reason: at(8) }],
      notes: [{ text: 'Not judged', of: at(9) }],
    },
  }
}

/** Intervals of which all but one are alike, and every second one is without a request. */
export function sparse(count: number, other: RunResult['intervals']['records'][number]): RunResult['intervals'] {
  const response = reports.histogram(10, 20, 30)
  const records = Array.from({ length: count / 2 }, (_, n) => ({ index: 2 * n, succeeded: 100, failed: 0, response }))
  return { length: 1_000, records: [...records.filter(({ index }) => index !== other.index), other] }
}

export const HUGE_CHANGE: Report = whole(
  reports.report(
    'fail',
    'p95 of "shop › GET /store" is 38.4 s, above the limit of 275 ms (baseline 250 ms + 10 %, +15,260 %).',
    {
      comparison: {
        budgets: [
          reports.budget('p95 of "shop › GET /store" < baseline + 10 %', 'p95', reports.exceeded, {
            ...{ of: 'shop › GET /store', value: 38_400, limit: 275, baseline: 250, resolution: 1.12 },
          }),
          reports.budget('throughput > 190/s', 'throughput', reports.exceeded, { value: 3.1, limit: 190 }),
        ],
        scopes: [
          reports.scope('all', { p95: 38_400, throughput: 3.1 }),
          reports.scope('shop › GET /store', { p95: 38_400 }),
        ],
      },
    },
  ),
  { middle: (second) => (second < 10 ? 80 : Math.min(38_000, 80 * 1.3 ** (second - 10))) },
)

export const IMPROVEMENT: Report = {
  ...whole(reports.SIDE_BY_SIDE, { seconds: 120, middle: () => 40 }, ROUNDS),
  sharpness: undefined,
}

/** Sound but for the one worker that was lost. */
export const PARTIAL: Report = {
  ...INVALID,
  verdict: { outcome: 'invalid', reason: '7 of 8 workers reported: Worker 8 of 8: ran out of memory', also: [] },
  comparison: {
    ...INVALID.comparison,
    defects: INVALID.comparison.defects.filter(({ code }) => code === 'worker-lost'),
  },
}

export const ACCEPTED: Report = {
  ...PASS,
  policy: {
    load: 'base',
    why: 'The budgets of the base judge, since a pull request is held to what it comes upon.',
    problem: undefined,
    differences: [{ what: 'budget "p95 < baseline + 10 %"', before: '10 %', after: '40 %', effect: 'looser' }],
    accepted: [
      { budget: 'p95 < baseline + 10 %', limit: '+ 35 %', until: '2026-12-31', reason: 'prices are checked twice' },
    ],
    notes: [],
  },
}

/** Nothing of it was posted, and no address is known. */
export const FORK: Report = {
  ...FAIL,
  run: { ...FAIL.run, url: undefined, baselineNote: 'Not added to the baseline.' },
}
