import type { Bytes, Ms } from '../units.ts'
import type { Cause } from './shard-result.ts'

/** One request, ready for the wire. */
export interface WireRequest {
  readonly method: string
  /** Path and query, from the target's root; begins with `/`. */
  readonly path: string
  /** Name, value, name, value … */
  readonly headers: readonly string[]
  readonly body: Buffer | undefined
  /** Bound from the moment the request has a connection (which may still have to be opened) to the last byte. */
  readonly timeout: Ms
  /** Whether the answer's body is to be kept as text; else it is counted and thrown away. */
  readonly wantsText: boolean
}

/** How one request ended. Times are of the engine's clock. */
export interface Answer {
  /** Why there is no whole answer; undefined when there is one. `no-connection`: none came free within the timeout. */
  readonly cause: Cause | 'no-connection' | undefined
  /** 0 before the status line. */
  readonly status: number
  /** Names in lower case; a header that came more than once is an array. */
  readonly headers: AnswerHeaders
  /** Undefined unless wanted, and when longer than what is kept. */
  readonly text: string | undefined
  /** From here its time counts: when it began to wait for a connection, else when it was sent. */
  readonly startedAt: Ms
  /** When the first byte was handed to the socket; undefined when that never happened. */
  readonly sentAt: Ms | undefined
  /** When the last byte had come, or when the failure was noticed. */
  readonly doneAt: Ms
  readonly bytesSent: Bytes
  readonly bytesReceived: Bytes
}

/** To a request of which no byte left. */
export function unsent(cause: 'cancelled' | 'invalid-request' | 'no-connection', now: Ms, startedAt = now): Answer {
  return {
    cause,
    status: 0,
    headers: {},
    text: undefined,
    startedAt,
    sentAt: undefined,
    doneAt: now,
    bytesSent: 0,
    bytesReceived: 0,
  }
}

export type AnswerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

export interface Receiver {
  /** Told exactly once per request, never from within `send`. The answer is valid until the receiver sends again. */
  onAnswer(answer: Answer): void
}

/** The engine's door to the network. A request that fails is an answer with a cause; nothing here throws. */
export interface Transport {
  /** @param user whoever has a connection of their own, and at most one request at a time; undefined: any that is free */
  send(request: WireRequest, receiver: Receiver, user?: object): void
  /** Ends every request that waits or is under way with the cause `cancelled`. */
  cancel(): void
  /** Resolves when every socket is closed. Nothing may be under way any more. */
  close(): Promise<void>
  readonly stats: ConnectionStats
}

export interface ConnectionStats {
  readonly opened: number
  /** Most connections at one time. */
  readonly peak: number
  readonly cap: number
  readonly staleRetries: number
}
