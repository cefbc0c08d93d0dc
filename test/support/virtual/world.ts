// A world in one process: a clock that jumps from event to event, machines with clocks of their own, a network between
// them that delays, loses and parts, and a bucket. Whatever happens, and in which order, follows from a seed alone; an hour
// of a thousand machines takes about a minute.
//
//   const world = new World(7)
//   const network = new Network(world, { delay: [5, 40], loss: 0.01 })
//   const bucket = new Bucket(world, network)
//   const machine = new Machine(world, 'worker-0', { skew: 3_600_000, drift: 50e-6 })
//   void work(situation, { time: machine.time, mail: bucket.mailOf(machine), … })
//   world.at(60_000, () => machine.kill())
//   await world.run({ until: 120_000 })
//
// The code under test must wait for nothing but these doors: no timer, no I/O, no zlib or crypto in another thread.
import type { EpochMs, Ms } from '../../../src/units.ts'
import { type Agenda, newAgenda } from './agenda.ts'
import { type Chance, chanceOf } from './chance.ts'

/** What the true date is at 0. */
export const BEGINNING: EpochMs = Date.UTC(2026, 0, 5, 12)

export class World {
  readonly chance: Chance
  readonly #agenda: Agenda = newAgenda()
  #now: Ms = 0

  constructor(seed: number) {
    this.chance = chanceOf(seed)
  }

  /** The true time, since the beginning, which nobody in the world knows. */
  get now(): Ms {
    return this.#now
  }

  /**
   * In whole ms, as timers are: up to one later than asked for. Events of one moment happen in the order in which they were
   * asked for. Answers with what takes it back.
   */
  at(moment: Ms, act: () => void): () => void {
    return this.#agenda.add(Math.ceil(Math.max(moment, this.#now)), act)
  }

  after(delay: Ms, act: () => void): () => void {
    return this.at(this.#now + delay, act)
  }

  /** Goes on until that moment, or until `done`, or until nothing is left to happen; answers how many events that were. */
  async run({ until = Number.POSITIVE_INFINITY, done }: { until?: Ms; done?: () => boolean } = {}): Promise<number> {
    let events = 0
    await settled()
    while (!done?.()) {
      const due = this.#agenda.nextDue()
      if (due === undefined || due > until) break
      this.#now = due
      // Only what was asked for before: what these ask for, at this very moment, comes after their promises.
      for (const act of this.#agenda.takeDue(due)) {
        act()
        events++
      }
      await settled()
    }
    if (Number.isFinite(until) && !done?.()) this.#now = Math.max(this.#now, until)
    return events
  }
}

/** All that promises do by themselves is done when the loop comes to its next turn. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
