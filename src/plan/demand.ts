import type { PerSecond } from '../units.ts'
import { peakLevel, sumOfCurves } from './curve.ts'
import { groupsOf } from './groups.ts'
import type { LoadPlan } from './plan.ts'
import { followingPerIteration, requestsPerIteration } from './summarise-plan.ts'

/** What all loads of a plan together ask for at their peak. */
export interface Demand {
  /** Requests of its arrivals; 0 without any. */
  readonly rate: PerSecond
  /** Of these, those whose redirects are followed. */
  readonly following: PerSecond
  /** 0 without any. */
  readonly users: number
}

export function demandOf(plan: LoadPlan): Demand {
  const plans = groupsOf(plan).map((group) => group.plan)
  const [open, closed] = [
    plans.filter(({ model }) => model === 'open'),
    plans.filter(({ model }) => model === 'closed'),
  ]
  return {
    rate: peakOf(open, requestsPerIteration),
    following: peakOf(open, followingPerIteration),
    users: Math.ceil(peakOf(closed, () => 1)),
  }
}

/** Loads that begin at different times need not meet at their peaks. */
function peakOf(plans: readonly LoadPlan[], times: (plan: LoadPlan) => number): number {
  const [first, ...more] = plans
  if (first === undefined) return 0
  if (more.length === 0) return peakLevel(first.curve) * times(first)
  return peakLevel(sumOfCurves(plans.map((plan) => ({ curve: plan.curve, times: times(plan) }))))
}

/**
 * A plan of several loads as one whose scenarios come as often as these have arrivals or users at their peaks: for whoever asks
 * what its requests are like on average. A plan without groups is itself.
 * @param only those of one model, which there has to be
 */
export function mixOf(plan: LoadPlan, only?: LoadPlan['model']): LoadPlan {
  const { groups, ...whole } = plan
  if (groups === undefined) return plan
  const all = groupsOf(plan).map((group) => group.plan)
  const parts = all.filter(({ model }) => only === undefined || model === only)
  const scenarios = parts.flatMap(({ curve, scenarios }) => {
    const total = scenarios.reduce((sum, { weight }) => sum + weight, 0)
    return scenarios.map((scenario) => ({ ...scenario, weight: (peakLevel(curve) * scenario.weight) / total }))
  })
  return { ...whole, model: only ?? plan.model, scenarios }
}
