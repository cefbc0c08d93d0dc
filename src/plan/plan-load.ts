import { LoadgateError } from '../errors.ts'
import type { ParsedData } from '../profile/data.ts'
import type { LoadProfile, Scenario } from '../profile/profile.ts'
import { formatCount } from '../units.ts'
import { arrivalsIn, peakLevel, segmentsUntil } from './curve.ts'
import { budgetsOf } from './default-budgets.ts'
import { groupsOf, takersIn } from './groups.ts'
import type { LoadPlan, PlannedScenario } from './plan.ts'
import { connectionsOf, usesOf } from './plan-connections.ts'
import { columnsUsed, type Takers, tablesOf } from './plan-data.ts'
import { loadsOf } from './plan-groups.ts'
import { hashOf } from './plan-hash.ts'

/** The same requests in every run, so that two runs differ in the service only. */
const SEED = 1

// Level and length have bounds of their own; their product beyond this is a mistake in a unit.
const MOST_ARRIVALS = 200_000_000

interface PlanOptions {
  /** Rows by the name of their source, for every source of the profile. */
  readonly data: Readonly<Record<string, ParsedData>>
  /** The profile's path: the place of the budgets that are added to it. */
  readonly file?: string | undefined
}

/** Resolves every default and number; LoadgateError `usage` when the load cannot be sent as described. */
export function planLoad(
  profile: LoadProfile,
  { data, file = profile.budgets[0]?.place.file ?? 'loadgate.yml' }: PlanOptions,
): LoadPlan {
  const { groups, ...load } = loadsOf(profile)
  const bare: Bare = {
    name: profile.name,
    target: profile.target,
    ...load,
    seed: SEED,
    timeout: profile.timeout,
    scenarios: numbered(profile),
    budgets: budgetsOf(profile, file),
  }
  if (groups.length === 0) {
    const { model, curve, scenarios } = bare
    const connections = connectionsOf(profile, { peak: peakLevel(curve), model, scenarios })
    const takers = checkedTakers([bare])
    return hashed({ ...bare, connections, data: tablesOf(profile, data, () => takers) })
  }
  // What follows from all groups together is found from the plan that does not have it yet.
  const parts = groupsOf(
    hashed({ ...bare, ...NOTHING, groups: groups.map((group) => ({ ...group, use: 'shared' as const })) }),
  )
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

type Bare = Omit<LoadPlan, 'connections' | 'data' | 'hash'>

const NOTHING: Pick<LoadPlan, 'connections' | 'data'> = {
  connections: { use: 'shared', limit: 1, maxAge: undefined, maxRequests: undefined, http: '1.1', verify: true },
  data: {},
}

function hashed(plan: Omit<LoadPlan, 'hash'>): LoadPlan {
  return { ...plan, hash: hashOf(plan) }
}

type Sent = Pick<LoadPlan, 'model' | 'curve' | 'measureFrom'>

/** All arrivals (open) and users (closed), the warm-up's included; refuses a load without any, and too many together. */
function checkedTakers(loads: readonly Sent[]): Takers {
  for (const { model, curve, measureFrom } of loads) {
    const before = model === 'open' ? arrivalsIn(curve.slice(0, segmentsUntil(curve, measureFrom))) : 0
    if (takersIn({ model, curve }) - before < 1)
      throw new LoadgateError('usage', `The load has no ${WORD[model]} that are measured`, {
        hint: 'Raise the level, or make the load longer.',
      })
  }
  const takers = takersOf(loads)
  if (takers.count > MOST_ARRIVALS)
    throw new LoadgateError(
      'usage',
      `The load has ${formatCount(takers.count)} arrivals, more than ${formatCount(MOST_ARRIVALS)}`,
      { hint: 'Lower the level, or make the load shorter.' },
    )
  return takers
}

const WORD = { open: 'arrivals', closed: 'users' } as const

function takersOf(loads: readonly Sent[]): Takers {
  const models = new Set(loads.map(({ model }) => model))
  return {
    count: loads.reduce((sum, load) => sum + takersIn(load), 0),
    word: models.size > 1 ? 'arrivals and users' : WORD[loads[0]?.model ?? 'open'],
  }
}

function numbered({ scenarios, timeout }: LoadProfile): readonly PlannedScenario[] {
  let id = 0
  return scenarios.map(({ name, weight, steps }: Scenario) => ({
    name,
    weight,
    steps: steps.map((step) =>
      step.kind === 'request' ? { ...step, id: id++, timeout: step.timeout ?? timeout } : step,
    ),
  }))
}
