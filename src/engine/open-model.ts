import { arrivalAt } from '../plan/curve.ts'
import type { Shard } from '../plan/plan.ts'
import type { Ms } from '../units.ts'
import type { Appointment } from './agenda.ts'
import type { CookieJar } from './cookies.ts'
import type { EngineRun } from './engine-run.ts'
import { Iteration, type IterationOwner } from './iteration.ts'

/** Open model: arrivals come when the curve says so, whether or not earlier ones have their answers. */
export function beginArrivals(run: EngineRun, { index, count }: Pick<Shard, 'index' | 'count'>): void {
  const arrivals = new Arrivals(run, index, count)
  run.activity.sourceBegins()
  arrivals.schedule()
}

/** This shard's arrivals, one after the other: every `count`-th of the plan. */
class Arrivals implements Appointment {
  due: Ms = 0
  readonly #run: EngineRun
  readonly #count: number
  #n: number

  constructor(run: EngineRun, first: number, count: number) {
    this.#run = run
    this.#n = first
    this.#count = count
  }

  schedule(): void {
    const at = arrivalAt(this.#run.plan.curve, this.#n)
    if (at === undefined) {
      this.#run.activity.sourceEnds()
    } else {
      this.due = this.#run.start + at
      this.#run.agenda.add(this)
    }
  }

  // Not awaited: a slow answer must not delay the next arrival.
  onDue(now: Ms): void {
    const { due } = this
    this.#run.ledger.late(due, now)
    new Iteration(this.#run, {
      owner: new Visitor(),
      n: this.#n,
      taker: this.#n,
      due,
      until: this.#run.lastStart,
    }).begin()
    this.#n += this.#count
    this.schedule()
  }

  onStop(): void {
    this.#run.activity.sourceEnds()
  }
}

/** Comes once, and is forgotten with its cookies. */
class Visitor implements IterationOwner {
  jar: CookieJar | undefined = undefined

  onIterationEnd(): void {}
}
