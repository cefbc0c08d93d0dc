import { baselineRun } from '../baseline/baseline-run.ts'
import type { Comparable } from '../baseline/comparable.ts'
import type { Budget, MetricName } from '../profile/profile.ts'
import type { RunResult } from '../result/result.ts'
import type { BudgetRow, Judgement } from './comparison.ts'
import { type Evidence, type Judged, judgeBudgets } from './judge-budget.ts'
import { paceOf } from './measure.ts'
import { metricOf } from './metrics.ts'
import { type Levels, levelsOf } from './new-level.ts'
import { type Part, partNamed, scopeOf } from './scope.ts'

/** Every budget with what its evidence shows, worst first. */
export function budgetRows(
  result: RunResult,
  { runs, corrected, refused }: Comparable,
  budgets: readonly Budget[],
): readonly BudgetRow[] {
  const pace = paceOf(result)
  const run = baselineRun(result)
  const parts = budgets.map(({ of }) => partNamed(of, result.steps))
  const evidence = budgets.map((budget, at): Evidence => {
    const part = parts[at]
    const { present, past, since } = part ? earlierOf(budget.metric, part, { runs, corrected }) : NO_RUNS
    return {
      budget,
      now: part && scopeOf(run, part),
      pace,
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

const NO_RUNS: Levels = { present: [], past: [], since: undefined }

/** Levels of several processors are not told from changes of the service. */
function earlierOf(metric: MetricName, part: Part, { runs, corrected }: Omit<Comparable, 'refused'>): Levels {
  if (corrected) return { ...NO_RUNS, present: runs.map((run) => scopeOf(run, part)) }
  return levelsOf(metric, part, runs)
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

const RANK: Record<Judgement['kind'], number> = {
  exceeded: 0,
  undecided: 1,
  'no-samples': 2,
  'no-baseline': 3,
  holds: 4,
}

/** Of equals the one that is farthest beyond its limit, or nearest to it; rows without figures last. */
function worstFirst(a: BudgetRow, b: BudgetRow): number {
  const [x, y] = [excess(a), excess(b)]
  return RANK[a.judgement.kind] - RANK[b.judgement.kind] || (x === y ? 0 : x > y ? -1 : 1)
}

/** How many times its limit a row is, turned so that larger is worse. */
function excess({ metric, measured, limit }: BudgetRow): number {
  if (measured === undefined || limit === undefined) return Number.NEGATIVE_INFINITY
  const [top, bottom] = metricOf(metric).worse === 'higher' ? [measured.value, limit] : [limit, measured.value]
  return top === bottom ? 1 : top / bottom
}
