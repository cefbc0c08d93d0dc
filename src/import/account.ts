import { LoadgateError } from '../errors.ts'
import type { Holds } from './draft.ts'

/** What is counted. Elements are those parts of a plan or a collection that are no requests. */
export const KINDS = ['request', 'header', 'body', 'element'] as const
export type Kind = (typeof KINDS)[number]

/** Something of the source that is not in the profile. */
export interface LeftOut {
  readonly kind: Kind
  /** The reason, the same words for all that are left out for the same one. */
  readonly why: string
  /** Which one; of headers their name. Without a value that may be a secret. */
  readonly what: string
}

/** What became of everything in a source. */
export interface Account {
  /** Counted where the source is read, before anything is decided. */
  found(kind: Kind, count?: number): void
  taken(kind: Kind, count?: number): void
  leave(kind: Kind, why: string, what: string): void
  /** A request with all that is still with it. */
  leaveRequest(why: string, what: string, holds: Holds): void
  /** What the reader of the profile ought to know: once each. */
  note(text: string): void
  readonly counts: Readonly<Record<Kind, { readonly found: number; readonly taken: number }>>
  readonly left: readonly LeftOut[]
  readonly notes: readonly string[]
}

/** Of a recording: the profile has one of several passes, and the values of all in a data file. */
export const REPEATED = 'repeated with other values or by somebody else'
export const WITH_ITS_REQUEST = 'of requests that are left out'

export function createAccount(): Account {
  const counts = Object.fromEntries(KINDS.map((kind) => [kind, { found: 0, taken: 0 }])) as Record<
    Kind,
    { found: number; taken: number }
  >
  const left: LeftOut[] = []
  const notes = new Set<string>()
  const leave = (kind: Kind, why: string, what: string) => void left.push({ kind, why, what })
  return {
    found(kind, count = 1) {
      counts[kind].found += count
    },
    taken(kind, count = 1) {
      counts[kind].taken += count
    },
    leave,
    leaveRequest(why, what, { headers, bodies }) {
      leave('request', why, what)
      for (let n = 0; n < headers; n++) leave('header', WITH_ITS_REQUEST, what)
      for (let n = 0; n < bodies; n++) leave('body', WITH_ITS_REQUEST, what)
    },
    note: (text) => void notes.add(text),
    counts,
    left,
    get notes() {
      return [...notes]
    },
  }
}

/** Throws where something of the source is neither in the profile nor in the list: that would be a silent loss. */
export function checkAccount({ counts, left }: Account): void {
  for (const kind of KINDS) {
    const { found, taken } = counts[kind]
    const missing = found - taken - left.filter((one) => one.kind === kind).length
    if (missing !== 0)
      throw new LoadgateError('infrastructure', `The account of what was imported is off by ${missing} (${kind})`, {
        hint: 'This is a mistake in Loadgate. Nothing was written.',
      })
  }
}
