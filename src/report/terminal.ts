import type { BudgetRow, Judgement, ScopeRow } from '../compare/comparison.ts'
import type { Outcome } from '../compare/verdict.ts'
import { counted, formatCount, formatMs, formatRate, formatShare, type Ms } from '../units.ts'
import { budgetFigures } from './budget-rows.ts'
import { wrapped } from './columns.ts'
import { EVENT_COLUMNS, eventCells, nameOfRow, rowsOfEvents } from './event-rows.ts'
import { exampleSentences } from './failure-examples.ts'
import { FAILURE_COLUMNS, failuresOf } from './failures.ts'
import { NONE } from './figures.ts'
import { policyLines } from './policy.ts'
import { type Reason, reasonsOf } from './reasons.ts'
import type { Report } from './report.ts'
import {
  accountingSentences,
  comparedSentence,
  fargateSentence,
  healthSentence,
  improvementSentence,
  newLevelSentences,
  refusedSentences,
  resolutionSentence,
  warmUpSentence,
  withoutStop,
} from './sentences.ts'
import { sharpnessSentence } from './sharpness.ts'
import { STEP_COLUMNS, standingOf, worstSteps } from './step-rows.ts'
import { storedWindowSentences } from './stored-window.ts'
import { terminalTable } from './terminal-table.ts'
import { PLAIN } from './writing.ts'

export interface TerminalOptions {
  readonly colour: boolean
  /** Columns. */
  readonly width: number
}

const MAX_STEPS = 20
const MAX_BUDGETS = 50
const MAX_ITEMS = 10
const MAX_EXAMPLES = 3
const ESC = '\u001b'
const COLOUR = { faint: 2, red: 31, green: 32, yellow: 33 } as const
type Colour = keyof typeof COLOUR

const OUTCOME: Record<Outcome, Colour> = { pass: 'green', fail: 'red', inconclusive: 'yellow', invalid: 'red' }
const JUDGEMENT: Record<Judgement['kind'], { readonly mark: string; readonly colour: Colour }> = {
  exceeded: { mark: '✗', colour: 'red' },
  'no-samples': { mark: '!', colour: 'red' },
  undecided: { mark: '?', colour: 'yellow' },
  'no-baseline': { mark: '·', colour: 'faint' },
  holds: { mark: '✓', colour: 'green' },
}

/** What the command line prints at the end of a run; 80 columns suffice. */
export function renderTerminal(report: Report, { colour, width }: TerminalOptions): string {
  const paint = (name: Colour, text: string) => (colour ? `${ESC}[${COLOUR[name]}m${text}${ESC}[0m` : text)
  const blocks = [
    verdict(report, width, paint),
    policyLines(report.policy, width),
    budgets(report, width, paint),
    steps(report, width, paint),
    events(report, width, paint),
    failures(report, width, paint),
    evidence(report, width),
  ]
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

type Paint = (colour: Colour, text: string) => string

function verdict(report: Report, width: number, paint: Paint): readonly string[] {
  const { outcome, reason } = report.verdict
  const { remedy, list } = reasonsOf(report)
  const headline = wrapped(`${outcome.toUpperCase()}  ${PLAIN.sentence(withoutStop(reason))}`, width)
  const more = list.length - MAX_ITEMS
  return [
    ...headline.map((line) => paint(OUTCOME[outcome], line)),
    ...wayOut(remedy, width),
    ...list.slice(0, MAX_ITEMS).flatMap((reason) => item(reason, width)),
    ...(more > 0 ? [`- … and ${formatCount(more)} more`] : []),
  ]
}

function budgets({ comparison }: Report, width: number, paint: Paint): readonly string[] {
  const rows = comparison.budgets.slice(0, MAX_BUDGETS)
  if (rows.length === 0) return []
  const judged = comparison.defects.length === 0
  const relative = rows.some(({ budget }) => budget.limit.kind === 'baseline')
  const head = ['budget', 'value', 'limit', ...(relative ? ['baseline', 'change'] : [])]
  const [first = '', ...lines] = terminalTable([head, ...rows.map((row) => budgetCells(row, judged, relative))], width)
  const more = comparison.budgets.length - rows.length
  return [
    paint('faint', first),
    ...lines.map((line, index) => paint(judged ? JUDGEMENT[rows[index]!.judgement.kind].colour : 'faint', line)),
    ...(more > 0 ? [paint('faint', `… and ${counted(more, 'more budget')}`)] : []),
  ]
}

function budgetCells(row: BudgetRow, judged: boolean, relative: boolean): readonly string[] {
  const { value, limit, baseline, change } = budgetFigures(row)
  const mark = judged ? JUDGEMENT[row.judgement.kind].mark : '–'
  return [`${mark} ${PLAIN.name(row.budget.text)}`, value, limit, ...(relative ? [baseline, change] : [])]
}

function steps({ comparison }: Report, width: number, paint: Paint): readonly string[] {
  const all = worstSteps(comparison)
  if (all.length === 0) return []
  const rows = all.slice(0, MAX_STEPS + 1)
  const head = ['step', ...STEP_COLUMNS]
  const [first = '', ...lines] = terminalTable([head, ...rows.map(stepCells)], width)
  const more = all.length - rows.length
  const note = more > 0 ? [paint('faint', `… and ${counted(more, 'more step')}`)] : []
  return [paint('faint', first), ...lines, ...note]
}

function stepCells(row: ScopeRow, index: number): readonly string[] {
  const ms = (value: Ms | undefined) => (value === undefined ? NONE : formatMs(value))
  const name = index === 0 ? 'whole run' : PLAIN.name(row.scope) + standingOf(row)
  const { requests, p50, p95, p99, errors, throughput } = row
  const rates = requests === 0 ? [NONE, NONE] : [formatShare(errors), formatRate(throughput)]
  return [name, ms(p50), ms(p95), ms(p99), ...rates, formatCount(requests)]
}

function events({ comparison }: Report, width: number, paint: Paint): readonly string[] {
  const all = rowsOfEvents(comparison.scopes)
  if (all.length === 0) return []
  const rows = all.slice(0, MAX_STEPS).map((row) => [nameOfRow(row, PLAIN.name), ...eventCells(row)])
  const [first = '', ...lines] = terminalTable([['events of', ...EVENT_COLUMNS], ...rows], width)
  const more = all.length - rows.length
  return [paint('faint', first), ...lines, ...(more > 0 ? [paint('faint', `… and ${counted(more, 'more step')}`)] : [])]
}

function failures(report: Report, width: number, paint: Paint): readonly string[] {
  const failures = failuresOf(report, PLAIN)
  if (!failures) return []
  const [first = '', ...lines] = terminalTable([['cause', ...FAILURE_COLUMNS], ...failures.rows], width, ['steps'])
  const examples = exampleSentences(report, failures.causes, PLAIN).slice(0, MAX_EXAMPLES)
  return [
    paint('faint', first),
    ...lines,
    ...[failures.answers, ...examples.map((example) => `For example ${example}.`)].flatMap((text) =>
      wrapped(text, width),
    ),
  ]
}

function evidence(report: Report, width: number): readonly string[] {
  const { result, run } = report
  return [
    improvementSentence(report, PLAIN),
    resolutionSentence(report),
    comparedSentence(report, PLAIN),
    sharpnessSentence(report, PLAIN),
    ...newLevelSentences(report, PLAIN),
    ...refusedSentences(report, PLAIN),
    ...storedWindowSentences(report, PLAIN),
    run.baselineNote === undefined ? undefined : PLAIN.sentence(run.baselineNote),
    fargateSentence(report, PLAIN),
    healthSentence(report),
    warmUpSentence(result),
    ...accountingSentences(result, PLAIN),
  ]
    .filter((sentence) => sentence !== undefined)
    .flatMap((sentence) => wrapped(sentence, width))
}

function item({ text, remedy }: Reason, width: number): readonly string[] {
  const lines = wrapped(PLAIN.sentence(text), width - 2)
  return [...lines.map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`)), ...wayOut(remedy, width)]
}

function wayOut(remedy: string | undefined, width: number): readonly string[] {
  if (remedy === undefined) return []
  return wrapped(PLAIN.sentence(`→ ${remedy}`), width - 2).map((line) => `  ${line}`)
}
