import type { Bytes, Ms } from '../../units.ts'
import type { Cause, MessageCounts } from '../shard-result.ts'
import type { Connection, ConnectionHost, Handshakes } from './connection.ts'
import { Exchange } from './exchange.ts'
import { Backlog, fits, type Kept, type Message, type Wanted } from './message.ts'
import type { AnswerHeaders, Receiver, WireRequest, WireTalk } from './transport.ts'
import { Line, type LineListener, SWITCHED } from './web-socket-line.ts'
import type { Loss } from './web-socket-loss.ts'

export type Tally = { -readonly [Key in keyof MessageCounts]: MessageCounts[Key] }

const GONE: Loss = { cause: 'connection-closed', detail: undefined }

/**
 * One conversation over a WebSocket: its parts, one after the other, are what a connection's requests are. Once it is lost it
 * stays there, without its socket, until somebody has been told.
 */
export class Conversation extends Exchange implements Connection, LineListener {
  readonly user: object
  over = false
  lingers = false
  /** Never too old to be gone on with. */
  readonly openedAt: Ms = Number.POSITIVE_INFINITY
  detail: string | undefined = undefined
  /** Resolves when its socket is closed. */
  readonly ended: Promise<void>
  readonly #end: () => void
  readonly #host: ConnectionHost
  readonly #tally: Tally
  readonly #backlog: Backlog
  /** Whether what comes while nothing is waited for may be waited for later. */
  #keeps = false
  #line: Line | undefined
  /** Of the part under way: what is waited for, and how many messages were not it. */
  #wanted: Wanted | undefined
  #passed = 0
  /** Of messages, since the last part ended. */
  #heard: Bytes = 0
  #loss: Loss | undefined

  constructor(host: ConnectionHost, user: object, tally: Tally, kept: Kept) {
    super()
    this.#host = host
    this.user = user
    this.#tally = tally
    this.#backlog = new Backlog(kept)
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
    if (talk?.does === 'open') this.#open(request, talk)
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
    if (this.receiver !== undefined) this.fail(this.#line?.connected ? 'timeout' : 'connect-timeout')
    else if (!this.over) this.destroy()
  }

  destroy(): void {
    this.over = true
    this.#leave()
  }

  closed(): Promise<void> {
    return this.ended
  }

  onConnected(took: Handshakes): void {
    this.sentAt = this.#host.now()
    if (!this.over) this.#host.onOpen(this, took)
  }

  onAnswer(status: number, headers: AnswerHeaders): void {
    if (this.over) return
    this.over = status !== SWITCHED
    this.status = status
    this.headers = headers
    this.#answered()
  }

  onMessage(data: Buffer, isBinary: boolean): void {
    this.#tally.received++
    this.#heard += data.length
    const message = { text: isBinary ? undefined : data.toString(), size: data.length }
    if (this.over) this.#letGo(1)
    else if (this.receiver === undefined || this.#wanted === undefined)
      this.#letGo(this.#keeps ? this.#backlog.add(message) : 1)
    else if (fits(this.#wanted, message)) this.#hear(message)
    else this.#passOver(1)
  }

  onLoss(loss: Loss): void {
    if (this.#loss) return
    const closing = !this.over && this.receiver !== undefined && this.request?.talk?.does === 'close'
    if (closing && loss.cause === 'conversation-closed') {
      this.over = true
      this.#answered()
      return
    }
    this.#loss = loss
    if (this.receiver !== undefined) this.fail(loss.cause, loss.detail)
  }

  onEnd(): void {
    this.onLoss(GONE)
    if (this.over) this.#letGo(this.#backlog.clear())
    this.lingers = false
    this.#end()
    // By then it is no longer counted among those that are open.
    void this.ended.then(() => this.#host.onClosed(this))
  }

  #open(request: WireRequest, { subprotocol, keeps }: Extract<WireTalk, { does: 'open' }>): void {
    this.#keeps = keeps
    this.lingers = true
    this.#host.onOpening()
    this.#line = new Line(this.#host, request, subprotocol, this)
  }

  #say({ text, wanted, keeps }: Extract<WireTalk, { does: 'say' }>, now: Ms): void {
    this.sentAt = now
    this.#wanted = wanted
    if (text !== undefined) this.#speak(text)
    else if (wanted !== undefined) this.#listen(wanted)
    this.#keeps = keeps
    if (!keeps) this.#letGo(this.#backlog.clear())
  }

  /** Only what comes after it can be the answer to it. */
  #speak(text: string): void {
    if (this.#loss || !this.#line) {
      this.#failLost()
      return
    }
    const { request, receiver } = this
    if (this.#wanted) this.#letGo(this.#backlog.clear())
    this.#tally.sent++
    this.bytesSent = Buffer.byteLength(text)
    this.#line.send(text, () => {
      const isDone = this.#wanted === undefined && this.request === request && this.receiver === receiver
      if (isDone && !this.over) this.#answered()
    })
  }

  #listen(wanted: Wanted): void {
    const { message, passed } = this.#backlog.take(wanted)
    this.#passOver(passed)
    if (message !== undefined) {
      this.#wanted = undefined
      setImmediate(() => this.#hear(message))
    } else if (this.#loss || !this.#line) this.#failLost()
  }

  #hear({ text = '' }: Message): void {
    if (this.over || this.receiver === undefined) return
    this.text = text
    this.#answered()
  }

  #close(now: Ms): void {
    this.sentAt = now
    this.#letGo(this.#backlog.clear())
    if (this.#loss || !this.#line) this.#failLost()
    else this.#line.close()
  }

  #failLost(): void {
    const { cause, detail } = this.#loss ?? GONE
    this.fail(cause, detail)
  }

  #answered(): void {
    const receiver = this.receiver!
    const now = this.#host.now()
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

  /** Messages that are not what is waited for. */
  #passOver(count: number): void {
    this.#letGo(count)
    this.#passed += count
  }

  #letGo(count: number): void {
    this.#tally.passedOver += count
  }

  /** Why a wait was in vain. */
  #whatCame(): string | undefined {
    const waits = this.request?.talk?.does === 'say' && this.request.talk.wanted !== undefined
    if (!waits) return undefined
    return this.#passed === 0 ? 'no message came' : `of ${this.#passed} messages that came none is what is waited for`
  }

  #leave(): void {
    this.#letGo(this.#backlog.clear())
    if (this.#line) this.#line.leave()
    else this.#end()
  }
}
