import { arrivalsIn, peakLevel } from './curve.ts'
import type { DataTable, LoadPlan, PlannedGroup, PlannedScenario, Shard } from './plan.ts'
import { columnsUsed } from './plan-data.ts'

/** One of the loads of a plan. A plan without groups is one. */
export interface Group {
  /** As if there were nothing but this load and its scenarios: whatever is known of a plan is known of it. */
  readonly plan: LoadPlan
  readonly background: boolean
  /** Number of its first arrival or user among those of all groups, so that no two have the same. */
  readonly first: number
  /** How much higher the number of each further iteration of a user is: all users of the plan. */
  readonly users: number
}

const known = new WeakMap<LoadPlan, readonly Group[]>()

/** That of the profile first, or where it has none, of a scenario that begins at once. */
export function groupsOf(plan: LoadPlan): readonly Group[] {
  const groups = known.get(plan) ?? made(plan)
  known.set(plan, groups)
  return groups
}

/** How many arrivals (open) or users (closed) there are, the warm-up's included. */
export function takersIn({ model, curve }: Pick<LoadPlan, 'model' | 'curve'>): number {
  return model === 'open' ? arrivalsIn(curve) : Math.ceil(peakLevel(curve))
}

/** What is measured for the figures of the run. */
export function judgedScenarios({ scenarios, groups = [] }: LoadPlan): readonly PlannedScenario[] {
  return scenarios.filter((_, at) => !groups.some(({ scenario, background }) => background && scenario === at))
}

/** What is not. */
export function backgroundScenarios({ scenarios, groups = [] }: LoadPlan): readonly PlannedScenario[] {
  return groups.flatMap(({ scenario, background }) => (background ? [scenarios[scenario]!] : []))
}

/** The first arrival or user of a group, counted within it, that is the shard's: striped by the numbers of the whole plan. */
export function firstOwn({ first }: Pick<Group, 'first'>, { index, count }: Pick<Shard, 'index' | 'count'>): number {
  return (((index - first) % count) + count) % count
}

function made(plan: LoadPlan): readonly Group[] {
  const { groups = [], ...whole } = plan
  if (groups.length === 0) {
    const users = plan.model === 'closed' ? takersIn(plan) : 0
    return [{ plan, background: false, first: 0, users }]
  }
  const rest = plan.scenarios.filter((_, at) => !groups.some(({ scenario }) => scenario === at))
  const plans = [{ ...whole, scenarios: rest }, ...groups.map((group) => ownPlan(whole, group))]
  const firsts = firstNumbers(plans)
  const users = plans.reduce((sum, one) => sum + (one.model === 'closed' ? takersIn(one) : 0), 0)
  const tables = ownTables(plans, firsts)
  return plans.map((one, at) => ({
    plan: { ...one, data: tables[at]! },
    background: groups[at - 1]?.background === true,
    first: firsts[at]!,
    users,
  }))
}

function ownPlan(whole: LoadPlan, { scenario, model, curve, measureFrom, use }: PlannedGroup): LoadPlan {
  const connections = { ...whole.connections, use }
  return { ...whole, model, curve, measureFrom, connections, scenarios: [whole.scenarios[scenario]!] }
}

/** Arrivals first: there is an end of them, and none of the iterations of users, whose numbers go up by that of all users. */
function firstNumbers(plans: readonly LoadPlan[]): readonly number[] {
  const firsts = new Array<number>(plans.length).fill(0)
  let next = 0
  for (const model of ['open', 'closed'])
    for (const [at, plan] of plans.entries())
      if (plan.model === model) {
        firsts[at] = next
        next += takersIn(plan)
      }
  return firsts
}

/** Of a table in which no row is taken twice each group takes its own part: those who do not use it take none. */
function ownTables(
  plans: readonly LoadPlan[],
  firsts: readonly number[],
): readonly Readonly<Record<string, DataTable>>[] {
  const taken = new Map<string, number>()
  return plans.map((plan, at) => {
    const used = columnsUsed(plan.scenarios)
    const own = Object.entries(plan.data).map(([name, table]) => {
      if (table.pick !== 'unique' || !used.has(name)) return [name, table] as const
      const before = taken.get(name) ?? 0
      taken.set(name, before + takersIn(plan))
      return [name, { ...table, from: firsts[at]! - before }] as const
    })
    return Object.fromEntries(own)
  })
}
