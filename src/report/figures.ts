import type { Estimate } from '../compare/comparison.ts'
import { metricOf } from '../compare/metrics.ts'
import type { MetricName } from '../profile/profile.ts'
import { formatChange, type Share } from '../units.ts'

export const NONE = '–'

/** A value with its metric's unit. */
export function formatMetric(metric: MetricName, value: number): string {
  return metricOf(metric).format(value)
}

/** Errors change by percentage points, "+0.2 pp": twice a very small share is still a very small share. */
function formatPoints(difference: Share): string {
  if (Math.abs(difference) < 0.000_05) return '±0 pp'
  return `${difference > 0 ? '+' : '-'}${metricOf('errors').formatAmount(Math.abs(difference))}`
}

/** `now` against the baseline's `before`: "+8.4 %", or points for errors; undefined where there is nothing to compare. */
export function formatDifference(metric: MetricName, now: number, before: number | undefined): string | undefined {
  if (before === undefined) return undefined
  if (metric === 'errors') return now === 0 && before === 0 ? undefined : formatPoints(now - before)
  return before > 0 ? formatChange(now / before) : undefined
}

/** A ratio to the baseline in the words of its metric. */
export function formatRatio(metric: MetricName, ratio: number, baseline: number): string {
  return metric === 'errors' ? formatPoints((ratio - 1) * baseline) : formatChange(ratio)
}

/** "398 … 431 ms"; an upper end that is not known is left open. */
export function formatBounds({ low, high }: Estimate, format: (value: number) => string): string {
  if (high === undefined) return `≥ ${format(low)}`
  const [from, to] = [format(low), format(high)]
  const unit = UNIT.exec(to)?.[0] ?? ''
  return `${unit !== '' && UNIT.exec(from)?.[0] === unit ? from.slice(0, -unit.length) : from} … ${to}`
}

const UNIT = /(?: [a-z%]+|\/s)$/

/** For a table: on a phone a column is a few characters wide, and a number would part from its unit. */
export function withItsUnit(text: string): string {
  return text.replace(/ (?=(?:%|pp|ms|s)(?!\w))/g, '\u00a0')
}
