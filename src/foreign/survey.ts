import { type EpochMs, formatDuration, type Ms } from '../units.ts'
import { damaged, WHOLE_FILE } from './damaged.ts'
import { OTHERS, placeOf } from './label.ts'
import type { Beside, Sample } from './sample.ts'

/** Of labels that are shown and kept each by itself; with the others together, so many steps. */
const MOST_LABELS = 200
/** Of labels that are counted before the most frequent are known. */
const MOST_COUNTED = 20_000
const LONGEST: Ms = 30 * 24 * 3_600_000

/** What must be known of a file before its requests can be sorted into intervals and steps. */
export interface Surveyed {
  readonly first: EpochMs
  /** Length of the window: from the first request's beginning until all have ended. */
  readonly measured: Ms
  readonly users: number
  /** By their places, in the order in which they first came. */
  readonly steps: ReadonlyMap<string, number>
  /** Labels that are counted together. */
  readonly others: number
  readonly keeps: (sample: Sample) => boolean
  /** Requests that are sums of others and were left out. */
  readonly sums: number
}

interface Extent {
  first: EpochMs
  last: EpochMs
  users: number
  count: number
  readonly labels: Map<string, number>
}

const nothing = (): Extent => ({ first: Number.POSITIVE_INFINITY, last: 0, users: 0, count: 0, labels: new Map() })

/** The first of two passes. */
export class Survey {
  readonly #plain = nothing()
  readonly #sums = nothing()
  /** Requests that sums are of. */
  #summed = 0

  take(sample: Sample): void {
    const to = sample.sumOf === undefined ? this.#plain : this.#sums
    this.#summed += sample.sumOf ?? 0
    to.first = Math.min(to.first, sample.end - sample.elapsed)
    to.last = Math.max(to.last, sample.end)
    to.users = Math.max(to.users, sample.users)
    to.count++
    const place = placeOf(sample)
    if (to.labels.has(place) || to.labels.size < MOST_COUNTED) to.labels.set(place, (to.labels.get(place) ?? 0) + 1)
    else to.labels.set(OTHERS, (to.labels.get(OTHERS) ?? 0) + 1)
  }

  result(file: string, { clock }: Pick<Beside, 'clock'>): Surveyed {
    const sums = this.#countsSums(file)
    const { first, last, users, count, labels } = sums ? this.#sums : this.#plain
    if (count === 0) throw damaged(file, undefined, 'there is no request in it', WHOLE_FILE)
    const measured = Math.ceil(last - first) + clock
    if (!(first > 0 && measured <= LONGEST))
      throw damaged(
        file,
        undefined,
        `its requests are of ${formatDuration(measured)}, from ${dateOf(first)} on, which is no one run`,
        'Check its times, and give each run a file of its own.',
      )
    const steps = stepsOf(labels)
    return {
      ...{ first, measured, users, steps },
      others: labels.size - steps.size + (steps.has(OTHERS) ? 1 : 0),
      keeps: (sample) => (sample.sumOf !== undefined) === sums,
      sums: sums ? 0 : this.#sums.count,
    }
  }

  /** Whether sums are what counts: where the requests they are of stand in the file as well, these do. */
  #countsSums(file: string): boolean {
    if (this.#sums.count === 0) return false
    if (this.#plain.count === 0) return true
    if (this.#plain.count >= this.#summed) return false
    throw damaged(
      file,
      undefined,
      'some of its transactions are written with their requests and some without, so that nobody can count either',
      'Leave "Generate parent sample" off in every Transaction Controller, or on in all of them with no request outside.',
    )
  }
}

/** The most frequent, and the others as one, in the order in which they came. */
export function stepsOf(labels: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const kept = new Set(
    [...labels]
      .sort(([, a], [, b]) => b - a)
      .slice(0, MOST_LABELS)
      .map(([place]) => place),
  )
  const places = [...labels.keys()].filter((place) => kept.has(place) && place !== OTHERS)
  if (places.length < labels.size) places.push(OTHERS)
  return new Map(places.map((place, id) => [place, id]))
}

function dateOf(at: EpochMs): string {
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? 'no date' : date.toISOString()
}
