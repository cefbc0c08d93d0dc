import type { Bytes, Ms } from '../../units.ts'
import type { Cause } from '../shard-result.ts'
import { KeptText } from './kept-text.ts'
import { type AnswerHeaders, MOST_BODY, MOST_HEADERS, MOST_TEXT, NO_HEADERS, type WireRequest } from './transport.ts'
import {
  COLON,
  CR,
  endOfLine,
  HEX,
  IN_NAME,
  INCOMPLETE,
  isBlank,
  isName,
  latin1,
  MALFORMED,
  SEMICOLON,
  SPACE,
  valueEnd,
  wholeNumber,
  ZERO,
} from './wire-syntax.ts'

/** What comes next on the connection. */
const STATUS_LINE = 0
const HEADER = 1
const BODY = 2
const BODY_TO_THE_END = 3
const CHUNK_SIZE = 4
const CHUNK = 5
const CHUNK_END = 6
const TRAILER = 7
const NOTHING = 8

/** What a chunk's size takes at most: 64 bits and CRLF. A longer line has extensions, or zeros before its size. */
const SIZE_LINE = 18

const PROTOCOL = Buffer.from('HTTP/1.')
const CONNECTION = Buffer.from('connection')
const KEEP_ALIVE = Buffer.from('keep-alive')
const SET_COOKIE = Buffer.from('set-cookie')
const CONTENT_LENGTH = Buffer.from('content-length')
const CONTENT_ENCODING = Buffer.from('content-encoding')
const TRANSFER_ENCODING = Buffer.from('transfer-encoding')

/**
 * Reads the answers on one HTTP/1.1 connection, one after the other (RFC 9112), from bytes that may come in any pieces.
 * Strict where leniency is how answers are attributed to requests that they do not belong to: line ends, names, lengths.
 * What nobody asked for is passed over without being made into text: a request costs no allocation here.
 */
export class AnswerReader {
  status = 0
  headers: AnswerHeaders = NO_HEADERS
  text: string | undefined = undefined
  bytesReceived: Bytes = 0
  /** Whether anything of the answer has come. */
  begun = false
  /** Whether the server keeps the connection open behind it; known when the answer is whole. */
  kept = true
  /** How long it says that it does so; Infinity when it does not say. */
  keptFor: Ms = Number.POSITIVE_INFINITY

  /** Of a body; what comes beyond it is an endless one. */
  protected most: Bytes = MOST_BODY
  #request: WireRequest | undefined
  #next = NOTHING
  /** Of the body or the chunk. */
  #left: Bytes = 0
  #length: Bytes | undefined = undefined
  #coded = false
  #chunked = false
  /** Of the body, where it is wanted as text. */
  #codings: string | undefined
  #isHttp10 = false
  #closes = false
  #headBytes: Bytes = 0
  /** The beginning of a line whose end has not come. */
  #rest: Buffer | undefined
  readonly #kept = new KeptText()

  /** The next answer is to this request. */
  begin(request: WireRequest): void {
    this.#request = request
    this.#next = STATUS_LINE
    this.begun = false
    this.bytesReceived = 0
    this.status = 0
    this.#headBytes = 0
  }

  /** What an idle connection need not keep. */
  forget(): void {
    this.#request = undefined
    this.headers = NO_HEADERS
    this.text = undefined
  }

  /** What came; not kept beyond the call. `whole`: the answer is, and nothing came behind it. */
  read(came: Buffer, length: Bytes): Cause | 'whole' | undefined {
    this.begun = true
    if (this.#rest === undefined) return this.#read(came, length)
    const bytes = Buffer.concat([this.#rest, came.subarray(0, length)])
    this.#rest = undefined
    return this.#read(bytes, bytes.length)
  }

  /** The server has ended the connection. */
  end(): Cause | 'whole' {
    return this.#next === BODY_TO_THE_END ? this.#finish() : 'connection-closed'
  }

  #read(bytes: Buffer, length: Bytes): Cause | 'whole' | undefined {
    let at = 0
    while (at < length) {
      if (this.#next === NOTHING) return 'malformed-answer'
      const isBody = this.#next === BODY || this.#next === CHUNK || this.#next === BODY_TO_THE_END
      const after = isBody ? this.#readBody(bytes, at, length) : this.#readLine(bytes, at, length)
      if (after === MALFORMED) return 'malformed-answer'
      if (this.bytesReceived > this.most) return 'body-too-large'
      if (after === INCOMPLETE ? this.#headWith(length - at) > MOST_HEADERS : this.#headBytes > MOST_HEADERS)
        return 'headers-too-large'
      if (after === INCOMPLETE) {
        this.#rest = Buffer.from(bytes.subarray(at, length))
        return undefined
      }
      at = after
    }
    return this.#next === NOTHING ? this.#finish() : undefined
  }

  #finish(): Cause | 'whole' {
    this.#next = NOTHING
    if (!this.#request?.wants.text) return 'whole'
    try {
      this.text ??= this.#kept.take(this.#codings)
      return 'whole'
    } catch {
      return 'malformed-answer'
    }
  }

  #readBody(bytes: Buffer, at: number, length: number): number {
    const end = this.#next === BODY_TO_THE_END ? length : Math.min(length, at + this.#left)
    const size = end - at
    this.bytesReceived += size
    this.#left -= size
    if (this.#request?.wants.text) this.keep(bytes, at, end)
    if (this.#left === 0) this.#next = this.#next === CHUNK ? CHUNK_END : NOTHING
    return end
  }

  protected keep(bytes: Buffer, at: number, end: number): void {
    const isAll = this.#next === BODY && this.#left === 0 && this.bytesReceived === end - at
    if (isAll && this.#codings === undefined && end - at <= MOST_TEXT) this.text = bytes.toString('utf8', at, end)
    else this.#kept.add(bytes.subarray(at, end))
  }

  /** Where the line's successor begins. */
  #readLine(bytes: Buffer, at: number, length: number): number {
    switch (this.#next) {
      case STATUS_LINE:
        return this.#counted(at, this.#readStatus(bytes, at, length))
      case CHUNK_SIZE:
        return this.#readChunkSize(bytes, at, length)
      case CHUNK_END:
        return this.#endChunk(endOfLine(bytes, at, length))
      default:
        return this.#counted(at, this.#readField(bytes, at, length))
    }
  }

  /** Of the headers, with the beginning of a line: never more than with all of it, so that no piece decides otherwise. */
  #headWith(begun: Bytes): Bytes {
    if (this.#next === STATUS_LINE) return begun
    const isOfChunk = this.#next === CHUNK_SIZE || this.#next === CHUNK_END
    return this.#headBytes + (isOfChunk ? Math.max(0, begun - SIZE_LINE) : begun)
  }

  #counted(at: number, after: number): number {
    if (after > at) this.#headBytes += after - at
    return after
  }

  // status-line = "HTTP/" DIGIT "." DIGIT SP 3DIGIT SP [ reason-phrase ] CRLF, whose second space some leave out.
  #readStatus(bytes: Buffer, at: number, length: number): number {
    const seen = Math.min(length - at, PROTOCOL.length)
    for (let n = 0; n < seen; n++) if (bytes[at + n] !== PROTOCOL[n]) return MALFORMED
    const after = valueEnd(bytes, at, length)
    if (after < 0) return after
    const minor = bytes[at + 7]! - ZERO
    const status = wholeNumber(bytes, at + 9, at + 12)
    const behind = bytes[at + 12]
    const sound = (minor === 0 || minor === 1) && bytes[at + 8] === SPACE && (behind === SPACE || behind === CR)
    // 100 and 101 answer what was not asked for: to go on with the body, and to switch to another protocol.
    if (!sound || !(status >= 102)) return MALFORMED
    this.status = status
    this.headers = NO_HEADERS
    this.text = undefined
    this.kept = minor === 1
    this.#isHttp10 = minor === 0
    this.#closes = false
    this.keptFor = Number.POSITIVE_INFINITY
    this.#length = undefined
    this.#codings = undefined
    this.#coded = false
    this.#chunked = false
    // An early hint's headers are not the answer's.
    this.#headBytes = 0
    this.#next = HEADER
    return after
  }

  // field-line = field-name ":" OWS field-value OWS, and no blank before the colon. Lines folded into the next are obsolete.
  #readField(bytes: Buffer, at: number, length: number): number {
    if (bytes[at] === CR) return this.#endHead(endOfLine(bytes, at, length))
    let colon = at
    while (colon < length && IN_NAME[bytes[colon]!]) colon++
    if (colon === length) return INCOMPLETE
    if (bytes[colon] !== COLON || colon === at) return MALFORMED
    const after = valueEnd(bytes, colon + 1, length)
    if (after < 0) return after
    if (this.#next === TRAILER) return after
    let from = colon + 1
    let to = after - 2
    while (from < to && isBlank(bytes[from])) from++
    while (to > from && isBlank(bytes[to - 1])) to--
    return this.#field(bytes, at, colon, from, to) ? after : MALFORMED
  }

  /** Whether it is sound. */
  #field(bytes: Buffer, at: number, colon: number, from: number, to: number): boolean {
    switch (colon - at) {
      case 10:
        if (isName(bytes, at, CONNECTION)) this.#noteConnection(latin1(bytes, from, to))
        else if (isName(bytes, at, KEEP_ALIVE)) this.#noteKeepAlive(latin1(bytes, from, to))
        else if (isName(bytes, at, SET_COOKIE)) this.#keepHeader('set-cookie', latin1(bytes, from, to))
        break
      case 14:
        if (isName(bytes, at, CONTENT_LENGTH) && !this.#noteLength(bytes, from, to)) return false
        break
      case 16:
        if (this.#request?.wants.text && isName(bytes, at, CONTENT_ENCODING)) this.#noteCodings(latin1(bytes, from, to))
        break
      case 17:
        if (isName(bytes, at, TRANSFER_ENCODING) && !this.#noteCoding(latin1(bytes, from, to))) return false
    }
    if (this.#request?.wants.headers) {
      const name = latin1(bytes, at, colon).toLowerCase()
      if (name !== 'set-cookie') this.#keepHeader(name, latin1(bytes, from, to))
    }
    return true
  }

  #noteConnection(value: string): void {
    if (/(?:^|,)[ \t]*close[ \t]*(?:,|$)/i.test(value)) this.#closes = true
    else if (/(?:^|,)[ \t]*keep-alive[ \t]*(?:,|$)/i.test(value)) this.kept = true
  }

  #noteKeepAlive(value: string): void {
    const seconds = /(?:^|,)[ \t]*timeout[ \t]*=[ \t]*(\d{1,9})/i.exec(value)?.[1]
    if (seconds !== undefined) this.keptFor = Number(seconds) * 1000
  }

  /** Twice the same is no better than two that differ: which of them the next machine on the way believes is not known. */
  #noteLength(bytes: Buffer, from: number, to: number): boolean {
    if (from === to || this.#length !== undefined) return false
    this.#length = wholeNumber(bytes, from, to)
    return this.#length <= Number.MAX_SAFE_INTEGER
  }

  /** The last line's last coding decides. A byte that JavaScript takes for a blank, as 0xa0, is none in HTTP. */
  #noteCoding(value: string): boolean {
    this.#coded = true
    this.#chunked = /(?:^|,)[ \t]*chunked$/i.test(value)
    return value !== ''
  }

  #noteCodings(value: string): void {
    this.#codings = this.#codings === undefined ? value : `${this.#codings}, ${value}`
  }

  #keepHeader(name: string, value: string): void {
    if (this.headers === NO_HEADERS) this.headers = Object.create(null)
    const headers = this.headers as Record<string, string | string[]>
    const earlier = headers[name]
    if (earlier === undefined) headers[name] = value
    else if (typeof earlier === 'string') headers[name] = [earlier, value]
    else earlier.push(value)
  }

  /** Behind the blank line, what comes is told by the first that applies (RFC 9112 6.3). */
  #endHead(after: number): number {
    if (after < 0) return after
    const { status } = this
    // HTTP/1.0 has no codings: whoever sends one may have passed on what it did not understand (RFC 9112 6.1).
    if (this.#closes || (this.#isHttp10 && this.#coded)) this.kept = false
    if (this.#next === TRAILER) this.#next = NOTHING
    else if (status < 200) this.#next = STATUS_LINE
    else if (this.#coded && this.#length !== undefined) return MALFORMED
    else if (status === 204 || status === 304 || this.#request?.method === 'HEAD') this.#next = NOTHING
    else if (this.#chunked) this.#next = CHUNK_SIZE
    else if (this.#length !== undefined && !this.#coded) this.#expect(BODY, this.#length)
    else this.#expect(BODY_TO_THE_END, Number.POSITIVE_INFINITY)
    return after
  }

  #expect(next: typeof BODY | typeof BODY_TO_THE_END, length: Bytes): void {
    this.#left = length
    this.#next = length === 0 ? NOTHING : next
    if (next === BODY_TO_THE_END) this.kept = false
  }

  #endChunk(after: number): number {
    if (after > 0) this.#next = CHUNK_SIZE
    return after
  }

  // chunk-size = 1*HEXDIG, then perhaps extensions, which mean nothing to us. They count as headers do. A blank before
  // them, which RFC 9112 7.1.1 would have us bear, is refused as llhttp does: no server that people use sends one.
  #readChunkSize(bytes: Buffer, at: number, length: number): number {
    let size = 0
    let digits = at
    for (; digits < length; digits++) {
      const digit = HEX[bytes[digits]!]!
      if (digit > 15) break
      size = Math.min(MOST_BODY + 1, size * 16 + digit)
    }
    if (digits === length) return INCOMPLETE
    if (digits === at || (bytes[digits] !== CR && bytes[digits] !== SEMICOLON)) return MALFORMED
    const after = valueEnd(bytes, digits, length)
    if (after < 0) return after
    this.#headBytes += Math.max(0, after - at - SIZE_LINE)
    this.#left = size
    this.#next = size === 0 ? TRAILER : CHUNK
    return after
  }
}
