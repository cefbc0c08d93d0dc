import { below } from '../schema-fault.ts'
import type { IssueLog } from './issue-log.ts'
import type { Place } from './profile.ts'
import type { Node, Span } from './tree.ts'

/** Where everything of a document stands, by its JSON Pointer (RFC 6901): what is in a map, at its key. */
export type Places = Readonly<Record<string, Place>>

/** @param head where the document as a whole stands */
export function placesIn(node: Node, head: Span, log: Pick<IssueLog, 'place'>): Places {
  return Object.fromEntries(spansIn(node, head, '').map(([pointer, { start }]) => [pointer, log.place(start)]))
}

function spansIn(node: Node, head: Span, at: string): readonly (readonly [pointer: string, span: Span])[] {
  const own = [[at, head] as const]
  if (node.kind === 'map')
    return own.concat([...node.entries].flatMap(([key, { key: span, value }]) => spansIn(value, span, below(at, key))))
  if (node.kind === 'list')
    return own.concat(node.items.flatMap((item, index) => spansIn(item, item.span, below(at, String(index)))))
  return own
}

/** Of the nearest around it where it has none itself. */
export function placeAt(places: Places, pointer: string): Place | undefined {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
    if (Object.hasOwn(places, at)) return places[at]
    if (!at.includes('/')) return undefined
  }
}
