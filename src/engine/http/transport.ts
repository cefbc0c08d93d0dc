import type { HistogramText, SparseRecorder } from '../../histogram.ts'
import type { Bytes, Ms } from '../../units.ts'
import type { Cause, MessageCounts } from '../shard-result.ts'
import type { Refuses, Resolve } from './addresses.ts'
import type { Credentials } from './credentials.ts'
import type { StreamEvent } from './event-parser.ts'
import type { Wanted } from './message.ts'

/** One request, ready for the wire. */
export interface WireRequest {
  readonly method: string
  /** Path and query, from the target's root; begins with `/`. */
  readonly path: string
  /** All headers, `name: value` and CRLF each. Here, in the body and in `wire` a character stands for a byte. */
  readonly fields: string
  /** Of the cookies among them those that the step names itself. */
  readonly cookie?: string
  readonly body: string
  /** Instead of `body`, where files are in it, which are the same bytes every time. */
  readonly upload?: Payload | undefined
  /** All of it but `upload`, as HTTP/1.1 writes it. */
  readonly wire: string
  /** Bound from the moment the request has a connection (which may still have to be opened) to the last byte. */
  readonly timeout: Ms
  readonly wants: Wants
  /** Where it is no request, but a part of the conversation of whoever sends it. */
  readonly talk?: WireTalk
}

/** The names and values of a request's fields. */
export function fieldsOf(fields: WireRequest['fields']): [name: string, value: string][] {
  const lines = fields.split('\r\n').slice(0, -1)
  return lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 2)]
  })
}

/**
 * Its opening is the handshake of a WebSocket, with the path and the headers of the request. `keeps`: whether what comes behind
 * it while nothing is waited for is kept, since a later part may wait for it.
 */
export type WireTalk =
  | { readonly does: 'open'; readonly subprotocol?: string; readonly keeps: boolean }
  /** Sends the text, if there is any, and waits for what is wanted, if something is. */
  | {
      readonly does: 'say'
      readonly text: string | undefined
      readonly wanted: Wanted | undefined
      readonly keeps: boolean
    }
  | { readonly does: 'close' }

/** A body in pieces, none of which is ever changed. */
export interface Payload {
  readonly pieces: readonly Buffer[]
  /** Of all of them. */
  readonly length: Bytes
}

/** What of an answer is to be kept; the rest is counted and thrown away. */
export interface Wants {
  /** The body, as text. */
  readonly text: boolean
  /** All headers, not only the cookies that are set. */
  readonly headers: boolean
  /** Where the answer is to be a stream of events; text and headers are then wanted, too. */
  readonly events?: EventsWanted | undefined
}

/** How an event stream is read. The request's timeout is that of its first event. */
export interface EventsWanted {
  /** Its last event, by its number from 1 on; undefined: it is read to its end. */
  readonly isLast: ((event: StreamEvent, number: number) => boolean) | undefined
  /** How many are waited for; undefined where it is not their number that tells. */
  readonly count: number | undefined
  /** Whether the last one only says that the stream is over: what is looked at is the event before. */
  readonly isMark: boolean
  /** From its first event on; undefined: until it ends. */
  readonly lasts: Ms | undefined
  /** Longest pause between two. */
  readonly within: Ms
}

/** What came of a stream that was read as far as it was to be. */
export interface EventFigures {
  /** What ended it, where that was neither its own end nor the event that is waited for. */
  readonly cut: 'its time' | 'end of load' | undefined
  readonly received: number
  readonly firstAt: Ms
  readonly lastAt: Ms
  /** From each event to the next, in microseconds. */
  readonly between: SparseRecorder
}

/** How one request ended. Times are of the engine's clock. */
export interface Answer {
  /** Why there is no whole answer; undefined when there is one. `no-connection`: none came free within the timeout. */
  readonly cause: Cause | 'no-connection' | undefined
  /** 0 before the status line. */
  readonly status: number
  /** Those wanted. Names in lower case; a header that came more than once is an array. */
  readonly headers: AnswerHeaders
  /** Undefined unless wanted, and when longer than what is kept. */
  readonly text: string | undefined
  /** From here its time counts: when it began to wait for a connection, else when it was sent. */
  readonly startedAt: Ms
  /** When the first byte was handed to the socket; undefined when that never happened. */
  readonly sentAt: Ms | undefined
  /** When the first bytes of the answer came. */
  readonly firstByteAt: Ms | undefined
  /** When the last byte had come, or when the failure was noticed. */
  readonly doneAt: Ms
  readonly bytesSent: Bytes
  readonly bytesReceived: Bytes
  /** Why it was not sent, why it is not whole, or how its conversation ended, in words, where there are any. */
  readonly detail?: string | undefined
  /** Of a stream of events that came as it was to. */
  readonly events?: EventFigures | undefined
}

/** To a request of which no byte left. */
export function unsent(
  cause: 'cancelled' | 'invalid-request' | 'function-failed' | 'no-connection',
  now: Ms,
  startedAt = now,
): Answer {
  return {
    cause,
    status: 0,
    headers: NO_HEADERS,
    text: undefined,
    startedAt,
    sentAt: undefined,
    firstByteAt: undefined,
    doneAt: now,
    bytesSent: 0,
    bytesReceived: 0,
  }
}

export type AnswerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

export const NO_HEADERS: AnswerHeaders = {}

/** Of one answer's body; more is an endless one. */
export const MOST_BODY: Bytes = 67_108_864
/** Of a body's text; what a check reads is far smaller, and a thousand connections may hold one each. */
export const MOST_TEXT: Bytes = 1_048_576
/** Of one answer's headers. Node's own limit is 16 KiB, Chrome's 256 KiB; real ones with many cookies reach 32. */
export const MOST_HEADERS: Bytes = 65_536

/** One more place of a user that has a connection of its own: another connection, in HTTP/2 another stream of it. */
export class Place {
  readonly of: object

  constructor(user: object) {
    this.of = user
  }
}

export interface Receiver {
  /** Told exactly once per request, never from within `send`. The answer is valid until the receiver sends again. */
  onAnswer(answer: Answer): void
}

/** The engine's door to the network. A request that fails is an answer with a cause; nothing here throws. */
export interface Transport {
  /**
   * @param user whoever has a connection of their own, and at most one request at a time; a Place of them for what goes
   *   beside it; undefined: any that is free
   */
  send(request: WireRequest, receiver: Receiver, user?: object): void
  /** Whether it has a connection, or need not wait for others to leave it one. */
  hasRoom(place: Place): boolean
  /** A user that has had a connection of its own, or a Place of one, needs it no more. */
  release(user: object): void
  /** Streams that are read for a time have been read for long enough. */
  endFeeds(): void
  /** Whether it is in a conversation, and whether the target is still, too; absent where there are none. */
  conversation?(receiver: Receiver): 'open' | 'lost' | undefined
  /** There is nothing more to come of it: a conversation that it has not closed is closed. Absent where there are none. */
  leave?(receiver: Receiver): void
  /** Ends every request that waits or is under way with the cause `cancelled`. */
  cancel(): void
  /** Resolves when every socket is closed. Nothing may be under way any more. */
  close(): Promise<void>
  readonly stats: ConnectionStats
  /** How long opening connections took, in microseconds; to be asked once. */
  handshakes(): { readonly connect: HistogramText; readonly tls: HistogramText }
}

export interface TransportOptions {
  readonly target: URL
  readonly http: '1.1' | '2'
  /** Whether some answers are streams of events. */
  readonly events?: boolean
  /** Whether there are conversations, each of which has a connection to itself. */
  readonly talks?: boolean
  /** Whether the target's TLS certificate must be valid. */
  readonly verify: boolean
  readonly credentials?: Credentials
  /** Most connections at one time. */
  readonly cap: number
  /** Connections to be opened before any request needs one. */
  readonly ahead: number
  /** After which a connection carries no further request. */
  readonly maxAge: Ms | undefined
  /** That one connection carries. */
  readonly maxRequests: number | undefined
  /** The engine's clock. */
  readonly now: () => Ms
  readonly refuses: Refuses
  /** The system's resolver unless given. */
  readonly resolve?: Resolve | undefined
}

export interface ConnectionStats {
  readonly opened: number
  /** Most connections at one time. */
  readonly peak: number
  readonly cap: number
  readonly staleRetries: number
  /** Of all conversations; absent where there are none. */
  readonly messages?: MessageCounts
}
