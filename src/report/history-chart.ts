import type { BudgetRow } from '../compare/comparison.ts'
import { metricOf } from '../compare/metrics.ts'
import { WHOLE } from '../compare/scope.ts'
import type { History, Point } from '../history/history.ts'
import type { MetricName } from '../profile/profile.ts'
import { counted } from '../units.ts'
import { codeSpan } from './code-span.ts'
import { formatMetric } from './figures.ts'
import { letterOf } from './history-rows.ts'
import { keyBudget } from './key-budget.ts'
import { mermaidChart } from './mermaid.ts'
import type { Report } from './report.ts'

/** Fewer are told as well by the table. */
const FEWEST_POINTS = 5
const UNIT = { latency: 'ms', errors: '%', throughput: '/s' } as const

/** The course of the number that the verdict turns on, this run last, below its limit; nothing where it is too short. */
export function historyChart(history: History, report: Report): readonly string[] {
  const row = keyBudget(report)
  const { scope, metric } = row && isKept(history, row) ? row : { scope: WHOLE.name, metric: 'p95' as const }
  const shown = row?.scope === scope && row.metric === metric ? row : undefined
  const environment = environmentOf(history, report) ?? history.runs.at(-1)?.environment
  const points = pointsOf(history, { scope, metric, environment })
  if (environment === undefined || points.length < FEWEST_POINTS) return []
  const here = isOfThisRun(history, report, environment) ? shown : undefined
  const now = here?.measured
  const limit = here?.limit
  const scale = metricOf(metric).kind === 'errors' ? 100 : 1
  const values = [...points.map(({ value }) => value), ...(now ? [now.value] : [])].map((value) => value * scale)
  const says = inWords(metric, points, { now: now?.value, limit })
  const chart = mermaidChart({
    says,
    title: `${metric}${now ? ', this run last' : ''}${limit === undefined ? '' : '. Flat line: its limit'}`,
    unit: UNIT[metricOf(metric).kind],
    places: [...points.map((_, at) => `-${points.length - at}`), ...(now ? ['now'] : [])],
    lines: [values, ...(limit === undefined ? [] : [values.map(() => limit * scale)])],
  })
  const of = scope === WHOLE.name ? 'the whole run' : codeSpan(scope)
  const where = history.environments.length > 1 ? ` on ${letterOf(environment)}` : ''
  return chart === undefined ? [] : [`${metric} of ${of}${where}: ${says}`, chart]
}

/** `12 runs between 246 ms and 255 ms, now 412 ms, limit 275 ms.` */
function inWords(
  metric: MetricName,
  points: readonly Point[],
  { now, limit }: { readonly now: number | undefined; readonly limit: number | undefined },
): string {
  const format = (value: number) => formatMetric(metric, value)
  const values = points.map(({ value }) => value)
  const [least, most] = [format(Math.min(...values)), format(Math.max(...values))]
  const here = [
    ...(now === undefined ? [] : [`now ${format(now)}`]),
    ...(limit === undefined ? [] : [`limit ${format(limit)}`]),
  ]
  const level = least === most ? `at ${least}` : `between ${least} and ${most}`
  return `${[`${counted(values.length, 'run')} ${level}`, ...here].join(', ')}.`
}

function isKept({ series }: History, { scope, metric }: Pick<BudgetRow, 'scope' | 'metric'>): boolean {
  return series.some((one) => one.scope === scope && one.metric === metric)
}

function pointsOf(
  { runs, series }: History,
  { scope, metric, environment }: { scope: string; metric: MetricName; environment: number | undefined },
): readonly Point[] {
  const found = series.find((one) => one.scope === scope && one.metric === metric)
  return found?.points.filter(({ run }) => runs[run]!.environment === environment) ?? []
}

/** Where this run was made, if stored ones were made there too. */
function environmentOf({ environments }: History, { result }: Report): number | undefined {
  const { plan, generator, machine } = result.fingerprint
  const at = environments.findIndex(
    (one) =>
      one.plan === plan &&
      one.generator === generator &&
      one.machine.cpu === machine.cpu &&
      one.machine.cores === machine.cores &&
      one.machine.os === machine.os &&
      one.machine.node === machine.node,
  )
  return at < 0 ? undefined : at
}

function isOfThisRun(history: History, report: Report, environment: number): boolean {
  return report.comparison.defects.length === 0 && environmentOf(history, report) === environment
}
