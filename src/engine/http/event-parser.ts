import type { Bytes } from '../../units.ts'
import { KeptText } from './kept-text.ts'
import { MOST_TEXT } from './transport.ts'

const LF = 0x0a
const CR = 0x0d
const BYTE_ORDER_MARK = '\ufeff'

/** As EventSource dispatches it: `event` is `message` where the stream names none. */
export interface StreamEvent {
  readonly event: string
  readonly data: string
  /** The last that the stream has named, in this event or before. */
  readonly id: string
}

/**
 * Reads an event stream (WHATWG HTML, 9.2.6) from bytes that may come in any pieces, and tells of each event as soon as the
 * blank line behind it is there. Lines end with CR, LF or both, which stand in no other character of UTF-8: each is decoded
 * by itself.
 */
export class EventParser {
  readonly #onEvent: (event: StreamEvent) => void
  /** The beginning of a line whose end has not come. */
  readonly #begun = new KeptText()
  #length: Bytes = 0
  #isFirst = true
  /** An LF that comes next belongs to the line end before. */
  #afterCr = false
  #data: string | undefined
  #event = ''
  #id = ''

  constructor(onEvent: (event: StreamEvent) => void) {
    this.#onEvent = onEvent
  }

  /** Not kept beyond the call. False where an event is larger than what is kept of one. */
  read(bytes: Buffer): boolean {
    if (bytes.length === 0) return true
    let from = this.#afterCr && bytes[0] === LF ? 1 : 0
    this.#afterCr = false
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at]
      if (byte !== LF && byte !== CR) continue
      if (!this.#readLine(bytes, from, at)) return false
      if (byte === CR && at + 1 === bytes.length) this.#afterCr = true
      if (byte === CR && bytes[at + 1] === LF) at++
      from = at + 1
    }
    return this.#keep(bytes, from, bytes.length)
  }

  #keep(bytes: Buffer, from: number, to: number): boolean {
    if (from === to) return true
    this.#length += to - from
    if (this.#length > MOST_TEXT) return false
    this.#begun.add(bytes.subarray(from, to))
    return true
  }

  #readLine(bytes: Buffer, from: number, to: number): boolean {
    if (this.#length === 0) return this.#line(bytes.toString('utf8', from, to))
    if (!this.#keep(bytes, from, to)) return false
    this.#length = 0
    return this.#line(this.#begun.take()!)
  }

  #line(decoded: string): boolean {
    const line = this.#isFirst && decoded.startsWith(BYTE_ORDER_MARK) ? decoded.slice(1) : decoded
    this.#isFirst = false
    if (line === '') this.#dispatch()
    else this.#field(line)
    return this.#data === undefined || this.#data.length <= MOST_TEXT
  }

  #field(line: string): void {
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1))
    // A line that begins with a colon is a comment; `retry` is for who connects again.
    if (name === 'data') this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`
    else if (name === 'event') this.#event = value
    else if (name === 'id' && !value.includes('\0')) this.#id = value
  }

  #dispatch(): void {
    const [event, data] = [this.#event, this.#data]
    this.#event = ''
    this.#data = undefined
    if (data !== undefined) this.#onEvent({ event: event === '' ? 'message' : event, data, id: this.#id })
  }
}
