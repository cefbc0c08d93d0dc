import { intervalAt } from '../engine/interval.ts'
import type { Intervals } from '../engine/shard-result.ts'
import { type HistogramText, Recorder, sumOf } from '../histogram.ts'
import type { Ms, Us } from '../units.ts'

/** Values that wait to be recorded together: many intervals share one recorder, since it takes 188 kB. */
const MOST_WAITING = 512
const MOST_TEXTS = 64
const recorder = new Recorder()

/** A histogram of values that come in any order, among those of many others. */
export class Times {
  #waiting: Us[] = []
  #texts: HistogramText[] = []

  add(us: Us): void {
    if (this.#waiting.push(us) >= MOST_WAITING) this.#record()
  }

  text(): HistogramText {
    this.#record()
    return sumOf(this.#texts)
  }

  #record(): void {
    for (const us of this.#waiting) recorder.record(us)
    this.#waiting = []
    this.#texts.push(recorder.drain())
    if (this.#texts.length >= MOST_TEXTS) this.#texts = [sumOf(this.#texts)]
  }
}

/** Requests by the interval in which they ended. */
export class ByInterval {
  readonly #measured: Ms
  readonly #length: Ms
  readonly #counts = new Map<number, { succeeded: number; failed: number; readonly times: Times }>()

  constructor(measured: Ms, length: Ms) {
    this.#measured = measured
    this.#length = length
  }

  /** `us` is undefined of a failure. */
  add(into: Ms, us: Us | undefined): void {
    const index = intervalAt(into, { measured: this.#measured, length: this.#length })
    let counts = this.#counts.get(index)
    if (counts === undefined) {
      counts = { succeeded: 0, failed: 0, times: new Times() }
      this.#counts.set(index, counts)
    }
    if (us === undefined) counts.failed++
    else {
      counts.succeeded++
      counts.times.add(us)
    }
  }

  intervals(): Intervals {
    const records = [...this.#counts]
      .sort(([a], [b]) => a - b)
      .map(([index, { succeeded, failed, times }]) => ({ index, succeeded, failed, response: times.text() }))
    return { length: this.#length, records }
  }
}
