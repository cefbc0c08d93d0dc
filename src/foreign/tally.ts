import { intervalLength } from '../engine/interval.ts'
import type { Cause, Intervals } from '../engine/shard-result.ts'
import { sumOf } from '../histogram.ts'
import type { StepResult } from '../result/result.ts'
import type { Bytes, Ms, Us } from '../units.ts'
import { namesAt, OTHERS, placeOf } from './label.ts'
import type { Sample } from './sample.ts'
import type { Surveyed } from './survey.ts'
import { ByInterval, Times } from './times.ts'

/** The second of two passes: every request into its step, its interval and its block. */
export class Tally {
  readonly #surveyed: Surveyed
  readonly #all: ByInterval
  readonly #steps: readonly StepTally[]

  /** @param block how long the blocks of a step are */
  constructor(surveyed: Surveyed, block: Ms) {
    this.#surveyed = surveyed
    const { measured, steps } = surveyed
    this.#all = new ByInterval(measured, intervalLength(measured))
    this.#steps = [...steps.keys()].map((place, id) => new StepTally(id, place, new ByInterval(measured, block)))
  }

  take(sample: Sample): void {
    const { steps, first, keeps } = this.#surveyed
    if (!keeps(sample)) return
    const us = sample.elapsed * 1_000
    const into = sample.end - first
    this.#all.add(into, sample.cause === undefined ? us : undefined)
    const id = steps.get(placeOf(sample)) ?? steps.get(OTHERS)
    this.#steps[id!]!.add(sample, into, us)
  }

  result(): { readonly steps: readonly StepResult[]; readonly intervals: Intervals } {
    return { steps: this.#steps.map((step) => step.result()), intervals: this.#all.intervals() }
  }
}

class StepTally {
  readonly #id: number
  readonly #place: string
  readonly #blocks: ByInterval
  readonly #failures = new Times()
  readonly #causes = new Map<Cause, number>()
  readonly #statuses = new Map<number, number>()
  #succeeded = 0
  #failed = 0
  #received: Bytes = 0
  #sent: Bytes = 0

  constructor(id: number, place: string, blocks: ByInterval) {
    this.#id = id
    this.#place = place
    this.#blocks = blocks
  }

  add({ cause, status, received, sent }: Sample, into: Ms, us: Us): void {
    this.#blocks.add(into, cause === undefined ? us : undefined)
    this.#received += received
    this.#sent += sent
    if (status !== undefined) count(this.#statuses, status)
    if (cause === undefined) {
      this.#succeeded++
      return
    }
    this.#failed++
    this.#failures.add(us)
    count(this.#causes, cause)
  }

  /** None of them is timed from any other moment than the others, so service time and response time are one. */
  result(): StepResult {
    const blocks = this.#blocks.intervals()
    const response = sumOf(blocks.records.map((record) => record.response))
    return {
      id: this.#id,
      ...namesAt(this.#place),
      sent: this.#succeeded + this.#failed,
      succeeded: this.#succeeded,
      failed: this.#failed,
      // The window ends with the last request.
      succeededInWindow: this.#succeeded,
      causes: Object.fromEntries(this.#causes),
      statuses: Object.fromEntries([...this.#statuses].sort(([a], [b]) => a - b)),
      bytesReceived: this.#received,
      bytesSent: this.#sent,
      response,
      service: response,
      firstByte: undefined,
      failures: this.#failures.text(),
      blocks,
    }
  }
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
