import type { BudgetRow, Comparison } from '../compare/comparison.ts'
import { isPlain, reasonOf } from '../compare/reason.ts'
import type { Outcome } from '../compare/verdict.ts'
import { counted } from '../units.ts'
import { decidingBudget, keyBudget, keyLimit, keyPhrase } from './key-budget.ts'
import { prose } from './prose.ts'
import { type Reason, type Reasons, reasonsOf } from './reasons.ts'
import type { Report } from './report.ts'
import { withoutStop } from './sentences.ts'

export const ICON: Record<Outcome, string> = { pass: '✅', fail: '❌', inconclusive: '⚠️', invalid: '🚫' }
/** What the headline means, and what the other reasons are. */
const TITLE: Record<Reasons['kind'], { readonly meaning: string | undefined; readonly others: string }> = {
  broken: {
    meaning: 'This run proves nothing, neither that the change is good nor that it is bad.',
    others: 'What else broke the evidence, and the way out:',
  },
  'too coarse': {
    meaning: 'The measurement is sound, but too coarse to tell',
    others: 'What else is undecided, and what would sharpen it:',
  },
  also: { meaning: undefined, others: 'Also:' },
}
const MAX_REASONS = 10

/** The verdict, its reason and the one number that matters: what a reader must know, in three seconds. Never cut away. */
export function headline(report: Report): string {
  const { outcome } = report.verdict
  return `## ${ICON[outcome]} Loadgate: ${outcome} — ${prose(reasonInBrief(report), budgetTexts(report.comparison))}`
}

function reasonInBrief(report: Report): string {
  const { verdict } = report
  const reason = withoutStop(verdict.reason)
  const deciding = decidingBudget(report)
  if (deciding) {
    const limit = keyLimit(deciding)
    const doubt = deciding.judgement.kind === 'undecided' ? ', undecided' : ''
    return `${keyPhrase(deciding)}${doubt}${limit === undefined ? '' : ` (limit ${limit})`}`
  }
  const row = verdict.outcome === 'pass' ? keyBudget(report) : undefined
  if (row === undefined) return reason
  return `${reason} · ${row.improved ? 'better: ' : ''}${keyPhrase(row)}`
}

/** What stands between the headline and the figures: further reasons, and what to do about them. */
export function explanation(
  report: Report,
  { table, details }: { readonly table: readonly BudgetRow[]; readonly details: boolean },
): readonly string[] {
  const { kind, remedy, list } = reasonsOf(report)
  const { others } = TITLE[kind]
  const names = budgetTexts(report.comparison)
  const inTable = new Set(table.filter(isPlain).map(reasonOf))
  const untold = kind === 'also' ? list.filter(({ text }) => !inTable.has(text)) : list
  const more = untold.length - MAX_REASONS
  const shown = untold.slice(0, MAX_REASONS).map((reason) => item(reason, names))
  const left = more > 0 ? [`- … and ${counted(more, 'further reason')}`] : []
  const meaning = meaningOf(report, kind, remedy !== undefined || list.length > 0)
  const advice = remedy ?? adviceFor(report, details ? 'below' : 'in the full report')
  const first = [meaning, advice && `→ ${prose(advice, names)}`].filter((line) => line !== undefined)
  return [
    ...(first.length === 0 ? [] : [first.join('\\\n')]),
    ...(shown.length === 0 ? [] : [[others, '', ...shown, ...left].join('\n')]),
  ]
}

function meaningOf(report: Report, kind: Reasons['kind'], isExplained: boolean): string | undefined {
  const names = budgetTexts(report.comparison)
  const deciding = decidingBudget(report)
  const { meaning } = TITLE[kind]
  if (kind === 'also') return deciding && !isPlain(deciding) ? prose(reasonOf(deciding), names) : undefined
  if (!isExplained) return undefined
  if (kind === 'broken') return meaning
  const why =
    deciding?.judgement.kind === 'undecided' ? `: ${prose(withoutStop(deciding.judgement.reason), names)}` : ''
  return `${meaning}${why}.`
}

/** What to do about a verdict that brings no advice of its own; undefined where there is nothing to do. */
function adviceFor(report: Report, place: string): string | undefined {
  const { verdict, comparison, run } = report
  if (verdict.outcome === 'fail') {
    const deciding = decidingBudget(report)
    if (deciding === undefined) return undefined
    const { file, line } = deciding.budget.place
    const where = deciding.metric === 'errors' ? `The failures ${place} say why` : `The steps ${place} say where`
    return deciding.budget.limit.kind === 'baseline'
      ? `${where}. If the change is worth it, accept it in "loadgate-accept.yml".`
      : `${where}. The budget stands in "${file}:${line}".`
  }
  const { baseline } = comparison
  const isFirst = baseline.kind === 'stored' && baseline.store !== undefined && baseline.comparable === 0
  const waits = comparison.budgets.some(({ judgement }) => judgement.kind === 'no-baseline')
  if (verdict.outcome !== 'pass' || !isFirst || !waits || run.baselineNote !== undefined) return undefined
  return 'Nothing to do: relative budgets are judged once a run of the default branch is stored.'
}

function item({ text, remedy }: Reason, names: readonly string[]): string {
  return `- ${prose(text, names)}${remedy === undefined ? '' : `\\\n  → ${prose(remedy)}`}`
}

// A report of a thousand budgets quotes the few that matter.
function budgetTexts({ budgets }: Comparison): readonly string[] {
  return budgets.slice(0, 100).map(({ budget }) => budget.text)
}
