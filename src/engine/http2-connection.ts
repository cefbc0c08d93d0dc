import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { Client, type Dispatcher } from 'undici'
import type { Bytes, Ms } from '../units.ts'
import { MOST_BODY, MOST_HEADERS, MOST_TEXT, NO_HEADERS } from './answer-reader.ts'
import { causeOf, looksStale } from './causes.ts'
import { type Connection, type ConnectionHost, type Handshakes, KEPT_FOR } from './connection.ts'
import type { Cause } from './shard-result.ts'
import { openHttp2Socket, whenReady } from './sockets.ts'
import type { AnswerHeaders, Receiver, WireRequest } from './transport.ts'

/** At one time on a connection; what Chrome and most servers allow. A server that allows fewer makes the others wait. */
const MOST_STREAMS = 100

/** One HTTP/2 connection: an undici Client, with as many requests at a time as there are streams taken of it. */
export class Http2Session {
  readonly client: Client
  readonly openedAt: Ms
  ready = false
  /** Closed, or as good as. */
  over = false
  readonly #host: ConnectionHost
  readonly #streams = new Set<Http2Stream>()
  readonly #closed = Promise.withResolvers<void>()
  #carried = 0
  #socket: Socket | undefined

  constructor(host: ConnectionHost) {
    this.#host = host
    this.openedAt = host.now()
    this.client = new Client(host.endpoint.url.origin, {
      ...CLIENT_OPTIONS,
      connect: (_, callback) => {
        const socket = openHttp2Socket(host.endpoint)
        this.#socket = socket
        socket.once('close', this.#closed.resolve).on('error', (error) => {
          if (!this.ready) callback(error, null)
        })
        whenReady(socket, host, (took) => {
          const refused = asHttp2(socket)
          if (refused) callback(refused, null)
          else this.#onReady(took, () => callback(null, socket))
        })
      },
    })
    // undici would open another one by itself, which nobody has counted.
    this.client.on('disconnect', () => this.destroy())
  }

  get hasRoom(): boolean {
    return !this.over && !this.usedUp && this.#streams.size < MOST_STREAMS
  }

  /** To carry no further request. */
  get usedUp(): boolean {
    return this.#carried >= this.#host.maxRequests || this.#host.now() - this.openedAt >= this.#host.maxAge
  }

  get carried(): number {
    return this.#carried
  }

  join(stream: Http2Stream): void {
    this.#streams.add(stream)
  }

  onAnswered(): void {
    this.#carried++
  }

  /** The last one to leave closes the door. */
  leave(stream: Http2Stream): void {
    this.#streams.delete(stream)
    if (this.#streams.size === 0) this.destroy()
  }

  destroy(): void {
    if (this.over) return
    this.over = true
    // undici lets a connecting socket be until it is connected, which may be never.
    if (!this.ready) this.#socket?.destroy()
    if (!this.#socket) this.#closed.resolve()
    void this.client.destroy()
    for (const stream of this.#streams) if (stream.receiver === undefined) this.#host.onClosed(stream)
  }

  closed(): Promise<void> {
    return this.#closed.promise
  }

  #onReady(took: Handshakes, goOn: () => void): void {
    if (this.over) return
    this.ready = true
    goOn()
    const [first] = this.#streams
    if (first) this.#host.onOpen(first, took)
  }
}

/** One place for a request on a session: to the pool, what a connection is in HTTP/1.1. */
export class Http2Stream implements Connection, Dispatcher.DispatchHandler {
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
  receiver: Receiver | undefined = undefined
  deadline: Ms = Number.POSITIVE_INFINITY
  stale = false
  readonly user: object | undefined

  readonly #host: ConnectionHost
  readonly #session: Http2Session
  #left = false
  #controller: Dispatcher.DispatchController | undefined
  #chunks: Buffer[] = []

  constructor(host: ConnectionHost, session: Http2Session, user: object | undefined) {
    this.#host = host
    this.#session = session
    this.user = user
    session.join(this)
  }

  get openedAt(): Ms {
    return this.#session.openedAt
  }

  get over(): boolean {
    return this.#left || this.#session.over
  }

  send(request: WireRequest, receiver: Receiver, now: Ms, since = now, deadline = now + request.timeout): void {
    this.request = request
    this.receiver = receiver
    this.deadline = deadline
    this.startedAt = since
    this.sentAt = undefined
    this.firstByteAt = undefined
    this.status = 0
    this.headers = NO_HEADERS
    this.text = undefined
    this.bytesSent = 0
    this.bytesReceived = 0
    const { method, path, fields, body } = request
    const headers = fields.split(/: |\r\n/).slice(0, -1)
    this.#session.client.dispatch(
      { method, path, headers, body: body === '' ? null : Buffer.from(body, 'latin1') },
      this,
    )
  }

  fail(cause: Cause): void {
    if (this.#left || this.receiver === undefined) return
    this.#left = true
    this.cause = cause
    this.doneAt = this.#host.now()
    // Not at once: undici is in the middle of its own book-keeping when it reports an error.
    setImmediate(() => {
      this.#controller?.abort(new Error(cause))
      this.#session.leave(this)
      this.#host.onFailed(this)
    })
  }

  expire(): void {
    if (this.receiver !== undefined) this.fail(this.#session.ready ? 'timeout' : 'connect-timeout')
    else this.#leave()
  }

  destroy(): void {
    this.#session.destroy()
  }

  closed(): Promise<void> {
    return this.#session.closed()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#left) controller.abort(new Error('too late'))
    this.sentAt = this.#host.now()
    this.bytesSent = this.request?.body.length ?? 0
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    this.firstByteAt ??= this.#host.now()
    if (status < 200) return
    this.status = status
    this.headers = headers
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.bytesReceived += chunk.length
    if (this.bytesReceived > MOST_BODY) this.fail('body-too-large')
    else if (this.request?.wants.text && this.bytesReceived <= MOST_TEXT) this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    const { receiver } = this
    if (this.#left || receiver === undefined) return
    this.doneAt = this.#host.now()
    this.receiver = undefined
    this.deadline = this.doneAt + KEPT_FOR
    if (this.request?.wants.text) this.#takeText()
    this.#session.onAnswered()
    if (this.#session.usedUp) this.#left = true
    this.#host.onAnswered(this, receiver)
    if (this.#left) this.#session.leave(this)
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#left) return
    const idle = (this.sentAt ?? this.#host.now()) - this.doneAt
    const cause = causeOf(error, this.#session.ready)
    this.stale = this.#session.carried > 0 && this.firstByteAt === undefined && looksStale(error, idle)
    this.fail(cause)
  }

  #leave(): void {
    this.#left = true
    this.#session.leave(this)
    this.#host.onClosed(this)
  }

  #takeText(): void {
    if (this.bytesReceived <= MOST_TEXT) this.text = Buffer.concat(this.#chunks).toString()
    this.#chunks = []
  }
}

/** What keeps a fresh socket from being used for HTTP/2. */
function asHttp2(socket: Socket): Error | undefined {
  if (!(socket instanceof TLSSocket)) {
    // Without TLS nothing is negotiated (RFC 9113 3.3). By this undici knows what to speak.
    Object.assign(socket, { alpnProtocol: 'h2' })
    return undefined
  }
  if (socket.alpnProtocol === 'h2') return undefined
  socket.destroy()
  return Object.assign(new Error('the target does not offer HTTP/2'), { code: 'ERR_NO_HTTP2' })
}

// No default of the library is left to chance.
const CLIENT_OPTIONS = {
  allowH2: true,
  h2Options: { maxConcurrentStreams: MOST_STREAMS, pingInterval: 0 },
  // The sweep over all connections bounds the whole request, connecting included.
  headersTimeout: 0,
  bodyTimeout: 0,
  keepAliveTimeout: KEPT_FOR,
  keepAliveMaxTimeout: KEPT_FOR,
  maxHeaderSize: MOST_HEADERS,
} satisfies Client.Options
