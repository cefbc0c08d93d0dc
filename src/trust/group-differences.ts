import { groupsOf } from '../plan/groups.ts'
import { formatDuration } from '../units.ts'
import { curveDifferences } from './curve-differences.ts'
import { type Difference, numberDiffers, textDiffers } from './difference.ts'
import type { Policy } from './policy.ts'

type Plan = Policy['plan']

/** What scenarios that both have say of loads of their own, and whether they are measured or only keep the service busy. */
export function groupDifferences(base: Policy, head: Policy): readonly Difference[] {
  const known = new Map(base.profile.scenarios.map((scenario) => [scenario.name, scenario]))
  return head.profile.scenarios.flatMap((is) => {
    const was = known.get(is.name)
    if (was === undefined) return []
    const what = `scenario "${is.name}"`
    const own = (has: boolean) => (has ? 'its own' : "the profile's")
    const [before, after] = [ownPlan(base, is.name), ownPlan(head, is.name)]
    return [
      ...numberDiffers(`${what}: measured`, [Number(!was.background), Number(!is.background)], 'tighter', (measured) =>
        measured === 1 ? 'yes' : 'in the background',
      ),
      ...textDiffers(`${what}: load`, own(before !== undefined), own(after !== undefined)),
      ...(before && after ? ownDifferences(`${what}: load`, base, head, [before, after]) : []),
    ]
  })
}

function ownDifferences(what: string, base: Policy, head: Policy, [was, is]: readonly [Plan, Plan]) {
  const after = [was.measureFrom - base.plan.measureFrom, is.measureFrom - head.plan.measureFrom] as const
  return curveDifferences(
    what,
    { base: was, head: is },
    numberDiffers(`${what}: after`, after, 'different', formatDuration),
  )
}

/** Undefined where the scenario is chosen by the load of the profile. */
function ownPlan({ profile, plan }: Policy, name: string): Plan | undefined {
  if (profile.scenarios.find((scenario) => scenario.name === name)?.load === undefined) return undefined
  return groupsOf(plan).find(({ plan: { scenarios } }) => scenarios.some((scenario) => scenario.name === name))?.plan
}
