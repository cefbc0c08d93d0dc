import type { BaselineRun } from '../baseline/baseline.ts'
import { eventTimeOf, type MetricName } from '../profile/profile.ts'
import type { RunResult } from '../result/result.ts'
import type { Ms, Share } from '../units.ts'
import type { Estimate } from './comparison.ts'
import { normalExceededBy, studentQuantile } from './distributions.ts'
import { knownBounds } from './known-percentiles.ts'
import { failures, failuresAtMost, metricOf, percentileOf, streamsOf, timesIn } from './metrics.ts'
import { type Part, type Scope, scopeOf, stepsBeside, WHOLE } from './scope.ts'
import { clusteredBounds, meanError, quantileBounds, wilson } from './statistics.ts'

/** How steady the whole run was. */
export interface Pace {
  /** Of an interval. */
  readonly length: Ms
  /** Successes in each interval that lies in the window from end to end. */
  readonly successes: readonly number[]
}

/** At which a number is shown, and judged where it is looked at once only. One-sided. */
export const ONE_LOOK = 0.05

/** A metric of this run with what its own samples leave open at `level`. Undefined without a sample. */
export function measure(metric: MetricName, scope: Scope, pace: Pace, level = ONE_LOOK): Estimate | undefined {
  const value = metricOf(metric).read(scope)
  if (value === undefined) return undefined
  if (metric === 'errors') {
    const [known, most] = [failures(scope), failuresAtMost(scope)]
    const z = normalExceededBy(level)
    return { value, low: wilson(known.x, known.n, z).low, high: wilson(most.x, most.n, z).high }
  }
  if (metric === 'throughput') return { value, ...throughputBounds(scope, value, pace, level) }
  const time = eventTimeOf(metric)
  if (time !== undefined && scope.events) {
    const { low, high } = clusteredBounds(
      timesIn(scope.events, time),
      streamsOf(scope.events, time),
      percentileOf(metric),
      level,
    )
    return { value, low: low / 1000, high: high === undefined ? undefined : high / 1000 }
  }
  return { value, ...latencyBounds(scope, percentileOf(metric), level) }
}

function latencyBounds(scope: Scope, q: Share, level: number) {
  const { response, known, grain = 0 } = scope
  const { low, high } = known ? knownBounds(scope, known, q, level) : quantileBounds(response, q, level)
  return { low: Math.max(0, low / 1000 - grain), high: high === undefined ? undefined : high / 1000 + grain }
}

/**
 * Of a part of the load, the intervals of the whole are scaled to its share, and that the share itself varies is added as a
 * Poisson count would vary, which is more than it does.
 */
function throughputBounds(scope: Scope, value: number, { length, successes }: Pace, level: number) {
  const error = meanError(successes)
  if (error === undefined) return { low: 0, high: undefined }
  const whole = successes.reduce((sum, count) => sum + count, 0)
  const share = whole === 0 ? 1 : Math.min(1, scope.succeededInWindow / whole)
  const ofShare = share < 1 ? Math.sqrt(scope.succeededInWindow) / (scope.measured / 1000) : 0
  const se = error.se / (length / 1000)
  const half = studentQuantile(1 - level, error.freedom) * Math.hypot(share * se, ofShare)
  return { low: Math.max(0, value - half), high: value + half }
}

/** An interval in which nothing ended is not in the result, but has 0 successes. */
export function paceOf({ intervals: { length, records }, plan }: RunResult): Pace {
  const successes = new Array<number>(Math.floor(plan.measured / length)).fill(0)
  for (const { index, succeeded } of records) if (index < successes.length) successes[index] = succeeded
  return { length, successes }
}

/** Of a part that is none of the whole: by its blocks. */
export function paceOfSteps(run: RunResult, part: Part): Pace {
  const blocks = stepsBeside(run, part).flatMap((step) => (part.includes(step) && step.blocks ? [step.blocks] : []))
  const length = blocks[0]?.length ?? run.plan.measured
  const successes = new Array<number>(Math.floor(run.plan.measured / length)).fill(0)
  for (const { index, succeeded } of blocks.flatMap(({ records }) => records))
    if (index < successes.length) successes[index]! += succeeded
  return { length, successes }
}

/** Runs of earlier versions do not say how steady they were, and their throughput has no bounds. */
export function paceOfStored(run: BaselineRun): Pace {
  const { blocks } = scopeOf(run, WHOLE)
  if (run.blocks === undefined || blocks === undefined) return { length: run.plan.measured, successes: [] }
  return { length: run.blocks.length, successes: blocks.succeeded }
}
