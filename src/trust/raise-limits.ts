import type { Budget, Limit } from '../profile/profile.ts'
import { SEPARATOR } from '../profile/step-label.ts'
import type { Acceptance } from './acceptance.ts'
import { orderOf } from './limits.ts'

export interface Raised {
  readonly budgets: readonly Budget[]
  /** Which budget gives way to which acceptance. */
  readonly accepted: readonly { readonly budget: Budget; readonly acceptance: Acceptance }[]
  /** Acceptances that no relative budget is in the way of. */
  readonly idle: readonly Acceptance[]
}

/** Gives the budgets relative to the baseline the limits that were accepted for them; all others stay as they are. */
export function raiseLimits(budgets: readonly Budget[], acceptances: readonly Acceptance[]): Raised {
  const accepted: { budget: Budget; acceptance: Acceptance }[] = []
  const raised = budgets.map((budget) => {
    const acceptance = acceptances.find((one) => isAbout(one, budget, budgets))
    const limit = acceptance && raisedLimit(budget, acceptance)
    if (acceptance === undefined || limit === undefined) return budget
    accepted.push({ budget, acceptance })
    const text = `${budget.text} (accepted: ${acceptance.limitText} until ${acceptance.expires})`
    return { ...budget, text, limit }
  })
  const used = new Set(accepted.map(({ acceptance }) => acceptance))
  return { budgets: raised, accepted, idle: acceptances.filter((acceptance) => !used.has(acceptance)) }
}

/** Whether it is this budget's own: the same metric of the same part, which a step's name alone stands for if it is the only one. */
export function isAbout(
  { metric, of }: Pick<Acceptance, 'metric' | 'of'>,
  budget: Budget,
  all: readonly Budget[],
): boolean {
  if (budget.limit.kind !== 'baseline' || budget.metric !== metric) return false
  if (budget.of === of) return true
  const named = new Set(all.map((other) => other.of).filter((other) => other === of || other?.endsWith(SEPARATOR + of)))
  return of !== undefined && named.size === 1 && budget.of !== undefined && named.has(budget.of)
}

/** An absolute limit stands instead of the relative one; undefined where the budget already allows as much. */
function raisedLimit({ metric, limit }: Budget, { limit: accepted }: Acceptance): Limit | undefined {
  if (accepted.kind === 'absolute' || limit.kind === 'absolute') return accepted
  const order = orderOf(metric, limit, accepted)
  if (order === 'same' || order === 'tighter') return undefined
  return {
    kind: 'baseline',
    share: highest(limit.share, accepted.share),
    amount: highest(limit.amount, accepted.amount),
  }
}

function highest(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined ? other : other === undefined ? one : Math.max(one, other)
}
