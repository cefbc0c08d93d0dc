import type { BudgetRow, Estimate, ScopeRow } from '../compare/comparison.ts'
import { cleanText } from './clean-text.ts'
import type { Report } from './report.ts'

/** One entry of github-action-benchmark's `customSmallerIsBetter`. */
interface Entry {
  readonly name: string
  readonly unit: string
  readonly value: number
  /** As in "± 3.2". */
  readonly range?: string
  readonly extra?: string
}

/**
 * For github-action-benchmark with `tool: customSmallerIsBetter`: percentiles and error rate of the whole run, and the p95
 * of every step. Throughput, of which more is better, is none of these.
 */
export function renderBenchmark(report: Report): string {
  return `${JSON.stringify(entriesOf(report), undefined, 2)}\n`
}

function entriesOf({ comparison, result, verdict }: Report): readonly Entry[] {
  const profile = cleanText(result.profile)
  const extra = `${verdict.outcome}: ${cleanText(verdict.reason)}`
  const [whole, ...steps] = comparison.scopes
  const own = (metric: string) => comparison.budgets.find((row) => row.metric === metric && row.budget.of === undefined)
  if (whole === undefined) return []
  return [
    ...(['p50', 'p95', 'p99'] as const).flatMap((metric) => time(`${profile} ${metric}`, whole[metric], own(metric))),
    { name: `${profile} errors`, unit: '%', value: rounded(whole.errors * 100), ...rangeOf(own('errors'), 100) },
    ...steps.flatMap((row) =>
      time(`${profile} p95 of ${cleanText(row.scope)}`, row.p95, budgetOf(row, comparison.budgets)),
    ),
  ].map((entry) => ({ ...entry, extra }))
}

function budgetOf({ scope }: ScopeRow, budgets: readonly BudgetRow[]): BudgetRow | undefined {
  return budgets.find((row) => row.metric === 'p95' && row.budget.of === scope)
}

function time(name: string, ms: number | undefined, row: BudgetRow | undefined): readonly Entry[] {
  return ms === undefined ? [] : [{ name, unit: 'ms', value: rounded(ms), ...rangeOf(row, 1) }]
}

/** Half of what the bounds of a measured value span. */
function rangeOf(row: BudgetRow | undefined, factor: number): { readonly range?: string } {
  const half = halfOf(row?.measured)
  return half === undefined ? {} : { range: `± ${rounded(half * factor)}` }
}

function halfOf(measured: Estimate | undefined): number | undefined {
  return measured?.high === undefined ? undefined : (measured.high - measured.low) / 2
}

/** To a microsecond. */
function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000
}
