import type { Load, LoadProfile, OwnLoad, Scenario } from '../profile/profile.ts'
import type { Ms } from '../units.ts'
import { lengthOf } from './curve.ts'
import { curveAt, curveOf } from './load-curve.ts'
import type { LoadPlan, PlannedGroup } from './plan.ts'

/** How much is sent, and when; what connections each group uses follows from it. */
export type PlannedLoads = Pick<LoadPlan, 'model' | 'curve' | 'measureFrom' | 'duration'> & {
  readonly groups: readonly Omit<PlannedGroup, 'use'>[]
}

type Loads = Pick<LoadProfile, 'load' | 'scenarios'>
type WithLoad = Scenario & { readonly load: OwnLoad }

/**
 * All loads of a profile on one axis of time. Those that begin at once are warmed up together, for as long as the longest of
 * them says; one that begins later is warmed up right before it, while the others are measured.
 */
export function loadsOf(profile: Loads): PlannedLoads {
  const own = profile.scenarios.flatMap((scenario, at) => (hasLoad(scenario) ? [{ scenario, at }] : []))
  if (profile.load && own.length === 0) return alone(profile.load)
  const lead = profile.load ? undefined : own.find(({ scenario }) => !scenario.background && scenario.load.after === 0)
  const leading = profile.load ?? lead?.scenario.load
  if (!leading) throw new Error('a profile has a load that is measured and begins at once')
  const measureFrom = Math.max(leading.warmUp, ...own.map(({ scenario: { load } }) => load.warmUp - load.after))
  const { before, curve } = curveAt(leading.shape, { from: measureFrom, warmUp: measureFrom })
  const begin = lengthOf(before)
  const judged = own.flatMap(({ scenario: { background, load } }) =>
    background ? [] : [load.after + lengthOf(curveAt(load.shape, { from: 0, warmUp: 0 }).curve)],
  )
  return {
    model: leading.model,
    curve,
    measureFrom: begin,
    duration: profile.load ? lengthOf(curve) : begin + Math.max(...judged),
    groups: own.filter((one) => one !== lead).map(({ scenario, at }) => groupOf(scenario, at, begin)),
  }
}

function alone(load: Load): PlannedLoads {
  const { warmUp, shape } = curveOf(load)
  const curve = [...warmUp, ...shape]
  return { model: load.model, curve, measureFrom: lengthOf(warmUp), duration: lengthOf(curve), groups: [] }
}

function groupOf({ load, background }: WithLoad, scenario: number, begin: Ms): Omit<PlannedGroup, 'use'> {
  const from = begin + load.after
  const { before, curve } = curveAt(load.shape, { from, warmUp: load.after === 0 ? begin : load.warmUp })
  return {
    scenario,
    model: load.model,
    curve,
    measureFrom: load.after === 0 ? begin : lengthOf(before),
    ...(background ? { background } : {}),
  }
}

function hasLoad(scenario: Scenario): scenario is WithLoad {
  return scenario.load !== undefined
}
