import { Histogram, Recorder } from '../../histogram.ts'
import type { Ms } from '../../units.ts'

/** How often the loop is looked at. */
export const LOOKED_AT_EVERY: Ms = 10

/**
 * The delay of an event loop as it is met by what comes due at any moment, from looks at it that were due at equal
 * distances. While the loop is held up no look is taken, so one late look stands for all that were left out: the first of
 * them had to wait for as long as the look was late, each further one for a distance less (Gil Tene's correction for
 * coordinated omission). Without it a hold-up of a twentieth of the time is a hundredth of the looks, and no percentile's.
 */
export class LoopDelay {
  readonly #delays = new Recorder()
  #due: Ms

  constructor(begin: Ms) {
    this.#due = begin + LOOKED_AT_EVERY
  }

  look(now: Ms): void {
    for (let delay = now - this.#due; delay >= 0; delay -= LOOKED_AT_EVERY) this.#delays.record(1000 * delay)
    this.#due = now + LOOKED_AT_EVERY
  }

  /** To be asked once, at the end: a look that has been due since is taken now. 0 for less than one. */
  p99(now: Ms): Ms {
    this.look(now)
    return (Histogram.of(this.#delays.drain()).quantile(0.99) ?? 0) / 1000
  }
}
