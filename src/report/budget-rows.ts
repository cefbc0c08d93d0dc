import type { BudgetRow, Comparison, Judgement } from '../compare/comparison.ts'
import { metricOf } from '../compare/metrics.ts'
import { formatBounds, formatDifference, formatMetric, formatRatio, NONE } from './figures.ts'

/** The figures of a budget as text; its own text is left to the renderer, since it comes from outside. */
export interface BudgetFigures {
  readonly value: string
  /** One-sided 95 % bounds of the value; undefined when nothing was measured. */
  readonly valueBounds: string | undefined
  readonly limit: string
  readonly baseline: string
  readonly change: string
  readonly changeBounds: string | undefined
}

// From what needs a reader's attention to what does not.
const CONCERN: Record<Judgement['kind'], number> = {
  exceeded: 0,
  'no-samples': 1,
  undecided: 2,
  'no-baseline': 3,
  holds: 4,
}

export const RESULT: Record<Judgement['kind'], { readonly icon: string; readonly word: string }> = {
  exceeded: { icon: '❌', word: 'exceeded' },
  'no-samples': { icon: '🚫', word: 'without samples' },
  undecided: { icon: '⚠️', word: 'undecided' },
  'no-baseline': { icon: '➖', word: 'no baseline yet' },
  holds: { icon: '✅', word: 'holds' },
}

export function isFinding({ judgement }: BudgetRow): boolean {
  return CONCERN[judgement.kind] <= CONCERN.undecided
}

/** Worst first: by judgement, then by how far the value stands beyond its limit; otherwise as in the profile. */
export function worstBudgets({ budgets }: Comparison): readonly BudgetRow[] {
  return budgets.toSorted((a, b) => rank(a) - rank(b) || excess(b) - excess(a) || 0)
}

/** How much a scope is a concern by the worst budget that reads it; the same scale as the budgets' own. */
export function concernOf(scope: string, budgets: readonly BudgetRow[]): number {
  return Math.min(CONCERN.holds, ...budgets.filter((row) => row.scope === scope).map(rank))
}

export function budgetFigures({ metric, measured, limit, baseline, change }: BudgetRow): BudgetFigures {
  const format = (value: number) => formatMetric(metric, value)
  const ratio = (value: number) => formatRatio(metric, value, baseline?.value ?? 0)
  return {
    value: measured ? format(measured.value) : NONE,
    valueBounds: measured && formatBounds(measured, format),
    limit: limit === undefined ? NONE : format(limit),
    baseline: baseline ? format(baseline.value) : NONE,
    change:
      (change ? ratio(change.value) : measured && formatDifference(metric, measured.value, baseline?.value)) ?? NONE,
    changeBounds: change && formatBounds(change, ratio),
  }
}

function rank({ judgement }: BudgetRow): number {
  return CONCERN[judgement.kind]
}

/** 1 is at the limit, 2 twice as bad as allowed. */
function excess({ metric, measured, limit }: BudgetRow): number {
  if (!measured || limit === undefined) return 0
  const [worse, better] = metricOf(metric).worse === 'lower' ? [limit, measured.value] : [measured.value, limit]
  return better > 0 ? Math.min(worse / better, Number.MAX_VALUE) : Number.MAX_VALUE
}
