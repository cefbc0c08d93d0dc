import { userSpans } from '../plan/curve.ts'
import { firstOwn, type Group, takersIn } from '../plan/groups.ts'
import type { Shard } from '../plan/plan.ts'
import type { Ms } from '../units.ts'
import type { Appointment } from './agenda.ts'
import type { CookieJar } from './cookies.ts'
import type { EngineRun } from './engine-run.ts'
import { Iteration } from './iteration.ts'
import type { IterationOwner } from './iteration-owner.ts'

/** Closed model: each user begins its next iteration when the one before has ended. */
export function beginUsers(run: EngineRun, shard: Pick<Shard, 'index' | 'count'>, group: Group): void {
  const users = takersIn(run.plan)
  // A source of its own, so that a shard without any user ends as well.
  run.activity.sourceBegins()
  for (let user = firstOwn(group, shard); user < users; user += shard.count) {
    run.activity.sourceBegins()
    new User(run, user, group).comeBack(run.start)
  }
  run.activity.sourceEnds()
}

/** Keeps its cookies, its unique rows and what it did once for its whole life, also over spans in which it is not there. */
class User implements Appointment, IterationOwner {
  due: Ms = 0
  jar: CookieJar | undefined = undefined
  lives: IterationOwner['lives'] = undefined
  readonly #run: EngineRun
  readonly #number: number
  readonly #users: number
  readonly #spans: readonly { readonly from: Ms; readonly to: Ms }[]
  #span = 0
  readonly #iteration: Iteration
  #iterations = 0

  /** @param user its number within the group */
  constructor(run: EngineRun, user: number, { first, users }: Group) {
    this.#run = run
    this.#number = first + user
    this.#users = users
    this.#iteration = new Iteration(run, this, this.#number)
    this.#spans = userSpans(run.plan.curve, user).map(({ from, to }) => ({
      from: run.start + from,
      to: run.start + to,
    }))
  }

  /** Waits for the next moment, not before `at`, at which the user is to be there. */
  comeBack(at: Ms): void {
    const span = this.#nextSpan(at)
    if (!span || this.#run.activity.stopped) {
      this.#iteration.release()
      this.#run.activity.sourceEnds()
    } else {
      this.due = Math.max(at, span.from)
      this.#run.agenda.add(this)
    }
  }

  onDue(): void {
    this.#begin(true, this.#spans[this.#span]!.to)
  }

  onStop(): void {
    this.#run.activity.sourceEnds()
  }

  // At once when the user stays: the answer's connection is still warm. A pause that is cut ends later than now.
  onIterationEnd(at: Ms): void {
    const span = this.#nextSpan(at)
    const now = this.#run.clock.now()
    if (span && span.from <= at && at <= now && !this.#run.activity.stopped) {
      this.due = at
      this.#begin(false, span.to)
    } else {
      this.comeBack(at)
    }
  }

  #nextSpan(at: Ms) {
    while (this.#span < this.#spans.length && this.#spans[this.#span]!.to <= at) this.#span++
    return this.#spans[this.#span]
  }

  #begin(planned: boolean, until: Ms): void {
    const n = this.#number + this.#iterations++ * this.#users
    this.#iteration.begin({ n, due: this.due, planned, until })
  }
}
