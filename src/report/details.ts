import type { ScopeRow } from '../compare/comparison.ts'
import { counted, formatCount, formatShare } from '../units.ts'
import { codeBlock, codeSpan } from './code-span.ts'
import type { Report } from './report.ts'
import { accountingSentences, healthSentence, loadSentence, warmUpSentence } from './sentences.ts'
import { isConcern, STEP_COLUMNS, stepFigures, worstSteps } from './step-rows.ts'
import { table } from './table.ts'
import { MARKDOWN } from './writing.ts'

const MAX_CAUSES = 20
const MAX_STATUSES = 20
const MAX_STEPS_OF_CAUSE = 3

/** How much of a report is written out. */
export interface Extent {
  /** Whether steps without any finding are listed. */
  readonly passing: boolean
  readonly steps: number
  readonly details: boolean
  readonly budgets: number
}

/** The folded part of a report: for whoever wants to know more than the verdict. */
export function details(report: Report, extent: Extent): readonly string[] {
  return [...steps(report, extent), ...causes(report), measurement(report)]
}

function steps(report: Report, { passing, steps: most }: Extent): readonly string[] {
  const [all, ...rows] = worstSteps(report.comparison)
  if (!all) return []
  const shown = rows.filter((row) => passing || isConcern(row, report.comparison)).slice(0, most)
  const left = rows.length - shown.length
  const body = table(
    ['Step', ...STEP_COLUMNS],
    [stepCells(all, '**whole run**'), ...shown.map((row) => stepCells(row))],
    [],
  )
  const note =
    left > 0 ? [`_${counted(left, 'more step')} not listed here; the files of the report have them all._`] : []
  return [folded(`${counted(rows.length, 'step')}, worst first`, [body, ...note])]
}

function stepCells(row: ScopeRow, name = codeSpan(row.scope)): readonly string[] {
  return [name, ...stepFigures(row)]
}

/** Arrivals that were never sent stand among the causes, since the target failed them too. */
function causes({ comparison, result }: Report): readonly string[] {
  const [all, ...steps] = comparison.scopes
  if (!all || all.causes.length === 0) return []
  const failures = all.causes.reduce((sum, [, count]) => sum + count, 0)
  const due = all.requests - all.failed + failures
  const rows = all.causes
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, MAX_CAUSES)
    .map(([cause, count]) => [
      codeSpan(cause),
      formatCount(count),
      formatShare(due > 0 ? count / due : 0),
      stepsOf(cause, steps),
    ])
  const head = ['Cause', 'failures', 'share', 'steps']
  return [folded(`${counted(failures, 'failure')}, by cause`, [table(head, rows, ['steps']), statuses(result.steps)])]
}

function stepsOf(cause: string, steps: readonly ScopeRow[]): string {
  const affected = steps
    .map(({ scope, causes }) => [scope, causes.find(([name]) => name === cause)?.[1] ?? 0] as const)
    .filter(([, count]) => count > 0)
    .toSorted(([, a], [, b]) => b - a)
  const shown = affected
    .slice(0, MAX_STEPS_OF_CAUSE)
    .map(([scope, count]) => `${codeSpan(scope)} × ${formatCount(count)}`)
  const more = affected.length - shown.length
  return [...shown, ...(more > 0 ? [`… ${formatCount(more)} more`] : [])].join(', ')
}

function statuses(steps: readonly { readonly statuses: Readonly<Record<string, number>> }[]): string {
  const counts = new Map<string, number>()
  for (const step of steps)
    for (const [status, count] of Object.entries(step.statuses)) counts.set(status, (counts.get(status) ?? 0) + count)
  const sorted = [...counts].toSorted(([, a], [, b]) => b - a)
  const shown = sorted.slice(0, MAX_STATUSES).map(([status, count]) => `${codeSpan(status)} × ${formatCount(count)}`)
  return shown.length > 0 ? `Answers by status: ${shown.join(', ')}.` : 'No request was answered.'
}

function measurement(report: Report): string {
  const { result, run } = report
  const sentences = [
    loadSentence(result, MARKDOWN),
    warmUpSentence(result),
    ...accountingSentences(result),
    healthSentence(report),
  ].filter((sentence) => sentence !== undefined)
  const list = sentences.map((sentence) => `- ${sentence}`).join('\n')
  return folded('How this was measured, and how to repeat it', [list, codeBlock(run.reproduce, 'sh')])
}

// The blank line behind the summary makes GitHub read what follows as Markdown.
function folded(title: string, blocks: readonly string[]): string {
  return `<details><summary>${title}</summary>\n\n${blocks.join('\n\n')}\n\n</details>`
}
