import { randomAt, rowFor } from '../plan/choice.ts'
import type { DataTable } from '../plan/plan.ts'
import type { EpochMs } from '../units.ts'
import type { Keeper } from './check.ts'
import type { EngineRun } from './engine-run.ts'
import type { Values } from './template.ts'

export type Captured = ReadonlyMap<string, string>

export const NOTHING: Captured = new Map()

// What `randomAt` is asked for, so that no two choices of an iteration are one. Draws come last: they have no end.
export const SCENARIO = 0
const FIRST_SOURCE = 1
const FIRST_DRAW = 1_000

/** What a pass of a user knows: its rows, its numbers, what was captured, and its own sequence of random numbers. */
export class IterationValues implements Values, Keeper {
  readonly #run: EngineRun
  readonly #taker: number
  #n = 0
  #captured: Map<string, string> | undefined = undefined
  #life: Captured | undefined = undefined
  #draws = FIRST_DRAW
  #refused: string | undefined = undefined

  /** @param taker who takes a row where no row is taken twice: the arrival, or the user */
  constructor(run: EngineRun, taker: number) {
    this.#run = run
    this.#taker = taker
  }

  /**
   * @param n number among all iterations of the unsplit plan
   * @param life what was captured at the beginning of the user's life; undefined where that is still to be done
   */
  begin(n: number, life: Captured | undefined): void {
    this.#n = n
    this.#life = life
    this.#captured = undefined
    this.#refused = undefined
    this.#draws = FIRST_DRAW
  }

  /** What was captured so far is what was captured once in a life. */
  keepForLife(): Captured {
    this.#life = this.#captured ? new Map(this.#captured) : NOTHING
    return this.#life
  }

  row(table: DataTable, index: number): readonly string[] | undefined {
    const taker = table.pick === 'unique' ? this.#taker : this.#n
    return table.rows[rowFor(table, taker, randomAt(this.#run.plan.seed, this.#n, FIRST_SOURCE + index))]
  }

  captured(name: string): string | undefined {
    return this.#captured?.get(name) ?? this.#life?.get(name)
  }

  number(of: 'user' | 'iteration' | 'worker'): number {
    if (of === 'worker') return this.#run.worker + 1
    return (of === 'user' ? this.#taker : this.#n) + 1
  }

  keep(name: string, value: string): void {
    this.#captured ??= new Map()
    this.#captured.set(name, value)
  }

  refuse(why: string): void {
    this.#refused ??= why
  }

  /** Why a value could not be had since the last call, where a function of the profile is the reason. */
  takeRefusal(): string | undefined {
    const why = this.#refused
    this.#refused = undefined
    return why
  }

  draw(): number {
    return randomAt(this.#run.plan.seed, this.#n, this.#draws++)
  }

  now(): EpochMs {
    return this.#run.clock.epoch()
  }
}
