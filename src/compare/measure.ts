import type { MetricName } from '../profile/profile.ts'
import type { RunResult } from '../result/result.ts'
import type { Share } from '../units.ts'
import type { Estimate } from './comparison.ts'
import { studentQuantile } from './distributions.ts'
import { failures, failuresAtMost, metricOf, percentileOf } from './metrics.ts'
import type { Scope } from './scope.ts'
import { meanError, quantileBounds, wilson } from './statistics.ts'

/**
 * A metric of this run with what its own samples leave open. Undefined without a sample. `perSecond` are the successes of
 * the whole run in each full second of the window.
 */
export function measure(metric: MetricName, scope: Scope, perSecond: readonly number[]): Estimate | undefined {
  const value = metricOf(metric).read(scope)
  if (value === undefined) return undefined
  if (metric === 'errors') {
    const [known, most] = [failures(scope), failuresAtMost(scope)]
    return { value, low: wilson(known.x, known.n).low, high: wilson(most.x, most.n).high }
  }
  if (metric === 'throughput') return { value, ...throughputBounds(scope, value, perSecond) }
  return { value, ...latencyBounds(scope, percentileOf(metric)) }
}

function latencyBounds({ response }: Scope, q: Share) {
  const { low, high } = quantileBounds(response, q)
  return { low: low / 1000, high: high === undefined ? undefined : high / 1000 }
}

/**
 * Of a part of the load, the seconds of the whole are scaled to its share, and that the share itself varies is added as a
 * Poisson count would vary, which is more than it does.
 */
function throughputBounds(scope: Scope, value: number, perSecond: readonly number[]) {
  const error = meanError(perSecond)
  if (error === undefined) return { low: 0, high: undefined }
  const whole = perSecond.reduce((sum, count) => sum + count, 0)
  const share = whole === 0 ? 1 : Math.min(1, scope.succeededInWindow / whole)
  const ofShare = share < 1 ? Math.sqrt(scope.succeededInWindow) / (scope.measured / 1000) : 0
  const half = studentQuantile(0.95, error.freedom) * Math.hypot(share * error.se, ofShare)
  return { low: Math.max(0, value - half), high: value + half }
}

/** Successes in each full second of the measured window; a second in which nothing ended is not in the result, but is 0. */
export function successesPerSecond({ seconds, plan }: RunResult): readonly number[] {
  const counts = new Array<number>(Math.floor(plan.measured / 1000)).fill(0)
  for (const { second, succeeded } of seconds) if (second < counts.length) counts[second] = succeeded
  return counts
}
