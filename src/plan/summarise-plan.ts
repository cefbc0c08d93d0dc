import type { Ms, Share } from '../units.ts'
import { arrivalsIn, peakLevel } from './curve.ts'
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
  readonly scenarios: readonly {
    readonly name: string
    /** Of all iterations. */
    readonly share: Share
    /** Of one iteration. */
    readonly requests: number
    /** All pauses of one iteration together, on average. */
    readonly think: Ms
  }[]
}

export function summarisePlan(plan: LoadPlan): PlanFacts {
  const arrivals = plan.model === 'open' ? arrivalsIn(plan.curve) : undefined
  const weight = totalWeight(plan.scenarios)
  return {
    model: plan.model,
    duration: plan.duration,
    warmUp: plan.measureFrom,
    measured: plan.duration - plan.measureFrom,
    peak: peakLevel(plan.curve),
    arrivals,
    requests: arrivals === undefined ? undefined : Math.round(arrivals * requestsPerIteration(plan.scenarios)),
    connections: plan.connections,
    scenarios: plan.scenarios.map((scenario) => ({
      name: scenario.name,
      share: scenario.weight / weight,
      requests: requestsIn(scenario),
      think: thinkIn(scenario),
    })),
  }
}

/** Expected requests of one iteration, over all scenarios by their weight. */
export function requestsPerIteration(scenarios: readonly PlannedScenario[]): number {
  const weight = totalWeight(scenarios)
  return scenarios.reduce((sum, scenario) => sum + (requestsIn(scenario) * scenario.weight) / weight, 0)
}

/** Expected pauses of one iteration together, over all scenarios by their weight. */
export function thinkPerIteration(scenarios: readonly PlannedScenario[]): Ms {
  const weight = totalWeight(scenarios)
  return scenarios.reduce((sum, scenario) => sum + (thinkIn(scenario) * scenario.weight) / weight, 0)
}

function totalWeight(scenarios: readonly PlannedScenario[]): number {
  return scenarios.reduce((sum, { weight }) => sum + weight, 0)
}

function requestsIn({ steps }: PlannedScenario): number {
  return steps.filter(({ kind }) => kind === 'request').length
}

function thinkIn({ steps }: PlannedScenario): Ms {
  return steps.reduce((sum, step) => (step.kind === 'think' ? sum + (step.from + step.to) / 2 : sum), 0)
}
