const BITS = 14
const BINS = 2 ** BITS
const STEP = 2 ** (32 - BITS)
const WORDS = 2 ** 32
/** Bins at either end in which the curve is too bent for a straight line: 0.1 % of the draws each. */
const EDGE = 16

/**
 * Draws from any distribution by its quantile function. Between 16,384 points of it lies a straight line, which is as fast as
 * an addition; the tails are computed.
 */
export class QuantileTable {
  readonly #quantile: (p: number) => number
  readonly #points: Float64Array

  constructor(quantile: (p: number) => number) {
    this.#quantile = quantile
    // The two outermost points may be infinite; nothing reads them.
    this.#points = Float64Array.from({ length: BINS + 1 }, (_, point) => quantile(point / BINS))
  }

  /** The value that 32 random bits stand for. */
  at(word: number): number {
    const bin = word >>> (32 - BITS)
    if (bin < EDGE || bin >= BINS - EDGE) return this.#quantile((word + 0.5) / WORDS)
    const low = this.#points[bin]!
    return low + ((this.#points[bin + 1]! - low) * (word & (STEP - 1))) / STEP
  }
}
