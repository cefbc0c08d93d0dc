import type { BudgetRow } from '../compare/comparison.ts'
import { counted } from '../units.ts'
import { budgetFigures, isFinding, RESULT } from './budget-rows.ts'
import { codeSpan } from './code-span.ts'
import { NONE, withItsUnit } from './figures.ts'
import { folded } from './folded.ts'
import type { Report } from './report.ts'
import { smallestChange } from './sentences.ts'
import { table } from './table.ts'

/** As many are read at a glance. */
const AT_A_GLANCE = 5

/** The budgets that a reader sees first, worst first, and the others: what holds is folded away where something does not. */
export function splitBudgets({ comparison: { budgets, defects } }: Report, most: number) {
  const rows = budgets.slice(0, most)
  const judged = defects.length === 0
  const glance = judged && rows.some(isFinding) ? 0 : AT_A_GLANCE
  const isShown = (row: BudgetRow, at: number) =>
    at < glance || (judged && (row.judgement.kind !== 'holds' || row.improved))
  return {
    shown: rows.filter(isShown),
    folded: rows.filter((row, at) => !isShown(row, at)),
    left: budgets.length - rows.length,
  }
}

type Split = ReturnType<typeof splitBudgets>

/** The budgets as blocks of Markdown. */
export function budgetBlocks(report: Report, { shown, folded: others, left }: Split): readonly string[] {
  if (shown.length === 0) return []
  return [
    budgetTable(report, shown),
    ...(shown.some(isCompared) ? [legend(shown)] : []),
    ...(others.length === 0 ? [] : [folded(titleOf(others, report), [budgetTable(report, others)])]),
    ...(left > 0 ? [`_… and ${counted(left, 'more budget')}, none as far beyond its limit._`] : []),
  ]
}

function titleOf(others: readonly BudgetRow[], { comparison: { defects } }: Report): string {
  if (defects.length > 0) return counted(others.length, 'more budget')
  return counted(others.length, 'more budget holds', 'more budgets hold')
}

// What matters most stands first: a phone shows two columns, and the others when it is asked.
function budgetTable({ comparison }: Report, rows: readonly BudgetRow[]): string {
  const compared = rows.some(isCompared)
  const before = comparison.baseline.kind === 'side-by-side' ? 'Base → head' : 'Before → now'
  const head = compared ? ['Budget', 'Change', before, 'Limit', 'Resolution'] : ['Budget', 'Value', 'Limit']
  const broken = comparison.defects.length > 0
  return table(
    head,
    rows.map((row) => budgetCells(row, compared, broken)),
    [],
  )
}

function isCompared({ baseline }: BudgetRow): boolean {
  return baseline !== undefined
}

/** On broken evidence no budget is said to hold or to be exceeded. */
function budgetCells(row: BudgetRow, compared: boolean, broken: boolean): readonly string[] {
  const { value, valueBounds, limit, baseline, change, changeBounds } = budgetFigures(row)
  const { icon, word } = broken ? { icon: '➖', word: 'not judged' } : RESULT[row.judgement.kind]
  const between = (bounds: string | undefined) => (bounds === undefined ? '' : ` (${bounds})`)
  // One pair of bounds is enough: those of the change decide where there is one.
  const now = value + (changeBounds === undefined ? between(valueBounds) : '')
  const name = `${icon} ${word}: ${codeSpan(row.budget.text)}`
  const shown = baseline === NONE ? now : `${baseline} → ${now}`
  const figures = compared
    ? [change + between(changeBounds), shown, limit, smallestChange([row]) ?? NONE]
    : [now, limit]
  return [name, ...figures.map(withItsUnit)]
}

function legend(rows: readonly BudgetRow[]): string {
  const fine = rows.some(({ resolution }) => resolution !== undefined)
  const resolution = fine ? ' Resolution: the smallest change that this comparison could have told from noise.' : ''
  return `In brackets: 95 % bounds.${resolution}`
}
