import type { BudgetRow } from '../compare/comparison.ts'
import { subject } from '../compare/reason.ts'
import type { PlacedMistake } from '../errors.ts'
import { counted } from '../units.ts'
import { budgetFigures, isFinding, RESULT } from './budget-rows.ts'
import { plainLine } from './plain-line.ts'
import type { Report } from './report.ts'

/** A remark that GitHub shows beside a line of a file. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice'
  readonly file: string
  readonly line: number
  readonly column?: number
  readonly title: string
  readonly message: string
}

// The runner shows ten per level and step and drops the rest without a word; longer messages it cuts
// (actions/runner, ExecutionContext.cs).
const MOST = 10
/** A step that fails on its findings says so in one more, which is the last to come. */
const MOST_FINDINGS = MOST - 1
const MAX_MESSAGE = 4_096

/** At most nine, worst first, on the lines of the budgets that do not hold; on broken evidence, what broke it. */
export function annotationsOf(report: Report): readonly Annotation[] {
  const all = report.comparison.defects.length > 0 ? defects(report) : findings(report)
  return atMost(MOST_FINDINGS, all, (more) => `${counted(more, 'more finding')}; the job summary lists them all.`)
}

/** At most ten, in the order given, on the lines of the file that nothing could be made of. */
export function annotationsOfMistakes(mistakes: readonly PlacedMistake[]): readonly Annotation[] {
  const all = mistakes.map(({ place: { file, line, column }, message }) => ({
    level: 'error' as const,
    file,
    line,
    column,
    title: 'Loadgate: mistake',
    message: plainLine(message, MAX_MESSAGE),
  }))
  return atMost(MOST, all, (more) => `${counted(more, 'more mistake')}; the log lists them all.`)
}

function atMost(most: number, all: readonly Annotation[], more: (count: number) => string): readonly Annotation[] {
  const last = all[most - 1]
  if (all.length <= most || last === undefined) return all
  const shown = all.slice(0, most - 1)
  return [...shown, { ...last, title: 'Loadgate', message: more(all.length - shown.length) }]
}

function defects({ comparison, run }: Report): readonly Annotation[] {
  return comparison.defects.map(({ message, remedy }) => ({
    level: 'error',
    file: run.profilePath,
    line: 1,
    title: 'Loadgate: the evidence is broken',
    message: plainLine(`${message} – ${remedy}`, MAX_MESSAGE),
  }))
}

function findings({ comparison }: Report): readonly Annotation[] {
  return comparison.budgets.filter(isFinding).map((row) => ({
    level: row.judgement.kind === 'undecided' ? 'warning' : 'error',
    ...row.budget.place,
    title: `Loadgate: budget ${RESULT[row.judgement.kind].word}`,
    message: plainLine(budgetMessage(row), MAX_MESSAGE),
  }))
}

/** `p95 of "store": 412 ms, limit 275 ms, +65 % against 250 ms (+58 % … +71 %)` */
function budgetMessage(row: BudgetRow): string {
  const { value, valueBounds, limit, baseline, change, changeBounds } = budgetFigures(row)
  const facts = [
    changeBounds === undefined && valueBounds !== undefined ? `${value} (${valueBounds})` : value,
    `limit ${limit}`,
    ...(changeBounds === undefined ? [] : [`${change} against ${baseline} (${changeBounds})`]),
  ]
  const { judgement } = row
  const advice = judgement.kind === 'undecided' ? `. ${judgement.reason}. ${judgement.remedy}` : ''
  return `${subject(row)}: ${facts.join(', ')}${advice}`
}
