import type { Events, Expect } from '../profile/profile.ts'

/** That the stand-in sends in one answer: what more of them cost is not measured. */
const MOST_EVENTS = 100

/** As the stand-in is asked: in one go, and not for as long as a feed is read. */
export function eventsOfStandIn({ until }: Events): Events {
  if (until?.kind === 'number') return { until: { ...until, number: Math.min(until.number, MOST_EVENTS) } }
  return until === undefined ? {} : { until }
}

/** What the last event has to have as well. */
export function expectedOfLast(expect: Expect, { until }: Events): Expect {
  if (until?.kind !== 'event') return expect
  const { data, json = [] } = until
  const body = [expect.body, data].filter((text) => text !== undefined).join(' ')
  return { ...expect, json: [...expect.json, ...json], body: body === '' ? undefined : body }
}

/** A stream whose last event, of those that are looked at, has this data. */
export function streamOf(data: string, { until }: Events): string {
  const event = `${dataLines(data === '' ? 'stand-in' : data)}\n`
  if (until === undefined) return event
  if (until.kind === 'number') return event.repeat(Math.min(until.number, MOST_EVENTS))
  if (until.kind === 'mark') return `${event}${dataLines(until.text)}\n`
  const named = until.event === undefined ? '' : `event: ${until.event}\n`
  return `${until.id === undefined ? '' : `id: ${until.id}\n`}${named}${event}`
}

function dataLines(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => `data: ${line}\n`)
    .join('')
}
