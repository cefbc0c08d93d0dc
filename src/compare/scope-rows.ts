import { Histogram } from '../histogram.ts'
import type { MetricName } from '../profile/profile.ts'
import type { Ms } from '../units.ts'
import type { ScopeRow } from './comparison.ts'
import { failures, metricOf } from './metrics.ts'
import { type Part, type Scope, type Summable, scopeOf } from './scope.ts'
import { median } from './statistics.ts'

/** Each part of a run beside the same part of what it is compared with. */
export function scopeRows(parts: readonly Part[], run: Summable, before: readonly Summable[]): readonly ScopeRow[] {
  return parts.map((part) => rowOf(part, run, before))
}

function rowOf(part: Part, run: Summable, before: readonly Summable[]): ScopeRow {
  const scope = scopeOf(run, part)
  return {
    scope: part.name,
    requests: scope.sent,
    failed: scope.failed,
    p50: metricOf('p50').read(scope),
    p95: metricOf('p95').read(scope),
    p99: metricOf('p99').read(scope),
    serviceP95: serviceP95(run, part),
    errors: metricOf('errors').read(scope) ?? 0,
    throughput: metricOf('throughput').read(scope) ?? 0,
    baseline: medians(before.map((earlier) => scopeOf(earlier, part))),
    causes: causesOf(scope),
  }
}

function serviceP95({ steps }: Summable, { includes }: Part): Ms | undefined {
  const us = Histogram.of(...steps.filter(includes).map(({ service }) => service)).quantile(0.95)
  return us === undefined ? undefined : us / 1000
}

/** Undefined unless some stored run has samples of everything. */
function medians(scopes: readonly Scope[]): ScopeRow['baseline'] {
  const full = scopes.filter(({ response }) => response.count > 0)
  if (full.length === 0) return undefined
  const of = (metric: MetricName) => median(full.map((scope) => metricOf(metric).read(scope) ?? 0))
  return { p50: of('p50'), p95: of('p95'), p99: of('p99'), errors: of('errors'), throughput: of('throughput') }
}

/** Most frequent first; arrivals that were dropped stand among them, since they count as failures. */
function causesOf(scope: Scope): ScopeRow['causes'] {
  const dropped = failures(scope).x - scope.failed
  return [...scope.causes, ...(dropped > 0 ? [['dropped', dropped] as const] : [])].sort(([, a], [, b]) => b - a)
}
