import type { ScopeRow } from '../compare/comparison.ts'
import { counted } from '../units.ts'
import { codeBlock, codeSpan } from './code-span.ts'
import { comparedInFull } from './compared.ts'
import { EVENT_COLUMNS, EVENTS_NOTE, eventCells, nameOfRow, rowsOfEvents } from './event-rows.ts'
import { exampleSentences } from './failure-examples.ts'
import { FAILURE_COLUMNS, failuresOf } from './failures.ts'
import { withItsUnit } from './figures.ts'
import { folded } from './folded.ts'
import { historyBlocks } from './history.ts'
import { lastLines } from './last-output.ts'
import { percentileBlocks } from './percentiles.ts'
import type { Report } from './report.ts'
import {
  accountingSentences,
  fargateSentence,
  healthSentence,
  loadSentence,
  partsSentence,
  warmUpSentence,
} from './sentences.ts'
import { isConcern, isUnchanged, STEP_COLUMNS, standingOf, stepFigures, UNCHANGED, worstSteps } from './step-rows.ts'
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
  const percentiles = percentileBlocks(report)
  const { history } = report
  const past = history === undefined ? [] : historyBlocks(history, report)
  const words = lastLines(report.run.lastOutput)
  return [
    ...(words.length === 0
      ? []
      : [folded('The last lines of what did not start', [list(words.map((line) => codeSpan(line)))])]),
    ...steps(report, extent),
    ...events(report, extent),
    ...(percentiles.length === 0 ? [] : [folded('Response times by percentile', percentiles)]),
    ...causes(report),
    ...(past.length === 0 ? [] : [folded('The stored runs over time', past)]),
    folded('What was compared with what', [list(comparedInFull(report))]),
    folded('Generator health, load and accounting', [list(measurement(report))]),
    folded('How to repeat it on a laptop', [codeBlock(report.run.reproduce, 'sh')]),
  ]
}

function steps(report: Report, { passing, steps: most }: Extent): readonly string[] {
  const { comparison } = report
  const [all, ...rows] = worstSteps(comparison)
  if (!all) return []
  const isCalm = (row: ScopeRow) => isUnchanged(row) && !isConcern(row, comparison)
  const changed = rows.filter((row) => !isCalm(row)).filter((row) => passing || isConcern(row, comparison))
  const shown = changed.slice(0, most)
  const calm = passing ? rows.filter(isCalm) : []
  const left = rows.length - shown.length - calm.length
  return [
    folded(`${counted(rows.length, 'step')}, worst first`, [
      stepTable([stepCells(all, '**whole run**'), ...shown.map((row) => stepCells(row))]),
      ...(calm.length === 0
        ? []
        : [folded(`${counted(calm.length, 'step')} ${UNCHANGED}`, [stepTable(calm.map((row) => stepCells(row)))])]),
      ...(left > 0 ? [`_${counted(left, 'more step')} not listed here; the files of the report have them all._`] : []),
    ]),
  ]
}

function events({ comparison }: Report, { steps: most }: Extent): readonly string[] {
  const rows = rowsOfEvents(comparison.scopes)
  if (rows.length === 0) return []
  const shown = rows.slice(0, most)
  const left = rows.length - shown.length
  const cells = shown.map((row) => [nameOfRow(row, codeSpan), ...eventCells(row).map(withItsUnit)])
  return [
    folded(`Events of ${counted(rows.length, 'step')}`, [
      table(['Step', ...EVENT_COLUMNS], cells, []),
      EVENTS_NOTE,
      ...(left > 0 ? [`_${counted(left, 'more step')} not listed here; the files of the report have them all._`] : []),
    ]),
  ]
}

function stepTable(rows: readonly (readonly string[])[]): string {
  return table(['Step', ...STEP_COLUMNS], rows, [])
}

function stepCells(row: ScopeRow, name = codeSpan(row.scope) + standingOf(row)): readonly string[] {
  return [name, ...stepFigures(row).map(withItsUnit)]
}

function causes(report: Report): readonly string[] {
  const failures = failuresOf(report, MARKDOWN)
  if (!failures) return []
  const body = table(['Cause', ...FAILURE_COLUMNS], failures.rows, ['steps'])
  const examples = exampleSentences(report, failures.causes, MARKDOWN)
  const shown = examples.length === 0 ? [] : [`One of each:\n\n${list(examples)}`]
  return [folded(`${counted(failures.count, 'failure')}, by cause`, [body, failures.answers, ...shown])]
}

function measurement(report: Report): readonly string[] {
  const { result } = report
  return [
    healthSentence(report),
    loadSentence(result, MARKDOWN),
    fargateSentence(report, MARKDOWN),
    warmUpSentence(result),
    ...accountingSentences(result, MARKDOWN),
    partsSentence(result),
  ].filter((sentence) => sentence !== undefined)
}

function list(sentences: readonly string[]): string {
  return sentences.map((sentence) => `- ${sentence}`).join('\n')
}
