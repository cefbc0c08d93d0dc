import type { Bytes } from '../../units.ts'
import { decodedText } from './content-coding.ts'
import { MOST_TEXT } from './transport.ts'

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

  /**
   * Undefined when it was longer than what is kept; the next begins empty.
   *
   * @param codings as `content-encoding` names them; throws for what is not coded so
   */
  take(codings?: string): string | undefined {
    const bytes = this.#length > MOST_TEXT ? undefined : this.#bytes.subarray(0, this.#length)
    this.#bytes = NONE
    this.#length = 0
    return codings === undefined ? bytes?.toString() : bytes && decodedText(bytes, codings)
  }
}
