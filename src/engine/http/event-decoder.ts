import type { Transform } from 'node:stream'
import type { Bytes, Ms } from '../../units.ts'
import type { Coding } from './content-coding.ts'

/** Bytes that wait to be decoded. */
const MOST_WAITING: Bytes = 8_388_608

export interface Decoded {
  /** @param came when the bytes were there of which it was made */
  readonly onBytes: (bytes: Buffer, came: Ms) => void
  /** What came is not as it says. */
  readonly onError: () => void
  /** More comes than this machine can read. */
  readonly onFull: () => void
}

/**
 * Decodes a stream as it comes, of which the server flushes each event. Node does so beside the event loop: what it gives is
 * told a little later, with the time at which the bytes came.
 */
export class EventDecoder {
  readonly #coding: Coding
  /** From the first byte on. */
  #decoder: Transform | undefined
  readonly #told: Decoded
  /** When the bytes came that are not decoded yet, oldest first. */
  readonly #came: Ms[] = []
  #last: Ms = 0

  constructor(coding: Coding, told: Decoded) {
    this.#coding = coding
    this.#told = told
  }

  add(bytes: Buffer, came: Ms): void {
    if (bytes.length === 0) return
    this.#decoder ??= this.#begin(bytes[0]!)
    // What is coded may be over before the body is: stray bytes behind it are none of it, as in a whole answer.
    if (this.#decoder.destroyed || this.#decoder.readableEnded) return
    if (this.#decoder.writableLength + bytes.length > MOST_WAITING) {
      this.#told.onFull()
      return
    }
    this.#came.push(came)
    this.#last = came
    // The connection reads the next bytes into the same place.
    this.#decoder.write(Buffer.from(bytes), () => {
      this.#drain()
      this.#came.shift()
    })
  }

  /** @param then all that came has been told */
  end(then: () => void): void {
    if (this.#decoder === undefined || this.#decoder.readableEnded) {
      then()
      return
    }
    this.#decoder.once('end', then)
    this.#decoder.end()
  }

  destroy(): void {
    this.#decoder?.destroy()
  }

  #begin(first: number): Transform {
    const decoder = this.#coding.decoder(first)
    decoder.on('readable', () => this.#drain())
    decoder.on('error', this.#told.onError)
    return decoder
  }

  #drain(): void {
    const decoder = this.#decoder!
    for (let bytes = decoder.read(); bytes !== null; bytes = decoder.read())
      this.#told.onBytes(bytes, this.#came[0] ?? this.#last)
  }
}
