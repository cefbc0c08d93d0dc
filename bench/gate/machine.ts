import type { Ms } from '../../src/units.ts'
import type { Environment } from './environments.ts'
import type { Random } from './random.ts'

/** For so long the machine keeps one speed. */
export const TICK: Ms = 200
// Of these two the sources of the presets say nothing. They are chosen so that what is known of runs on such machines comes out:
// how far the p95 of runs of a minute lie apart, and of two halves of a minute.
/** How long a burst lasts on average; exponentially. */
const BURST: Ms = 3_000
/** Of a burst's size, which is log-normal, as a logarithm of the logarithm. */
const BURST_SPREAD = 0.5

interface Burst {
  readonly left: Ms
  /** As a logarithm. */
  readonly slower: number
}

/** A machine of a job: what everything on it has in common, from its first moment on. */
export class Machine {
  /** Which processor it got. */
  readonly model: number
  readonly #random: Random
  readonly #environment: Environment
  /** For its whole life, as a logarithm. */
  readonly #constant: number
  #drift = 0
  #swing: number
  #bursts: readonly Burst[] = []

  constructor(environment: Environment, random: Random) {
    this.#random = random
    this.#environment = environment
    this.model = random.choice(environment.models.map(({ share }) => share))
    this.#constant = environment.models[this.model]!.slower + environment.machine * random.normal()
    this.#swing = environment.swing.sd * random.normal()
    // The neighbours were there before.
    const expected = (environment.bursts.perMinute * BURST) / 60_000
    for (let begun = random.exponential(); begun < expected; begun += random.exponential()) this.#begin()
  }

  /** The logarithm of how much slower than usual the next 200 ms are. */
  tick(): number {
    const { drift, swing, bursts } = this.#environment
    const kept = Math.exp(-TICK / swing.memory)
    this.#drift += drift * Math.sqrt(TICK / 60_000) * this.#random.normal()
    this.#swing = kept * this.#swing + swing.sd * Math.sqrt(1 - kept * kept) * this.#random.normal()
    if (this.#random.uniform() < (bursts.perMinute * TICK) / 60_000) this.#begin()
    let slower = this.#constant + this.#drift + this.#swing
    if (this.#bursts.length > 0) {
      for (const burst of this.#bursts) slower += burst.slower
      this.#bursts = this.#bursts.map((burst) => ({ ...burst, left: burst.left - TICK })).filter(({ left }) => left > 0)
    }
    return slower
  }

  /** Lets time go by in which nothing is measured. */
  pass(time: Ms): void {
    for (let gone = 0; gone < time; gone += TICK) this.tick()
  }

  #begin(): void {
    const usual = Math.log(this.#environment.bursts.slower)
    const burst = {
      left: BURST * this.#random.exponential(),
      slower: usual * Math.exp(BURST_SPREAD * this.#random.normal()),
    }
    this.#bursts = [...this.#bursts, burst]
  }
}
