import type { Ms } from '../units.ts'
import { isSent } from './course.ts'
import { type Answer, Place } from './http/transport.ts'
import { notSent } from './not-sent.ts'
import type { CompiledRequest } from './scenario.ts'
import { Sender, type Sending } from './sender.ts'
import type { Cause } from './shard-result.ts'

/** `cut`: some were not begun, for the user has to be gone. */
export type BesideOutcome = 'answered' | 'failed' | 'cut'

interface Page extends Sending {
  /** Whose connection its requests go over; undefined: any that is free. */
  readonly connection: object | undefined
  /** All have ended, the last of them at `at`. Within `begin` only where nothing was sent. */
  readonly onEnd: (outcome: BesideOutcome, at: Ms) => void
}

/**
 * The requests that a page brings along, side by side as a browser sends them: a few at once, the others as soon as one of
 * them is answered. Each is a sample of its own; one that fails stops none of the others.
 */
export class Beside {
  readonly #page: Page
  readonly #parallel: number
  readonly #lanes: Lane[] = []
  /** Of the lanes, the page's own connection on top. */
  readonly #free: Lane[] = []
  #requests: readonly CompiledRequest[] = []
  #next = 0
  #underWay = 0
  /** When the page was answered: from here on their time counts. */
  #since: Ms = 0
  #until: Ms = 0
  #last: Ms = 0
  #outcome: BesideOutcome = 'answered'

  constructor(page: Page) {
    this.#page = page
    this.#parallel = page.run.plan.connections.parallel ?? 1
  }

  /**
   * @param since when the page was answered
   * @param until from here on none is begun
   */
  begin(requests: readonly CompiledRequest[], since: Ms, until: Ms): void {
    const { values } = this.#page
    this.#requests = requests.filter(({ flow }) => flow === undefined || isSent(flow, values))
    this.#next = 0
    this.#free.splice(0, Infinity, ...this.#lanes.toReversed())
    this.#since = since
    this.#until = until
    this.#last = since
    this.#outcome = 'answered'
    this.#fill(since)
  }

  /** Its connections are needed no more. */
  release(): void {
    for (const { connection } of this.#lanes)
      if (connection instanceof Place) this.#page.run.transport.release(connection)
  }

  onAnswer(lane: Lane, request: CompiledRequest, answer: Answer, cause: Cause | undefined): void {
    const { doneAt } = answer
    this.#underWay--
    this.#free.push(lane)
    this.#sampled(request, answer, cause, lane.since)
    this.#fill(doneAt)
  }

  #sampled(request: CompiledRequest, answer: Answer, cause: Cause | undefined, since?: Ms): void {
    if (cause !== undefined) this.#outcome = 'failed'
    this.#last = Math.max(this.#last, answer.doneAt)
    this.#page.run.ledger.sample(request, this.#since, answer, cause, since)
  }

  /** Sends as many as may be under way. */
  #fill(now: Ms): void {
    const { activity } = this.#page.run
    while (this.#next < this.#requests.length && this.#underWay < this.#parallel) {
      if (now >= this.#until || activity.stopped) {
        if (this.#outcome === 'answered') this.#outcome = 'cut'
        break
      }
      const lane = this.#freeLane()
      if (lane === undefined) return
      this.#send(this.#requests[this.#next++]!, lane, now)
    }
    if (this.#underWay === 0) this.#page.onEnd(this.#outcome, this.#last)
  }

  #send(request: CompiledRequest, lane: Lane, now: Ms): void {
    // Who has waited for others of the page has waited for a connection.
    if (lane.begin(request, now > this.#since ? this.#since : undefined)) {
      this.#underWay++
    } else {
      this.#free.push(lane)
      const answer = notSent(this.#page.values, now)
      this.#sampled(request, answer, answer.cause)
    }
  }

  /**
   * Undefined where one is under way whose lane will be free: visitors that each held some connections while they waited for
   * more would at a limit all wait for each other.
   */
  #freeLane(): Lane | undefined {
    const lane = this.#free.pop() ?? this.#newLane()
    const { connection } = lane
    if (this.#underWay === 0 || !(connection instanceof Place) || this.#page.run.transport.hasRoom(connection))
      return lane
    this.#free.push(lane)
    return undefined
  }

  #newLane(): Lane {
    const { connection } = this.#page
    const first = connection === undefined || this.#lanes.length === 0
    const lane = new Lane(this, this.#page, first ? connection : new Place(connection))
    this.#lanes.push(lane)
    return lane
  }
}

/** One request after the other, beside those of the other lanes. */
class Lane extends Sender {
  readonly #beside: Beside
  /** From when the time of the request under way counts; undefined: as its answer says. */
  since: Ms | undefined = undefined

  constructor(beside: Beside, page: Sending, connection: object | undefined) {
    super(page, connection)
    this.#beside = beside
  }

  begin(request: CompiledRequest, since: Ms | undefined): boolean {
    this.since = since
    return this.send(request)
  }

  protected onEnd(request: CompiledRequest, answer: Answer, cause: Answer['cause']): void {
    // The page has been answered: the wait for a connection was the target's as well.
    this.#beside.onAnswer(this, request, answer, cause === 'no-connection' ? 'timeout' : cause)
  }
}
