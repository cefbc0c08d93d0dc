import { isDeepStrictEqual } from 'node:util'
import type { Pattern } from '../../pattern.ts'
import type { Bytes } from '../../units.ts'
import { parseJson } from '../check.ts'

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
  return json.every(({ find, value }) => isDeepStrictEqual(find(document), value))
}

/** A target that talks to somebody who is not listening: more is let go, the oldest first. */
const MOST_KEPT = 1_000
const MOST_KEPT_BYTES: Bytes = 4_194_304

/** What has come while nobody waited for it, in order. */
export class Backlog {
  readonly #messages: Message[] = []
  #bytes: Bytes = 0

  /** How many had to be let go for it. */
  add(message: Message): number {
    this.#messages.push(message)
    this.#bytes += message.size
    let gone = 0
    while (this.#messages.length > MOST_KEPT || (this.#bytes > MOST_KEPT_BYTES && this.#messages.length > 1)) {
      this.#bytes -= this.#messages.shift()!.size
      gone++
    }
    return gone
  }

  /** The first that fits, undefined where none does; and how many were passed over. */
  take(wanted: Wanted): { readonly message: Message | undefined; readonly passed: number } {
    const at = this.#messages.findIndex((message) => fits(wanted, message))
    const passed = at < 0 ? this.#messages.length : at
    const [message] = this.#messages.splice(0, passed + 1).slice(passed)
    this.#bytes = this.#messages.reduce((sum, { size }) => sum + size, 0)
    return { message, passed }
  }

  /** How many were there. */
  clear(): number {
    this.#bytes = 0
    return this.#messages.splice(0).length
  }
}
