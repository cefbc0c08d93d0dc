import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { type buildConnector, Client, type Dispatcher } from 'undici'
import { MOST_STREAMS } from '../../profile/beside.ts'
import type { Ms } from '../../units.ts'
import type { Cause } from '../shard-result.ts'
import { causeOf, looksStale, wasTurnedAway } from './causes.ts'
import { type Connection, type ConnectionHost, KEPT_FOR, type Protocol } from './connection.ts'
import { Exchange } from './exchange.ts'
import { KeptText } from './kept-text.ts'
import { openStream, whenReady } from './sockets.ts'
import {
  type AnswerHeaders,
  fieldsOf,
  MOST_BODY,
  MOST_HEADERS,
  Place,
  type Receiver,
  type WireRequest,
} from './transport.ts'

/**
 * Requests of whoever has no connection of their own go over streams of the same few.
 *
 * @param Stream what becomes of an answer
 */
export function http2(Stream: typeof Http2Stream = Http2Stream): Protocol {
  const sessions = new Set<Http2Session>()
  const closing = new Set<Http2Session>()
  const own = new WeakMap<object, Http2Session>()
  return {
    multiplexes: true,
    open(host, user) {
      const session = new Http2Session(host, closing)
      sessions.add(session)
      if (user !== undefined) own.set(ownerOf(user), session)
      const first = new Stream(host, session, user)
      void session.closed().then(() => {
        sessions.delete(session)
        closing.delete(session)
        host.onClosed(first)
      })
      return first
    },
    join(host, user) {
      const session = user === undefined ? withRoom(sessions) : withRoom([own.get(ownerOf(user))])
      return session && new Stream(host, session, user)
    },
    count: () => sessions.size,
    closing: () => closing.size,
  }
}

function withRoom(sessions: Iterable<Http2Session | undefined>): Http2Session | undefined {
  for (const session of sessions) if (session?.hasRoom) return session
  return undefined
}

/** Whose connection it goes over. */
function ownerOf(user: object): object {
  return user instanceof Place ? user.of : user
}

/** One HTTP/2 connection: an undici Client, with as many requests at a time as there are streams taken of it. */
class Http2Session {
  readonly client: Client
  readonly openedAt: Ms
  ready = false
  /** To be given no further request: closed, about to be, or used up. */
  over = false
  /** When the last answer was whole; undefined before. */
  answeredAt: Ms | undefined = undefined
  #sent = 0
  readonly #host: ConnectionHost
  /** All whose sockets are being closed. */
  readonly #closing: Set<Http2Session>
  #destroyed = false
  readonly #streams = new Set<Http2Stream>()
  readonly #closed = Promise.withResolvers<void>()
  #socket: Socket | undefined

  constructor(host: ConnectionHost, closing: Set<Http2Session>) {
    this.#host = host
    this.#closing = closing
    this.openedAt = host.now()
    this.client = new Client(host.endpoint.url.origin, {
      ...CLIENT_OPTIONS,
      // Called again where a server takes its leave with requests unanswered that it says it has not begun with.
      connect: (_, callback) => this.#connect(callback),
    })
    this.client.on('disconnect', () => this.#retire())
  }

  get hasRoom(): boolean {
    const isOld = this.#host.now() - this.openedAt >= this.#host.maxAge
    return !this.over && !isOld && this.#streams.size < MOST_STREAMS
  }

  join(stream: Http2Stream): void {
    this.#streams.add(stream)
  }

  /** The last one to leave closes the door. */
  leave(stream: Http2Stream): void {
    this.#streams.delete(stream)
    if (this.#streams.size === 0) this.destroy()
  }

  onSent(): void {
    this.#sent++
    if (this.#sent >= this.#host.maxRequests) this.#retire()
  }

  onAnswered(now: Ms): void {
    this.answeredAt = now
    if (now - this.openedAt >= this.#host.maxAge) this.#retire()
  }

  destroy(): void {
    this.over = true
    if (!this.#destroyed) this.#closing.add(this)
    this.#destroyed = true
    // undici lets a connecting socket be until it is connected, which may be never.
    if (!this.ready) this.#socket?.destroy()
    void this.client.destroy().then(this.#closed.resolve)
  }

  closed(): Promise<void> {
    return this.#closed.promise
  }

  /** Requests that are under way may still be answered. */
  #retire(): void {
    this.over = true
    for (const stream of this.#streams) if (stream.receiver === undefined) stream.expire()
  }

  #connect(callback: Parameters<buildConnector.connector>[1]): void {
    this.ready = false
    this.#host.onOpening()
    const socket = openStream(this.#host.endpoint, 'h2')
    this.#socket = socket
    let settled = false
    socket.on('error', (error) => {
      if (!settled) callback(error, null)
      settled = true
    })
    whenReady(socket, this.#host, (took) => {
      if (settled) return
      settled = true
      const refused = asHttp2(socket)
      if (refused) {
        callback(refused, null)
        return
      }
      this.ready = true
      callback(null, socket)
      const [first] = this.#streams
      if (first) this.#host.onOpen(first, took)
    })
  }
}

/** One place for a request on a session: to the pool, what a connection is in HTTP/1.1. */
export class Http2Stream extends Exchange implements Connection, Dispatcher.DispatchHandler {
  readonly user: object | undefined

  protected readonly host: ConnectionHost
  readonly #session: Http2Session
  protected gone = false
  protected controller: Dispatcher.DispatchController | undefined
  readonly #kept = new KeptText()
  #turns = 0

  constructor(host: ConnectionHost, session: Http2Session, user: object | undefined) {
    super()
    this.host = host
    this.#session = session
    this.user = user
    session.join(this)
  }

  get openedAt(): Ms {
    return this.#session.openedAt
  }

  get over(): boolean {
    return this.gone || this.#session.over
  }

  send(
    request: WireRequest,
    receiver: Receiver,
    now: Ms,
    since = now,
    deadline = now + request.timeout,
    turnedAway = 0,
  ): void {
    this.begin(request, receiver, since, deadline)
    this.#turns = turnedAway
    const { method, path, fields } = request
    this.#session.onSent()
    this.#session.client.dispatch({ method, path, headers: fieldsOf(fields).flat(), body: contentOf(request) }, this)
  }

  fail(cause: Cause): void {
    if (this.gone || this.receiver === undefined) return
    this.gone = true
    this.cause = cause
    this.doneAt = this.host.now()
    // Not at once: undici is in the middle of its own book-keeping when it reports an error.
    setImmediate(() => {
      this.controller?.abort(new Error(cause))
      this.#session.leave(this)
      this.host.onFailed(this)
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
    if (this.gone) {
      controller.abort(new Error('too late'))
      return
    }
    this.controller = controller
    this.sentAt = this.host.now()
    this.bytesSent = this.request?.upload?.length ?? this.request?.body.length ?? 0
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    this.firstByteAt ??= this.host.now()
    if (status < 200) return
    this.status = status
    this.headers = headers
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.bytesReceived += chunk.length
    if (this.bytesReceived > MOST_BODY) this.fail('body-too-large')
    else if (this.request?.wants.text) this.#kept.add(chunk)
  }

  onResponseEnd(_?: Dispatcher.DispatchController): void {
    const { receiver } = this
    if (this.gone || receiver === undefined) return
    this.doneAt = this.host.now()
    if (this.request?.wants.text && !this.#readText()) this.fail('malformed-answer')
    else this.answered(receiver)
  }

  /** As it is now. */
  protected answered(receiver: Receiver): void {
    this.receiver = undefined
    this.deadline = this.doneAt + KEPT_FOR
    this.#session.onAnswered(this.doneAt)
    this.host.onAnswered(this, receiver)
    if (this.receiver !== undefined) return
    this.forget()
    if (this.#session.over) this.#leave()
  }

  /** Whether it is as it says that it is. */
  #readText(): boolean {
    const codings = this.headers['content-encoding']
    try {
      this.text = this.#kept.take(codings === undefined ? undefined : String(codings))
      return true
    } catch {
      return false
    }
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.gone) return
    const { answeredAt, ready } = this.#session
    if (this.firstByteAt === undefined && wasTurnedAway(error)) this.turnedAway = this.#turns + 1
    // An orderly leave says so (GOAWAY, RFC 9113 6.8). Of what else ends a connection only that of an idle one says nothing.
    const idle = answeredAt === undefined ? 0 : (this.sentAt ?? this.host.now()) - answeredAt
    this.stale = idle >= 1_000 && this.firstByteAt === undefined && looksStale(error, idle)
    this.fail(causeOf(error, ready))
  }

  #leave(): void {
    if (this.gone) return
    this.gone = true
    this.#session.leave(this)
    this.host.onClosed(this)
  }
}

function contentOf({ body, upload }: WireRequest): Buffer | null {
  if (upload === undefined) return body === '' ? null : Buffer.from(body, 'latin1')
  // The library takes one buffer, or a stream.
  return upload.pieces.length === 1 ? upload.pieces[0]! : Buffer.concat(upload.pieces, upload.length)
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
