import type { Limit, MetricName, Place } from '../profile/profile.ts'

/** Beside the profile, and reviewed like it. */
export const ACCEPT_FILE = 'loadgate-accept.yml'

/** A regression that somebody accepts until a day: one entry of the file. */
export interface Acceptance {
  readonly metric: MetricName
  /** As behind `of` in a budget: a scenario, a step alone, or `scenario › step`. Undefined for the whole run. */
  readonly of: string | undefined
  readonly limit: Limit
  /** As written. */
  readonly limitText: string
  readonly reason: string
  /** The last day on which it counts, in UTC: `2026-12-31`. */
  readonly expires: Day
  readonly place: Place
}

/** A day of the calendar as ISO 8601 writes it; such texts have the order of the days. */
export type Day = string

/** What an acceptance is of; a file has no two of the same. */
export function regressionOf({ metric, of }: Pick<Acceptance, 'metric' | 'of'>): string {
  return of === undefined ? metric : `${metric} of "${of}"`
}
