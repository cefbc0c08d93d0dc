import { sumOf } from '../histogram.ts'
import { backgroundScenarios, groupsOf, judgedScenarios } from '../plan/groups.ts'
import type { LoadPlan, PlannedScenario } from '../plan/plan.ts'
import type { Ms } from '../units.ts'
import type { Answer } from './http/transport.ts'
import { addedIterations } from './iteration-counts.ts'
import { Ledger, type Page, type SampledStep } from './ledger.ts'
import { requestSteps } from './scenario.ts'
import type { Cause, IterationCounts, ShardResult } from './shard-result.ts'

/** The books of one shard: a ledger of what is measured, one of the background where there is such, and a page of them for each group. */
export class ShardLedgers {
  /** In the order of the groups. */
  readonly pages: readonly Page[]
  readonly #plan: LoadPlan
  readonly #measured: Ledger
  readonly #background: Ledger | undefined

  /** @param start when the plan begins, on the engine's clock */
  constructor(plan: LoadPlan, start: Ms, keepRecent: boolean) {
    const steps = requestSteps(plan)
    const ofEvents = new Set(steps.flatMap(({ id, events }) => (events === undefined ? [] : [id])))
    const ledger = (keepRecent: boolean) =>
      new Ledger({
        steps: steps.length,
        ofEvents,
        measureFrom: start + plan.measureFrom,
        measured: plan.duration - plan.measureFrom,
        keepRecent,
      })
    const groups = groupsOf(plan)
    this.#plan = plan
    this.#measured = ledger(keepRecent)
    this.#background = groups.some(({ background }) => background) ? ledger(false) : undefined
    // A plan without groups has no page between its iterations and its ledger.
    this.pages =
      groups.length === 1
        ? [this.#measured]
        : groups.map(({ background, plan: { measureFrom } }) => {
            const own = background ? this.#background! : this.#measured
            return new GroupPage(own, start + measureFrom)
          })
  }

  progress() {
    return { ...this.#measured.progress(), dropped: this.#iterations().dropped }
  }

  /** Of the background as well: it is the same generator. */
  lateness(): string {
    const lateness = this.#measured.lateness()
    return this.#background ? sumOf([lateness, this.#background.lateness()]) : lateness
  }

  /** To be asked once, at the end. */
  result() {
    const result = this.#measured.result()
    if (this.pages.length === 1) return result
    const background = this.#background?.result()
    const all: Pick<ShardResult, 'groups' | 'background'> = {
      groups: this.pages.map(({ iterations }) => ({ ...iterations })),
      ...(background && {
        background: {
          warmUp: background.warmUp,
          steps: ofScenarios(background.steps, backgroundScenarios(this.#plan)),
        },
      }),
    }
    const steps = ofScenarios(result.steps, judgedScenarios(this.#plan))
    return { ...result, steps, iterations: this.#iterations(), ...all }
  }

  /** Of all that is measured. */
  #iterations(): IterationCounts {
    const groups = groupsOf(this.#plan)
    return addedIterations(this.pages.filter((_, at) => !groups[at]!.background).map(({ iterations }) => iterations))
  }
}

/** A ledger as one of several groups writes in it: it counts its own iterations, and begins to be measured at its own moment. */
class GroupPage implements Page {
  readonly iterations: Page['iterations'] = { planned: 0, started: 0, dropped: 0, finished: 0, failed: 0, cut: 0 }
  readonly active: Page['active']
  readonly #ledger: Ledger
  readonly #measureFrom: Ms

  constructor(ledger: Ledger, measureFrom: Ms) {
    this.#ledger = ledger
    this.#measureFrom = measureFrom
    this.active = ledger.active
  }

  measures(due: Ms): boolean {
    return due >= this.#measureFrom
  }

  late(due: Ms, startedAt: Ms): void {
    if (this.measures(due)) this.#ledger.late(due, startedAt)
  }

  sample(step: SampledStep, due: Ms, answer: Answer, cause: Cause | undefined): void {
    // The warm-up of a group that begins later is within the window of the others.
    if (this.measures(due) || !this.#ledger.measures(due)) this.#ledger.sample(step, due, answer, cause)
    else this.#ledger.warmedUp(cause)
  }
}

function ofScenarios(steps: ShardResult['steps'], scenarios: readonly PlannedScenario[]): ShardResult['steps'] {
  const ids = new Set(
    scenarios.flatMap(({ steps }) => steps.flatMap((step) => (step.kind === 'request' ? [step.id] : []))),
  )
  return steps.filter(({ id }) => ids.has(id))
}
