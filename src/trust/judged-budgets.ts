import { partNames } from '../plan/part-names.ts'
import type { LoadPlan } from '../plan/plan.ts'
import { subjectOf } from '../profile/budget.ts'
import type { Budget } from '../profile/profile.ts'
import { bySubject } from './budget-differences.ts'
import { orderOf } from './limits.ts'
import type { Policy } from './policy.ts'
import { loadOrServiceDifferences, policyDifferences } from './policy-differences.ts'

/** What a version is held to, and whose load it gets. */
export interface JudgedBudgets {
  /** Whose profile is run, all of it: load, target, service, data and what is expected of an answer. */
  readonly load: 'base' | 'head'
  /** Why it is that one, one sentence; undefined where the two profiles do not differ. */
  readonly why: string | undefined
  readonly budgets: readonly Budget[]
  /** What the head limits in addition. Judged apart from the others: see `compareApart`. */
  readonly added: readonly Budget[]
  /** What the head limits in addition, of a part that the load of the base does not have. */
  readonly unjudged: readonly Budget[]
}

/**
 * Whatever the head's profile says, it is held to no less than the base's: by the base's budgets under the base's load, and
 * by its own where these are tighter or new. Only a change that is accepted counts as it is written.
 * @param base undefined where the base has no profile at this path
 */
export function judgedBudgets(base: Policy | undefined, head: Policy, accepted: boolean): JudgedBudgets {
  const own = { load: 'head', budgets: head.plan.budgets, added: [], unjudged: [] } as const
  if (base === undefined)
    return { ...own, why: 'The base has no profile at this path, so there is none to hold it to.' }
  if (policyDifferences(base, head).length === 0) return { ...own, why: undefined }
  if (accepted)
    return { ...own, why: 'The changes are accepted, so that the head is run and judged by its own profile.' }
  const load = loadOrServiceDifferences(base, head).length > 0 ? 'base' : 'head'
  return { load, why: WHY[load], ...strictest(base.plan, head.plan) }
}

const WHY = {
  base: 'They are not accepted, so that the profile of the base is run, and the stricter budget of both judges.',
  head: 'They are not accepted, so that the stricter budget of both judges.',
} as const

function strictest(base: LoadPlan, head: LoadPlan): Pick<JudgedBudgets, 'budgets' | 'added' | 'unjudged'> {
  const [before, after] = [bySubject(base.budgets), bySubject(head.budgets)]
  const top = { file: head.budgets[0]?.place.file ?? 'loadgate.yml', line: 1, column: 1 }
  const budgets = base.budgets.map((budget) => {
    const own = after.get(subjectOf(budget))
    if (own !== undefined && order(budget, own) === 'tighter') return own
    // Its own place is in a file that the pull request does not show.
    return { ...budget, place: own?.place ?? top }
  })
  const more = head.budgets.filter((own) => {
    const budget = before.get(subjectOf(own))
    return budget === undefined || order(budget, own) === 'different'
  })
  const parts = partNames(base)
  const known = ({ of }: Budget) => of === undefined || parts.has(of)
  return { budgets, added: more.filter(known), unjudged: more.filter((budget) => !known(budget)) }
}

function order(before: Budget, after: Budget): ReturnType<typeof orderOf> {
  return orderOf(before.metric, before.limit, after.limit)
}
