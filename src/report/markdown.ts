import type { BudgetRow } from '../compare/comparison.ts'
import { type Bytes, counted } from '../units.ts'
import { budgetFigures, RESULT } from './budget-rows.ts'
import { codeSpan } from './code-span.ts'
import { details, type Extent } from './details.ts'
import { explanation, headline } from './headline.ts'
import { policyBlocks } from './policy.ts'
import { prose } from './prose.ts'
import type { Report } from './report.ts'
import {
  comparedSentence,
  improvementSentence,
  newLevelSentences,
  refusedSentences,
  resolutionSentence,
} from './sentences.ts'
import { sharpnessSentence } from './sharpness.ts'
import { table } from './table.ts'
import { MARKDOWN } from './writing.ts'

const ALL = Number.POSITIVE_INFINITY

// A report that is too long loses first what is fine, then the details, then everything but the verdict.
const EXTENTS: readonly Extent[] = [
  { passing: true, steps: ALL, details: true, budgets: ALL },
  { passing: false, steps: ALL, details: true, budgets: ALL },
  { passing: false, steps: 50, details: true, budgets: ALL },
  { passing: false, steps: 0, details: false, budgets: ALL },
  { passing: false, steps: 0, details: false, budgets: 20 },
]

/**
 * The pull request's comment and the job's summary, at most `limit` bytes of UTF-8, and so at most as many characters.
 * The headline stays whole, whatever the limit.
 */
export function renderMarkdown(report: Report, { limit }: { readonly limit: Bytes }): string {
  const fits = (text: string) => Buffer.byteLength(text) <= limit
  for (const extent of EXTENTS) {
    const text = render(report, extent)
    if (fits(text)) return text
  }
  const verdict = `${headline(report)}\n`
  const noted = `${verdict}\n_The figures do not fit in here; the files of the report have them._\n`
  return fits(noted) ? noted : verdict
}

function render(report: Report, extent: Extent): string {
  const sharpness = sharpnessSentence(report, MARKDOWN)
  const blocks = [
    headline(report),
    ...policyBlocks(report.policy),
    ...explanation(report),
    ...budgetTable(report, extent.budgets),
    comparison(report),
    ...(sharpness === undefined ? [] : [sharpness]),
    ...(extent.details
      ? details(report, extent)
      : ['_The details do not fit in here; the files of the report have them._']),
    footer(report),
  ]
  return `${blocks.join('\n\n')}\n`
}

function budgetTable(report: Report, most: number): readonly string[] {
  const rows = report.comparison.budgets
  if (rows.length === 0) return []
  const relative = rows.some(({ budget }) => budget.limit.kind === 'baseline')
  const head = ['Budget', 'Value', 'Limit', ...(relative ? ['Baseline', 'Change'] : []), 'Result']
  const shown = rows.slice(0, most).map((row) => budgetCells(row, relative, report.comparison.defects.length > 0))
  const more = rows.length - shown.length
  const note = more > 0 ? [`_… and ${counted(more, 'more budget')}, none as far beyond its limit._`] : []
  return [table(head, shown, ['Result']), ...note]
}

/** On broken evidence no budget is said to hold or to be exceeded. */
function budgetCells(row: BudgetRow, relative: boolean, broken: boolean): readonly string[] {
  const { value, valueBounds, limit, baseline, change, changeBounds } = budgetFigures(row)
  const { icon, word } = broken ? { icon: '➖', word: 'not judged' } : RESULT[row.judgement.kind]
  const between = (bounds: string | undefined) => (bounds === undefined ? '' : ` (${bounds})`)
  // One pair of bounds is enough: those of the change decide where there is one.
  const shownValue = value + (changeBounds === undefined ? between(valueBounds) : '')
  const comparison = relative ? [baseline, change + between(changeBounds)] : []
  return [codeSpan(row.budget.text), shownValue, limit, ...comparison, `${icon} ${word}`]
}

function comparison(report: Report): string {
  const { baselineNote } = report.run
  return [
    improvementSentence(report, MARKDOWN),
    resolutionSentence(report),
    comparedSentence(report, MARKDOWN),
    ...newLevelSentences(report, MARKDOWN),
    ...refusedSentences(report, MARKDOWN),
    ...(baselineNote === undefined ? [] : [prose(baselineNote)]),
  ]
    .filter((sentence) => sentence !== undefined)
    .join(' ')
}

function footer({ run, result }: Report): string {
  const link = run.url !== undefined && isOwnAddress(run.url) ? [`[this run](${run.url})`] : []
  const commit = run.commit === undefined ? [] : [`commit ${codeSpan(run.commit.slice(0, 12))}`]
  const parts = [`Loadgate ${prose(run.version)}`, `${codeSpan(result.profile)} in ${codeSpan(run.profilePath)}`]
  return [...parts, ...commit, ...link].join(' · ')
}

/** The only link of a report; its address comes from the environment, and is none that could end the link early. */
function isOwnAddress(url: string): boolean {
  return /^https:\/\/[\w.:-]+(?:\/[\w.-]+)+$/.test(url)
}
