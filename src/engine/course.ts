import { wholeNumber } from '../plan/choice.ts'
import { pauseTime } from '../plan/pause.ts'
import type { Flow, Pause } from '../profile/profile.ts'
import type { Ms } from '../units.ts'
import type { BlockEnd, BlockStart, CompiledRequest, CompiledScenario } from './scenario.ts'

/** What chance and conditions are decided by: the values of the pass. */
export interface Deciding {
  /** A number in [0, 1), the next of this pass's own sequence. */
  draw(): number
  captured(name: string): string | undefined
}

/** Where somebody is in a scenario: which request is next, and after which pause. */
export class Course {
  readonly #values: Deciding
  #scenario: CompiledScenario
  #pace = 1
  #at = 0
  /** How often the current request is still to be sent, where it says how often. */
  #left = 0
  /** How often each block around the current step is still to be gone through, this time included; the inmost is last. */
  #passes: number[] | undefined

  constructor(scenario: CompiledScenario, values: Deciding) {
    this.#scenario = scenario
    this.#values = values
  }

  /** @param at number of the step it begins with */
  begin(scenario: CompiledScenario, at: number, pace: number): void {
    this.#scenario = scenario
    this.#at = at
    this.#pace = pace
    this.#left = 0
    if (this.#passes !== undefined) this.#passes.length = 0
  }

  /** Whether nothing is left of it. */
  get over(): boolean {
    return this.#at >= this.#scenario.steps.length
  }

  /** Whether all that is done once in a life lies behind. */
  get begun(): boolean {
    return this.#at >= this.#scenario.once
  }

  get isAtRequest(): boolean {
    return this.#scenario.steps[this.#at]?.kind === 'request'
  }

  get request(): CompiledRequest {
    const step = this.#scenario.steps[this.#at]
    if (step?.kind !== 'request') throw new Error('an iteration between two steps has no request')
    return step
  }

  /** Goes to the next request, or to the end; the moment at which it may begin, when the step before has ended at `from`. */
  next(from: Ms, until: Ms): Ms {
    return this.#walk(from, until, true)
  }

  /** The current request has its answer, and whatever came beside it. */
  answered(): void {
    if (--this.#left <= 0) this.#at++
  }

  /** Goes to the end, behind a request that has failed, past all others; the pauses on the way are made. */
  giveUp(from: Ms, until: Ms): Ms {
    this.#at++
    return this.#walk(from, until, false)
  }

  #walk(from: Ms, until: Ms, sends: boolean): Ms {
    const { steps } = this.#scenario
    let due = from
    for (let step = steps[this.#at]; step !== undefined; step = steps[++this.#at]) {
      if (step.kind === 'request') {
        const pause = sends ? this.#before(step.flow) : undefined
        if (pause !== undefined) return due + pause
      } else if (step.kind === 'think') {
        due += this.#pause(step)
      } else if (step.kind === 'block') {
        this.#enter(step)
      } else {
        // Blocks in which nothing is sent would else be gone through thousands of times beyond the end.
        if (due >= until && this.#passes!.at(-1)! > 1) return due
        due += this.#leave(step)
      }
    }
    return due
  }

  /** The pause before a request; undefined where it is not sent. */
  #before(flow: Flow | undefined): Ms | undefined {
    if (flow === undefined) return 0
    if (this.#left > 0) return this.#between(flow)
    if (!isSent(flow, this.#values)) return undefined
    this.#left = this.#timesOf(flow)
    return 0
  }

  #enter({ flow, end }: BlockStart): void {
    if (isSent(flow, this.#values)) {
      this.#passes ??= []
      this.#passes.push(this.#timesOf(flow))
    } else {
      this.#at = end
    }
  }

  /** The pause before the next time. */
  #leave({ start, flow }: BlockEnd): Ms {
    const passes = this.#passes!
    const left = passes.pop()! - 1
    if (left === 0) return 0
    passes.push(left)
    this.#at = start
    return this.#between(flow)
  }

  #timesOf({ repeat }: Flow): number {
    return repeat.from === repeat.to ? repeat.from : wholeNumber(repeat.from, repeat.to, this.#values.draw())
  }

  #between({ repeat }: Flow): Ms {
    return repeat.between ? this.#pause(repeat.between) : 0
  }

  #pause(pause: Pause): Ms {
    return this.#pace * pauseTime(pause, this.#values)
  }
}

/** Whether chance and what was captured are for it. */
export function isSent({ chance, when }: Flow, values: Deciding): boolean {
  if (chance !== undefined && values.draw() >= chance) return false
  for (const { capture, is } of when) {
    const value = values.captured(capture)
    if (value === undefined || !is.includes(value)) return false
  }
  return true
}
