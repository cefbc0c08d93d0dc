import type { Socket } from 'node:net'
import type { Ms } from '../../units.ts'
import type { Cause } from '../shard-result.ts'
import { AnswerReader } from './answer-reader.ts'
import { causeOf, looksStale } from './causes.ts'
import { type Connection, type ConnectionHost, type Handshakes, KEPT_FOR, type Protocol } from './connection.ts'
import { Exchange } from './exchange.ts'
import { openSocket, whenReady } from './sockets.ts'
import type { Receiver, WireRequest } from './transport.ts'

// One that nobody waits for, and that does not come about, makes room for another.
const OPENED_WITHIN: Ms = 10_000

// A shorter promise of the server (`keep-alive: timeout=5`) is honoured, less so much for the way.
const KEPT_LESS: Ms = 500

export const http1: Protocol = {
  multiplexes: false,
  open: (host, user) => new Http1Connection(host, user),
  join: () => undefined,
  count: ({ size }) => size,
}

/** One HTTP/1.1 connection. */
export class Http1Connection extends Exchange implements Connection {
  readonly user: object | undefined
  over = false
  readonly openedAt: Ms

  protected readonly host: ConnectionHost
  readonly #socket: Socket
  protected readonly reader: AnswerReader
  #ready = false
  /** Answers that it has carried. */
  #carried = 0

  constructor(host: ConnectionHost, user: object | undefined, reader = new AnswerReader()) {
    super()
    this.host = host
    this.reader = reader
    this.user = user
    this.openedAt = host.now()
    this.deadline = this.openedAt + OPENED_WITHIN
    host.onOpening()
    this.#socket = openSocket(host.endpoint, (bytes, length) => this.onBytes(bytes, length))
    whenReady(this.#socket, host, (took) => this.#onReady(took))
    this.#socket
      .on('end', () => this.onEnd())
      .on('error', (error) => this.#onError(error))
      .on('close', () => this.onEnd())
  }

  send(request: WireRequest, receiver: Receiver, now: Ms, since = now, deadline = now + request.timeout): void {
    this.begin(request, receiver, since, deadline)
    if (this.#ready) this.#write(request, now)
  }

  fail(cause: Cause): void {
    if (this.over || this.receiver === undefined) return
    this.over = true
    this.cause = cause
    this.doneAt = this.host.now()
    this.status = this.reader.status
    this.bytesReceived = this.reader.bytesReceived
    // One turn of the loop each bounds what a dead target can cost, and keeps a failure from being told within `send`.
    setImmediate(() => {
      this.destroy()
      this.host.onFailed(this)
    })
  }

  expire(): void {
    if (this.receiver === undefined) this.#close()
    else this.fail(this.#ready ? 'timeout' : 'connect-timeout')
  }

  destroy(): void {
    this.over = true
    this.#socket.destroy()
  }

  async closed(): Promise<void> {
    if (!this.#socket.closed) await new Promise((resolve) => this.#socket.once('close', resolve))
  }

  #onReady(took: Handshakes): void {
    if (this.over) return
    this.#ready = true
    const now = this.host.now()
    if (this.request && this.receiver) this.#write(this.request, now)
    else this.deadline = now + KEPT_FOR
    this.host.onOpen(this, took)
  }

  #write(request: WireRequest, now: Ms): void {
    this.sentAt = now
    this.reader.begin(request)
    const { wire, body, upload } = request
    this.bytesSent = upload === undefined ? body.length : upload.length
    if (upload === undefined) this.#socket.write(wire, 'latin1')
    else this.#writeAll(wire, upload.pieces)
  }

  /** With one call of the system, and no piece copied. */
  #writeAll(head: string, pieces: readonly Buffer[]): void {
    this.#socket.cork()
    this.#socket.write(head, 'latin1')
    for (const piece of pieces) this.#socket.write(piece)
    this.#socket.uncork()
  }

  protected onBytes(bytes: Buffer, length: number): void {
    if (this.over) return
    // What nobody has asked for says that the two sides do not agree on where answers end.
    if (this.sentAt === undefined || this.receiver === undefined) {
      this.#close()
      return
    }
    const reader = this.reader
    const now = this.host.now()
    if (!reader.begun) this.firstByteAt = now
    const outcome = reader.read(bytes, length)
    if (outcome === 'whole') this.onWhole(now, this.receiver)
    else if (outcome !== undefined) this.fail(outcome)
  }

  protected onWhole(now: Ms, receiver: Receiver): void {
    const reader = this.reader
    this.doneAt = now
    this.receiver = undefined
    this.status = reader.status
    this.headers = reader.headers
    this.text = reader.text
    this.bytesReceived = reader.bytesReceived
    this.deadline = now + Math.min(KEPT_FOR, reader.keptFor - KEPT_LESS)
    this.#carried++
    if (!reader.kept || this.#isUsedUp(now)) this.destroy()
    this.host.onAnswered(this, receiver)
    if (this.receiver !== undefined) return
    this.forget()
    reader.forget()
  }

  #isUsedUp(now: Ms): boolean {
    return this.#carried >= this.host.maxRequests || now - this.openedAt >= this.host.maxAge
  }

  protected onEnd(): void {
    if (this.over) return
    if (this.receiver === undefined) {
      this.#close()
      return
    }
    this.stale = this.#carried > 0 && !this.reader.begun
    const outcome = this.sentAt === undefined ? 'connection-closed' : this.reader.end()
    if (outcome === 'whole') this.onWhole(this.host.now(), this.receiver)
    else this.fail(outcome)
  }

  #onError(error: Error): void {
    if (this.over) return
    if (this.receiver === undefined) {
      this.#close()
      return
    }
    // `doneAt` is still that of the answer before.
    const idle = (this.sentAt ?? this.host.now()) - this.doneAt
    this.stale = this.#carried > 0 && !this.reader.begun && looksStale(error, idle)
    this.fail(causeOf(error, this.#ready))
  }

  #close(): void {
    this.destroy()
    this.host.onClosed(this)
  }
}
