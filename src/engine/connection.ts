import type { Socket } from 'node:net'
import type { Bytes, Ms } from '../units.ts'
import { AnswerReader, NO_HEADERS } from './answer-reader.ts'
import { causeOf, looksStale } from './causes.ts'
import type { Cause } from './shard-result.ts'
import { type Endpoint, openSocket } from './sockets.ts'
import type { Answer, AnswerHeaders, Receiver, WireRequest } from './transport.ts'

// Chrome keeps idle connections for 300 s. A shorter promise of the server (`keep-alive: timeout=5`) is honoured, less
// half a second for the way.
const KEPT_FOR: Ms = 300_000
const KEPT_LESS: Ms = 500

/** What connections need, and whom they tell. */
export interface ConnectionHost {
  readonly endpoint: Endpoint
  readonly now: () => Ms
  /** How long a connection may be used, from its opening. */
  readonly maxAge: Ms
  readonly maxRequests: number
  /** It can carry requests; within the call it may be given one. */
  onOpen(connection: Connection): void
  /** The answer is whole and the connection free, unless it is over; within the call it may be given its next request. */
  onAnswered(connection: Connection, receiver: Receiver): void
  /** The request ended with `connection.cause`, and the connection with it. Never from within `send`. */
  onFailed(connection: Connection): void
  /** Closed while nothing was under way. */
  onClosed(connection: Connection): void
}

/**
 * One HTTP/1.1 connection, which never carries more than one request, and that request's answer: both in one object, so
 * that a request costs no allocation. The first failure ends the connection; a fresh one takes its place.
 */
export class Connection implements Answer {
  cause: Cause | undefined = undefined
  status = 0
  headers: AnswerHeaders = NO_HEADERS
  text: string | undefined = undefined
  startedAt: Ms = 0
  sentAt: Ms | undefined = undefined
  firstByteAt: Ms | undefined = undefined
  doneAt: Ms = 0
  bytesSent: Bytes = 0
  bytesReceived: Bytes = 0

  request: WireRequest | undefined = undefined
  /** Undefined while nothing is under way. */
  receiver: Receiver | undefined = undefined
  /** When the request under way has lasted too long, or the connection has been idle for too long. */
  deadline: Ms = Number.POSITIVE_INFINITY
  /** The failure is what a request meets when the server has just closed a kept connection. */
  stale = false
  /** Whose it is; undefined: anybody's who needs one. */
  readonly user: object | undefined
  /** Failed, closed or used up: never to be used again. */
  over = false
  readonly openedAt: Ms
  /** When TCP stood, and when TLS did (or TCP, where there is none); undefined before. */
  tcpAt: Ms | undefined = undefined
  readyAt: Ms | undefined = undefined

  readonly #host: ConnectionHost
  readonly #socket: Socket
  readonly #reader = new AnswerReader()
  /** Answers that it has carried. */
  #carried = 0

  constructor(host: ConnectionHost, user: object | undefined) {
    this.#host = host
    this.user = user
    this.openedAt = host.now()
    this.#socket = openSocket(host.endpoint, (bytes, length) => this.#onBytes(bytes, length))
    const secure = host.endpoint.url.protocol === 'https:'
    this.#socket
      .once('connect', () => {
        this.tcpAt = host.now()
        if (!secure) this.#onReady(this.tcpAt)
      })
      .on('end', () => this.#onEnd())
      .on('error', (error) => this.#onError(error))
      .on('close', () => this.#onEnd())
    if (secure) this.#socket.once('secureConnect', () => this.#onReady(host.now()))
  }

  /**
   * Also before it is ready: it is then written as soon as it can be.
   *
   * @param now the engine's clock has just been read
   * @param since when the request began to wait for a connection
   */
  send(request: WireRequest, receiver: Receiver, now: Ms, since = now, deadline = now + request.timeout): void {
    this.request = request
    this.receiver = receiver
    this.deadline = deadline
    this.startedAt = since
    this.sentAt = undefined
    this.bytesSent = 0
    if (this.readyAt !== undefined) this.#write(request, now)
  }

  /** Ends the request under way, if any, and the connection. The host is told in the next turn of the event loop. */
  fail(cause: Cause): void {
    if (this.over || this.receiver === undefined) return
    this.over = true
    this.cause = cause
    this.doneAt = this.#host.now()
    this.status = this.#reader.status
    this.bytesReceived = this.#reader.bytesReceived
    // One turn of the loop each bounds what a dead target can cost, and keeps a failure from being told within `send`.
    setImmediate(() => {
      this.destroy()
      this.#host.onFailed(this)
    })
  }

  /** Its deadline has passed. */
  expire(): void {
    if (this.receiver === undefined) this.#close()
    else this.fail(this.readyAt === undefined ? 'connect-timeout' : 'timeout')
  }

  destroy(): void {
    this.over = true
    this.#socket.destroy()
  }

  /** Resolves when the socket is closed. */
  async closed(): Promise<void> {
    if (!this.#socket.closed) await new Promise((resolve) => this.#socket.once('close', resolve))
  }

  #onReady(now: Ms): void {
    this.readyAt = now
    if (this.over) return
    if (this.request && this.receiver) this.#write(this.request, now)
    this.#host.onOpen(this)
  }

  #write(request: WireRequest, now: Ms): void {
    this.sentAt = now
    this.#reader.begin(request)
    this.bytesSent = request.body.length
    this.#socket.write(request.wire, 'latin1')
  }

  #onBytes(bytes: Buffer, length: number): void {
    if (this.over) return
    // What nobody has asked for says that the two sides do not agree on where answers end.
    if (this.sentAt === undefined || this.receiver === undefined) {
      this.#close()
      return
    }
    const reader = this.#reader
    const now = this.#host.now()
    if (!reader.begun) this.firstByteAt = now
    const outcome = reader.read(bytes, length)
    if (outcome === 'whole') this.#onWhole(now, this.receiver)
    else if (outcome !== undefined) this.fail(outcome)
  }

  #onWhole(now: Ms, receiver: Receiver): void {
    const reader = this.#reader
    this.doneAt = now
    this.receiver = undefined
    this.status = reader.status
    this.headers = reader.headers
    this.text = reader.text
    this.bytesReceived = reader.bytesReceived
    this.deadline = now + Math.min(KEPT_FOR, reader.keptFor - KEPT_LESS)
    this.#carried++
    if (!reader.kept || this.#isUsedUp(now)) this.destroy()
    this.#host.onAnswered(this, receiver)
    if (this.receiver === undefined) this.#forget()
  }

  #isUsedUp(now: Ms): boolean {
    return this.#carried >= this.#host.maxRequests || now - this.openedAt >= this.#host.maxAge
  }

  #onEnd(): void {
    if (this.over) return
    if (this.receiver === undefined) {
      this.#close()
      return
    }
    this.stale = this.#carried > 0 && !this.#reader.begun
    const outcome = this.sentAt === undefined ? 'connection-closed' : this.#reader.end()
    if (outcome === 'whole') this.#onWhole(this.#host.now(), this.receiver)
    else this.fail(outcome)
  }

  #onError(error: Error): void {
    if (this.over) return
    if (this.receiver === undefined) {
      this.#close()
      return
    }
    // `doneAt` is still that of the answer before.
    const idle = (this.sentAt ?? this.#host.now()) - this.doneAt
    this.stale = this.#carried > 0 && !this.#reader.begun && looksStale(error, idle)
    this.fail(causeOf(error, this.readyAt !== undefined))
  }

  #close(): void {
    this.destroy()
    this.#host.onClosed(this)
  }

  #forget(): void {
    this.#reader.forget()
    this.request = undefined
    this.headers = NO_HEADERS
    this.text = undefined
  }
}
