import type { BudgetRow, Judgement } from '../compare/comparison.ts'
import { metricOf } from '../compare/metrics.ts'
import { reasonOf, subject } from '../compare/reason.ts'
import type { Outcome } from '../compare/verdict.ts'
import { budgetFigures } from './budget-rows.ts'
import { formatDifference, formatMetric, NONE } from './figures.ts'
import type { Report } from './report.ts'
import { withoutStop } from './sentences.ts'

const DECIDES: Record<Outcome, Judgement['kind'] | undefined> = {
  fail: 'exceeded',
  inconclusive: 'undecided',
  invalid: undefined,
  pass: undefined,
}

/** The budget that the verdict's reason is about; undefined where it is about something else. */
export function decidingBudget({ comparison, verdict }: Report): BudgetRow | undefined {
  const kind = DECIDES[verdict.outcome]
  const tells = (row: BudgetRow) => withoutStop(reasonOf(row)) === withoutStop(verdict.reason)
  return comparison.budgets.find((row) => row.judgement.kind === kind && tells(row))
}

/**
 * The budget whose number says most of the run: that of the verdict, else what became better, else of what is nearest to its
 * limit a response time, since that is what users feel.
 */
export function keyBudget(report: Report): BudgetRow | undefined {
  const { budgets, defects } = report.comparison
  if (defects.length > 0) return undefined
  const measured = budgets.filter(({ measured }) => measured !== undefined)
  const compared = measured.filter(({ change }) => change !== undefined)
  return (
    decidingBudget(report) ??
    measured.find(({ improved }) => improved) ??
    compared.find(({ metric }) => metricOf(metric).kind === 'latency') ??
    compared[0] ??
    measured[0]
  )
}

/** The one number of a budget: its change where it is compared, else its value. */
export function keyFigure(row: BudgetRow): string {
  const { change, value } = budgetFigures(row)
  return isCompared(row) && change !== NONE ? change : value
}

/** `p95 of "store" +64.8 %`; names in it are quoted. */
export function keyPhrase(row: BudgetRow): string {
  return `${subject(row)} ${keyFigure(row)}`
}

/** The limit as `keyFigure` puts the number: "+10 %", "250 ms"; undefined where there is none. */
export function keyLimit(row: BudgetRow): string | undefined {
  const { limit, metric, baseline } = row
  if (limit === undefined) return undefined
  const relative = isCompared(row) ? formatDifference(metric, limit, baseline?.value) : undefined
  return relative ?? formatMetric(metric, limit)
}

function isCompared({ budget, baseline }: BudgetRow): boolean {
  return budget.limit.kind === 'baseline' && baseline !== undefined
}
