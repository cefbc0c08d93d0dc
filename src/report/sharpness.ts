import type { KeptSharpness, SelfComparison } from '../compare/sharpness.ts'
import { counted, formatChange, formatCount, formatShare } from '../units.ts'
import { wrapped } from './columns.ts'
import { formatRatio, NONE } from './figures.ts'
import { plainLine } from './plain-line.ts'
import type { Report } from './report.ts'
import { smallestChange } from './sentences.ts'
import { terminalTable } from './terminal-table.ts'
import type { Writing } from './writing.ts'

/** Of comparisons of a version with itself: one line each, what each budget saw, and what it comes to. */
export function renderSharpness(
  all: readonly SelfComparison[],
  sharpness: KeptSharpness,
  { width }: { readonly width: number },
): string {
  const { budgets } = sharpness
  const found = budgets.map(({ text, mean, spread, resolution }) => [
    plainLine(text),
    mean === undefined ? NONE : formatChange(mean),
    spread === undefined ? NONE : formatShare(spread),
    resolution === undefined ? NONE : formatShare(Math.abs(resolution - 1)),
  ])
  return [
    terminalTable([['comparison', 'verdict', 'rounds', 'changes found'], ...all.map(comparisonRow)], width, [
      'verdict',
      'changes found',
    ]).join('\n'),
    terminalTable([['budget', 'mean change', 'spread', 'told from noise'], ...found], width).join('\n'),
    wrapped(summary(sharpness), width).join('\n'),
  ].join('\n\n')
}

function comparisonRow({ outcome, comparison }: SelfComparison, at: number): readonly string[] {
  const { baseline, budgets } = comparison
  const changes = budgets.flatMap(({ metric, change, baseline }) =>
    change ? `${metric} ${formatRatio(metric, change.value, baseline?.value ?? 0)}` : [],
  )
  return [
    String(at + 1),
    outcome === 'fail' ? 'fail: a false alarm' : outcome,
    baseline.kind === 'side-by-side' ? formatCount(baseline.rounds) : NONE,
    changes.join(', '),
  ]
}

/** What was found of this gate earlier, and whether it was another one then; undefined where nothing was kept. */
export function sharpnessSentence(report: Report, writing: Writing): string | undefined {
  const { sharpness } = report
  if (sharpness === undefined) return undefined
  const others = differences(sharpness, report, writing)
  const then = others.length === 0 ? '' : ` That was ${listed(others)}.`
  return `How sharp this gate is: ${summary(sharpness)}${then}`
}

/**
 * `20 comparisons of one version with itself on 2026-11-20: 18 passed, 2 inconclusive, no false alarm (below 11.9 % with 95 %
 * confidence). The smallest change told from noise: 4.1 %.`
 */
function summary(sharpness: KeptSharpness): string {
  const { measuredAt, comparisons, invalid, passed, inconclusive, falseAlarms, falseAlarmsAtMost, budgets } = sharpness
  const unsound = invalid === 0 ? '' : ` ${counted(invalid, 'further one')} left out: the evidence was flawed.`
  if (falseAlarmsAtMost === undefined) return `No comparison of this version with itself was sound.${unsound}`
  const found = [
    `${formatCount(passed)} passed`,
    `${formatCount(inconclusive)} inconclusive`,
    falseAlarms === 0 ? 'no false alarm' : counted(falseAlarms, 'false alarm'),
  ]
  const smallest = smallestChange(budgets)
  return [
    `${counted(comparisons, 'comparison')} of one version with itself on ${measuredAt.slice(0, 10)}: `,
    `${found.join(', ')} (below ${formatShare(falseAlarmsAtMost)} with 95 % confidence).`,
    smallest === undefined ? '' : ` The smallest change told from noise: ${smallest}.`,
    unsound,
  ].join('')
}

/** What makes another gate of it. */
function differences(
  { fingerprint, budgets }: KeptSharpness,
  { result, comparison }: Report,
  { name }: Writing,
): readonly string[] {
  const { plan, generator, machine } = result.fingerprint
  const { cpu, cores } = fingerprint.machine
  const compared = new Set(budgets.map(({ text }) => text))
  const isNew = comparison.budgets.some(({ budget }) => budget.limit.kind === 'baseline' && !compared.has(budget.text))
  return [
    ...(fingerprint.plan === plan ? [] : ['with another load']),
    ...(isNew ? ['with other budgets'] : []),
    ...(fingerprint.generator === generator ? [] : ['with another version of Loadgate']),
    ...(cpu === machine.cpu && cores === machine.cores
      ? []
      : [`on another machine (${name(cpu)}, ${counted(cores, 'core')})`]),
  ]
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join() : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}
