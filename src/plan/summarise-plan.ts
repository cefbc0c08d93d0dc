import { isTalk } from '../profile/beside.ts'
import type { Step } from '../profile/profile.ts'
import type { Bytes, Ms, Share } from '../units.ts'
import { arrivalsIn, peakLevel } from './curve.ts'
import { requestsOf, stepsWithinTalks, thinkOf, turnsOf } from './expected.ts'
import type { LoadPlan, PlannedConnections, PlannedScenario } from './plan.ts'

/** What a plan amounts to, for people to see before anything is sent. */
export interface PlanFacts {
  readonly model: LoadPlan['model']
  /** Of the whole load, warm-up included. */
  readonly duration: Ms
  readonly warmUp: Ms
  readonly measured: Ms
  /** Highest level: arrivals per second (open) or users (closed). */
  readonly peak: number
  /** Undefined in the closed model, where the answers decide how many there are. */
  readonly arrivals: number | undefined
  /** Expected number if no request fails, warm-up included; undefined in the closed model. */
  readonly requests: number | undefined
  readonly connections: PlannedConnections
  /** Files that requests carry, and what is in all of them. */
  readonly files: { readonly count: number; readonly size: Bytes }
  /** Steps whose redirects are followed, which are in none of the numbers of requests. */
  readonly following: number
  readonly scenarios: readonly {
    readonly name: string
    /** Of all iterations. */
    readonly share: Share
    /** Requests at the beginning of a user's life; of an open load, where every iteration is one, they are among its others. */
    readonly once: number
    /** Of one iteration. */
    readonly requests: number
    /** All pauses of one iteration together, on average. */
    readonly think: Ms
  }[]
}

export function summarisePlan(plan: LoadPlan): PlanFacts {
  const arrivals = plan.model === 'open' ? arrivalsIn(plan.curve) : undefined
  const weight = totalWeight(plan.scenarios)
  const contents = Object.values(plan.files ?? {})
  return {
    model: plan.model,
    duration: plan.duration,
    warmUp: plan.measureFrom,
    measured: plan.duration - plan.measureFrom,
    peak: peakLevel(plan.curve),
    arrivals,
    requests: arrivals === undefined ? undefined : Math.round(arrivals * requestsPerIteration(plan)),
    connections: plan.connections,
    files: {
      count: contents.length,
      size: contents.reduce((sum, base64) => sum + Buffer.byteLength(base64, 'base64'), 0),
    },
    following: plan.scenarios.flatMap(({ steps }) => steps.filter(follows)).length,
    scenarios: plan.scenarios.map((scenario) => ({
      name: scenario.name,
      share: scenario.weight / weight,
      once: plan.model === 'open' ? 0 : requestsOf(scenario, ({ once }) => once === true),
      requests: requestsIn(scenario, plan),
      think: thinkIn(scenario, plan),
    })),
  }
}

type Iterated = Pick<LoadPlan, 'model' | 'scenarios'>

/** Expected requests of one iteration, over all scenarios by their weight. */
export function requestsPerIteration(plan: Iterated): number {
  return byWeight(plan, requestsIn)
}

/** Of these, the ones that are no parts of conversations, which have connections to themselves. */
export function plainRequestsPerIteration(plan: Iterated): number {
  return byWeight(plan, (scenario) => requestsOf(scenario, (step) => !isTalk(step) && repeated(plan)(step)))
}

/** Of these, those whose redirects are followed. */
export function followingPerIteration(plan: Iterated): number {
  const counted = repeated(plan)
  return byWeight(plan, (scenario) => requestsOf(scenario, (step) => counted(step) && follows(step)))
}

function follows(step: Step): boolean {
  return step.kind === 'request' && step.redirects === 'follow'
}

/** Expected pauses of one iteration together, over all scenarios by their weight. */
export function thinkPerIteration(plan: Iterated): Ms {
  return byWeight(plan, thinkIn)
}

/** Of these pauses, those within conversations. */
export function talkPausesPerIteration(plan: Iterated): Ms {
  return byWeight(plan, (scenario) => {
    const within = stepsWithinTalks(scenario)
    return thinkOf(scenario, (step) => within.has(step) && repeated(plan)(step))
  })
}

/** Expected answers that one iteration waits for one after the other: those that come side by side are one wait. */
export function turnsPerIteration(plan: Pick<LoadPlan, 'connections'> & Iterated): number {
  return byWeight(plan, (scenario) => turnsOf(scenario, repeated(plan), plan.connections.parallel ?? 1))
}

function byWeight(plan: Iterated, read: (scenario: PlannedScenario, plan: Iterated) => number): number {
  const weight = totalWeight(plan.scenarios)
  return plan.scenarios.reduce((sum, scenario) => sum + (read(scenario, plan) * scenario.weight) / weight, 0)
}

function totalWeight(scenarios: readonly PlannedScenario[]): number {
  return scenarios.reduce((sum, { weight }) => sum + weight, 0)
}

/** Of a closed load the users' lives are long, and what they do once is no part of an iteration. */
function repeated({ model }: Pick<Iterated, 'model'>): (step: Step) => boolean {
  return ({ once }) => model === 'open' || !once
}

function requestsIn(scenario: PlannedScenario, plan: Iterated): number {
  return Number(requestsOf(scenario, repeated(plan)).toPrecision(6))
}

function thinkIn(scenario: PlannedScenario, plan: Iterated): Ms {
  return thinkOf(scenario, repeated(plan))
}
