import type { Ms } from '../../units.ts'
import type { Cause } from '../shard-result.ts'
import type { Protocol } from './connection.ts'
import { EventStream } from './event-stream.ts'
import { Http2Stream, http2 } from './http2.ts'
import type { AnswerHeaders, EventFigures, Receiver, WireRequest } from './transport.ts'

/** HTTP/2 where some answers are streams of events: what is read no longer is one stream, and the connection is kept. */
export function http2Events(): Protocol {
  return http2(EventHttp2Stream)
}

type Controller = Parameters<Http2Stream['onResponseStart']>[0]

class EventHttp2Stream extends Http2Stream {
  events: EventFigures | undefined = undefined
  detail: string | undefined = undefined
  #stream: EventStream | undefined

  override fail(cause: Cause): void {
    this.#stream?.destroy()
    super.fail(cause)
  }

  override expire(): void {
    if (this.receiver !== undefined) this.#stream?.expire(this.host.now())
    if (this.receiver === undefined || this.#stream?.outcome === undefined) super.expire()
    else this.#settle()
  }

  endFeed(): void {
    this.#settle()
  }

  protected override begin(request: WireRequest, receiver: Receiver, since: Ms, deadline: Ms): void {
    super.begin(request, receiver, since, deadline)
    this.events = undefined
    this.detail = undefined
    this.#stream = undefined
  }

  protected override forget(): void {
    super.forget()
    this.events = undefined
    this.#stream = undefined
  }

  override onResponseStart(controller: Controller, status: number, headers: AnswerHeaders): void {
    if (this.#isPast(controller)) return
    super.onResponseStart(controller, status, headers)
    const { events } = this.request?.wants ?? {}
    if (events === undefined || status < 200 || status > 299) return
    this.#stream = new EventStream(events, headers, () => this.#settle())
    this.#settle()
  }

  override onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#isPast(controller)) return
    if (this.#stream === undefined) {
      super.onResponseData(controller, chunk)
    } else {
      this.bytesReceived += chunk.length
      this.#stream.add(chunk, this.host.now())
      this.#settle()
    }
  }

  override onResponseEnd(controller: Controller): void {
    if (this.#isPast(controller)) return
    this.controller = undefined
    if (this.#stream === undefined) super.onResponseEnd(controller)
    else this.#stream.end(() => this.#settle())
  }

  override onResponseError(controller: Controller | undefined, error: Error): void {
    if (controller === undefined || !this.#isPast(controller)) super.onResponseError(controller, error)
  }

  /** What is still told of a stream that is read no longer. */
  #isPast(controller: Controller): boolean {
    return controller !== this.controller
  }

  /** Acts upon what has become of the stream. */
  #settle(): void {
    const { receiver } = this
    const stream = this.#stream
    if (stream === undefined || this.gone || receiver === undefined) return
    if (this.host.feedsEnded) stream.endFeed()
    const { outcome, deadline } = stream
    if (outcome === 'enough') {
      this.#finish(stream, receiver)
    } else if (outcome !== undefined) {
      this.detail = stream.detail
      this.fail(outcome)
    } else if (deadline !== undefined) {
      this.deadline = deadline
    }
  }

  #finish(stream: EventStream, receiver: Receiver): void {
    stream.destroy()
    this.events = stream
    this.text = stream.data
    this.doneAt = this.host.now()
    const { controller } = this
    this.controller = undefined
    // Where the server has not ended it, too: one stream is reset.
    controller?.abort(new Error('read as far as it was to be'))
    this.answered(receiver)
  }
}
