import { LoadgateError } from '../errors.ts'
import { callsOf } from '../profile/check-calls.ts'
import type { ParsedData } from '../profile/data.ts'
import type { LoadProfile, RequestStep, Scenario } from '../profile/profile.ts'
import { peakLevel } from './curve.ts'
import { budgetsOf } from './default-budgets.ts'
import { groupsOf } from './groups.ts'
import type { LoadPlan, PlannedScenario } from './plan.ts'
import { connectionsOf, usesOf } from './plan-connections.ts'
import { columnsUsed, poolsNeeded, tablesOf } from './plan-data.ts'
import { filesOf } from './plan-files.ts'
import { loadsOf } from './plan-groups.ts'
import { hashOf } from './plan-hash.ts'
import { planScript } from './plan-script.ts'
import { checkedTakers, takersOf } from './takers.ts'

/** The same requests in every run, so that two runs differ in the service only. */
export const SEED = 1

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
  if (profile.engine) return hashed(planScript(profile, profile.engine, { seed: SEED, files, file }))
  const { groups, ...load } = loadsOf(profile)
  const carried = filesOf(profile, files)
  const { tls } = profile.connections
  const bare: Bare = {
    name: profile.name,
    target: profile.target,
    ...load,
    seed: SEED,
    ...(tls === undefined ? {} : { tls }),
    timeout: profile.timeout,
    scenarios: numbered(profile),
    ...functionsOf(profile, functions),
    ...poolsOf(profile, files, pools),
    ...(carried === undefined ? {} : { files: carried }),
    budgets: budgetsOf(profile, file),
  }
  if (groups.length === 0) {
    const { model, curve, scenarios } = bare
    const connections = connectionsOf(profile, { peak: peakLevel(curve), model, scenarios })
    const takers = checkedTakers([bare])
    return hashed({ ...bare, connections, data: tablesOf(profile, data, () => takers) })
  }
  // What follows from all groups together is found from the plan that does not have it yet.
  const unfinished = { ...bare, ...UNFINISHED, groups: groups.map((group) => ({ ...group, use: 'shared' as const })) }
  const parts = groupsOf(unfinished)
  const plans = parts.map(({ plan }) => plan)
  checkedTakers(plans)
  const { uses, connections } = usesOf(profile, plans)
  const usersOf = (table: string) => plans.filter(({ scenarios }) => columnsUsed(scenarios).has(table))
  return hashed({
    ...bare,
    groups: groups.map((group, at) => ({ ...group, use: uses[at + 1]! })),
    connections,
    data: tablesOf(profile, data, (table) => takersOf(usersOf(table))),
  })
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

type Bare = Omit<LoadPlan, 'connections' | 'data' | 'hash'>

const UNFINISHED: Pick<LoadPlan, 'connections' | 'data' | 'hash'> = {
  connections: { use: 'shared', limit: 1, maxAge: undefined, maxRequests: undefined, http: '1.1', verify: true },
  data: {},
  hash: '',
}

function hashed(plan: Omit<LoadPlan, 'hash'>): LoadPlan {
  return { ...plan, hash: hashOf(plan) }
}

function numbered({ scenarios, timeout, redirects: byDefault }: LoadProfile): readonly PlannedScenario[] {
  let id = 0
  const planned = ({ redirects = byDefault, schemaPlaces: _, ...step }: RequestStep) => ({
    ...step,
    // No client follows one from the opening of a WebSocket.
    ...(redirects === 'follow' && step.talk === undefined ? { redirects } : {}),
    id: id++,
    timeout: step.timeout ?? timeout,
  })
  return scenarios.map((scenario: Scenario) => ({
    ...scenario,
    steps: scenario.steps.map((step) => (step.kind === 'request' ? planned(step) : step)),
  }))
}
