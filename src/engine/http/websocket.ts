import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import WebSocket from 'ws'
import type { Bytes, Ms } from '../../units.ts'
import type { Cause, MessageCounts } from '../shard-result.ts'
import { type Loss, lossOf, lossOfClose } from './causes-of-websocket.ts'
import type { Connection, ConnectionHost } from './connection.ts'
import { Exchange } from './exchange.ts'
import { Backlog, fits, type Message, type Wanted } from './message.ts'
import { openWebSocketSocket, whenReady } from './sockets.ts'
import { type AnswerHeaders, MOST_HEADERS, type Receiver, type WireRequest, type WireTalk } from './transport.ts'

/** Of one message; many connections may hold one each. */
export const MOST_MESSAGE: Bytes = 4_194_304
/** What the other side has to close what we have closed, before the socket is. */
const CLOSED_WITHIN: Ms = 500

/** The status of the handshake, and of all that is said behind it. */
const SWITCHED = 101
/** RFC 6455 7.4.1 */
const NORMAL = 1000
const GOING_AWAY = 1001

export type Tally = { -readonly [Key in keyof MessageCounts]: MessageCounts[Key] }

/**
 * One conversation over a WebSocket: its parts, one after the other, are what a connection's requests are. Once it is lost it
 * stays there, without its socket, until somebody has been told.
 */
export class Conversation extends Exchange implements Connection {
  readonly user: object
  over = false
  /** Never too old to be gone on with. */
  readonly openedAt: Ms = Number.POSITIVE_INFINITY
  detail: string | undefined = undefined
  /** Resolves when its socket is closed. */
  readonly ended: Promise<void>
  readonly #end: () => void
  readonly #host: ConnectionHost
  readonly #tally: Tally
  readonly #backlog = new Backlog()
  #socket: Socket | undefined
  #line: WebSocket | undefined
  #ready = false
  /** Of the part under way: what is waited for, and how many messages were not it. */
  #wanted: Wanted | undefined
  #passed = 0
  /** Of messages, since the last part ended. */
  #heard: Bytes = 0
  #loss: Loss | undefined
  #lastMoment: NodeJS.Timeout | undefined

  constructor(host: ConnectionHost, user: object, tally: Tally) {
    super()
    this.#host = host
    this.user = user
    this.#tally = tally
    const { promise, resolve } = Promise.withResolvers<void>()
    this.ended = promise
    this.#end = resolve
  }

  /** Whether it has ended, and not by us. */
  get lost(): boolean {
    return this.#loss !== undefined
  }

  send(request: WireRequest, receiver: Receiver, now: Ms, since = now, deadline = now + request.timeout): void {
    this.begin(request, receiver, since, deadline)
    this.#passed = 0
    const { talk } = request
    if (talk?.does === 'open') this.#open(request, talk.subprotocol)
    else if (talk?.does === 'say') this.#say(talk, now)
    else this.#close(now)
  }

  fail(cause: Cause, detail?: string): void {
    if (this.over || this.receiver === undefined) return
    this.over = true
    this.cause = cause
    this.detail = detail ?? (cause === 'timeout' ? this.#whatCame() : undefined)
    this.doneAt = this.#host.now()
    this.#takeHeard()
    setImmediate(() => {
      this.#leave()
      this.#host.onFailed(this)
    })
  }

  expire(): void {
    if (this.receiver !== undefined) this.fail(this.#ready ? 'timeout' : 'connect-timeout')
    else if (!this.over) {
      this.over = true
      this.deadline = Number.POSITIVE_INFINITY
      this.#leave()
    }
  }

  destroy(): void {
    this.over = true
    this.#leave()
  }

  closed(): Promise<void> {
    return this.ended
  }

  #open(request: WireRequest, subprotocol: string | undefined): void {
    const { endpoint } = this.#host
    this.#host.onOpening()
    const socket = openWebSocketSocket(endpoint)
    this.#socket = socket
    socket
      .on('error', (error) => this.#onLoss(lossOf(error, this.#ready)))
      .once('finish', () => this.#hurry())
      .once('close', () => this.#onClosed())
    whenReady(socket, this.#host, (took) => {
      this.#ready = true
      this.sentAt = this.#host.now()
      if (!this.over) this.#host.onOpen(this, took)
    })
    // Else it has been destroyed, which HTTP would not be told.
    if (!socket.destroyed) this.#line = this.#handshake(socket, request, subprotocol)
  }

  #handshake(socket: Socket, { path, fields }: WireRequest, subprotocol: string | undefined): WebSocket {
    const { protocol, host } = this.#host.endpoint.url
    const address = `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}${path.replaceAll('#', '%23')}`
    const line = new WebSocket(address, subprotocol === undefined ? [] : [subprotocol], {
      createConnection: () => socket,
      headers: headersOf(fields),
      perMessageDeflate: false,
      followRedirects: false,
      maxPayload: MOST_MESSAGE,
      maxHeaderSize: MOST_HEADERS,
    })
    let headers: AnswerHeaders = {}
    return line
      .on('upgrade', (response) => {
        headers = response.headers
      })
      .on('open', () => this.over || this.#onAnswer(SWITCHED, headers))
      .on('unexpected-response', (_, response) => this.#onRefused(socket, response))
      .on('message', (data: Buffer, isBinary) => this.#onMessage(data, isBinary))
      .on('error', (error) => this.#onLoss(lossOf(error, this.#ready)))
      .on('close', (code, reason) => this.#onClose(code, reason))
  }

  /** An answer like any other, but that it is the end. */
  #onRefused(socket: Socket, response: IncomingMessage): void {
    response.on('error', () => {})
    if (!this.over) {
      this.over = true
      this.#onAnswer(response.statusCode ?? 0, response.headers)
    }
    socket.destroy()
  }

  #onAnswer(status: number, headers: AnswerHeaders): void {
    this.status = status
    this.headers = headers
    this.#answered(this.#host.now())
  }

  #say({ text, wanted }: Extract<WireTalk, { does: 'say' }>, now: Ms): void {
    this.sentAt = now
    this.#wanted = wanted
    if (text !== undefined) this.#sendText(text)
    else if (wanted !== undefined) this.#listen(wanted)
  }

  /** Only what comes after it can be the answer to it. */
  #sendText(text: string): void {
    if (this.#loss || !this.#line) {
      this.#failLost()
      return
    }
    const { request, receiver } = this
    if (this.#wanted) this.#tally.passedOver += this.#backlog.clear()
    this.#tally.sent++
    this.bytesSent = Buffer.byteLength(text)
    this.#line.send(text, (error) => {
      // What went wrong, the socket tells as well.
      if (error || this.over || this.#wanted || this.request !== request || this.receiver !== receiver) return
      this.#answered(this.#host.now())
    })
  }

  #listen(wanted: Wanted): void {
    const { message, passed } = this.#backlog.take(wanted)
    this.#pass(passed)
    if (message !== undefined) {
      this.#wanted = undefined
      setImmediate(() => this.#heardIt(message))
    } else if (this.#loss || !this.#line) this.#failLost()
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    this.#tally.received++
    this.#heard += data.length
    const message = { text: isBinary ? undefined : data.toString(), size: data.length }
    if (this.over) this.#pass(1)
    else if (this.receiver === undefined || this.#wanted === undefined) this.#pass(this.#backlog.add(message), 0)
    else if (fits(this.#wanted, message)) this.#heardIt(message)
    else this.#pass(1)
  }

  #heardIt({ text = '' }: Message): void {
    if (this.over || this.receiver === undefined) return
    this.text = text
    this.#answered(this.#host.now())
  }

  /** @param here of those that the part under way has looked at */
  #pass(count: number, here = count): void {
    this.#tally.passedOver += count
    this.#passed += here
  }

  #close(now: Ms): void {
    this.sentAt = now
    this.#pass(this.#backlog.clear(), 0)
    if (this.#loss || !this.#line) this.#failLost()
    else this.#line.close(NORMAL)
  }

  /** The other side is gone, or it has closed as well. */
  #onClose(code: number, reason: Buffer): void {
    const closing = !this.over && this.receiver !== undefined && this.request?.talk?.does === 'close'
    const loss = lossOfClose(code, reason)
    if (closing && loss.cause === 'conversation-closed' && !this.#loss) {
      this.over = true
      this.#answered(this.#host.now())
    } else this.#onLoss(loss)
  }

  #onLoss(loss: Loss): void {
    if (this.#loss) return
    this.#loss = loss
    if (this.receiver !== undefined) this.fail(loss.cause, loss.detail)
  }

  /** Before the socket is closed, everything else has been told. */
  #onClosed(): void {
    clearTimeout(this.#lastMoment)
    setImmediate(() => {
      this.#onLoss({ cause: 'connection-closed', detail: undefined })
      if (this.over) this.#pass(this.#backlog.clear(), 0)
      this.#end()
      if (this.receiver === undefined) this.#host.onClosed(this)
    })
  }

  #failLost(): void {
    const { cause, detail } = this.#loss ?? { cause: 'connection-closed', detail: undefined }
    this.fail(cause, detail)
  }

  #answered(now: Ms): void {
    const receiver = this.receiver!
    this.receiver = undefined
    this.#wanted = undefined
    this.deadline = Number.POSITIVE_INFINITY
    this.status ||= SWITCHED
    this.firstByteAt = now
    this.doneAt = now
    this.#takeHeard()
    this.#host.onAnswered(this, receiver)
    if (this.receiver === undefined) this.forget()
  }

  #takeHeard(): void {
    this.bytesReceived = this.#heard
    this.#heard = 0
  }

  /** Why a wait was in vain. */
  #whatCame(): string | undefined {
    const waits = this.request?.talk?.does === 'say' && this.request.talk.wanted !== undefined
    if (!waits) return undefined
    return this.#passed === 0 ? 'no message came' : `of ${this.#passed} messages that came none is what is waited for`
  }

  /** As somebody who goes away: politely, but without waiting for long. */
  #leave(): void {
    this.#pass(this.#backlog.clear(), 0)
    const line = this.#line
    if (line?.readyState === WebSocket.OPEN) {
      line.close(GOING_AWAY)
      this.#hurry()
    } else if (line?.readyState === WebSocket.CLOSING) this.#hurry()
    else if (this.#socket) this.#socket.destroy()
    else this.#end()
  }

  #hurry(): void {
    this.#lastMoment ??= setTimeout(() => this.#socket?.destroy(), CLOSED_WITHIN)
  }
}

/** Fields are `name: value` and CRLF each, no name twice. */
function headersOf(fields: string): Record<string, string> {
  const lines = fields.split('\r\n').slice(0, -1)
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 2)]
    }),
  )
}
