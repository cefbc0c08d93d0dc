import type { Ms } from '../units.ts'
import { type Cut, intervalAt, intervalsIn } from './interval.ts'

/**
 * How many iterations were under way, as a mean over each interval of the window: the time they took in it over its length,
 * which is L in Little's law. Means of shards add up to that of the whole, which their peaks would not.
 */
export class ActiveOverTime {
  readonly #measureFrom: Ms
  readonly #cut: Cut
  /** By interval, of all iterations together. */
  readonly #spent: Float64Array

  constructor(measureFrom: Ms, cut: Cut) {
    this.#measureFrom = measureFrom
    this.#cut = cut
    this.#spent = new Float64Array(intervalsIn(cut))
  }

  /** An iteration has been under way from one moment to another. */
  add(from: Ms, to: Ms): void {
    const begun = Math.max(0, from - this.#measureFrom)
    const ended = Math.min(this.#cut.measured, to - this.#measureFrom)
    for (let index = intervalAt(begun, this.#cut), at = begun; at < ended; index++) {
      const until = Math.min(ended, this.#endOf(index))
      this.#spent[index]! += until - at
      at = until
    }
  }

  means(): readonly number[] {
    const lengthOf = (index: number) => this.#endOf(index) - index * this.#cut.length
    return Array.from(this.#spent, (spent, index) => toThousandths(spent / lengthOf(index)))
  }

  /** The last interval of the window is cut short by its end. */
  #endOf(index: number): Ms {
    return Math.min(this.#cut.measured, (index + 1) * this.#cut.length)
  }
}

/** Finer than anybody reads; so that sums are the same in any order. */
export function toThousandths(mean: number): number {
  return Math.round(1_000 * mean) / 1_000
}
