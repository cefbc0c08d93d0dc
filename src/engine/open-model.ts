import { arrivalOf } from '../plan/arrivals.ts'
import type { Shard } from '../plan/plan.ts'
import type { Ms } from '../units.ts'
import type { Appointment } from './agenda.ts'
import type { CookieJar } from './cookies.ts'
import type { EngineRun } from './engine-run.ts'
import { Iteration } from './iteration.ts'
import type { IterationOwner } from './iteration-owner.ts'

/** Open model: arrivals come when the curve says so, whether or not earlier ones have their answers. */
export function beginArrivals(run: EngineRun, { index, count }: Pick<Shard, 'index' | 'count'>): void {
  run.activity.sourceBegins()
  new Arrivals(run, index, count).awaitNext()
}

/** This shard's arrivals, one after the other: every `count`-th of the plan. */
class Arrivals implements Appointment {
  due: Ms
  readonly #run: EngineRun
  readonly #count: number
  #n: number

  constructor(run: EngineRun, first: number, count: number) {
    this.#run = run
    this.#n = first
    this.#count = count
    this.due = this.#dueOf(first)
  }

  awaitNext(): void {
    if (this.due === Number.POSITIVE_INFINITY) this.#run.activity.sourceEnds()
    else this.#run.agenda.add(this)
  }

  // All that are due, none awaited: a slow answer must not delay the next arrival.
  onDue(now: Ms): void {
    while (this.due <= now) {
      this.#arrive(this.#n, this.due)
      this.#n += this.#count
      this.due = this.#dueOf(this.#n)
    }
    this.awaitNext()
  }

  onStop(): void {
    this.#run.activity.sourceEnds()
  }

  #arrive(n: number, due: Ms): void {
    const until = this.#run.lastStart
    new Iteration(this.#run, new Visitor(), n).begin({ n, due, planned: true, until })
  }

  /** Infinity once the curve is spent. */
  #dueOf(n: number): Ms {
    return this.#run.start + (arrivalOf(this.#run.plan, n) ?? Number.POSITIVE_INFINITY)
  }
}

/** Comes once, and is forgotten with its cookies. */
class Visitor implements IterationOwner {
  jar: CookieJar | undefined = undefined
  lives: IterationOwner['lives'] = undefined

  onIterationEnd(): void {}
}
