import type { ScopeRow } from '../compare/comparison.ts'
import { counted } from '../units.ts'
import { codeBlock, codeSpan } from './code-span.ts'
import { FAILURE_COLUMNS, failuresOf } from './failures.ts'
import { historyBlocks } from './history.ts'
import type { Report } from './report.ts'
import { accountingSentences, healthSentence, loadSentence, partsSentence, warmUpSentence } from './sentences.ts'
import { isConcern, STEP_COLUMNS, stepFigures, worstSteps } from './step-rows.ts'
import { table } from './table.ts'
import { MARKDOWN } from './writing.ts'

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
  return [...steps(report, extent), ...causes(report), ...past(report), measurement(report)]
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

function causes(report: Report): readonly string[] {
  const failures = failuresOf(report, MARKDOWN)
  if (!failures) return []
  const body = table(['Cause', ...FAILURE_COLUMNS], failures.rows, ['steps'])
  return [folded(`${counted(failures.count, 'failure')}, by cause`, [body, failures.answers])]
}

function past({ history }: Report): readonly string[] {
  const blocks = history === undefined ? [] : historyBlocks(history)
  return blocks.length === 0 ? [] : [folded('The stored runs over time', blocks)]
}

function measurement(report: Report): string {
  const { result, run } = report
  const sentences = [
    loadSentence(result, MARKDOWN),
    warmUpSentence(result),
    ...accountingSentences(result),
    partsSentence(result),
    healthSentence(report),
  ].filter((sentence) => sentence !== undefined)
  const list = sentences.map((sentence) => `- ${sentence}`).join('\n')
  return folded('How this was measured, and how to repeat it', [list, codeBlock(run.reproduce, 'sh')])
}

// The blank line behind the summary makes GitHub read what follows as Markdown.
function folded(title: string, blocks: readonly string[]): string {
  return `<details><summary>${title}</summary>\n\n${blocks.join('\n\n')}\n\n</details>`
}
