import type { Comparable } from '../baseline/comparable.ts'
import { Histogram } from '../histogram.ts'
import type { MetricName } from '../profile/profile.ts'
import type { Ms } from '../units.ts'
import type { Percentiles, ScopeRow } from './comparison.ts'
import { failures, metricOf } from './metrics.ts'
import { storedLevels } from './new-level.ts'
import { type EventTimes, type Part, type Scope, type Summable, scopeOf, stepsBeside } from './scope.ts'
import { median } from './statistics.ts'

/** Each part of a run beside the same part of what it is compared with. */
export function scopeRows(
  parts: readonly Part[],
  run: Summable,
  before: (part: Part) => ScopeRow['baseline'],
): readonly ScopeRow[] {
  return parts.map((part) => rowOf(part, run, before(part)))
}

/** What stood in a part before: of the stored runs since the level of each metric last changed, as budgets are judged. */
export function storedFigures(part: Part, { runs, corrected }: Omit<Comparable, 'refused'>): ScopeRow['baseline'] {
  const scopes = runs.map((run) => scopeOf(run, part))
  return corrected ? undefined : figuresBy(scopes, (metric) => storedLevels(metric, runs, scopes).present)
}

/** The same of the base version. */
export function baseFigures(part: Part, base: Summable): ScopeRow['baseline'] {
  const scopes = [scopeOf(base, part)]
  return figuresBy(scopes, () => scopes)
}

function rowOf(part: Part, run: Summable, baseline: ScopeRow['baseline']): ScopeRow {
  const scope = scopeOf(run, part)
  return {
    scope: part.name,
    background: part.background,
    requests: scope.sent,
    failed: scope.failed,
    p50: metricOf('p50').read(scope),
    p95: metricOf('p95').read(scope),
    p99: metricOf('p99').read(scope),
    serviceP95: serviceP95(run, part),
    errors: metricOf('errors').read(scope) ?? 0,
    throughput: metricOf('throughput').read(scope) ?? 0,
    baseline,
    causes: causesOf(scope),
    ...(scope.events && { events: eventRow(scope.events) }),
  }
}

function eventRow({ streams, received, between, last }: EventTimes): ScopeRow['events'] {
  return { streams, received, between: percentilesIn(between), last: percentilesIn(last) }
}

function percentilesIn(times: Histogram): Percentiles | undefined {
  if (times.count === 0) return undefined
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((q) => times.quantile(q)! / 1000) as [Ms, Ms, Ms]
  return { p50, p95, p99 }
}

function serviceP95(run: Summable, part: Part): Ms | undefined {
  const steps = stepsBeside(run, part).filter(part.includes)
  const us = Histogram.of(...steps.map(({ service }) => service)).quantile(0.95)
  return us === undefined ? undefined : us / 1000
}

/** Medians; undefined unless some run has samples of everything. */
function figuresBy(scopes: readonly Scope[], choose: (metric: MetricName) => readonly Scope[]): ScopeRow['baseline'] {
  if (scopes.every(({ response }) => response.count === 0)) return undefined
  const of = (metric: MetricName) => {
    const full = choose(metric).filter(({ response }) => response.count > 0)
    return median((full.length > 0 ? full : scopes).map((scope) => metricOf(metric).read(scope) ?? 0))
  }
  return { p50: of('p50'), p95: of('p95'), p99: of('p99'), errors: of('errors'), throughput: of('throughput') }
}

/** Most frequent first; arrivals that were dropped stand among them, since they count as failures. */
function causesOf(scope: Scope): ScopeRow['causes'] {
  const dropped = failures(scope).x - scope.failed
  return [...scope.causes, ...(dropped > 0 ? [['dropped', dropped] as const] : [])].sort(([, a], [, b]) => b - a)
}
