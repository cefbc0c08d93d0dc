import type { DraftCapture } from '../draft.ts'
import { uniqueIdentifier } from '../names.ts'
import { isEventStream } from './choose.ts'
import type { Entry } from './entries.ts'
import { type Leaf, leavesOf } from './leaves.ts'
import { type Found, longestWord, placeOf, type Searchable, searchable, wordsOf } from './places.ts'

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
  readonly unclear: readonly Unclear[]
}

export interface Unclear {
  readonly name: string
  readonly value: string
  readonly by: number
  readonly from: number
}

/**
 * What has to be captured: a value that looks made for this visit, is sent by a request, was sent by none before, and stands in one
 * place of an earlier answer that can be told again.
 */
export function findDynamic(taken: readonly Taken[]): Dynamic {
  const answers = answersOf(taken)
  const seen = new Set<string>()
  const names = new Set<string>()
  const values: DynamicValue[] = []
  const unclear: Unclear[] = []
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
      else if (found.from >= 0) unclear.push({ ...leaf, by, from: found.from })
    }
  }
  return { values, unclear }
}

/** Answers by the words in them, in their order. */
type Answers = ReadonlyMap<string, readonly { readonly index: number; readonly answer: Searchable }[]>

function answersOf(taken: readonly Taken[]): Answers {
  const byWord = new Map<string, { readonly index: number; readonly answer: Searchable }[]>()
  for (const [index, { entry, asset }] of taken.entries()) {
    if (asset) continue
    // Of a stream a step looks at the last event alone.
    const answer = searchable(isEventStream(entry) ? { ...entry.answer, text: undefined } : entry.answer)
    for (const word of wordsOf(answer)) {
      const known = byWord.get(word)
      if (known) known.push({ index, answer })
      else byWord.set(word, [{ index, answer }])
    }
  }
  return byWord
}

/** The first answer in which it has a clear place; else the first one with it at all, or -1. */
function search(leaf: Leaf, answers: Answers, before: number): { readonly from: number; readonly place?: Found } {
  let unclear = -1
  for (const { index, answer } of answers.get(longestWord(leaf.value)) ?? []) {
    if (index >= before) break
    const place = placeOf(leaf, answer)
    if (place === undefined) continue
    if (place !== 'ambiguous') return { from: index, place }
    if (unclear < 0) unclear = index
  }
  return { from: unclear }
}
