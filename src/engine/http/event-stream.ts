import { SparseRecorder } from '../../histogram.ts'
import { LONGEST_STREAM } from '../../plan/longest-request.ts'
import { counted, formatDuration, type Ms } from '../../units.ts'
import type { Cause } from '../shard-result.ts'
import { codingsOf } from './content-coding.ts'
import { EventDecoder } from './event-decoder.ts'
import { EventParser, type StreamEvent } from './event-parser.ts'
import type { AnswerHeaders, EventFigures, EventsWanted } from './transport.ts'

/** One stream of events while it comes: what it is told, how long it may still take, and how it ended. */
export class EventStream implements EventFigures {
  received = 0
  firstAt: Ms = 0
  lastAt: Ms = 0
  cut: EventFigures['cut'] = undefined
  readonly between = new SparseRecorder()
  /** Of the last event that is looked at; undefined before. */
  data: string | undefined = undefined
  /** `enough`: it was read as far as it was to be. Undefined while it is under way. */
  outcome: Cause | 'enough' | undefined = undefined
  /** Why it failed, in words. */
  detail: string | undefined = undefined
  readonly #wanted: EventsWanted
  readonly #onChange: () => void
  readonly #decoder: EventDecoder | undefined
  readonly #parser: EventParser
  /** When the bytes came that are read. */
  #now: Ms = 0
  /** From the first event on. */
  #lasts: Ms

  /** @param onChange something has come of bytes that came earlier */
  constructor(wanted: EventsWanted, headers: AnswerHeaders, onChange: () => void) {
    this.#wanted = wanted
    this.#lasts = wanted.lasts ?? LONGEST_STREAM
    this.#onChange = onChange
    this.#parser = new EventParser((event) => this.#onEvent(event))
    const codings = codingsOf(textOf(headers['content-encoding']) ?? '')
    const type = textOf(headers['content-type'])
    if (!isEventStream(type))
      this.#fail('no-event-stream', type === undefined ? 'there is no content-type' : `content-type is "${type}"`)
    else if (codings.length > 1) this.#fail('malformed-answer', 'it is coded more than once')
    else if (codings[0] !== undefined)
      this.#decoder = new EventDecoder(codings[0], {
        onBytes: (bytes, came) => this.#onDecoded(bytes, came),
        onError: () => this.#onUnread('malformed-answer', 'it is not coded as it says'),
        onFull: () => this.#onUnread('generator', 'more came than this machine can decode'),
      })
  }

  /** Bytes of the body; not kept beyond the call. */
  add(bytes: Buffer, now: Ms): void {
    if (this.outcome !== undefined) return
    if (this.#decoder === undefined) this.#read(bytes, now)
    else this.#decoder.add(bytes, now)
  }

  /** Nothing more will come. @param then there is an outcome; perhaps at once */
  end(then: () => void): void {
    const ended = () => {
      this.#end()
      then()
    }
    if (this.outcome !== undefined || this.#decoder === undefined) ended()
    else this.#decoder.end(ended)
  }

  /** It is read no longer. */
  destroy(): void {
    this.#decoder?.destroy()
  }

  /** When it has to be looked at next; undefined before its first event. */
  get deadline(): Ms | undefined {
    return this.received === 0 ? undefined : Math.min(this.lastAt + this.#wanted.within, this.firstAt + this.#lasts)
  }

  /** Its deadline has passed. */
  expire(now: Ms): void {
    if (this.outcome !== undefined || this.received === 0) return
    const { lasts, within } = this.#wanted
    if (lasts !== undefined && now >= this.firstAt + this.#lasts) this.#cut('its time')
    else if (now >= this.lastAt + within)
      this.#fail('events-stalled', `no event for ${formatDuration(within)} after ${this.#shown}`)
    else this.#fail('timeout', `it went on for more than ${formatDuration(LONGEST_STREAM)}`)
  }

  /** What is read for a time is read no longer: of one that has not begun, its first event is the last. */
  endFeed(): void {
    if (this.#wanted.lasts === undefined || this.outcome !== undefined) return
    this.#lasts = 0
    if (this.received > 0) this.#cut('end of load')
  }

  get #shown(): string {
    return counted(this.received, 'event')
  }

  #read(bytes: Buffer, now: Ms): void {
    this.#now = now
    if (!this.#parser.read(bytes) && this.outcome === undefined) this.#fail('event-too-large', `behind ${this.#shown}`)
  }

  #onDecoded(bytes: Buffer, came: Ms): void {
    if (this.outcome !== undefined) return
    const before = this.received
    this.#read(bytes, came)
    if (this.received > before || this.outcome !== undefined) this.#onChange()
  }

  #onUnread(cause: Cause, why: string): void {
    if (this.outcome !== undefined) return
    this.#fail(cause, `${why}, behind ${this.#shown}`)
    this.#onChange()
  }

  #onEvent(event: StreamEvent): void {
    if (this.outcome !== undefined) return
    this.received++
    if (this.received === 1) this.firstAt = this.#now
    else this.between.record(1000 * (this.#now - this.lastAt))
    this.lastAt = this.#now
    const isLast = this.#wanted.isLast?.(event, this.received) ?? false
    if (!isLast || !this.#wanted.isMark || this.data === undefined) this.data = event.data
    if (isLast) this.outcome = 'enough'
    else if (this.#lasts === 0) this.#cut('end of load')
  }

  #end(): void {
    if (this.outcome !== undefined) return
    const { isLast, count } = this.#wanted
    if (this.received === 0) this.#fail('events-ended', 'ended before its first event')
    else if (count !== undefined)
      this.#fail('events-ended', `ended after ${this.received} of ${counted(count, 'event')}`)
    else if (isLast !== undefined)
      this.#fail('events-ended', `ended after ${this.#shown}, without the one that is waited for`)
    else this.outcome = 'enough'
  }

  #cut(by: EventFigures['cut']): void {
    this.outcome = 'enough'
    this.cut = by
  }

  #fail(cause: Cause, detail: string): void {
    this.outcome = cause
    this.detail = detail
  }
}

function textOf(header: AnswerHeaders[string]): string | undefined {
  return typeof header === 'string' || header === undefined ? header : header.join(', ')
}

function isEventStream(type: string | undefined): boolean {
  return type !== undefined && /^text\/event-stream[ \t]*(?:;|$)/i.test(type)
}
