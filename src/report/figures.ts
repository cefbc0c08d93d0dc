import type { Estimate } from '../compare/comparison.ts'
import type { MetricName } from '../profile/profile.ts'
import { formatChange, formatMs, formatRate, formatShare, type Share } from '../units.ts'

export const NONE = '–'

/** A value in its metric's unit, with the unit. */
export function formatMetric(metric: MetricName, value: number): string {
  if (metric === 'errors') return formatShare(value)
  if (metric === 'throughput') return formatRate(value)
  return formatMs(value)
}

/** Errors change by percentage points, "+0.2 pp": twice a very small share is still a very small share. */
export function formatPoints(difference: Share): string {
  if (Math.abs(difference) < 0.000_05) return '±0 pp'
  return `${difference > 0 ? '+' : '-'}${formatShare(Math.abs(difference)).replace('%', 'pp')}`
}

/** `now` against the baseline's `before`: "+8.4 %", or points for errors; undefined where there is nothing to divide by. */
export function formatDifference(metric: MetricName, now: number, before: number | undefined): string | undefined {
  if (before === undefined) return undefined
  if (metric === 'errors') return formatPoints(now - before)
  return before > 0 ? formatChange(now / before) : undefined
}

/** A ratio to the baseline in the words of its metric. */
export function formatRatio(metric: MetricName, ratio: number, baseline: number): string {
  return metric === 'errors' ? formatPoints((ratio - 1) * baseline) : formatChange(ratio)
}

/** "398 ms … 431 ms"; an upper end that is not known is left open. */
export function formatBounds({ low, high }: Estimate, format: (value: number) => string): string {
  return high === undefined ? `≥ ${format(low)}` : `${format(low)} … ${format(high)}`
}
