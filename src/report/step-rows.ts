import type { Comparison, ScopeRow } from '../compare/comparison.ts'
import { formatCount, type Ms } from '../units.ts'
import { concernOfScope, isFinding } from './budget-rows.ts'
import { formatDifference, formatMetric, NONE } from './figures.ts'

export const STEP_COLUMNS = ['p50', 'p95', 'p99', 'errors', 'rate', 'requests'] as const

/** What `isUnchanged` says of a step, in words. */
export const UNCHANGED = 'without a failure, p95 within 10 % of before'
const LITTLE = 0.1

/** A step is of concern when a budget on it does not hold, or when requests of it failed that are part of the whole run. */
export function isConcern(row: ScopeRow, { budgets }: Comparison): boolean {
  return (
    (row.failed > 0 && !row.background) || budgets.some((budget) => budget.scope === row.scope && isFinding(budget))
  )
}

/** Nothing failed, and p95 is about what it was: not a judgement, but what a reader may pass over. */
export function isUnchanged({ failed, p95, baseline }: ScopeRow): boolean {
  return (
    failed === 0 && p95 !== undefined && baseline !== undefined && Math.abs(p95 - baseline.p95) <= LITTLE * baseline.p95
  )
}

/** The whole run first and the background last, else worst first: by budget, by errors beyond the baseline's, by p95 against the baseline's. */
export function worstSteps({ scopes, budgets }: Comparison): readonly ScopeRow[] {
  const [all, ...steps] = scopes
  if (!all) return []
  const keys = new Map(
    steps.map((row) => [
      row,
      [
        Number(row.background ?? false),
        concernOfScope(row.scope, budgets),
        -newErrors(row),
        -slowdown(row),
        -(row.p95 ?? 0),
      ] as const,
    ]),
  )
  return [all, ...steps.toSorted((a, b) => lexically(keys.get(a)!, keys.get(b)!))]
}

/** Behind the name of a step. */
export function standingOf({ background }: ScopeRow): string {
  return background ? ' (background)' : ''
}

/** In the order of STEP_COLUMNS, each with its change against the baseline where there is one. */
export function stepFigures(row: ScopeRow): readonly string[] {
  const { baseline } = row
  return [
    percentile('p50', row.p50, baseline?.p50),
    percentile('p95', row.p95, baseline?.p95) + serviceNote(row),
    percentile('p99', row.p99, baseline?.p99),
    ...(row.requests === 0
      ? [NONE, NONE]
      : [changed('errors', row.errors, baseline?.errors), changed('throughput', row.throughput, baseline?.throughput)]),
    formatCount(row.requests),
  ]
}

function percentile(metric: 'p50' | 'p95' | 'p99', value: Ms | undefined, before: Ms | undefined): string {
  return value === undefined ? NONE : changed(metric, value, before)
}

function changed(metric: Parameters<typeof formatMetric>[0], value: number, before: number | undefined): string {
  const change = formatDifference(metric, value, before)
  return formatMetric(metric, value) + (change === undefined ? '' : ` (${change})`)
}

/** Where a request waited long before it was sent, the time a user feels and the time the service took part. */
function serviceNote({ p95, serviceP95 }: ScopeRow): string {
  if (p95 === undefined || serviceP95 === undefined || serviceP95 > 0.9 * p95 || p95 - serviceP95 < 1) return ''
  return `, service ${formatMetric('p95', serviceP95)}`
}

function newErrors({ errors, baseline }: ScopeRow): number {
  return Math.max(0, errors - (baseline?.errors ?? 0))
}

function slowdown({ p95, baseline }: ScopeRow): number {
  return p95 !== undefined && baseline && baseline.p95 > 0 ? p95 / baseline.p95 : 1
}

function lexically(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index])
  return at < 0 ? 0 : a[at]! - b[at]!
}
