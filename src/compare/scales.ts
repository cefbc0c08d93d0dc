import type { MetricName } from '../profile/profile.ts'
import type { Level } from './change-points.ts'
import { Z95 } from './statistics.ts'

/** Where values of one level scatter alike, whatever the level is. */
export interface Scale {
  readonly to: (value: number) => number
  readonly from: (level: number) => number
  /** Whether anybody would call two levels different. */
  readonly matters: (before: number, after: number) => boolean
}

/** A latency or a throughput that moves by less than this is the histogram's or the scheduler's business. */
const LEAST_RATIO = 0.01
const LEAST_SHARE = 0.001

// Below it the logarithm means nothing: 1 µs, or an answer in a quarter of an hour.
const SMALLEST = 0.001

const LOGARITHM: Scale = {
  to: (value) => Math.log(Math.max(value, SMALLEST)),
  from: Math.exp,
  matters: (before, after) => Math.abs(Math.expm1(after - before)) >= LEAST_RATIO,
}

/** Of a share p of n the variance of asin √p is about 1/(4n), for any p (Freeman & Tukey 1950). */
const ARCSINE: Scale = {
  to: (share) => Math.asin(Math.sqrt(Math.min(1, Math.max(0, share)))),
  from: (level) => Math.sin(level) ** 2,
  matters: (before, after) => Math.abs(ARCSINE.from(after) - ARCSINE.from(before)) >= LEAST_SHARE,
}

export function scaleOf(metric: MetricName): Scale {
  return metric === 'errors' ? ARCSINE : LOGARITHM
}

interface Bounded {
  readonly value: number
  readonly low: number | undefined
  readonly high: number | undefined
}

/** A pair of one-sided 95 % bounds is 2 · 1.645 standard errors apart. */
export function levelOf({ value, low, high }: Bounded, scale: Scale): Level {
  const width = low === undefined || high === undefined ? 0 : scale.to(high) - scale.to(low)
  return { value: scale.to(value), variance: (width / (2 * Z95)) ** 2 }
}
