import type { MetricName } from '../profile/profile.ts'
import type { Machine } from '../result/result.ts'
import type { EpochMs } from '../units.ts'

/** The stored window as figures over time, oldest run first. */
export interface History {
  readonly store: string
  readonly runs: readonly HistoryRun[]
  /** What makes runs comparable with each other, in the order in which it came up. */
  readonly environments: readonly Environment[]
  /** The whole run first, then every step; of each all metrics. */
  readonly series: readonly Series[]
}

export interface HistoryRun {
  readonly id: string
  readonly startedAt: EpochMs
  readonly commit: string | undefined
  /** Index in `environments`. */
  readonly environment: number
  /** Regressions that are accepted from this run on. */
  readonly accepted: readonly AcceptedAt[]
}

/** Levels of two environments say nothing about each other. */
export interface Environment {
  readonly machine: Machine
  /** Hash of the load. */
  readonly plan: string
  readonly generator: string
}

/** An acceptance that came into force, where it did. */
export interface AcceptedAt {
  /** The commit that brought it onto the default branch, and when. */
  readonly commit: string
  readonly at: EpochMs
  /** As in `p95 of "store"`. */
  readonly regression: string
  readonly limit: string
  readonly until: string
  readonly reason: string
}

export interface Series {
  /** `all`, or `scenario › step`. */
  readonly scope: string
  readonly metric: MetricName
  /** One for each run that measured it. */
  readonly points: readonly Point[]
  readonly changes: readonly ChangePoint[]
}

/** A value in its metric's unit, with one-sided 95 % bounds from the run's own samples. */
export interface Point {
  /** Index in `runs`. */
  readonly run: number
  readonly value: number
  /** Undefined, as `high`, where what was stored of the run does not bound it. */
  readonly low: number | undefined
  readonly high: number | undefined
}

/** The level of one environment before and from a run on. */
export interface ChangePoint {
  readonly environment: number
  /** Index in `runs` of the last one before, and of the first one after; runs of other environments may lie between. */
  readonly from: number
  readonly to: number
  /** Means of either side as far as the next change, in the metric's unit. */
  readonly before: number
  readonly after: number
  /** Probability of so large a difference, at this split, if there was no change. */
  readonly chance: number
}

export const METRICS = ['p50', 'p95', 'p99', 'errors', 'throughput'] as const satisfies readonly MetricName[]
