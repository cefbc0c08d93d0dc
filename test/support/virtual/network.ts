import type { Ms, Share } from '../../../src/units.ts'
import type { Chance } from './chance.ts'
import type { World } from './world.ts'

export interface Weather {
  /** Of one way, anything between. */
  readonly delay: readonly [least: Ms, most: Ms]
  /** Of messages, either way: a lost request has no effect, a lost answer has had its effect. */
  readonly loss: Share
}

const FAIR: Weather = { delay: [2, 20], loss: 0 }

/** Between all parties, which are names. */
export class Network {
  weather: Weather
  readonly #world: World
  readonly #chance: Chance
  readonly #cuts = new Set<readonly [string, string]>()

  constructor(world: World, weather: Partial<Weather> = {}) {
    this.#world = world
    this.#chance = world.chance.fork()
    this.weather = { ...FAIR, ...weather }
  }

  /** Nothing gets from one to the other, either way, until the answer is called. '*' is everybody. */
  part(one: string, other: string): () => void {
    const cut = [one, other] as const
    this.#cuts.add(cut)
    return () => void this.#cuts.delete(cut)
  }

  /** Calls `arrive` some time later, or never. Messages may overtake each other. */
  carry(from: string, to: string, arrive: () => void): void {
    const { delay, loss } = this.weather
    if (this.#chance.happens(loss) || this.#isCut(from, to)) return
    this.#world.after(this.#chance.between(...delay), () => {
      // What is under way when they are parted is lost as well.
      if (!this.#isCut(from, to)) arrive()
    })
  }

  #isCut(from: string, to: string): boolean {
    const is = (name: string, pattern: string) => pattern === '*' || name === pattern
    for (const [one, other] of this.#cuts)
      if ((is(from, one) && is(to, other)) || (is(from, other) && is(to, one))) return true
    return false
  }
}
