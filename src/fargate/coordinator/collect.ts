import type { ShardResult } from '../../engine/shard-result.ts'
import { LoadgateError, messageOf } from '../../errors.ts'
import { flawOf } from '../../result/shard-flaw.ts'
import type { EpochMs, Ms } from '../../units.ts'
import type { ListedObject } from '../doors.ts'
import { keysOf, type Outcome } from '../protocol.ts'
import { oneLine } from './failures.ts'
import { eachOf, insist, type Patience } from './insist.ts'
import type { CoordinatorDoors, FargateJob } from './job.ts'
import { LARGEST_OUTCOME, readOutcome, seatIn } from './read-worker.ts'
import type { Carrier } from './summary.ts'

/** Each holds its bytes, and what they unpack to, while it is read. */
const READ_AT_ONCE = 8
const READ_TWICE = 2
const MOST_STRAYS_TOLD = 20
const MOST_WORDS = 4_000

/**
 * The results of a run as they come, each checked as what a stranger wrote. The first of a slot counts; a slot is settled
 * by a result or by the reason why there is none.
 */
export class Collection {
  /** By slot. */
  readonly results: (ShardResult | undefined)[]
  /** By slot: how workers ended that left by themselves, with a result of what they had sent by then. */
  readonly early = new Map<number, string>()
  readonly #lost = new Map<number, string>()
  readonly #strays = new Set<string>()
  readonly #job: Pick<FargateJob, 'runId' | 'plan' | 'count' | 'stagger'>
  readonly #generations: readonly number[]
  readonly #doors: CoordinatorDoors
  readonly #onLost: ((index: number, reason: string) => void) | undefined
  /** Between which moments of the bucket's clock the first and the last worker began, less what they were to begin later. */
  #begun: readonly [first: EpochMs, last: EpochMs] | undefined

  constructor(
    job: Pick<FargateJob, 'runId' | 'plan' | 'count' | 'stagger'>,
    carriers: readonly Carrier[],
    doors: CoordinatorDoors,
    onLost?: (index: number, reason: string) => void,
  ) {
    this.#job = job
    this.#generations = carriers.map(({ generation }) => generation)
    this.#doors = doors
    this.#onLost = onLost
    this.results = Array.from({ length: job.count }, () => undefined)
  }

  /** Slots that are not settled. */
  get open(): readonly number[] {
    return [...this.results.keys()].filter((index) => !this.#isSettled(index))
  }

  /** How far apart two workers may have begun at most, by what they know of their clocks; of those that have reported. */
  get skew(): Ms {
    const [first, last] = this.#begun ?? [0, 0]
    return last - first
  }

  /** Without effect on a slot that is settled. */
  lose(index: number, reason: string): void {
    if (this.#isSettled(index)) return
    this.#lost.set(index, reason)
    this.#onLost?.(index, reason)
  }

  /** Fetches what is new. Throws when the bucket does not answer, and may be called again. */
  async look(patience: Patience): Promise<void> {
    const { results } = keysOf(this.#job.runId)
    const listed = await insist(this.#doors, () => this.#doors.objects.list(results), patience)
    const news = listed.filter((object) => this.#isNew(object))
    await eachOf(news, READ_AT_ONCE, (object) => this.#obtain(object, patience))
  }

  #isSettled(index: number): boolean {
    return this.results[index] !== undefined || this.#lost.has(index)
  }

  #isNew({ key }: ListedObject): boolean {
    const seat = seatIn(key)
    if (seat !== undefined && this.#generations[seat.index] === seat.generation) return !this.#isSettled(seat.index)
    if (!this.#strays.has(key) && this.#strays.size < MOST_STRAYS_TOLD) {
      this.#strays.add(key)
      this.#doors.tell(`A result of a worker that is not of this run's is left out: ${key}.`)
    }
    return false
  }

  #widen({ index, clock, result }: Outcome): void {
    const due = result.startedAt - this.#job.stagger * index
    const [first, last] = this.#begun ?? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    this.#begun = [Math.min(first, due + clock.low), Math.max(last, due + clock.high)]
  }

  /** Who was told to stop did as it was told; whoever else did not send the plan is the reason why it was not sent. */
  #note({ index, stopped, result }: Outcome): void {
    if (result.complete || stopped?.kind === 'stopped') return
    // Whole: a secret that is cut in two would be hidden no more.
    const words = stopped?.words ?? result.script?.problem ?? 'it ended before its plan was spent'
    const why = oneLine(words, MOST_WORDS)
    this.early.set(index, why)
    this.#doors.tell(`Worker ${index + 1} of ${this.#job.count} ended early: ${why}.`)
  }

  async #obtain({ key, size }: ListedObject, patience: Patience): Promise<void> {
    const { index, generation } = seatIn(key)!
    if (size > LARGEST_OUTCOME) return this.lose(index, `its result has ${size} bytes, more than ${LARGEST_OUTCOME}`)
    const get = () => this.#doors.objects.get(key, LARGEST_OUTCOME)
    let why = ''
    // A second time for an answer that was damaged on its way.
    for (let time = 0; time < READ_TWICE; time++) {
      const bytes = await insist(this.#doors, get, patience)
      if (bytes === undefined) return
      const flaw = this.#take(bytes, { index, generation })
      if (flaw === undefined) return
      why = flaw
    }
    this.lose(index, why)
  }

  /** Answers why it does not count. */
  #take(bytes: Buffer, seat: { readonly index: number; readonly generation: number }): string | undefined {
    const { runId, plan, count } = this.#job
    try {
      const outcome = readOutcome(bytes)
      if (outcome.runId !== runId || outcome.index !== seat.index || outcome.generation !== seat.generation)
        return 'its result is that of another worker'
      const flaw = flawOf(outcome.result, plan, { index: seat.index, count })
      if (flaw !== undefined) return `its result does not add up: it ${flaw}`
      // Two looks at the bucket may overlap, and the first counts.
      if (this.#isSettled(seat.index)) return undefined
      this.results[seat.index] = byOurClock(outcome)
      this.#widen(outcome)
      this.#note(outcome)
      return undefined
    } catch (error) {
      if (error instanceof LoadgateError && error.kind !== 'infrastructure') throw error
      return `its result cannot be read (${messageOf(error)})`
    }
  }
}

/** When it began, by the middle of what is known of its clock. */
function byOurClock({ result, clock }: Outcome): ShardResult {
  return { ...result, startedAt: result.startedAt + (clock.low + clock.high) / 2 }
}
