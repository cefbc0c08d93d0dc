import type { BudgetRow, Judgement, Percentiles, ScopeRow } from '../compare/comparison.ts'
import type { Outcome } from '../compare/verdict.ts'
import { cleanText } from './clean-text.ts'
import type { Report } from './report.ts'

// OpenMetrics 1.0. Without timestamps, since a Pushgateway and the node exporter's textfile collector take none.

type Labels = Readonly<Record<string, string>>
interface Sample {
  /** Behind the family's name. */
  readonly suffix?: string
  readonly labels?: Labels
  readonly value: number
}
interface Family {
  readonly name: string
  readonly type: 'gauge' | 'counter' | 'summary' | 'stateset' | 'info'
  readonly unit?: string
  readonly help: string
  readonly samples: readonly Sample[]
}

/** The run as metrics, in seconds and shares as the standard asks. */
export function renderOpenMetrics(report: Report): string {
  const profile = cleanText(report.result.profile)
  const families = [infoOf(report), verdictOf(report), ...figuresOf(report), ...budgetsOf(report)]
  const text = families.filter(({ samples }) => samples.length > 0).map((family) => familyText(family, { profile }))
  return `${text.join('')}# EOF\n`
}

function infoOf({ run }: Report): Family {
  const labels = { version: run.version, path: run.profilePath, commit: run.commit ?? '' }
  return {
    name: 'loadgate_run',
    type: 'info',
    help: 'The run that was measured.',
    samples: [{ suffix: '_info', labels: mapped(labels, cleanText), value: 1 }],
  }
}

const OUTCOMES: readonly Outcome[] = ['pass', 'fail', 'inconclusive', 'invalid']
const JUDGEMENTS: readonly Judgement['kind'][] = ['holds', 'exceeded', 'undecided', 'no-baseline', 'no-samples']

function verdictOf({ verdict }: Report): Family {
  const name = 'loadgate_verdict'
  return {
    name,
    type: 'stateset',
    help: 'The verdict on the run.',
    samples: states(name, OUTCOMES, verdict.outcome, {}),
  }
}

function figuresOf({ comparison }: Report): readonly Family[] {
  const scopes = once(comparison.scopes, ({ scope }) => cleanText(scope))
  const each = (samples: (row: ScopeRow) => readonly Sample[]) =>
    scopes.flatMap(([scope, row]) => samples(row).map((sample) => ({ ...sample, labels: { scope, ...sample.labels } })))
  return [
    {
      name: 'loadgate_response_time_seconds',
      type: 'summary',
      unit: 'seconds',
      help: 'Response time of successful requests, from the moment they were due.',
      samples: each((row) => [...quantiles(row), { suffix: '_count', value: row.requests - row.failed }]),
    },
    {
      name: 'loadgate_requests',
      type: 'counter',
      help: 'Measured requests by their result.',
      samples: each((row) => [
        { suffix: '_total', labels: { result: 'succeeded' }, value: row.requests - row.failed },
        { suffix: '_total', labels: { result: 'failed' }, value: row.failed },
      ]),
    },
    {
      name: 'loadgate_error_ratio',
      type: 'gauge',
      unit: 'ratio',
      help: 'Share of requests that failed or could not be sent, from 0 to 1.',
      samples: each((row) => [{ value: row.errors }]),
    },
    {
      name: 'loadgate_throughput',
      type: 'gauge',
      help: 'Successful requests per second.',
      samples: each((row) => [{ value: row.throughput }]),
    },
    {
      name: 'loadgate_events',
      type: 'counter',
      help: 'Events of streams that came as they were to.',
      samples: each(({ events }) => (events ? [{ suffix: '_total', value: events.received }] : [])),
    },
    {
      name: 'loadgate_between_events_seconds',
      type: 'summary',
      unit: 'seconds',
      help: 'Time from each event of a stream to the next.',
      samples: each(({ events }) => quantiles(events?.between ?? NO_TIMES)),
    },
    {
      name: 'loadgate_last_event_seconds',
      type: 'summary',
      unit: 'seconds',
      help: 'Time to the last event of a stream.',
      samples: each(({ events }) => quantiles(events?.last ?? NO_TIMES)),
    },
  ]
}

type Times = { readonly [K in keyof Percentiles]: Percentiles[K] | undefined }

const NO_TIMES: Times = { p50: undefined, p95: undefined, p99: undefined }

function quantiles({ p50, p95, p99 }: Times): readonly Sample[] {
  const found = [
    ['0.5', p50],
    ['0.95', p95],
    ['0.99', p99],
  ] as const
  return found.flatMap(([quantile, ms]) => (ms === undefined ? [] : [{ labels: { quantile }, value: ms / 1_000 }]))
}

function budgetsOf({ comparison }: Report): readonly Family[] {
  const rows = once(comparison.budgets, ({ budget }) => cleanText(budget.text))
  const broken = comparison.defects.length > 0
  const valued = (value: (row: BudgetRow) => number | undefined) =>
    rows.flatMap(([budget, row]) => {
      const found = value(row)
      return found === undefined ? [] : [{ labels: { budget, metric: row.metric }, value: inBaseUnit(row, found) }]
    })
  const state = 'loadgate_budget_state'
  return [
    {
      name: 'loadgate_budget_value',
      type: 'gauge',
      help: 'What a budget limits, as measured: seconds, a share, or a rate per second.',
      samples: valued(({ measured }) => measured?.value),
    },
    {
      name: 'loadgate_budget_limit',
      type: 'gauge',
      help: 'The limit of a budget, in the same unit.',
      samples: valued(({ limit }) => limit),
    },
    {
      name: state,
      type: 'stateset',
      help: 'What became of a budget; nothing is said where the evidence is broken.',
      samples: broken ? [] : rows.flatMap(([budget, row]) => states(state, JUDGEMENTS, row.judgement.kind, { budget })),
    },
  ]
}

function inBaseUnit({ metric }: BudgetRow, value: number): number {
  return metric.startsWith('p') ? value / 1_000 : value
}

function states(name: string, all: readonly string[], now: string, labels: Labels): readonly Sample[] {
  return all.map((one) => ({ labels: { ...labels, [name]: one }, value: one === now ? 1 : 0 }))
}

/** No two samples may have the same labels, so of names that are the same once they are cleaned the first one counts. */
function once<T>(items: readonly T[], name: (item: T) => string): readonly (readonly [string, T])[] {
  const found = new Map<string, T>()
  for (const item of items) if (!found.has(name(item))) found.set(name(item), item)
  return [...found]
}

function familyText({ name, type, unit, help, samples }: Family, common: Labels): string {
  const lines = [
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${help}`,
    ...samples.map(
      ({ suffix = '', labels, value }) =>
        `${name}${suffix}${labelText({ ...common, ...labels })} ${Number(value.toPrecision(12))}`,
    ),
  ]
  return `${lines.join('\n')}\n`
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escaped(value)}"`)
  return `{${pairs.join(',')}}`
}

/** Line feed, quote and backslash are all that must be escaped; a cleaned text has no line feed. */
function escaped(value: string): string {
  return value.replace(/[\\"]/g, '\\$&')
}

function mapped(labels: Labels, change: (value: string) => string): Labels {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, value === '' ? '' : change(value)]))
}
