import type { LoadPlan } from '../plan/plan.ts'
import { worstFirst } from './budget-rows.ts'
import type { BudgetRow, Comparison, Estimate, Judgement } from './comparison.ts'
import type { Breach } from './live-limits.ts'
import { WHOLE } from './scope.ts'

/**
 * The facts of a run that was ended since `breach` was found. That is what it was ended for; less than the whole load says
 * nothing of any other budget, and that the load was not whole is no flaw.
 */
export function endedEarly(
  comparison: Comparison,
  breach: Breach,
  { measureFrom }: Pick<LoadPlan, 'measureFrom'>,
): Comparison {
  const { after, of } = breach.early
  // What was counted is related to a window that never came, unless only the requests themselves tell how long it was.
  const longer = of === undefined ? 1 : (of - measureFrom) / (after - measureFrom)
  const others = comparison.budgets.filter(({ budget }) => budget !== breach.budget)
  return {
    ...comparison,
    budgets: [breachRow(breach), ...others.map((row) => unjudged(row, longer))].sort(worstFirst),
    scopes: comparison.scopes.map((row) => ({ ...row, throughput: longer * row.throughput })),
    defects: comparison.defects.filter(({ code }) => code !== 'cancelled' && code !== 'step-missing'),
  }
}

export function breachRow({ budget, measured, limit, early }: Breach): BudgetRow {
  return {
    budget,
    scope: WHOLE.name,
    metric: budget.metric,
    measured,
    limit,
    baseline: undefined,
    change: undefined,
    resolution: undefined,
    improved: false,
    judgement: { kind: 'exceeded', early },
  }
}

const UNJUDGED: Judgement = {
  kind: 'undecided',
  reason: 'the run was ended before its load was sent',
  remedy: 'It is judged when the run gets to its end.',
}

export function unjudged(row: BudgetRow, longer: number): BudgetRow {
  if (row.judgement.kind === 'no-samples' || row.judgement.kind === 'no-baseline') return row
  const measured = row.metric === 'throughput' && row.measured ? times(row.measured, longer) : row.measured
  return { ...row, measured, judgement: UNJUDGED, improved: false }
}

function times({ value, low, high }: Estimate, by: number): Estimate {
  return { value: by * value, low: by * low, high: high && by * high }
}
