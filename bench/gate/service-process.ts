import type { Ms } from '../../src/units.ts'
import type { Environment } from './environments.ts'
import { normalQuantile } from './normal-quantile.ts'
import { QuantileTable } from './quantile-table.ts'
import type { Random } from './random.ts'

/** The service's median answer on the usual machine. */
const MEDIAN: Ms = 20
const SPREAD = 0.45
/** One request of seventy is of a kind that takes longer by a Pareto factor with this exponent. */
const HEAVY = { share: 0.015, exponent: 2.5 } as const
/** Now and then a process stands still, to collect its garbage; whoever comes then waits for the end of it. */
const PAUSE: { readonly every: Ms; readonly mean: Ms } = { every: 10_000, mean: 20 }
/** Nothing takes longer: the client gives up. */
const TIMEOUT: Ms = 10_000

const SECOND: Ms = 1_000
const HEAVY_WORDS = HEAVY.share * 2 ** 32
const ANSWER = new QuantileTable((p) => MEDIAN * Math.exp(SPREAD * normalQuantile(p)))

/** A process of the service from its start on. `slower` is how many times longer its code takes: 1.1 is "+10 %". */
export class ServiceProcess {
  readonly #random: Random
  readonly #own: number
  readonly #usual: number
  #speed = 1
  #nextSecond: Ms = 0
  #pauseAt: Ms
  #pauseUntil: Ms = 0

  constructor({ process, own }: Environment, random: Random, slower: number) {
    this.#random = random
    this.#own = own
    this.#usual = slower * Math.exp(process * random.normal())
    this.#pauseAt = PAUSE.every * random.exponential()
  }

  /** Response time of a request that comes at `at`, on a machine that is `machine` times slower than usual. In order of time. */
  answer(at: Ms, machine: number): Ms {
    if (at >= this.#nextSecond) this.#beginSecond(at)
    if (at >= this.#pauseAt) this.#pause(at)
    let time = ANSWER.at(this.#random.word()) * this.#speed * machine
    if (this.#random.word() < HEAVY_WORDS) time *= this.#random.uniform() ** (-1 / HEAVY.exponent)
    if (at < this.#pauseUntil) time += this.#pauseUntil - at
    return Math.min(time, TIMEOUT)
  }

  #beginSecond(at: Ms): void {
    this.#speed = this.#usual * Math.exp(this.#own * this.#random.normal())
    this.#nextSecond = (Math.floor(at / SECOND) + 1) * SECOND
  }

  #pause(at: Ms): void {
    while (at >= this.#pauseAt) {
      this.#pauseUntil = this.#pauseAt + PAUSE.mean * this.#random.exponential()
      this.#pauseAt += PAUSE.every * this.#random.exponential()
    }
  }
}
