import type { MetricName } from '../profile/profile.ts'
import type { Level } from './change-points.ts'
import { Z95 } from './statistics.ts'

/** Where values of one level scatter alike, whatever the level is. */
export interface Scale {
  readonly to: (value: number) => number
  readonly from: (level: number) => number
  /** Whether anybody would call two levels different. */
  readonly matters: (before: number, after: number) => boolean
  /** Whether what comes after is to be held to the new one. */
  readonly isNew: (before: number, after: number) => boolean
}

/** A latency or a throughput that moves by less than this is the histogram's or the scheduler's business. */
const LEAST_RATIO = 0.01
const LEAST_SHARE = 0.001
/** Smaller steps are well within what a stored window can tell, and runs of both sides are worth more than the step. */
const LEAST_NEW_RATIO = 0.03

// Below it the logarithm means nothing: 1 µs, or an answer in a quarter of an hour.
const SMALLEST = 0.001

const LOGARITHM: Scale = {
  to: (value) => Math.log(Math.max(value, SMALLEST)),
  from: Math.exp,
  matters: (before, after) => Math.abs(Math.expm1(after - before)) >= LEAST_RATIO,
  isNew: (before, after) => Math.abs(Math.expm1(after - before)) >= LEAST_NEW_RATIO,
}

/** Of a share p of n the variance of asin √p is about 1/(4n), for any p (Freeman & Tukey 1950). */
const ARCSINE: Scale = {
  to: (share) => Math.asin(Math.sqrt(Math.min(1, Math.max(0, share)))),
  from: (level) => Math.sin(level) ** 2,
  matters: (before, after) => Math.abs(ARCSINE.from(after) - ARCSINE.from(before)) >= LEAST_SHARE,
  isNew: (before, after) => ARCSINE.matters(before, after),
}

export function scaleOf(metric: MetricName): Scale {
  return metric === 'errors' ? ARCSINE : LOGARITHM
}

interface Bounded {
  readonly value: number
  readonly low: number | undefined
  readonly high: number | undefined
}

/**
 * A pair of one-sided 95 % bounds is 2 · 1.645 standard errors apart. Undefined without bounds: runs that happen to agree to
 * the digit would then prove anything.
 */
export function levelOf({ value, low, high }: Bounded, scale: Scale): Level | undefined {
  if (low === undefined || high === undefined) return undefined
  return { value: scale.to(value), variance: ((scale.to(high) - scale.to(low)) / (2 * Z95)) ** 2 }
}
