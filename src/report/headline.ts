import type { Comparison } from '../compare/comparison.ts'
import type { Outcome } from '../compare/verdict.ts'
import { counted } from '../units.ts'
import { prose } from './prose.ts'
import { type Reason, type Reasons, reasonsOf } from './reasons.ts'
import type { Report } from './report.ts'
import { withoutStop } from './sentences.ts'

const ICON: Record<Outcome, string> = { pass: '✅', fail: '❌', inconclusive: '⚠️', invalid: '🚫' }
/** What the headline means, and what the other reasons are. */
const TITLE: Record<Reasons['kind'], { readonly meaning: string | undefined; readonly others: string }> = {
  broken: {
    meaning: 'This run proves nothing, neither that the change is good nor that it is bad.',
    others: 'What else broke the evidence, and the way out:',
  },
  'too coarse': {
    meaning: 'The measurement is sound, but too coarse to tell.',
    others: 'What else is undecided, and what would sharpen it:',
  },
  also: { meaning: undefined, others: 'Also:' },
}
const MAX_REASONS = 10

/** The verdict and its reason: what a reader must know, in ten seconds. Never cut away. */
export function headline({ verdict, comparison }: Report): string {
  return `## ${ICON[verdict.outcome]} Loadgate: ${verdict.outcome} — ${prose(withoutStop(verdict.reason), budgetTexts(comparison))}`
}

/** What stands between the headline and the figures: further reasons, and what to do about them. */
export function explanation(report: Report): readonly string[] {
  const { kind, remedy, list } = reasonsOf(report)
  const { meaning, others } = TITLE[kind]
  const more = list.length - MAX_REASONS
  const shown = list.slice(0, MAX_REASONS).map((reason) => item(reason, budgetTexts(report.comparison)))
  const left = more > 0 ? [`- … and ${counted(more, 'further reason')}`] : []
  return [
    ...(meaning === undefined || (remedy === undefined && list.length === 0) ? [] : [meaning + wayOut(remedy, '')]),
    ...(list.length === 0 ? [] : [[others, '', ...shown, ...left].join('\n')]),
  ]
}

function item({ text, remedy }: Reason, names: readonly string[]): string {
  return `- ${prose(text, names)}${wayOut(remedy, '  ')}`
}

function wayOut(remedy: string | undefined, indent: string): string {
  return remedy === undefined ? '' : `\\\n${indent}→ ${prose(remedy)}`
}

// A report of a thousand budgets quotes the few that matter.
function budgetTexts({ budgets }: Comparison): readonly string[] {
  return budgets.slice(0, 100).map(({ budget }) => budget.text)
}
