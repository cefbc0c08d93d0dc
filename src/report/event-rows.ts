import type { EventRow, Percentiles, ScopeRow } from '../compare/comparison.ts'
import { formatCount, formatMs } from '../units.ts'
import { NONE } from './figures.ts'
import { standingOf } from './step-rows.ts'

/** Of steps whose answers are streams of events; the time to the first event stands among those of all steps. */
export const EVENT_COLUMNS = ['streams', 'events', 'between p50', 'p95', 'p99', 'to last p50', 'p95'] as const

export type RowOfEvents = ScopeRow & { readonly events: EventRow }

/** Steps alone: the whole run has no other streams. In the order of the plan. */
export function rowsOfEvents([, ...steps]: readonly ScopeRow[]): readonly RowOfEvents[] {
  return steps.filter((row): row is RowOfEvents => row.events !== undefined)
}

/** In the order of EVENT_COLUMNS. */
export function eventCells({ events: { streams, received, between, last } }: RowOfEvents): readonly string[] {
  const ms = (times: Percentiles | undefined, key: keyof Percentiles) =>
    times === undefined ? NONE : formatMs(times[key])
  return [
    formatCount(streams),
    formatCount(received),
    ...(['p50', 'p95', 'p99'] as const).map((key) => ms(between, key)),
    ...(['p50', 'p95'] as const).map((key) => ms(last, key)),
  ]
}

/** What stands in the table, and what does not. */
export const EVENTS_NOTE =
  'Streams that came as they were to, their events, the times from each event to the next, and those to the last one. The time to the first event is the response time of the step.'

export function nameOfRow(row: RowOfEvents, name: (text: string) => string): string {
  return name(row.scope) + standingOf(row)
}
