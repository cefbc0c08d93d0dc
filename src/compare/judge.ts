import type { BudgetRow, Comparison } from './comparison.ts'
import { reasonOf } from './reason.ts'
import type { Verdict } from './verdict.ts'

/**
 * The decision over the facts. A flaw of the evidence is stronger than anything the numbers say; then a budget that is
 * exceeded, a budget nothing was measured for, and a budget that noise leaves open. Only what is left passes.
 */
export function judge({ defects, budgets }: Comparison): Verdict {
  const rows = (kind: BudgetRow['judgement']['kind']) => budgets.filter(({ judgement }) => judgement.kind === kind)
  const doubts = (['exceeded', 'no-samples', 'undecided'] as const).flatMap((kind) => rows(kind).map(reasonOf))
  const missing = rows('no-baseline')
  // Of a store that could not be read nobody knows whether there is a baseline in it.
  if (!defects.some(({ code }) => code === 'baseline-damaged')) doubts.push(...missing.map(reasonOf))
  if (defects.length > 0) return verdict('invalid', [...defects.map(({ message }) => withStop(message)), ...doubts])
  if (rows('exceeded').length > 0) return verdict('fail', doubts)
  if (rows('no-samples').length > 0) return verdict('invalid', doubts)
  const held = rows('holds').length
  // Stated as what must be there, so that nothing unforeseen passes.
  if (budgets.length > 0 && held + missing.length === budgets.length)
    return verdict('pass', [passed(held, missing.length), ...missing.map(reasonOf)])
  return verdict('inconclusive', budgets.length > 0 ? doubts : ['No budget was given, so nothing was judged.'])
}

function verdict(outcome: Verdict['outcome'], [reason = '', ...also]: readonly string[]): Verdict {
  return { outcome, reason, also }
}

function passed(held: number, missing: number): string {
  const holds = held === 1 ? 'The budget holds' : held === 2 ? 'Both budgets hold' : `All ${held} budgets hold`
  if (missing === 0) return `${holds}.`
  const none = 'there is no baseline yet'
  if (held === 0) return `Nothing could be judged, since every budget is relative and ${none}.`
  const some = held === 1 ? 'One budget holds' : `${held} budgets hold`
  return `${some}; ${missing} relative ${missing === 1 ? 'one was' : 'ones were'} not judged, since ${none}.`
}

function withStop(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
