import type { Pattern } from '../../pattern.ts'
import type { Bytes } from '../../units.ts'
import { isSameJson, parseJson } from '../json-values.ts'

/** One message that came. */
export interface Message {
  /** Undefined where it is of bytes. */
  readonly text: string | undefined
  readonly size: Bytes
}

/** What a message must have to be the one that is waited for. */
export interface Wanted {
  readonly json: readonly { readonly find: (document: unknown) => unknown; readonly value: unknown }[]
  readonly text: string | undefined
  readonly matches: Pattern | undefined
}

export function fits({ json, text, matches }: Wanted, message: Message): boolean {
  const demanding = json.length > 0 || text !== undefined || matches !== undefined
  if (!demanding) return true
  if (message.text === undefined) return false
  if (text !== undefined && !message.text.includes(text)) return false
  if (matches !== undefined && !matches.fits(message.text)) return false
  if (json.length === 0) return true
  const document = parseJson(message.text)
  return json.every(({ find, value }) => isSameJson(find(document), value))
}

/** A target that talks to somebody who is not listening: more is let go, the oldest first. */
const MOST_KEPT = 1_000
const MOST_KEPT_BYTES: Bytes = 4_194_304
/** Of all conversations together, with what a message takes besides its text. */
const MOST_KEPT_IN_ALL: Bytes = 67_108_864
const BESIDE_TEXT: Bytes = 128

/** What all conversations of a shard keep. */
export class Kept {
  readonly #most: Bytes
  #bytes: Bytes = 0
  /** Those that keep something, those first that have done so for longest. */
  readonly #backlogs = new Set<Backlog>()

  constructor(most = MOST_KEPT_IN_ALL) {
    this.#most = most
  }

  /** How many messages of whomever had to be let go for it. */
  add(backlog: Backlog, size: Bytes): number {
    this.#backlogs.add(backlog)
    this.#bytes += size + BESIDE_TEXT
    let gone = 0
    while (this.#bytes > this.#most) {
      const [first] = this.#backlogs
      first!.drop()
      gone++
    }
    return gone
  }

  remove(backlog: Backlog, { size }: Message, left: number): void {
    this.#bytes -= size + BESIDE_TEXT
    if (left === 0) this.#backlogs.delete(backlog)
  }
}

/** What has come while nobody waited for it, in order. */
export class Backlog {
  readonly #kept: Kept
  readonly #messages: Message[] = []
  #bytes: Bytes = 0

  constructor(kept: Kept) {
    this.#kept = kept
  }

  /** How many had to be let go for it, of this one or of others. */
  add(message: Message): number {
    this.#messages.push(message)
    this.#bytes += message.size
    let gone = this.#kept.add(this, message.size)
    while (this.#messages.length > MOST_KEPT || (this.#bytes > MOST_KEPT_BYTES && this.#messages.length > 1)) {
      this.drop()
      gone++
    }
    return gone
  }

  /** Lets the oldest go. */
  drop(): Message {
    const message = this.#messages.shift()!
    this.#bytes -= message.size
    this.#kept.remove(this, message, this.#messages.length)
    return message
  }

  /** The first that fits, undefined where none does; and how many were passed over. */
  take(wanted: Wanted): { readonly message: Message | undefined; readonly passed: number } {
    for (let passed = 0; ; passed++) {
      if (this.#messages.length === 0) return { message: undefined, passed }
      const message = this.drop()
      if (fits(wanted, message)) return { message, passed }
    }
  }

  /** How many were there. */
  clear(): number {
    const count = this.#messages.length
    while (this.#messages.length > 0) this.drop()
    return count
  }
}
