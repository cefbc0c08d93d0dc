// Reports as plain data for the tests of the renderers: builders with the few figures that a test is about.
import { worstFirst } from '../../src/compare/budget-rows.ts'
import type { BudgetRow, Comparison, Defect, Estimate, Judgement, ScopeRow } from '../../src/compare/comparison.ts'
import { judge } from '../../src/compare/judge.ts'
import type { KeptSharpness } from '../../src/compare/sharpness.ts'
import type { Outcome } from '../../src/compare/verdict.ts'
import { Recorder } from '../../src/histogram.ts'
import type { History } from '../../src/history/history.ts'
import type { Budget, Limit, MetricName } from '../../src/profile/profile.ts'
import type { Report, RunContext, StepTimes } from '../../src/report/report.ts'
import type { RunResult, StepResult } from '../../src/result/result.ts'
import type { PolicyFacts } from '../../src/trust/policy-facts.ts'

const drawn = new Map<string, string>()

/** A histogram of some times in ms. */
export function histogram(...times: readonly number[]): string {
  const key = times.join()
  const known = drawn.get(key)
  if (known !== undefined) return known
  const recorder = new Recorder()
  for (const ms of times) recorder.record(ms * 1000)
  const text = recorder.drain()
  drawn.set(key, text)
  return text
}

export const holds: Judgement = { kind: 'holds' }
export const exceeded: Judgement = { kind: 'exceeded' }
export const noBaseline: Judgement = { kind: 'no-baseline' }
export const noSamples: Judgement = { kind: 'no-samples' }
export const undecided: Judgement = {
  kind: 'undecided',
  reason: 'the change of +7.2 % may be anything from +3.98 % to +10.4 %, and the limit of +10 % lies in between',
  remedy: 'Measure about 3 min longer.',
}

export function estimate(value: number, spread = 0.05): Estimate {
  return { value, low: value * (1 - spread), high: value * (1 + spread) }
}

interface BudgetFacts {
  readonly of?: string
  readonly value?: number
  readonly limit?: number
  readonly baseline?: number
  readonly resolution?: number
  readonly improved?: boolean
  readonly line?: number
}

/** A row with a relative budget where `baseline` or no limit is given, else with an absolute one. */
export function budget(
  text: string,
  metric: MetricName,
  judgement: Judgement,
  { of, value, limit, baseline, resolution, improved = false, line = 12 }: BudgetFacts,
): BudgetRow {
  const relative = baseline !== undefined || limit === undefined
  const kind: Limit = relative
    ? { kind: 'baseline', share: 0.1, amount: undefined }
    : { kind: 'absolute', value: limit ?? 0 }
  const written: Budget = { text, metric, of, limit: kind, place: { file: 'loadgate.yml', line, column: 5 } }
  return {
    budget: written,
    scope: of ?? 'all',
    metric,
    measured: value === undefined ? undefined : estimate(value),
    limit,
    baseline: baseline === undefined ? undefined : { value: baseline, runs: 7 },
    change: baseline === undefined || value === undefined ? undefined : estimate(value / baseline, 0.03),
    resolution,
    improved,
    judgement,
  }
}

export function scope(name: string, figures: Partial<ScopeRow> = {}): ScopeRow {
  return {
    scope: name,
    requests: 6_000,
    failed: 0,
    p50: 42,
    p95: 118,
    p99: 203.4,
    serviceP95: 117,
    errors: 0,
    throughput: 100,
    baseline: { p50: 41, p95: 120, p99: 200, errors: 0, throughput: 100 },
    causes: [],
    ...figures,
  }
}

export function step(name: string, figures: Partial<StepResult> = {}): StepResult {
  return {
    id: 0,
    scenario: 'shop',
    step: name,
    sent: 6_000,
    succeeded: 6_000,
    failed: 0,
    succeededInWindow: 6_000,
    causes: {},
    statuses: { 200: 6_000 },
    bytesReceived: 1_200_000,
    bytesSent: 600_000,
    response: histogram(42, 118),
    service: histogram(41, 117),
    firstByte: histogram(40, 112),
    failures: histogram(),
    blocks: undefined,
    ...figures,
  }
}

export function result(changes: Partial<RunResult> = {}): RunResult {
  return {
    kind: 'loadgate-result',
    schema: 1,
    id: '0f8fad5b-d9cb-469f-a165-70867728950e',
    startedAt: Date.UTC(2026, 0, 15, 12, 0, 0),
    profile: 'storefront',
    fingerprint: {
      plan: 'a'.repeat(64),
      generator: '1',
      machine: { cpu: 'AMD EPYC 7763', cores: 4, os: 'linux', node: '24' },
    },
    commit: '8d0226dbe3a1c1f5ab7e6d5c4b3a291807f6e5d4',
    plan: {
      model: 'open',
      target: 'http://127.0.0.1:8080',
      measured: 60_000,
      warmUp: 10_000,
      seed: 1,
      executor: 'threads',
    },
    shards: { expected: 2, reported: 2, lost: [] },
    complete: true,
    iterations: { planned: 6_000, started: 6_000, dropped: 0, finished: 6_000, failed: 0, cut: 0 },
    warmUp: { sent: 500, succeeded: 500, failed: 0 },
    steps: [step('GET /store'), step('POST /login', { id: 1 })],
    intervals: { length: 1_000, records: [{ index: 0, succeeded: 200, failed: 0, response: histogram(42, 118) }] },
    health: {
      lateness: histogram(0.1, 0.2, 0.9),
      loopDelayP99: 1.3,
      loopUtilisation: 0.21,
      cpu: 0.34,
      pauses: { count: 38, total: 61.2, longest: 4.1 },
      machine: { stolen: 0.002, idle: 0.41 },
      link: 0.031,
      connections: { opened: 48, peak: 24, cap: 1_000, connect: histogram(0.2, 0.4), tls: histogram(), short: false },
      staleRetries: 0,
    },
    ...changes,
  }
}

const CONTEXT: RunContext = {
  version: '0.1.0',
  profilePath: 'loadgate.yml',
  commit: '8d0226dbe3a1c1f5ab7e6d5c4b3a291807f6e5d4',
  url: 'https://github.com/octo-org/shop/actions/runs/1234567890',
  reproduce: 'loadgate run loadgate.yml --baseline file:.loadgate/baseline.json',
  baselineNote: undefined,
  serviceEnd: undefined,
}

export interface ReportFacts {
  readonly also?: readonly string[]
  readonly comparison?: Partial<Comparison>
  readonly result?: Partial<RunResult>
  readonly run?: Partial<RunContext>
  readonly sharpness?: KeptSharpness
  readonly policy?: PolicyFacts
  readonly history?: History
  readonly beside?: readonly StepTimes[]
}

export function report(outcome: Outcome, reason: string, facts: ReportFacts = {}): Report {
  return {
    verdict: { outcome, reason, also: facts.also ?? [] },
    comparison: {
      scopes: [WHOLE, scope('shop › GET /store'), scope('shop › POST /login')],
      baseline: {
        kind: 'stored',
        store: 'artifact',
        comparable: 7,
        corrected: false,
        refused: [],
        commits: [
          '1111111aaaa',
          '2222222bbbb',
          '3333333cccc',
          '4444444dddd',
          '5555555eeee',
          '6666666ffff',
          '7777777abab',
        ],
      },
      defects: [],
      ...facts.comparison,
      budgets: (facts.comparison?.budgets ?? []).toSorted(worstFirst),
    },
    result: result(facts.result),
    run: { ...CONTEXT, ...facts.run },
    sharpness: facts.sharpness,
    policy: facts.policy,
    history: facts.history,
    beside: facts.beside,
  }
}

/** The same with the verdict that these facts get. */
export function judged(facts: Omit<ReportFacts, 'also'>): Report {
  const one = report('pass', '', facts)
  return { ...one, verdict: judge(one.comparison) }
}

export const WHOLE = scope('all', {
  requests: 12_000,
  throughput: 200,
  baseline: { p50: 41, p95: 120, p99: 200, errors: 0, throughput: 200 },
})

export const PASS = judged({
  comparison: {
    budgets: [
      budget('p95 < 250 ms', 'p95', holds, { value: 118, limit: 250 }),
      budget('p95 < baseline + 10 %', 'p95', holds, { value: 118, limit: 132, baseline: 120, resolution: 1.06 }),
      budget('throughput > baseline - 5 %', 'throughput', holds, {
        value: 200,
        limit: 190,
        baseline: 200,
        resolution: 0.97,
      }),
    ],
  },
  run: { baselineNote: 'This run was added to the baseline.' },
})

/** Of the gate that the reports are by. */
export function sharpness(changes: Partial<KeptSharpness> = {}): KeptSharpness {
  return {
    measuredAt: '2026-01-14T23:59:59.000Z',
    fingerprint: result().fingerprint,
    ...{ comparisons: 20, invalid: 0, passed: 18, inconclusive: 2, falseAlarms: 0, falseAlarmsAtMost: 0.119 },
    budgets: [
      {
        ...{ metric: 'p95', scope: 'all', text: 'p95 < baseline + 5 %' },
        ...{ mean: 1.001, spread: 0.012, resolution: 1.041 },
      },
      {
        ...{ metric: 'errors', scope: 'shop › POST /login', text: 'errors < baseline + 0.1 pp' },
        ...{ mean: undefined, spread: undefined, resolution: undefined },
      },
    ],
    ...changes,
  }
}

export const SIDE_BY_SIDE = judged({
  comparison: {
    budgets: [
      budget('p95 < 250 ms', 'p95', holds, { value: 104, limit: 250 }),
      budget('p95 < baseline + 5 %', 'p95', holds, {
        value: 104,
        limit: 126,
        baseline: 120,
        resolution: 1.03,
        improved: true,
      }),
      budget('errors < baseline + 0.1 pp', 'errors', holds, {
        of: 'shop › POST /login',
        value: 0.001,
        limit: 0.006,
        baseline: 0.005,
        improved: true,
      }),
    ],
    baseline: {
      kind: 'side-by-side',
      rounds: 4,
      measured: 120_000,
      design: 'paired',
      freshProcesses: true,
      leftOut: 1,
      commit: '1111111aaaa',
    },
  },
  result: { plan: { ...result().plan, measured: 120_000 } },
  sharpness: sharpness(),
})

/** Two addresses whose processes nobody starts, and which cannot serve at once. */
export const TURNS = judged({
  comparison: {
    budgets: [
      budget('p95 < baseline + 5 %', 'p95', undecided, { value: 124, limit: 126, baseline: 120, resolution: 1.06 }),
    ],
    baseline: {
      kind: 'side-by-side',
      rounds: 10,
      measured: 300_000,
      design: 'alternating',
      freshProcesses: false,
      leftOut: 0,
      commit: undefined,
    },
  },
})

export const FAIL = judged({
  comparison: {
    budgets: [
      budget('errors < 0.5 %', 'errors', exceeded, {
        of: 'shop › POST /login',
        value: 0.021,
        limit: 0.005,
        line: 14,
      }),
      budget('throughput > baseline - 5 %', 'throughput', exceeded, {
        value: 171,
        limit: 190,
        baseline: 200,
        resolution: 0.97,
        line: 15,
      }),
      budget('p99 < 2 s', 'p99', holds, { value: 903, limit: 2_000, line: 16 }),
      budget('errors < baseline + 0.2 pp', 'errors', holds, {
        value: 0.001,
        limit: 0.003,
        baseline: 0.001,
        line: 17,
      }),
      budget('p95 of "shop › GET /store" < baseline + 10 % and + 5 ms', 'p95', exceeded, {
        of: 'shop › GET /store',
        value: 412,
        limit: 275,
        baseline: 250,
        resolution: 1.12,
        line: 13,
      }),
    ],
    scopes: [
      scope('all', {
        requests: 12_000,
        failed: 126,
        p95: 380,
        errors: 0.0105,
        throughput: 171,
        baseline: { p50: 41, p95: 190, p99: 200, errors: 0.001, throughput: 200 },
        causes: [
          ['timeout', 26],
          ['unexpected-status', 100],
        ],
      }),
      scope('shop › GET /'),
      scope('shop › GET /store', {
        p50: 140,
        p95: 412,
        p99: 903,
        serviceP95: 130,
        baseline: { p50: 91, p95: 250, p99: 510, errors: 0, throughput: 100 },
      }),
      scope('shop › POST /login', {
        failed: 126,
        errors: 0.021,
        causes: [
          ['timeout', 26],
          ['unexpected-status', 100],
        ],
      }),
    ],
    baseline: {
      kind: 'stored',
      store: 'branch:loadgate-baseline',
      comparable: 4,
      corrected: false,
      refused: [{ runs: 2, reason: 'measured on another machine (Intel Xeon 8370C, 4 cores)' }],
      commits: ['1111111aaaa', '2222222bbbb', '3333333cccc', '4444444dddd'],
    },
  },
  result: {
    iterations: { planned: 6_010, started: 6_000, dropped: 10, finished: 5_874, failed: 126, cut: 0 },
    examples: [
      { ...{ step: 1, cause: 'timeout', at: 12_400, took: 10_000 }, status: undefined, bytes: 0, detail: undefined },
      {
        ...{ step: 1, cause: 'unexpected-status', at: 13_900, took: 35.2 },
        ...{ status: 503, bytes: 1_240, detail: 'the status is 503, and not 200' },
      },
    ],
    steps: [
      step('GET /store'),
      step('POST /login', { id: 1, succeeded: 5_874, failed: 126, statuses: { 200: 5_874, 503: 100 } }),
    ],
  },
})

export const INCONCLUSIVE = judged({
  comparison: {
    budgets: [
      budget('p95 < 500 ms', 'p95', holds, { value: 268, limit: 500 }),
      budget('p95 of "shop › GET /store" < baseline + 10 %', 'p95', undecided, {
        of: 'shop › GET /store',
        value: 268,
        limit: 275,
        baseline: 250,
        resolution: 1.18,
      }),
    ],
  },
})

export const DEFECTS: readonly Defect[] = [
  {
    code: 'generator-late',
    message: 'Requests left the generator late: p99 of the lateness is 84 ms, bound 10 ms',
    remedy: 'Use more threads or a larger machine, or send less.',
  },
  {
    code: 'worker-lost',
    message: '1 of 2 workers reported: Worker 1 of 2: ran out of memory',
    remedy: 'Give the runner more memory, or split the load over fewer users.',
  },
  {
    code: 'counts-disagree',
    message: 'The result does not add up: iterations: 6,000 planned, but 3,000 started or dropped',
    remedy: 'Run again; should it happen twice, please report it with the result file.',
  },
]

export const INVALID = judged({
  comparison: {
    budgets: [
      budget('p95 < 250 ms', 'p95', holds, { value: 118, limit: 250 }),
      budget('errors < 0.5 %', 'errors', exceeded, { value: 0.021, limit: 0.005 }),
      budget('p95 of "shop › POST /login" < 1 s', 'p95', noSamples, { of: 'shop › POST /login', limit: 1_000 }),
    ],
    defects: DEFECTS,
  },
  result: {
    shards: { expected: 2, reported: 1, lost: ['Worker 1 of 2: ran out of memory'] },
    iterations: { planned: 6_000, started: 3_000, dropped: 0, finished: 3_000, failed: 0, cut: 0 },
  },
})

export const NO_BASELINE = judged({
  comparison: {
    budgets: [
      budget('p95 < baseline + 10 %', 'p95', noBaseline, { value: 118 }),
      budget('p95 < 250 ms', 'p95', holds, { value: 118, limit: 250 }),
    ],
    scopes: [
      scope('all', { requests: 12_000, throughput: 200, baseline: undefined }),
      scope('shop › GET /store', { baseline: undefined }),
      scope('shop › POST /login', { baseline: undefined }),
    ],
    baseline: {
      kind: 'stored',
      store: 'file:.loadgate/baseline.json',
      comparable: 0,
      corrected: false,
      refused: [],
      commits: [],
    },
  },
  result: { commit: undefined, plan: { ...result().plan, warmUp: 0, model: 'closed' } },
  run: {
    commit: undefined,
    url: undefined,
    baselineNote: 'This run is the first of the baseline in "file:.loadgate/baseline.json".',
  },
})

/** A thousand steps, of which a few do not hold. */
export const HUGE = judged({
  comparison: {
    budgets: [
      budget('p95 of "api › GET /items/7" < baseline + 10 %', 'p95', exceeded, {
        of: 'api › GET /items/7',
        value: 412,
        limit: 275,
        baseline: 250,
        resolution: 1.12,
      }),
    ],
    scopes: [
      scope('all', { requests: 1_000_000, failed: 3, errors: 0.000_003, causes: [['timeout', 3]] }),
      ...Array.from({ length: 1_000 }, (_, n) =>
        scope(
          `api › GET /items/${n}`,
          n % 400 === 5 ? { failed: 1, errors: 0.001, causes: [['timeout', 1]] } : { p95: 100 + (n % 50) },
        ),
      ),
    ],
  },
  result: { steps: [step('GET /items')] },
})

// biome-ignore format: one trick per line
export const HOSTILE = [
  'a | b',
  '`</code>` ``x``',
  '@octo-org/everyone fixes #1 GH-2 octo-org/shop#3',
  '![track](https://evil.example/x.png) [link](https://evil.example)',
  '<img src=x onerror=alert(1)> </details> <!-- hidden',
  'www.evil.example https://evil.example a@b.example',
  'one\ntwo\r\n\n# three\n| x |\n\u2028four',
  '\u202egnp.exe\u202c zero\u200bwidth \ufeff',
  '\\| \\` \\',
  `${'long '.repeat(100)}`,
  '\u0000\u001b[31m\u009b',
  '[x]: https://evil.example "t" [^1] $x$ :tada: ~~s~~ *e* _u_',
] as const

/** The same report with these names wherever text from outside may stand. */
export function hostile(names: readonly string[]): Report {
  const at = (n: number) => names[n % names.length]!
  return report('fail', `p95 of "${at(0)}" is 412 ms, limit 275 ms (${at(1)})`, {
    also: [`errors of "${at(2)}" are 2 %`, at(3)],
    comparison: {
      budgets: [
        budget(at(4), 'p95', exceeded, { of: at(0), value: 412, limit: 275, baseline: 250, resolution: 1.12 }),
        budget(
          at(5),
          'errors',
          { kind: 'undecided', reason: at(6), remedy: at(7) },
          { of: at(1), value: 0.02, limit: 0.03 },
        ),
      ],
      scopes: [
        scope('all', { failed: 2, causes: [[at(8), 2]] }),
        ...names.map((name, n) => scope(name, { requests: 100 + n, failed: 2, causes: [[at(8), 2]] })),
      ],
      baseline: {
        kind: 'stored',
        store: at(9),
        comparable: 2,
        corrected: false,
        refused: [{ runs: 1, reason: at(10) }],
        commits: [at(11), at(12)],
      },
    },
    result: {
      profile: at(13),
      commit: at(14),
      plan: { ...result().plan, target: at(15), executor: at(16) },
      steps: [step('x', { statuses: { [at(17)]: 3 } })],
    },
    run: {
      commit: at(18),
      reproduce: at(19),
      url: at(20),
      profilePath: at(21),
      version: at(22),
      baselineNote: at(23),
      serviceEnd: at(24),
      // A line for each, whatever is in it.
      lastOutput: names.map((name) => `it says ${name.replaceAll('\n', ' ')}`).join('\n'),
    },
    sharpness: sharpness({
      fingerprint: { ...result().fingerprint, machine: { cpu: at(25), cores: 4, os: at(26), node: at(27) } },
      budgets: [{ ...sharpness().budgets[0]!, scope: at(28), text: at(29) }],
    }),
  })
}
