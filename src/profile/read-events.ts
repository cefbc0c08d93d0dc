import type { EventsSection } from './grammar-events.ts'
import type { Events, LastEvent } from './profile.ts'
import { readJsonValues } from './read-json-values.ts'
import { complain, type Reading } from './reading.ts'
import { type Read, readCount, type Scalar, wrong } from './scalars.ts'
import { keysAt, nodeAt, type Path } from './tree.ts'

const MOST_EVENTS = 1_000_000

/** A whole number of events, or text. */
export function readLastEvent(raw: Scalar): Read<LastEvent> {
  if (typeof raw === 'boolean') return wrong('wrong-type', `{} is not text; write "${raw}" in quotes`)
  if (raw === '') return wrong('invalid-value', '{} stands in every event; write the text of the last one')
  if (typeof raw === 'string') return { value: { kind: 'mark', text: raw } }
  const read = readCount(raw, { max: MOST_EVENTS, what: 'events', example: 10 })
  return 'value' in read ? { value: { kind: 'number', number: read.value } } : read
}

/** How a stream of events is read; `broken` where something is wrong with it, which is then in the log. */
export function readEvents(
  reading: Reading,
  section: EventsSection | undefined,
  { path, method }: { readonly path: Path; readonly method: string },
): Events | 'broken' | undefined {
  const node = nodeAt(reading.root, path)
  if (node === undefined) return undefined
  if (method === 'head') {
    complain(reading, path, 'conflict', 'the answer to a HEAD request has no events; write "get"', 'head')
    return 'broken'
  }
  if (section === undefined) return 'broken'
  const { for: lasts, within } = section
  const until = lastEventOf(reading, section.until, [...path, 'until'])
  const read = { until, for: lasts, within }
  const keys = keysAt(reading.root, path)
  if (keys.some((key) => read[key as keyof typeof read] === undefined)) return 'broken'
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined))
}

function lastEventOf(reading: Reading, given: EventsSection['until'], path: Path): LastEvent | undefined {
  if (given === undefined || 'kind' in given) return given as LastEvent | undefined
  const keys = keysAt(reading.root, path)
  if (keys.length === 0) {
    complain(reading, path, 'missing-key', 'say what the last event has, as in { event: done }', 'head')
    return undefined
  }
  const { event, id, data } = given
  const json = given.json && readJsonValues(reading, given.json, [...path, 'json'])
  const read = { event, id, data, json }
  if (keys.some((key) => read[key as keyof typeof read] === undefined)) return undefined
  return { kind: 'event', ...Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined)) }
}
