import { worstFirst } from '../compare/budget-rows.ts'
import type { Comparison } from '../compare/comparison.ts'
import type { Budget } from '../profile/profile.ts'
import type { JudgedBudgets } from './judged-budgets.ts'

/**
 * Compares by the budgets, and by those that the head has added without letting them touch the others: every further
 * relative budget makes all of a family blunter (Holm), and one for errors lets latency hold that was in doubt. So a head
 * could drown a regression in budgets that always hold.
 * @param compareBy compares by the budgets it is given; its rows name each by that same object
 */
export function compareApart(
  { budgets, added }: Pick<JudgedBudgets, 'budgets' | 'added'>,
  compareBy: (budgets: readonly Budget[]) => Comparison,
): Comparison {
  const own = compareBy(budgets)
  if (added.length === 0) return own
  const all = compareBy([...budgets, ...added])
  const rows = [...own.budgets, ...all.budgets.filter(({ budget }) => added.includes(budget))]
  return { ...all, budgets: rows.sort(worstFirst) }
}
