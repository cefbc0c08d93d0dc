import { formatDuration, type Ms } from '../units.ts'
import { worstFirst } from './budget-rows.ts'
import type { BudgetRow, Comparison } from './comparison.ts'

/**
 * The same of a run whose workers began after each other. Each counts from its own start, so that the sum of their rates is
 * one that the target may never have met: throughput is left open.
 * @param stagger between the starts of two workers; 0 where they began in one moment
 */
export function staggered(comparison: Comparison, stagger: Ms): Comparison {
  if (stagger === 0) return comparison
  return { ...comparison, budgets: comparison.budgets.map((row) => leftOpen(row, stagger)).sort(worstFirst) }
}

function leftOpen(row: BudgetRow, stagger: Ms): BudgetRow {
  if (row.metric !== 'throughput' || row.judgement.kind === 'exceeded') return row
  return {
    ...row,
    improved: false,
    judgement: {
      kind: 'undecided',
      reason: `the workers began ${formatDuration(stagger)} after each other, and the sum of their rates need not have been sent at any moment`,
      remedy: 'Let them begin in one moment: `start: lock-step`.',
    },
  }
}
