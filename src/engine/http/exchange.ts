import type { Bytes, Ms } from '../../units.ts'
import type { Cause } from '../shard-result.ts'
import { type Answer, type AnswerHeaders, NO_HEADERS, type Receiver, type WireRequest } from './transport.ts'

/** A request and its answer, one after the other in the same object, so that a request costs no allocation. */
export abstract class Exchange implements Answer {
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
  turnedAway = 0

  protected begin(request: WireRequest, receiver: Receiver, since: Ms, deadline: Ms): void {
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
  }

  /**
   * Of ten thousand users that pause, each would keep its last answer until the garbage collector takes it for old. So would
   * the two times be kept, which are objects since they may be undefined.
   */
  protected forget(): void {
    this.request = undefined
    this.headers = NO_HEADERS
    this.text = undefined
    this.sentAt = undefined
    this.firstByteAt = undefined
  }
}
