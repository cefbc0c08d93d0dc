import { arrivalOf } from '../plan/arrivals.ts'
import { firstOwn, type Group } from '../plan/groups.ts'
import type { Shard } from '../plan/plan.ts'
import type { Ms } from '../units.ts'
import type { Appointment } from './agenda.ts'
import type { CookieJar } from './cookies.ts'
import type { EngineRun } from './engine-run.ts'
import { Iteration } from './iteration.ts'
import type { IterationOwner } from './iteration-owner.ts'

/** Open model: arrivals come when the curve says so, whether or not earlier ones have their answers. */
export function beginArrivals(run: EngineRun, shard: Pick<Shard, 'index' | 'count'>, group: Group): void {
  run.activity.sourceBegins()
  new Arrivals(run, { begin: firstOwn(group, shard), count: shard.count, offset: group.first }).awaitNext()
}

/** Of a shard within a group. */
interface Stripe {
  /** Its first arrival. */
  readonly begin: number
  readonly count: number
  /** Between the numbers of the group and those of the plan. */
  readonly offset: number
}

/** This shard's arrivals, one after the other: every `count`-th of the group. */
class Arrivals implements Appointment {
  due: Ms
  readonly #run: EngineRun
  readonly #count: number
  readonly #offset: number
  #n: number

  constructor(run: EngineRun, { begin, count, offset }: Stripe) {
    this.#run = run
    this.#n = begin
    this.#count = count
    this.#offset = offset
    this.due = this.#dueOf(begin)
  }

  awaitNext(): void {
    if (this.due === Number.POSITIVE_INFINITY) this.#run.activity.sourceEnds()
    else this.#run.agenda.add(this)
  }

  // All that are due, none awaited: a slow answer must not delay the next arrival.
  onDue(now: Ms): void {
    while (this.due <= now) {
      this.#arrive(this.#offset + this.#n, this.due)
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
