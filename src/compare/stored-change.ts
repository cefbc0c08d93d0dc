import type { MetricName } from '../profile/profile.ts'
import { blockMedians } from './block-medians.ts'
import { onThisProcessor } from './calibration.ts'
import { type Change, errorsChange, latencyChange, logarithm, type RelativeLimit, throughputChange } from './change.ts'
import type { Estimate } from './comparison.ts'
import { type Metric, metricOf } from './metrics.ts'
import type { Scope } from './scope.ts'

interface Compared {
  readonly now: Scope
  readonly measured: Estimate
  /** As `usableRuns` has them, at least two. */
  readonly before: readonly Scope[]
  /** Whether they are of several processors. */
  readonly corrected: boolean
}

/** How a part of this run lies to the same part of stored runs. */
export function storedChange(
  name: MetricName,
  limit: RelativeLimit,
  { now, measured, before, corrected }: Compared,
): Change {
  const metric = metricOf(name)
  if (metric.kind === 'errors') return errorsChange(now, before, limit)
  const offered = [now, ...before].every(({ keptUp }) => keptUp)
  // A throughput that the load sets hangs on no processor.
  const same = !corrected || (metric.kind === 'throughput' && offered)
  const factors = same ? before.map(() => 1) : factorsOf(metric, now, before)
  const values = before.map((scope, at) => metric.read(scope)! * factors[at]!)
  if (metric.kind === 'throughput')
    return throughputChange(measured, values, limit, { offered, corrected, smallest: 1000 / now.measured })
  const [own, ...blocks] = blockMedians(name, [now, ...before]) ?? []
  const typical = own === undefined ? undefined : [own, ...blocks.map((value, at) => value * factors[at]!)]
  return latencyChange(measured, values, limit, { corrected, typical })
}

/** What each earlier figure is multiplied by to be of this processor. */
function factorsOf({ worse, read }: Metric, now: Scope, before: readonly Scope[]): readonly number[] {
  const sign = worse === 'higher' ? 1 : -1
  const earlier = before.map((scope) => ({ y: sign * logarithm(read(scope)!), loop: scope.loop! }))
  return onThisProcessor(now.loop!, earlier).map((y, at) => Math.exp(sign * (y - earlier[at]!.y)))
}

/** Stored runs without a sample of this metric say nothing about it; a throughput of 0 has no logarithm. */
export function usableRuns(name: MetricName, before: readonly Scope[]): readonly Scope[] {
  const { kind, read } = metricOf(name)
  return before.filter((scope) => {
    const value = read(scope)
    return value !== undefined && (kind !== 'throughput' || value > 0)
  })
}
