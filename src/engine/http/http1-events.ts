import type { Bytes, Ms } from '../../units.ts'
import type { Cause } from '../shard-result.ts'
import { AnswerReader } from './answer-reader.ts'
import type { ConnectionHost, Protocol } from './connection.ts'
import { EventStream } from './event-stream.ts'
import { Http1Connection, http1 } from './http1.ts'
import { type EventFigures, type EventsWanted, MOST_BODY, type Receiver, type WireRequest } from './transport.ts'

/** HTTP/1.1 where some answers are streams of events: plans without such have nothing of it on their way. */
export const http1Events: Protocol = { ...http1, open: (host, user) => new EventConnection(host, user) }

/** Reads the body of a stream's answer into the stream. */
class EventReader extends AnswerReader {
  stream: EventStream | undefined
  /** When the bytes came that are read. */
  cameAt: Ms = 0
  #wanted: EventsWanted | undefined
  readonly #onChange: () => void

  constructor(onChange: () => void) {
    super()
    this.#onChange = onChange
  }

  override begin(request: WireRequest): void {
    super.begin(request)
    this.stream = undefined
    this.#wanted = request.wants.events
    this.most = this.#wanted === undefined ? MOST_BODY : Number.POSITIVE_INFINITY
  }

  override forget(): void {
    super.forget()
    this.stream = undefined
    this.#wanted = undefined
  }

  /** The stream of this answer, which may have no body; undefined where it is none. */
  opened(): EventStream | undefined {
    if (this.#wanted !== undefined && this.status >= 200 && this.status < 300)
      this.stream ??= new EventStream(this.#wanted, this.headers, this.#onChange)
    else this.most = MOST_BODY
    return this.stream
  }

  protected override keep(bytes: Buffer, at: Bytes, end: Bytes): void {
    const stream = this.opened()
    if (stream === undefined) super.keep(bytes, at, end)
    else stream.add(bytes.subarray(at, end), this.cameAt)
  }
}

class EventConnection extends Http1Connection {
  declare protected readonly reader: EventReader
  events: EventFigures | undefined = undefined
  detail: string | undefined = undefined
  /** The body has come to its end; what is still to be decoded has not. */
  #ending = false

  constructor(host: ConnectionHost, user: object | undefined) {
    super(host, user, new EventReader(() => this.#settle()))
  }

  override fail(cause: Cause): void {
    this.reader.stream?.destroy()
    super.fail(cause)
  }

  override expire(): void {
    const { stream } = this.reader
    if (this.receiver !== undefined) stream?.expire(this.host.now())
    if (this.receiver === undefined || stream?.outcome === undefined) super.expire()
    else this.#settle()
  }

  endFeed(): void {
    this.#settle()
  }

  protected override begin(request: WireRequest, receiver: Receiver, since: Ms, deadline: Ms): void {
    super.begin(request, receiver, since, deadline)
    this.events = undefined
    this.detail = undefined
    this.#ending = false
  }

  protected override forget(): void {
    super.forget()
    this.events = undefined
  }

  protected override onBytes(bytes: Buffer, length: number): void {
    this.reader.cameAt = this.host.now()
    super.onBytes(bytes, length)
    this.#settle()
  }

  protected override onWhole(now: Ms, receiver: Receiver): void {
    const stream = this.reader.opened()
    if (stream === undefined) {
      super.onWhole(now, receiver)
    } else {
      this.#ending = true
      stream.end(() => this.#settle())
    }
  }

  protected override onEnd(): void {
    if (!this.#ending) super.onEnd()
  }

  /** Acts upon what has become of the stream. */
  #settle(): void {
    const { stream } = this.reader
    if (stream === undefined || this.over || this.receiver === undefined) return
    if (this.host.feedsEnded) stream.endFeed()
    const { outcome, deadline } = stream
    if (outcome === 'enough') {
      this.#finish(stream, this.receiver)
    } else if (outcome !== undefined) {
      this.detail = stream.detail
      this.fail(outcome)
    } else if (deadline !== undefined) {
      this.deadline = deadline
    }
  }

  #finish(stream: EventStream, receiver: Receiver): void {
    const { reader } = this
    stream.destroy()
    this.events = stream
    reader.text = stream.data
    // What is not read of it would be taken for the next answer.
    if (!this.#ending) reader.kept = false
    this.#ending = false
    super.onWhole(this.host.now(), receiver)
  }
}
