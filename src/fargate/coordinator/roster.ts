import type { Ms } from '../../units.ts'
import type { TaskState } from '../doors.ts'
import type { Carrier } from './summary.ts'

/** A shard's place, as one generation of tasks may take it. */
export interface Seat {
  readonly index: number
  readonly generation: number
}

/** Tasks that share orders: each takes one of the batch's slots. */
export interface Batch {
  readonly number: number
  readonly seats: readonly Seat[]
  /** Who claimed which slot; undefined where the claim names no task of the batch. */
  readonly claims: Map<number, string | undefined>
  /** What was asked of ECS and not answered: asked again in the same words, it starts nothing twice. */
  asked: { readonly token: string; readonly count: number } | undefined
  /** How many times ECS has answered. */
  answers: number
}

interface Member {
  readonly batch: Batch
  readonly since: Ms
  state: TaskState | undefined
  /** No longer reckoned with, whatever ECS says. */
  dead: boolean
}

/** A task whose worker is there no more. */
const ENDING: ReadonlySet<TaskState['status']> = new Set(['DEACTIVATING', 'STOPPING', 'DEPROVISIONING', 'STOPPED'])

/** RunTask starts no more at once. */
export const BATCH = 10

/**
 * Who carries what, before the start: the slots and their generations, the tasks and what became of them. It counts tasks
 * that live and have no slot against slots that nobody has claimed; what is short is to be started.
 */
export class Roster {
  readonly #batches: Batch[] = []
  readonly #members = new Map<string, Member>()
  /** By slot: the generation that counts, and its batch. */
  readonly #current: { generation: number; batch: Batch }[] = []
  /** What became of tasks and claims that failed before the start, one phrase each. */
  readonly losses: string[] = []

  constructor(count: number) {
    this.#open(Array.from({ length: count }, (_, index) => ({ index, generation: 0 })))
  }

  get batches(): readonly Batch[] {
    return this.#batches
  }

  get arns(): readonly string[] {
    return [...this.#members.keys()]
  }

  /** Of those that are known to have begun and not known to have ended. */
  get living(): readonly string[] {
    return [...this.#members].filter(([, { dead }]) => !dead).map(([arn]) => arn)
  }

  /** When the youngest of them was started. */
  get lastStart(): Ms {
    return [...this.#members.values()].reduce((last, { since }) => Math.max(last, since), Number.NEGATIVE_INFINITY)
  }

  /** As last seen. */
  get states(): readonly TaskState[] {
    return [...this.#members.values()].flatMap(({ state }) => state ?? [])
  }

  /** Of each slot: who carries it, as far as its claim says. */
  get carriers(): readonly Carrier[] {
    return this.#current.map(({ generation, batch }, index) => ({ generation, task: batch.claims.get(index) }))
  }

  /** Something was asked of ECS and not answered. */
  get isUncertain(): boolean {
    return this.#batches.some(({ asked }) => asked !== undefined)
  }

  get claimed(): number {
    return this.#current.filter(({ batch }, index) => batch.claims.has(index)).length
  }

  /** Whether a claim of this slot and generation is expected; strays are not. */
  awaits(index: number, generation: number): boolean {
    const slot = this.#current[index]
    return slot !== undefined && slot.generation === generation && !slot.batch.claims.has(index)
  }

  /** How many tasks a batch still needs. */
  gapOf({ seats, claims, ...batch }: Batch): number {
    const open = seats.filter(({ index }) => !claims.has(index)).length
    const living = [...this.#members.values()].filter((member) => member.batch.number === batch.number && !member.dead)
    const seated = [...claims.values()].filter((arn) => arn === undefined || !this.#members.get(arn)?.dead).length
    return Math.max(0, open - Math.max(0, living.length - seated))
  }

  started(batch: Batch, arns: readonly string[], since: Ms): void {
    for (const arn of arns)
      if (!this.#members.has(arn)) this.#members.set(arn, { batch, since, state: undefined, dead: false })
  }

  /** What is not in a description says nothing: ECS may not know yet. Answers whether this was news of a death. */
  seen(state: TaskState): boolean {
    const member = this.#members.get(state.arn)
    if (member === undefined) return false
    member.state = state
    if (member.dead || !ENDING.has(state.status)) return false
    member.dead = true
    return true
  }

  /** Whether a task that has ended leaves a slot behind; one that found all slots taken does not. */
  misses(arn: string): boolean {
    const batch = this.#members.get(arn)?.batch
    return batch !== undefined && ([...batch.claims.values()].includes(arn) || this.gapOf(batch) > 0)
  }

  /** Tasks that have been waited for so long without a claim of theirs. */
  overdue(now: Ms, patience: Ms): readonly string[] {
    return this.living.filter((arn) => {
      const { batch, since } = this.#members.get(arn)!
      return now - since > patience && ![...batch.claims.values()].includes(arn)
    })
  }

  giveUp(arn: string): void {
    const member = this.#members.get(arn)
    if (member) member.dead = true
  }

  claim({ index }: Seat, task: string | undefined): void {
    const { batch } = this.#current[index]!
    const known = task !== undefined && this.#members.get(task)?.batch === batch
    batch.claims.set(index, known ? task : undefined)
  }

  /** The claim is there and is worth nothing: another generation has to take the slot. */
  refuse(seat: Seat): void {
    this.claim(seat, undefined)
    this.#open([{ index: seat.index, generation: seat.generation + 1 }])
  }

  /** Opens new batches for the slots whose task died with its claim; whether one had no slot, `gapOf` tells. */
  reseat(): void {
    const orphans = this.#current.flatMap(({ generation, batch }, index) => {
      const arn = batch.claims.get(index)
      return arn !== undefined && this.#members.get(arn)!.dead ? [{ index, generation: generation + 1 }] : []
    })
    this.#open(orphans)
  }

  #open(seats: readonly Seat[]): void {
    for (let at = 0; at < seats.length; at += BATCH) {
      const own = seats.slice(at, at + BATCH)
      const number = this.#batches.length
      const batch: Batch = { number, seats: own, claims: new Map(), asked: undefined, answers: 0 }
      this.#batches.push(batch)
      for (const { index, generation } of own) this.#current[index] = { generation, batch }
    }
  }
}
