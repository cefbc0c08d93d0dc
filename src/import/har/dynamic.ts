import type { DraftCapture } from '../draft.ts'
import { uniqueIdentifier } from '../names.ts'
import type { Entry } from './entries.ts'
import { type Leaf, leavesOf } from './leaves.ts'
import { type Found, placeOf, type Searchable, searchable } from './places.ts'

/** An exchange that becomes a step. */
export interface Taken {
  readonly entry: Entry
  /** Path and query behind the base address. */
  readonly path: string
  readonly asset: boolean
}

/** A value that an answer brought and a later request sent. */
export interface DynamicValue {
  readonly value: string
  /** By which later steps use it. */
  readonly name: string
  /** The exchange whose answer has it, as the place in the list. */
  readonly from: number
  readonly capture: DraftCapture
}

export interface Dynamic {
  readonly values: readonly DynamicValue[]
  /** Values that came from an answer, nobody can say from where in it: with the exchange that sends them first. */
  readonly unclear: readonly { readonly name: string; readonly by: number; readonly from: number }[]
}

/**
 * What has to be captured: a value that looks made for this visit, is sent by a request, was sent by none before, and stands in one
 * place of an earlier answer that can be told again.
 */
export function findDynamic(taken: readonly Taken[]): Dynamic {
  const answers = taken.map(({ entry, asset }) => (asset ? undefined : searchable(entry.answer)))
  const seen = new Set<string>()
  const names = new Set<string>()
  const values: DynamicValue[] = []
  const unclear: Dynamic['unclear'][number][] = []
  for (const [by, { entry, path, asset }] of taken.entries()) {
    if (asset) continue
    for (const leaf of leavesOf(entry, path)) {
      if (seen.has(leaf.value)) continue
      seen.add(leaf.value)
      const found = search(leaf, answers, by)
      if (found.place)
        values.push({
          value: leaf.value,
          from: found.from,
          capture: found.place.capture,
          name: uniqueIdentifier(found.place.name, names),
        })
      else if (found.from >= 0) unclear.push({ name: leaf.name, by, from: found.from })
    }
  }
  return { values, unclear }
}

/** The first answer in which it has a clear place; else the first one with it at all, or -1. */
function search(
  leaf: Leaf,
  answers: readonly (Searchable | undefined)[],
  before: number,
): { readonly from: number; readonly place?: Found } {
  let unclear = -1
  for (let from = 0; from < before; from++) {
    const answer = answers[from]
    const place = answer && placeOf(leaf, answer)
    if (place === undefined) continue
    if (place !== 'ambiguous') return { from, place }
    if (unclear < 0) unclear = from
  }
  return { from: unclear }
}
