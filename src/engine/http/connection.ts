import type { LookupFunction } from 'node:net'
import type { SecureContext } from 'node:tls'
import type { Ms } from '../../units.ts'
import type { Cause } from '../shard-result.ts'
import type { Refuses } from './addresses.ts'
import type { Answer, Receiver, WireRequest } from './transport.ts'

/**
 * What carries one request at a time, and is that request's answer. In HTTP/1.1 a connection; in HTTP/2 one of its streams
 * after the other. The first failure ends it.
 */
export interface Connection extends Answer {
  readonly request: WireRequest | undefined
  /** Undefined while nothing is under way. */
  readonly receiver: Receiver | undefined
  /** When the request under way has lasted too long, or the connection has been idle for too long. */
  readonly deadline: Ms
  /** The failure is what a request meets when the server has just closed a kept connection. */
  readonly stale: boolean
  /** How often in a row servers have left without having begun with the request, as they say; 0 where the failure is another. */
  readonly turnedAway: number
  /** Whose it is; undefined: anybody's who needs one. */
  readonly user: object | undefined
  /** Failed, closed or used up: never to be used again. */
  readonly over: boolean
  /** Over, but with a socket that is still open, and counts until the host is told that it is closed; absent where none does. */
  readonly lingers?: boolean
  readonly openedAt: Ms
  /**
   * Also before it is ready: the request is then written as soon as it can be.
   *
   * @param now the engine's clock, just read
   * @param since when the request began to wait for a connection
   * @param turnedAway how often it was before
   */
  send(request: WireRequest, receiver: Receiver, now: Ms, since?: Ms, deadline?: Ms, turnedAway?: number): void
  /** Ends the request under way, if any, and the connection. The host is told in the next turn of the event loop. */
  fail(cause: Cause): void
  /** Its deadline has passed, or it is needed no more. */
  expire(): void
  /** A stream that is read for a time has been read for long enough; absent where none can be under way. */
  endFeed?(): void
  destroy(): void
  /** Resolves when the socket is closed. */
  closed(): Promise<void>
}

/** Opens connections of one version of HTTP. */
export interface Protocol {
  /** Whether all that one user has under way goes over one connection. */
  readonly multiplexes: boolean
  open(host: ConnectionHost, user: object | undefined): Connection
  /** One more place for a request on what is open already, to this user or to all; undefined where there is none. */
  join(host: ConnectionHost, user: object | undefined): Connection | undefined
  /** How many connections stand behind all that the pool knows of. */
  count(all: ReadonlySet<Connection>): number
  /** How many of those are about to be gone; the host is told when they are. Absent where they are gone at once. */
  closing?(): number
}

/** How long an idle connection is kept where the server does not say: as Chrome does. */
export const KEPT_FOR: Ms = 300_000

/** Where connections lead, and how. */
export interface Endpoint {
  readonly url: URL
  readonly lookup: LookupFunction
  /** Asked of every address before it is connected to, and once more when it is. */
  readonly refuses: Refuses
  /** Whether a TLS certificate must be valid for the host. */
  readonly verify: boolean
  /** Own authorities, and the certificate that is shown; read once, since that costs more than a handshake. */
  readonly context?: SecureContext | undefined
}

/** What connections need, and whom they tell. */
export interface ConnectionHost {
  readonly endpoint: Endpoint
  readonly now: () => Ms
  /** How long a connection may be used, from its opening. */
  readonly maxAge: Ms
  readonly maxRequests: number
  /** Whether streams that are read for a time end with their first event. */
  readonly feedsEnded: boolean
  /** A socket is being opened. */
  onOpening(): void
  /** It can carry requests; within the call it may be given one. */
  onOpen(connection: Connection, took: Handshakes): void
  /** The answer is whole and the connection free, unless it is over; within the call it may be given its next request. */
  onAnswered(connection: Connection, receiver: Receiver): void
  /** The request ended with `connection.cause`, and the connection with it. Never from within `send`. */
  onFailed(connection: Connection): void
  /** Closed while nothing was under way, or after it has lingered. */
  onClosed(connection: Connection): void
}

/** What opening took, one after the other: name and TCP, then TLS where there is any. */
export interface Handshakes {
  readonly connect: Ms
  readonly tls: Ms | undefined
}
