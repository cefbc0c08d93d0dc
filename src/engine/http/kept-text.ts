import type { Bytes } from '../../units.ts'

/** Of a body's text; what a check reads is far smaller, and a thousand connections may hold one each. */
export const MOST_TEXT: Bytes = 1_048_576

const NONE = Buffer.alloc(0)

/** A body that is wanted as text, however small the pieces are that it comes in. */
export class KeptText {
  #bytes = NONE
  #length: Bytes = 0

  add(piece: Buffer): void {
    const length = this.#length + piece.length
    if (length > MOST_TEXT) {
      this.#bytes = NONE
    } else if (length > this.#bytes.length) {
      const wider = Buffer.allocUnsafe(Math.max(length, 2 * this.#bytes.length))
      this.#bytes.copy(wider, 0, 0, this.#length)
      this.#bytes = wider
    }
    if (length <= MOST_TEXT) piece.copy(this.#bytes, this.#length)
    this.#length = length
  }

  /** Undefined when it was longer than what is kept; the next begins empty. */
  take(): string | undefined {
    const text = this.#length > MOST_TEXT ? undefined : this.#bytes.toString('utf8', 0, this.#length)
    this.#bytes = NONE
    this.#length = 0
    return text
  }
}
