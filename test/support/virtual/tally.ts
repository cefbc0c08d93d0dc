import type { PerSecond } from '../../../src/units.ts'
import type { World } from './world.ts'

/** How many calls there were of some kind, and how many in the busiest second of the true time. */
export class Tally {
  calls = 0
  busiest: PerSecond = 0
  readonly #world: World
  #second = { number: -1, calls: 0 }

  constructor(world: World) {
    this.#world = world
  }

  count(): void {
    this.calls++
    const number = Math.floor(this.#world.now / 1_000)
    if (number !== this.#second.number) this.#second = { number, calls: 0 }
    this.busiest = Math.max(this.busiest, ++this.#second.calls)
  }

  /** Over all the time that has passed. */
  get perSecond(): PerSecond {
    return this.calls / (this.#world.now / 1_000)
  }
}
