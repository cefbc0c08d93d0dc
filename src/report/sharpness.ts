import type { SelfComparison, Sharpness } from '../compare/sharpness.ts'
import { counted, formatChange, formatCount, formatShare } from '../units.ts'
import { NONE } from './figures.ts'
import { plainLine } from './plain-line.ts'
import { terminalTable } from './terminal-table.ts'

/** Of comparisons of a version with itself: one line each, what each budget saw, and what it comes to. */
export function renderSharpness(
  all: readonly SelfComparison[],
  sharpness: Sharpness,
  { width }: { readonly width: number },
): string {
  const { budgets } = sharpness
  const found = budgets.map(({ text, mean, spread, resolution }) => [
    plainLine(text),
    formatChange(mean),
    spread === undefined ? NONE : formatShare(spread),
    resolution === undefined ? NONE : formatShare(Math.abs(resolution - 1)),
  ])
  return [
    terminalTable([['comparison', 'verdict', 'rounds', 'changes found'], ...all.map(comparisonRow)], width, [
      'verdict',
      'changes found',
    ]).join('\n'),
    terminalTable([['budget', 'mean change', 'spread', 'told from noise'], ...found], width).join('\n'),
    summary(sharpness),
  ].join('\n\n')
}

function comparisonRow({ outcome, comparison }: SelfComparison, at: number): readonly string[] {
  const { baseline, budgets } = comparison
  const changes = budgets.flatMap(({ metric, change }) => (change ? `${metric} ${formatChange(change.value)}` : []))
  return [
    String(at + 1),
    outcome === 'fail' ? 'fail: a false alarm' : outcome,
    baseline.kind === 'side-by-side' ? formatCount(baseline.rounds) : NONE,
    changes.join(', '),
  ]
}

/** `20 comparisons of this version with itself: 18 passed, 2 inconclusive, no false alarm (below 12.3 % with 95 %).` */
export function summary(sharpness: Sharpness): string {
  const { comparisons, invalid, passed, inconclusive, falseAlarms, falseAlarmsAtMost } = sharpness
  const unsound = invalid === 0 ? '' : ` ${counted(invalid, 'further one')} had flawed evidence and count for nothing.`
  if (falseAlarmsAtMost === undefined) return `No comparison of this version with itself was sound.${unsound}`
  const alarms = falseAlarms === 0 ? 'no false alarm' : counted(falseAlarms, 'false alarm')
  return `${counted(comparisons, 'comparison')} of this version with itself: ${passed} passed, ${inconclusive} inconclusive, ${alarms}. With 95 % confidence, false alarms are below ${formatShare(falseAlarmsAtMost)}.${unsound}`
}
