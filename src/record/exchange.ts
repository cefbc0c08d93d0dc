import type { Ms } from '../units.ts'

/** Name and value, in the order and the case of the wire; a name may come more than once. */
export type Headers = readonly (readonly [name: string, value: string])[]

/** A request that went through the recording proxy as the target had it, and the target's answer to it. */
export interface Exchange {
  /** Epoch time in ms. */
  readonly startedAt: number
  readonly took: Ms
  readonly method: string
  /** At the target. */
  readonly url: string
  readonly httpVersion: string
  readonly headers: Headers
  readonly body: Buffer
  readonly answer: Answer
}

export interface Answer {
  readonly status: number
  readonly statusText: string
  readonly httpVersion: string
  readonly headers: Headers
  /** Of its body, its content codings undone; undefined where it is too long, or cannot be read. */
  readonly text: string | undefined
  /** On the wire. */
  readonly bytes: number
}

/** What went through and could not be kept. */
export type Lost = 'cut off' | 'no answer' | 'body too large' | 'WebSocket' | 'too many'

export function headerOf(headers: Headers, name: string): string | undefined {
  return headers.find(([each]) => each.toLowerCase() === name)?.[1]
}
