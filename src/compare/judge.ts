import type { BudgetRow, Comparison } from './comparison.ts'
import { doubtOfLeftOut } from './left-out.ts'
import { reasonOf } from './reason.ts'
import type { Verdict } from './verdict.ts'

/**
 * The decision over the facts. A flaw of the evidence is stronger than anything the numbers say; then a budget that is
 * exceeded, a budget nothing was measured for, and a budget that noise leaves open. Only what is left passes, unless most of
 * what was measured is not among it.
 */
export function judge(comparison: Comparison): Verdict {
  const { defects, budgets, baseline } = comparison
  const rows = (kind: BudgetRow['judgement']['kind']) => budgets.filter(({ judgement }) => judgement.kind === kind)
  const doubts = (['exceeded', 'no-samples', 'undecided'] as const).flatMap((kind) => rows(kind).map(reasonOf))
  const missing = rows('no-baseline')
  // Of a store that could not be read nobody knows whether there is a baseline in it.
  if (!defects.some(({ code }) => code === 'baseline-damaged')) doubts.push(...missing.map(reasonOf))
  if (defects.length > 0) return verdict('invalid', [...defects.map(({ message }) => withStop(message)), ...doubts])
  if (rows('exceeded').length > 0) return verdict('fail', doubts)
  if (rows('no-samples').length > 0) return verdict('invalid', doubts)
  const held = rows('holds').length
  const leftOut = doubtOfLeftOut(comparison)
  if (leftOut) doubts.push(withStop(leftOut.reason))
  // Stated as what must be there, so that nothing unforeseen passes.
  if (budgets.length > 0 && held + missing.length === budgets.length && !leftOut)
    return verdict('pass', [passed(held, missing.length, noneOf(baseline)), ...missing.map(reasonOf)])
  return verdict('inconclusive', budgets.length > 0 ? doubts : ['No budget was given, so nothing was judged.'])
}

function verdict(outcome: Verdict['outcome'], [reason = '', ...also]: readonly string[]): Verdict {
  return { outcome, reason, also }
}

function noneOf(baseline: Comparison['baseline']): string {
  const asked = baseline.kind !== 'stored' || baseline.store !== undefined
  return asked ? 'there is no baseline yet' : 'no baseline was asked for'
}

function passed(held: number, missing: number, none: string): string {
  const holds = held === 1 ? 'The budget holds' : held === 2 ? 'Both budgets hold' : `All ${held} budgets hold`
  if (missing === 0) return `${holds}.`
  if (held === 0) return `Nothing could be judged, since every budget is relative and ${none}.`
  const some = held === 1 ? 'One budget holds' : `${held} budgets hold`
  return `${some}; ${missing} relative ${missing === 1 ? 'one was' : 'ones were'} not judged, since ${none}.`
}

function withStop(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
