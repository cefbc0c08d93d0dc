import type { LookupFunction, Socket } from 'node:net'
import { buildConnector, Client, type Dispatcher } from 'undici'
import type { Bytes, Ms } from '../units.ts'
import { causeOf, looksStale } from './causes.ts'
import { FastSocket } from './fast-socket.ts'
import type { Cause } from './shard-result.ts'
import type { Answer, AnswerHeaders, Receiver, WireRequest } from './transport.ts'

/** Of a body's text; what a check reads is far smaller, and a thousand connections may hold one each. */
export const MOST_TEXT: Bytes = 1_048_576
/** Of one answer's body; more is an endless one. */
export const MOST_BODY: Bytes = 67_108_864
/** Of one answer's headers. Node's own limit is 16 KiB, Chrome's 256 KiB; real ones with many cookies reach 32. */
export const MOST_HEADERS: Bytes = 65_536

const NO_HEADERS: AnswerHeaders = {}

/** What connections need, and whom they tell. */
export interface ConnectionHost {
  readonly origin: string
  readonly lookup: LookupFunction
  readonly now: () => Ms
  /** A socket is being opened. */
  onOpening(): void
  /** The answer is whole and the connection free; within the call it may be given its next request. */
  onAnswered(connection: Connection, receiver: Receiver): void
  /** The request ended with `connection.cause`, and the connection with it. Never from within `send`. */
  onFailed(connection: Connection): void
  /** Closed while nothing was under way. */
  onClosed(connection: Connection): void
}

/**
 * One connection: an undici Client that never carries more than one request, the handler of that request's answer and,
 * once it is whole, the answer itself. All three in one object, so that a request costs no allocation of ours.
 * The first failure ends the connection; a fresh one takes its place.
 */
export class Connection implements Dispatcher.DispatchHandler, Answer {
  cause: Cause | undefined = undefined
  status = 0
  headers: AnswerHeaders = NO_HEADERS
  text: string | undefined = undefined
  startedAt: Ms = 0
  sentAt: Ms | undefined = undefined
  doneAt: Ms = 0
  bytesSent: Bytes = 0
  bytesReceived: Bytes = 0

  request: WireRequest | undefined = undefined
  /** Undefined while nothing is under way. */
  receiver: Receiver | undefined = undefined
  /** When the request under way has lasted too long; Infinity while none is. */
  deadline: Ms = Number.POSITIVE_INFINITY
  /** The failure is what a request meets when the server has just closed a kept connection. */
  stale = false
  /** Whose it is; undefined: anybody's who needs one. */
  readonly user: object | undefined
  /** Failed or closed: never to be used again. */
  over = false

  readonly #host: ConnectionHost
  readonly #client: Client
  #socket: Socket | undefined
  #connected = false
  /** Whether the request under way had to wait for a connection. */
  #waits = false
  /** Answers that this socket has carried. */
  #carried = 0
  /** Bytes read from the socket when a request was written while the answer before was being parsed; else -1. */
  #readBefore = -1
  #answering = false
  #answerBegun = false
  #chunks: Buffer[] = []

  constructor(host: ConnectionHost, user: object | undefined) {
    this.#host = host
    this.user = user
    const open = host.origin.startsWith('https:')
      ? buildConnector({ ...TLS_OPTIONS, ...CONNECT_OPTIONS, lookup: host.lookup })
      : plainConnector(host.lookup)
    this.#client = new Client(host.origin, {
      ...CLIENT_OPTIONS,
      connect: (options, callback) => {
        host.onOpening()
        this.#connected = false
        this.#carried = 0
        this.#readBefore = -1
        this.#socket = open(options, (...outcome) => {
          this.#connected = outcome[0] === null
          callback(...outcome)
        }) as unknown as Socket // declared as void, returned since undici 4
      },
    })
    this.#client.on('disconnect', () => this.#onDisconnect())
  }

  /** Whether it still has to be opened: whoever is sent on it waits for the target. */
  get fresh(): boolean {
    return !this.#connected
  }

  /** @param waitingSince when the request began to wait for the target; undefined when nothing is between it and the wire */
  send(request: WireRequest, receiver: Receiver, deadline: Ms, waitingSince: Ms | undefined): void {
    this.request = request
    this.receiver = receiver
    this.deadline = deadline
    this.status = 0
    this.text = undefined
    this.startedAt = waitingSince ?? this.#host.now()
    this.#waits = waitingSince !== undefined
    this.sentAt = undefined
    this.bytesSent = 0
    this.bytesReceived = 0
    this.#answerBegun = false
    this.#readBefore = this.#answering && this.#socket ? this.#socket.bytesRead : -1
    this.#client.dispatch(
      {
        method: request.method,
        path: request.path,
        headers: request.headers as string[],
        body: request.body ?? null,
        // To undici: may be written while another is under way. None ever is, but for the one whose end it is told in.
        idempotent: true,
        // To undici: hold back what is queued behind this until its headers have come. Nothing is.
        blocking: false,
        // Else undici closes the connection after every HEAD and every DELETE with a body.
        reset: false,
      },
      this,
    )
  }

  /** Ends the request under way, if any, and the connection. The host is told in the next turn of the event loop. */
  fail(cause: Cause): void {
    if (this.over || this.receiver === undefined) return
    this.over = true
    this.cause = cause
    this.doneAt = this.#host.now()
    // Not at once: undici is in the middle of its own book-keeping when it reports an error, and a request that cannot
    // even be written fails within `send`. One turn of the loop each also bounds what a dead target can cost.
    setImmediate(() => {
      void this.destroy()
      this.#host.onFailed(this)
    })
  }

  /** The request under way has lasted too long. */
  expire(): void {
    this.fail(this.#connected ? 'timeout' : 'connect-timeout')
  }

  /** Closes the socket, also one that is still connecting. */
  destroy(): Promise<void> {
    this.over = true
    // undici lets a connecting socket be until it is connected, which may be never.
    if (!this.#connected) this.#socket?.destroy()
    return this.#client.destroy()
  }

  onRequestStart(): void {
    this.sentAt = this.#host.now()
    // What the engine and undici did until now is the generator's own time.
    if (!this.#waits) this.startedAt = this.sentAt
  }

  onBodySent(chunk: Buffer): void {
    this.bytesSent += chunk.length
  }

  onResponseStarted(): void {
    this.#answerBegun = true
    // Nothing was read since the request was written: these bytes were there before it, so they cannot answer it.
    // (On an idle socket undici itself looks for such bytes before it writes.)
    if (this.#readBefore >= 0 && this.#readBefore === this.#socket?.bytesRead) this.fail('malformed-answer')
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    if (status < 200) return
    this.status = status
    this.headers = headers
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.bytesReceived += chunk.length
    if (this.request?.wantsText && this.bytesReceived <= MOST_TEXT) this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    const { receiver } = this
    if (this.over || receiver === undefined) return
    this.doneAt = this.#host.now()
    this.deadline = Number.POSITIVE_INFINITY
    this.receiver = undefined
    this.#carried++
    if (this.request?.wantsText) this.text = this.#takeText()
    this.#answering = true
    this.#host.onAnswered(this, receiver)
    this.#answering = false
    if (this.receiver === undefined) this.#forget()
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.over) return
    // `doneAt` is still that of the answer before.
    const idle = (this.sentAt ?? this.#host.now()) - this.doneAt
    this.stale = this.#carried > 0 && !this.#answerBegun && (this.sentAt === undefined || looksStale(error, idle))
    this.fail(causeOf({ error, connected: this.#connected, headersSeen: this.status > 0 }))
  }

  /** Of ten thousand users that pause, each would keep its last answer until the garbage collector takes it for old. */
  #forget(): void {
    this.request = undefined
    this.headers = NO_HEADERS
    this.text = undefined
  }

  #takeText(): string | undefined {
    const text = this.bytesReceived <= MOST_TEXT ? Buffer.concat(this.#chunks).toString() : undefined
    this.#chunks = []
    return text
  }

  #onDisconnect(): void {
    // With a request that is not written yet undici opens another socket for it by itself.
    if (this.over || this.receiver !== undefined) return
    void this.destroy()
    this.#host.onClosed(this)
  }
}

// No default of the library is left to chance.
const CLIENT_OPTIONS = {
  // HTTP/2 would put all requests on one connection; users come on connections of their own.
  allowH2: false,
  // With 1 undici lets a turn of the event loop pass before it uses a socket again. There is never a second request.
  pipelining: 2,
  // The sweep over all connections bounds the whole request, connecting included.
  headersTimeout: 0,
  bodyTimeout: 0,
  // Chrome keeps idle connections for 300 s. A shorter promise of the server (`keep-alive: timeout=5`) is honoured, less
  // half a second for the way; undici's own two seconds would not keep the connection of a server that promises two.
  keepAliveTimeout: 300_000,
  keepAliveMaxTimeout: 300_000,
  keepAliveTimeoutThreshold: 500,
  maxHeaderSize: MOST_HEADERS,
  maxResponseSize: MOST_BODY,
  maxRequestsPerClient: 0,
  strictContentLength: true,
  useMilo: false,
} satisfies Client.Options

const CONNECT_OPTIONS = {
  // Probes would begin after a minute; a dead peer is known by the request's timeout long before.
  keepAlive: false,
  noDelay: true,
  // RFC 8305: the next address is tried when one does not answer in time.
  autoSelectFamily: true,
  autoSelectFamilyAttemptTimeout: 250,
} satisfies buildConnector.BuildOptions

const TLS_OPTIONS = {
  allowH2: false,
  // A connection stands for another user's machine, which has no session to resume.
  maxCachedSessions: 0,
  // Connecting is part of the request and of its timeout.
  timeout: 0,
} satisfies buildConnector.BuildOptions

/** As undici's own, but with a socket that costs less. */
function plainConnector(lookup: LookupFunction): buildConnector.connector {
  return ({ hostname, port }, callback) => {
    const socket = new FastSocket({ ...CONNECT_OPTIONS, lookup, host: hostname, port: Number(port) || 80 })
    const settle = (error: Error | null) => {
      socket.off('connect', onConnect).off('error', settle)
      callback(...((error ? [error, null] : [null, socket]) as Parameters<typeof callback>))
    }
    const onConnect = () => settle(null)
    socket.once('connect', onConnect).once('error', settle)
    return socket
  }
}
