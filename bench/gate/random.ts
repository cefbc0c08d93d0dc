// Chance, seeded and fast: a pull request takes some twenty thousand requests, and a table of figures ten thousand of them.
import { normalQuantile } from './normal-quantile.ts'
import { QuantileTable } from './quantile-table.ts'

const WORDS = 2 ** 32

const NORMAL = new QuantileTable(normalQuantile)

/** Numbers that look random and are the same for the same seeds: sfc32 (Doty-Humphrey), which passes PractRand. */
export class Random {
  #a = 0
  #b = 0
  #c = 0
  #counter = 1

  /** Whole numbers; each of them, and their order, makes another sequence. */
  constructor(...seeds: readonly number[]) {
    for (const seed of seeds) this.#stir(seed)
    // The author's own number of rounds until every bit of the seed has reached every bit of the state.
    for (let round = 0; round < 12; round++) this.word()
  }

  /** 32 random bits, as a number from 0 to 2³² - 1. */
  word(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** Between 0 and 1, neither of them included. */
  uniform(): number {
    return (this.word() + 0.5) / WORDS
  }

  /** With mean 0 and standard deviation 1. */
  normal(): number {
    return NORMAL.at(this.word())
  }

  /** With mean 1. */
  exponential(): number {
    return -Math.log(this.uniform())
  }

  /** Which of several weights, which add up to 1, as often as it says. */
  choice(weights: readonly number[]): number {
    let left = this.uniform()
    for (const [index, weight] of weights.entries()) {
      left -= weight
      if (left < 0) return index
    }
    return weights.length - 1
  }

  #stir(seed: number): void {
    this.#a ^= seed
    for (let round = 0; round < 4; round++) this.word()
  }
}
