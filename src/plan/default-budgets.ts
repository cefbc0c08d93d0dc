import type { Budget, LoadProfile, Place } from '../profile/profile.ts'

/**
 * The budgets of the profile, and what it leaves out. Latency counts successes only, so a gate that reads nothing but
 * latency would let a service pass that answers quickly with errors: `errors < 1 %` stands wherever the profile does not
 * limit the errors of every scenario. A profile without any budget is also held to its own past.
 */
export function budgetsOf({ budgets, scenarios }: LoadProfile, file: string): readonly Budget[] {
  const limited = budgets.filter(({ metric }) => metric === 'errors').map((budget) => budget.of)
  const covered = limited.includes(undefined) || scenarios.every(({ name }) => limited.includes(name))
  return [
    ...budgets,
    ...(covered ? [] : [errorBudget({ file, line: 1, column: 1 })]),
    ...(budgets.length > 0 ? [] : [latencyBudget({ file, line: 1, column: 1 })]),
  ]
}

function errorBudget(place: Place): Budget {
  return {
    text: 'errors < 1 % (default)',
    metric: 'errors',
    of: undefined,
    limit: { kind: 'absolute', value: 0.01 },
    place,
  }
}

function latencyBudget(place: Place): Budget {
  return {
    text: 'p95 < baseline + 10 % and + 5 ms (default)',
    metric: 'p95',
    of: undefined,
    limit: { kind: 'baseline', share: 0.1, amount: 5 },
    place,
  }
}
