import { chooseScenario, randomAt, rowFor, wholeNumber } from '../plan/choice.ts'
import { pauseTime } from '../plan/pause.ts'
import type { DataTable } from '../plan/plan.ts'
import type { EpochMs, Ms } from '../units.ts'
import type { Appointment } from './agenda.ts'
import type { Keeper } from './check.ts'
import { CookieJar } from './cookies.ts'
import type { EngineRun } from './engine-run.ts'
import { type Answer, type Receiver, unsent, type WireRequest } from './http/transport.ts'
import { Journey } from './redirects.ts'
import type { CompiledScenario, CompiledStep } from './scenario.ts'
import type { Cause } from './shard-result.ts'
import type { Values } from './template.ts'

/** Whose pass it is. */
export interface IterationOwner {
  /** The user's; undefined until an answer sets a cookie. */
  jar: CookieJar | undefined
  /** What the steps that are done once in its life have captured, by the scenario; undefined until some are done. */
  lives: Map<CompiledScenario, Captured> | undefined
  /** `at` is when the next iteration of the same user may begin. */
  onIterationEnd(at: Ms): void
}

type Captured = ReadonlyMap<string, string>

interface Pass {
  /** Number among all iterations of the unsplit plan: with the seed it decides every random choice. */
  readonly n: number
  readonly due: Ms
  /** Whether `due` is a moment of the plan, rather than as soon as the same user's last answer had come. */
  readonly planned: boolean
  /** From here on no step of it is begun. */
  readonly until: Ms
}

// What `randomAt` is asked for, so that no two choices of an iteration are one. Draws come last: they have no end.
const SCENARIO = 0
const FIRST_SOURCE = 1
const FIRST_DRAW = 1_000

const NOTHING: Captured = new Map()

/**
 * One pass of one user through a scenario: a state machine that moves on with each answer and each end of a pause.
 * An iteration under way is this one object, whichever step it is at; there is no promise and no closure per request.
 * When it has ended it may begin anew: ten thousand users that pause would else each leave one behind that is taken for old.
 */
export class Iteration implements Appointment, Receiver, Values, Keeper {
  /** Intended start of the current step: of the first the iteration's own, then the end of the step before. */
  due: Ms = 0
  /** Whether `due` is a moment of the plan: what the request is sent later is the engine's lateness. */
  #planned = true
  readonly #run: EngineRun
  readonly #owner: IterationOwner
  readonly #taker: number
  #n = 0
  #begunAt: Ms = 0
  #until: Ms = 0
  #scenario: CompiledScenario
  #measured = false
  #captured: Map<string, string> | undefined = undefined
  #life: Captured | undefined = undefined
  #at = 0
  #draws = FIRST_DRAW
  /** Of the request under way. */
  #path = ''
  /** The same, where it follows redirects. */
  #journey: Journey | undefined = undefined
  /** How often the current step is still to be sent, where it says how often. */
  #left = 0
  #started = false
  #unsendable = false
  /** Why, where a function of the profile is the reason. */
  #refused: string | undefined = undefined

  /** @param taker who takes a row where no row is taken twice: the arrival, or the user */
  constructor(run: EngineRun, owner: IterationOwner, taker: number) {
    this.#run = run
    this.#owner = owner
    this.#taker = taker
    this.#scenario = run.scenarios[0]!
  }

  /** Not while it is under way. */
  begin({ n, due, planned, until }: Pass): void {
    const { scenarios, seed } = this.#run.plan
    this.#n = n
    this.#until = until
    this.#begunAt = due
    this.due = due
    this.#planned = planned
    this.#scenario = this.#run.scenarios[chooseScenario(scenarios, randomAt(seed, n, SCENARIO))]!
    this.#measured = this.#run.ledger.measures(due)
    this.#captured = undefined
    this.#life = this.#scenario.once > 0 ? this.#owner.lives?.get(this.#scenario) : NOTHING
    this.#at = this.#life === undefined ? 0 : this.#scenario.once
    this.#draws = FIRST_DRAW
    this.#left = 0
    this.#started = false
    this.#unsendable = false
    this.#refused = undefined
    this.#run.activity.iterationBegins()
    if (this.#measured) this.#run.ledger.iterations.planned++
    this.#goOn()
  }

  onDue(now: Ms): void {
    if (this.#unsendable) {
      const cause = this.#refused === undefined ? 'invalid-request' : 'function-failed'
      this.#sampled({ ...unsent(cause, now), detail: this.#refused }, cause)
    } else {
      this.#planned = true
      this.#proceed()
    }
  }

  onStop(): void {
    this.#end('cut', this.due, this.#run.clock.now())
  }

  onAnswer(answer: Answer): void {
    const cookies = answer.cause === undefined ? answer.headers['set-cookie'] : undefined
    if (cookies !== undefined) this.#storeCookies(cookies)
    if (this.#journey === undefined) this.#onLast(answer)
    else this.#onHop(this.#journey, answer)
  }

  /** The answer to a request that follows redirects. */
  #onHop(journey: Journey, answer: Answer): void {
    const next = journey.next(answer, this.#run.target, (path) => this.#owner.jar?.header(path, this.now()) ?? '')
    if (typeof next === 'object') this.#transmit(next)
    else this.#onLast(journey.whole(answer), next)
  }

  /** @param wrong what makes it a failure, whatever it says */
  #onLast(answer: Answer, wrong?: Cause): void {
    const { cause } = answer
    this.#journey = undefined
    if (cause === undefined) {
      this.#path = ''
      this.#sampled(answer, wrong ?? this.#requestStep().check(answer, this, this))
    } else if (cause !== 'no-connection') {
      this.#sampled(answer, cause)
    } else if (this.#started) {
      this.#sampled(answer, 'timeout')
    } else {
      this.#late(answer)
      this.#end('dropped', answer.doneAt)
    }
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

  draw(): number {
    return randomAt(this.#run.plan.seed, this.#n, this.#draws++)
  }

  now(): EpochMs {
    return this.#run.clock.epoch()
  }

  refuse(why: string): void {
    this.#refused ??= why
  }

  /** Goes on to the step at `#at`, which may begin at `due`. */
  #goOn(): void {
    const { steps } = this.#scenario
    const from = this.due
    for (let step = steps[this.#at]; step !== undefined && !this.#isNext(step); ) step = steps[++this.#at]
    if (this.#life === undefined && this.#at >= this.#scenario.once) this.#beginLife()
    if (this.due >= this.#until) this.#leave(from)
    else if (this.due > from) this.#run.agenda.add(this)
    else this.#proceed()
  }

  /** Whether it is to be sent now; a pause is taken on the way. */
  #isNext(step: CompiledStep): boolean {
    if (step.kind === 'think') {
      this.due += pauseTime(step, this)
      return false
    }
    const { flow } = step
    if (flow === undefined) return true
    if (this.#left > 0) {
      if (flow.repeat.between) this.due += pauseTime(flow.repeat.between, this)
      return true
    }
    const { chance, when, repeat } = flow
    if (chance !== undefined && this.draw() >= chance) return false
    for (const { capture, is } of when) {
      const value = this.captured(capture)
      if (value === undefined || !is.includes(value)) return false
    }
    this.#left = repeat.from === repeat.to ? repeat.from : wholeNumber(repeat.from, repeat.to, this.draw())
    return true
  }

  /** All that is done once is done. */
  #beginLife(): void {
    this.#life = this.#captured ? new Map(this.#captured) : NOTHING
    this.#owner.lives ??= new Map()
    this.#owner.lives.set(this.#scenario, this.#life)
  }

  /** Before the next step may begin, the user has to be gone. */
  #leave(since: Ms): void {
    const outcome = this.#at < this.#scenario.steps.length ? 'cut' : 'finished'
    this.#end(outcome, this.due, Math.max(since, Math.min(this.due, this.#until)))
  }

  #proceed(): void {
    if (this.#at < this.#scenario.steps.length) this.#send()
    else this.#end('finished', this.due)
  }

  #send(): void {
    const { prepare, follows } = this.#requestStep()
    const request = prepare(this, this.#owner.jar)
    if (request) {
      if (follows) this.#journey = new Journey(request)
      this.#transmit(request)
    } else {
      this.#unsendable = true
      this.#run.agenda.add(this)
    }
  }

  #transmit(request: WireRequest): void {
    this.#path = request.path
    this.#run.transport.send(request, this, this.#connectionOwner())
  }

  /** Whose connection its requests go over; undefined: any that is free. */
  #connectionOwner(): object | undefined {
    const { use } = this.#run.plan.connections
    if (use === 'shared') return undefined
    return use === 'per-user' ? this.#owner : this
  }

  /** The request of the current step has ended. */
  #sampled(answer: Answer, cause: Cause | undefined): void {
    this.#start()
    this.#late(answer)
    this.#run.ledger.sample(this.#requestStep(), this.due, answer, cause)
    if (cause === undefined) {
      this.due = answer.doneAt
      this.#planned = false
      if (--this.#left <= 0) this.#at++
      this.#goOn()
    } else {
      this.#fail(answer.doneAt)
    }
  }

  /** The steps behind it are not sent. Who is turned away thinks for as long as ever, and is no busier than who is served. */
  #fail(at: Ms): void {
    const { activity, plan } = this.#run
    // A visitor does not come again, and when a run is stopped nobody does.
    if (plan.model === 'open' || activity.stopped) {
      this.#end('failed', at)
      return
    }
    const { steps } = this.#scenario
    let next = at
    while (++this.#at < steps.length) {
      const step = steps[this.#at]!
      if (step.kind === 'think') next += pauseTime(step, this)
    }
    this.#end('failed', next, Math.max(at, Math.min(next, this.#until)))
  }

  #late({ startedAt }: Answer): void {
    if (this.#planned) this.#run.ledger.late(this.due, startedAt)
  }

  #start(): void {
    if (this.#measured && !this.#started) this.#run.ledger.iterations.started++
    this.#started = true
  }

  /** @param left earlier than `at` where it ends within a pause */
  #end(outcome: 'finished' | 'failed' | 'cut' | 'dropped', at: Ms, left = at): void {
    if (outcome !== 'dropped') this.#start()
    if (this.#measured) this.#run.ledger.iterations[outcome]++
    if (this.#run.plan.connections.use === 'per-iteration') this.#run.transport.release(this)
    this.#run.ledger.active.add(this.#begunAt, left)
    this.#owner.onIterationEnd(at)
    this.#run.activity.iterationEnds()
  }

  #requestStep() {
    const step = this.#scenario.steps[this.#at]
    if (step?.kind !== 'request') throw new Error('an iteration between two steps has no request')
    return step
  }

  #storeCookies(lines: string | readonly string[]): void {
    this.#owner.jar ??= new CookieJar(this.#run.target)
    this.#owner.jar.store(lines, this.#path, this.now())
  }
}
