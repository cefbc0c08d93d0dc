import { concernOf, LEAST_CONCERN } from '../compare/budget-rows.ts'
import type { BudgetRow, Judgement } from '../compare/comparison.ts'
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

export const RESULT: Record<Judgement['kind'], { readonly icon: string; readonly word: string }> = {
  exceeded: { icon: '❌', word: 'exceeded' },
  'no-samples': { icon: '🚫', word: 'without samples' },
  undecided: { icon: '⚠️', word: 'undecided' },
  'no-baseline': { icon: '➖', word: 'no baseline yet' },
  holds: { icon: '✅', word: 'holds' },
}

export function isFinding({ judgement: { kind } }: BudgetRow): boolean {
  return kind === 'exceeded' || kind === 'no-samples' || kind === 'undecided'
}

/** How much a scope is a concern by the worst budget that reads it; 0 is the most. */
export function concernOfScope(scope: string, budgets: readonly BudgetRow[]): number {
  return Math.min(LEAST_CONCERN, ...budgets.filter((row) => row.scope === scope).map(concernOf))
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
