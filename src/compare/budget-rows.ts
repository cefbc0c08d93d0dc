import { baselineRun } from '../baseline/baseline-run.ts'
import type { Comparable } from '../baseline/comparable.ts'
import type { Budget, MetricName } from '../profile/profile.ts'
import type { RunResult } from '../result/result.ts'
import type { BudgetRow, Judgement } from './comparison.ts'
import { type Evidence, type Judged, judgeBudgets } from './judge-budget.ts'
import { paceOf, paceOfSteps } from './measure.ts'
import { metricOf } from './metrics.ts'
import { type StoredLevels, storedLevels } from './new-level.ts'
import { type Part, partNamed, scopeOf } from './scope.ts'

/** Every budget with what its evidence shows, worst first. */
export function budgetRows(
  result: RunResult,
  { runs, corrected, refused }: Comparable,
  budgets: readonly Budget[],
): readonly BudgetRow[] {
  const pace = paceOf(result)
  const run = baselineRun(result)
  const parts = budgets.map(({ of }) => partNamed(of, result.steps, result.background))
  const evidence = budgets.map((budget, at): Evidence => {
    const part = parts[at]
    const { present, past, since } = part ? levelsBefore(budget.metric, part, { runs, corrected }) : NO_RUNS
    return {
      budget,
      now: part && scopeOf(run, part),
      pace: part?.background ? paceOfSteps(result, part) : pace,
      before: present,
      past,
      since,
      corrected,
      there: 'in the baseline',
      refused: refused.length === 0 ? undefined : [...new Set(refused.map(({ reason }) => reason))].join('; '),
    }
  })
  return rowsOf(budgets, parts, judgeBudgets(evidence))
}

const NO_RUNS: StoredLevels = { present: [], past: [], since: undefined }

/** Levels of several processors are not told from changes of the service. */
function levelsBefore(metric: MetricName, part: Part, { runs, corrected }: Omit<Comparable, 'refused'>): StoredLevels {
  const scopes = runs.map((run) => scopeOf(run, part))
  return corrected ? { ...NO_RUNS, present: scopes } : storedLevels(metric, runs, scopes)
}

/** One row per budget, worst first; all three lists are in the same order. */
export function rowsOf(
  budgets: readonly Budget[],
  parts: readonly (Part | undefined)[],
  judged: readonly Judged[],
): readonly BudgetRow[] {
  return budgets
    .map((budget, at): BudgetRow => {
      return { budget, scope: parts[at]?.name ?? budget.of ?? '', metric: budget.metric, ...judged[at]! }
    })
    .sort(worstFirst)
}

// From what needs a reader's attention to what does not.
const CONCERN: Record<Judgement['kind'], number> = {
  exceeded: 0,
  'no-samples': 1,
  undecided: 2,
  'no-baseline': 3,
  holds: 4,
}

export const LEAST_CONCERN = CONCERN.holds

/** How much a budget is a concern: 0 is the most. */
export function concernOf({ judgement }: Pick<BudgetRow, 'judgement'>): number {
  return CONCERN[judgement.kind]
}

/** By what was judged, then by how far the value stands beyond its limit; of equals as they were. */
export function worstFirst(a: BudgetRow, b: BudgetRow): number {
  return concernOf(a) - concernOf(b) || excess(b) - excess(a)
}

/** 1 is at the limit, 2 twice as bad as allowed. Without figures 0. */
function excess({ metric, measured, limit }: BudgetRow): number {
  if (!measured || limit === undefined) return 0
  const [worse, better] = metricOf(metric).worse === 'lower' ? [limit, measured.value] : [measured.value, limit]
  return better > 0 ? Math.min(worse / better, Number.MAX_VALUE) : Number.MAX_VALUE
}
