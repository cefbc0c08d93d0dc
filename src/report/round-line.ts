import type { Comparison } from '../compare/comparison.ts'
import { counted } from '../units.ts'
import { formatRatio } from './figures.ts'

/** How a comparison stands after a round: `Round 2 of at most 10: p95 +1.2 % [-0.4 %, +2.9 %] · 1 of 2 budgets undecided`. */
export function roundLine(
  { budgets, defects }: Comparison,
  { round, most }: { readonly round: number; readonly most: number },
): string {
  const relative = budgets.filter(({ change }) => change !== undefined)
  const changes = relative.slice(0, SHOWN).map(({ metric, scope, budget, change, baseline }) => {
    const ratio = (value: number) => formatRatio(metric, value, baseline?.value ?? 0)
    const of = budget.of === undefined ? '' : ` of ${scope}`
    const high = change!.high === undefined ? '…' : ratio(change!.high)
    return `${metric}${of} ${ratio(change!.value)} [${ratio(change!.low)}, ${high}]`
  })
  const undecided = budgets.filter(({ judgement }) => judgement.kind === 'undecided').length
  const exceeded = budgets.filter(({ judgement }) => judgement.kind === 'exceeded').length
  const standing =
    defects.length > 0
      ? 'the evidence is flawed'
      : exceeded > 0
        ? `${counted(exceeded, 'budget')} exceeded`
        : `${undecided} of ${counted(budgets.length, 'budget')} undecided`
  return `Round ${round} of at most ${most}: ${[...changes, standing].join(' · ')}`
}

const SHOWN = 3
