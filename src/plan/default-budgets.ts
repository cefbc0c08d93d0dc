import { parseBudget } from '../profile/budget.ts'
import { DEFAULT_BUDGETS } from '../profile/grammar.ts'
import type { Budget, LoadProfile, Place } from '../profile/profile.ts'

/**
 * The budgets of the profile, and what it leaves out. Latency counts successes only, so a gate that reads nothing but
 * latency would let a service pass that answers quickly with errors: the default for errors stands wherever the profile
 * does not limit those of every scenario. A profile without any budget is also held to its own past.
 */
export function budgetsOf({ budgets, scenarios }: LoadProfile, file: string): readonly Budget[] {
  const limited = budgets.filter(({ metric }) => metric === 'errors').map((budget) => budget.of)
  const covered =
    limited.includes(undefined) || scenarios.every(({ name, background }) => background || limited.includes(name))
  const place = { file, line: 1, column: 1 }
  return [
    ...budgets,
    ...(covered ? [] : [defaultBudget(DEFAULT_BUDGETS.errors, place)]),
    ...(budgets.length > 0 ? [] : [defaultBudget(DEFAULT_BUDGETS.latency, place)]),
  ]
}

function defaultBudget(text: string, place: Place): Budget {
  const parsed = parseBudget(text)
  if ('code' in parsed) throw new Error(`${text} is no budget: ${parsed.message}`)
  return { text: `${text} (default)`, ...parsed, place }
}
