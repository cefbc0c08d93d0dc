import { chooseScenario, randomAt } from '../plan/choice.ts'
import { paceOf } from '../plan/pace.ts'
import type { ConnectionUse } from '../profile/profile.ts'
import type { Ms } from '../units.ts'
import type { Appointment } from './agenda.ts'
import { Beside, type BesideOutcome } from './beside.ts'
import { Course } from './course.ts'
import type { EngineRun } from './engine-run.ts'
import type { Answer } from './http/transport.ts'
import type { IterationOwner } from './iteration-owner.ts'
import { IterationValues, NOTHING, SCENARIO } from './iteration-values.ts'
import { notSent } from './not-sent.ts'
import type { CompiledRequest, CompiledScenario } from './scenario.ts'
import { Sender } from './sender.ts'
import type { Cause } from './shard-result.ts'

interface Pass {
  /** Number among all iterations of the unsplit plan: with the seed it decides every random choice. */
  readonly n: number
  readonly due: Ms
  /** Whether `due` is a moment of the plan, rather than as soon as the same user's last answer had come. */
  readonly planned: boolean
  /** From here on no step of it is begun. */
  readonly until: Ms
}

/**
 * One pass of one user through a scenario: a state machine that moves on with each answer and each end of a pause. There is
 * no promise and no closure per request. When it has ended it may begin anew: ten thousand users that pause would else
 * each leave one behind that is taken for old.
 */
export class Iteration extends Sender implements Appointment {
  /** Intended start of the current step: of the first the iteration's own, then the end of the step before. */
  due: Ms = 0
  /** Whether `due` is a moment of the plan: what the request is sent later is the engine's lateness. */
  #planned = true
  readonly #taker: number
  readonly #course: Course
  #begunAt: Ms = 0
  #until: Ms = 0
  #scenario: CompiledScenario
  #measured = false
  /** What is done once in a life is still to be done. */
  #fresh = false
  #started = false
  /** What comes at the end of the wait: the next step, the word that it cannot be sent, or the end of the whole pass. */
  #awaits: 'step' | 'refusal' | 'end' = 'step'
  /** Undefined until a page of it brings something along. */
  #beside: Beside | undefined = undefined

  /** @param taker who takes a row where no row is taken twice: the arrival, or the user */
  constructor(run: EngineRun, owner: IterationOwner, taker: number) {
    super({ run, owner, values: new IterationValues(run, taker) }, CONNECTION[run.plan.connections.use](owner))
    this.#taker = taker
    this.#scenario = run.scenarios[0]!
    this.#course = new Course(this.#scenario, this.values)
  }

  /** Not while it is under way. */
  begin({ n, due, planned, until }: Pass): void {
    const { scenarios, seed } = this.run.plan
    this.#until = until
    this.#begunAt = due
    this.due = due
    this.#planned = planned
    const scenario = this.run.scenarios[chooseScenario(scenarios, randomAt(seed, n, SCENARIO))]!
    this.#scenario = scenario
    this.#measured = this.run.ledger.measures(due)
    const life = scenario.once > 0 ? this.owner.lives?.get(scenario) : NOTHING
    this.#fresh = life === undefined
    this.values.begin(n, life)
    const pace = scenario.pace === undefined ? 1 : paceOf(scenario.pace, seed, this.#taker)
    this.#course.begin(scenario, life === undefined ? 0 : scenario.once, pace)
    this.#started = false
    this.#awaits = 'step'
    this.run.activity.iterationBegins()
    if (this.#measured) this.run.ledger.iterations.planned++
    this.#goOn()
  }

  onDue(now: Ms): void {
    if (this.#awaits === 'step') {
      this.#planned = true
      this.#proceed()
    } else if (this.#awaits === 'refusal') {
      const answer = notSent(this.values, now)
      this.#sampled(this.#course.request, answer, answer.cause)
    } else {
      this.#takeLeave()
    }
  }

  onStop(): void {
    this.#end('cut', this.due, this.run.clock.now())
  }

  protected onEnd(request: CompiledRequest, answer: Answer, cause: Answer['cause']): void {
    if (cause !== 'no-connection') {
      this.#sampled(request, answer, cause)
    } else if (this.#started) {
      this.#sampled(request, answer, 'timeout')
    } else {
      this.#late(answer)
      this.#end('dropped', answer.doneAt)
    }
  }

  /** The connections of its user are needed no more. */
  release(): void {
    if (this.connection !== undefined) this.run.transport.release(this.connection)
    this.#beside?.release()
  }

  /** Goes on to the next request, which may begin at `due`. */
  #goOn(): void {
    const from = this.due
    this.due = this.#course.next(from, this.#until)
    if (this.#fresh && this.#course.begun) this.#beginLife()
    if (this.due >= this.#until) this.#leave(from)
    else if (this.due > from) this.run.agenda.add(this)
    else this.#proceed()
  }

  /** All that is done once is done. */
  #beginLife(): void {
    this.#fresh = false
    this.owner.lives ??= new Map()
    this.owner.lives.set(this.#scenario, this.values.keepForLife())
  }

  /** Before the next step may begin, the user has to be gone; who is in a conversation stays in it as long as that. */
  #leave(since: Ms): void {
    if (this.run.transport.conversation?.(this) === 'open') {
      this.#awaits = 'end'
      this.due = this.#until
      this.run.agenda.add(this)
      return
    }
    const outcome = this.#course.over ? 'finished' : 'cut'
    this.#end(outcome, this.due, Math.max(since, Math.min(this.due, this.#until)))
  }

  /** Where the target has ended the conversation meanwhile, the next step is what finds that out. */
  #takeLeave(): void {
    const lost = this.run.transport.conversation?.(this) === 'lost'
    if (lost && this.#course.isAtRequest) this.#proceed()
    else this.#end('cut', this.due)
  }

  #proceed(): void {
    if (this.#course.over) {
      this.#end('finished', this.due)
    } else if (!this.send(this.#course.request)) {
      this.#awaits = 'refusal'
      this.run.agenda.add(this)
    }
  }

  /** The request of the current step has ended. */
  #sampled(request: CompiledRequest, answer: Answer, cause: Cause | undefined): void {
    this.#start()
    this.#late(answer)
    this.run.ledger.sample(request, this.due, answer, cause)
    if (cause === undefined) this.#answered(answer.doneAt, request.beside)
    else this.#fail(answer.doneAt)
  }

  #answered(at: Ms, beside: CompiledRequest['beside']): void {
    this.due = at
    this.#planned = false
    if (beside === undefined) {
      this.#course.answered()
      this.#goOn()
    } else {
      this.#bringAlong().begin(beside, at, this.#until)
    }
  }

  #bringAlong(): Beside {
    this.#beside ??= new Beside({
      run: this.run,
      values: this.values,
      owner: this.owner,
      connection: this.connection,
      onEnd: (outcome, at) => this.#onBesideEnd(outcome, at),
    })
    return this.#beside
  }

  #onBesideEnd(outcome: BesideOutcome, at: Ms): void {
    if (outcome === 'answered') this.#answered(at, undefined)
    else if (outcome === 'failed') this.#fail(at)
    else this.#end('cut', at)
  }

  /** The steps behind it are not sent. Who is turned away thinks for as long as ever, and is no busier than who is served. */
  #fail(at: Ms): void {
    const { activity, plan } = this.run
    // A visitor does not come again, and when a run is stopped nobody does.
    const comesBack = plan.model === 'closed' && !activity.stopped
    const next = comesBack ? this.#course.giveUp(at, this.#until) : at
    this.#end('failed', next, Math.max(at, Math.min(next, this.#until)))
  }

  #late({ startedAt }: Answer): void {
    if (this.#planned) this.run.ledger.late(this.due, startedAt)
  }

  #start(): void {
    if (this.#measured && !this.#started) this.run.ledger.iterations.started++
    this.#started = true
  }

  /** @param left earlier than `at` where it ends within a pause */
  #end(outcome: 'finished' | 'failed' | 'cut' | 'dropped', at: Ms, left = at): void {
    if (outcome !== 'dropped') this.#start()
    if (this.#measured) this.run.ledger.iterations[outcome]++
    if (this.run.plan.connections.use === 'per-iteration') this.release()
    this.run.transport.leave?.(this)
    this.run.ledger.active.add(this.#begunAt, left)
    this.owner.onIterationEnd(at)
    this.run.activity.iterationEnds()
  }
}

/** Whose connection the requests of an iteration go over. */
const CONNECTION: Readonly<Record<ConnectionUse, (owner: IterationOwner) => object | 'its own' | undefined>> = {
  'per-user': (owner) => owner,
  'per-iteration': () => 'its own',
  shared: () => undefined,
}
