import { LoadgateError } from '../errors.ts'
import { callsOf } from '../profile/check-calls.ts'
import type { ParsedData } from '../profile/data.ts'
import type { LoadProfile, RequestStep, Scenario } from '../profile/profile.ts'
import { formatCount } from '../units.ts'
import { arrivalsIn, lengthOf, peakLevel } from './curve.ts'
import { budgetsOf } from './default-budgets.ts'
import { curveOf } from './load-curve.ts'
import type { LoadPlan, PlannedScenario, Segment } from './plan.ts'
import { connectionsOf } from './plan-connections.ts'
import { poolsNeeded, tablesOf } from './plan-data.ts'
import { filesOf } from './plan-files.ts'
import { hashOf } from './plan-hash.ts'

/** The same requests in every run, so that two runs differ in the service only. */
export const SEED = 1

// Level and length have bounds of their own; their product beyond this is a mistake in a unit.
const MOST_ARRIVALS = 200_000_000

interface PlanOptions {
  /** Rows by the name of their source, for every source of the profile. */
  readonly data: Readonly<Record<string, ParsedData>>
  /** The module of the profile's functions, where it names one. */
  readonly functions?: string | undefined
  /** What is in the files that requests carry, by their paths: all of `filesUsed`. */
  readonly files?: Readonly<Record<string, Buffer>> | undefined
  /** Those that `poolsNeeded` names. */
  readonly pools?: LoadPlan['pools']
  /** The profile's path: the place of the budgets that are added to it. */
  readonly file?: string | undefined
}

/** Resolves every default and number; LoadgateError `usage` when the load cannot be sent as described. */
export function planLoad(
  profile: LoadProfile,
  { data, functions, files = {}, pools, file = profile.budgets[0]?.place.file ?? 'loadgate.yml' }: PlanOptions,
): LoadPlan {
  const { model } = profile.load
  const { warmUp, shape } = curveOf(profile.load)
  const curve = [...warmUp, ...shape]
  const scenarios = numbered(profile)
  const takers = checkedTakers(model, curve, warmUp)
  const carried = filesOf(profile, files)
  const { tls } = profile.connections
  const plan = {
    name: profile.name,
    target: profile.target,
    model,
    curve,
    measureFrom: lengthOf(warmUp),
    duration: lengthOf(curve),
    seed: SEED,
    connections: connectionsOf(profile, { peak: peakLevel(curve), model, scenarios }),
    ...(tls === undefined ? {} : { tls }),
    timeout: profile.timeout,
    scenarios,
    data: tablesOf(profile, data, takers),
    ...functionsOf(profile, functions),
    ...poolsOf(profile, files, pools),
    ...(carried === undefined ? {} : { files: carried }),
    budgets: budgetsOf(profile, file),
  }
  return { ...plan, hash: hashOf(plan) }
}

function poolsOf(
  profile: LoadProfile,
  files: Readonly<Record<string, Buffer>>,
  pools: LoadPlan['pools'] = {},
): Pick<LoadPlan, 'pools'> {
  const needed = poolsNeeded(profile, files)
  if (needed.length === 0) return {}
  const missing = needed.find((name) => pools[name] === undefined)
  if (missing !== undefined) throw new Error(`nobody has drawn the texts for ${missing}`)
  return { pools: Object.fromEntries(needed.map((name) => [name, pools[name]])) }
}

/** A module that nothing is called of is no part of the load. */
function functionsOf(profile: LoadProfile, text: string | undefined): Pick<LoadPlan, 'functions'> {
  if (!profile.functions || callsOf(profile).length === 0) return {}
  const { file } = profile.functions
  if (text === undefined) throw new LoadgateError('usage', `${file} is not there`, { hint: 'It has the functions.' })
  return { functions: { file, text } }
}

/** How many arrivals (open) or users (closed) there are, the warm-up's included; refuses none and too many. */
function checkedTakers(model: LoadPlan['model'], curve: readonly Segment[], warmUp: readonly Segment[]) {
  const takers =
    model === 'open'
      ? { count: arrivalsIn(curve), word: 'arrivals' as const }
      : { count: Math.ceil(peakLevel(curve)), word: 'users' as const }
  const measured = model === 'open' ? takers.count - arrivalsIn(warmUp) : takers.count
  if (measured < 1)
    throw new LoadgateError('usage', `The load has no ${takers.word} that are measured`, {
      hint: 'Raise the level, or make the load longer.',
    })
  if (takers.count > MOST_ARRIVALS)
    throw new LoadgateError(
      'usage',
      `The load has ${formatCount(takers.count)} arrivals, more than ${formatCount(MOST_ARRIVALS)}`,
      { hint: 'Lower the level, or make the load shorter.' },
    )
  return takers
}

function numbered({ scenarios, timeout, redirects: byDefault }: LoadProfile): readonly PlannedScenario[] {
  let id = 0
  const planned = ({ redirects = byDefault, ...step }: RequestStep) => ({
    ...step,
    ...(redirects === 'follow' ? { redirects } : {}),
    id: id++,
    timeout: step.timeout ?? timeout,
  })
  return scenarios.map(({ name, weight, steps }: Scenario) => ({
    name,
    weight,
    steps: steps.map((step) => (step.kind === 'request' ? planned(step) : step)),
  }))
}
