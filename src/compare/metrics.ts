import type { Histogram } from '../histogram.ts'
import { type EventTime, eventTimeOf, type MetricName, type TimeMetric } from '../profile/profile.ts'
import { formatMs, formatRate, formatShare, type Share } from '../units.ts'
import { pointAt } from './known-percentiles.ts'
import type { EventTimes, Scope } from './scope.ts'

export interface Metric {
  readonly kind: 'latency' | 'errors' | 'throughput'
  /** The direction in which it is a regression. */
  readonly worse: 'higher' | 'lower'
  /** Of one run, in the metric's unit; undefined without a sample. */
  readonly read: (scope: Scope) => number | undefined
  readonly format: (value: number) => string
  /** A difference: shares differ by percentage points. */
  readonly formatAmount: (amount: number) => string
}

export function metricOf(name: MetricName): Metric {
  if (name === 'errors') return ERRORS
  if (name === 'throughput') return THROUGHPUT
  const time = eventTimeOf(name)
  return time === undefined ? latency(percentileOf(name)) : timeOfEvents(time, percentileOf(name))
}

/** The share a percentile metric stands for: 0.999 for `p99.9`. */
export function percentileOf(name: TimeMetric): Share {
  return Number.parseFloat(name.slice(1)) / 100
}

export function timesIn({ between, last }: EventTimes, time: EventTime): Histogram {
  return time === 'between events' ? between : last
}

/** Those that have such times. */
export function streamsOf({ streams, several }: EventTimes, time: EventTime): number {
  return time === 'between events' ? several : streams
}

/** Requests that should have been answered well, and those that were not. */
export function failures(scope: Scope): { readonly x: number; readonly n: number } {
  return { x: scope.failed + scope.dropped, n: scope.sent + scope.dropped }
}

/** The same at the worst: every dropped arrival that may have been one of them was one. */
export function failuresAtMost(scope: Scope): { readonly x: number; readonly n: number } {
  const { x, n } = failures(scope)
  return { x: x + scope.mayBeDropped, n: n + scope.mayBeDropped }
}

function latency(q: Share): Metric {
  return {
    kind: 'latency',
    worse: 'higher',
    read: (scope) => {
      const us = scope.known ? pointAt(scope.known, q)?.us : scope.response.quantile(q)
      return us === undefined ? undefined : us / 1000
    },
    format: formatMs,
    formatAmount: formatMs,
  }
}

function timeOfEvents(time: EventTime, q: Share): Metric {
  return {
    ...latency(q),
    read: ({ events }) => {
      const us = events && timesIn(events, time).quantile(q)
      return us === undefined ? undefined : us / 1000
    },
  }
}

const ERRORS: Metric = {
  kind: 'errors',
  worse: 'higher',
  read: (scope) => {
    const { x, n } = failures(scope)
    return n === 0 ? undefined : x / n
  },
  format: formatShare,
  formatAmount: (amount) => `${formatShare(amount).replace(/ %$/, '')} pp`,
}

const THROUGHPUT: Metric = {
  kind: 'throughput',
  worse: 'lower',
  read: (scope) =>
    scope.sent + scope.dropped === 0 || !(scope.measured > 0)
      ? undefined
      : scope.succeededInWindow / (scope.measured / 1000),
  format: formatRate,
  formatAmount: formatRate,
}
