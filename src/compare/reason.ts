import { formatChange, formatDuration, formatShare } from '../units.ts'
import type { BudgetRow, Early } from './comparison.ts'
import { metricOf } from './metrics.ts'

/** One sentence on a budget: scope, value, limit and change. */
export function reasonOf(row: BudgetRow): string {
  const { judgement, measured } = row
  const what = subject(row)
  if (judgement.kind === 'undecided' && measured === undefined)
    return `${what} is not known, undecided for "${row.budget.text}": ${judgement.reason}.`
  if (judgement.kind === 'no-samples' || measured === undefined)
    return `Nothing was measured for ${what} ("${row.budget.text}").`
  const { format, worse } = metricOf(row.metric)
  const is = `${what} ${row.metric === 'errors' ? 'are' : 'is'} ${format(measured.value)}`
  if (partsFromChange(row, measured.value)) return changeSentence(row)
  switch (judgement.kind) {
    case 'exceeded':
      return `${is}${lately(judgement.early)}, ${worse === 'higher' ? 'above' : 'below'} the limit of ${limitText(row)}${ended(judgement.early)}.`
    case 'holds':
      return `${is}, within the limit of ${limitText(row)}.`
    case 'no-baseline':
      return `${is}; there is no baseline for "${row.budget.text}".`
    case 'undecided':
      return `${is}, undecided for "${row.budget.text}": ${judgement.reason}.`
  }
}

/** Whether the reason says no more than value, limit and change do. */
export function isPlain(row: BudgetRow): boolean {
  const { judgement, measured } = row
  return !(judgement.kind === 'exceeded' && judgement.early) && !(measured && partsFromChange(row, measured.value))
}

function lately(early: Early | undefined): string {
  return early ? ` in the last ${formatDuration(early.window)}` : ''
}

function ended(early: Early | undefined): string {
  if (early === undefined) return ''
  const of = early.of === undefined ? '' : ` of ${formatDuration(early.of)}`
  return `: the run was ended after ${formatDuration(early.after)}${of}`
}

/**
 * Whether the change, which is estimated block by block and step by step, lies on the other side of the limit than the value
 * of all requests together: then the change is what was judged, and what must be told.
 */
function partsFromChange({ judgement, limit, change, metric }: BudgetRow, value: number): boolean {
  if (limit === undefined || change === undefined) return false
  const beyond = metricOf(metric).worse === 'higher' ? value > limit : value < limit
  return (judgement.kind === 'exceeded' && !beyond) || (judgement.kind === 'holds' && beyond)
}

/** "p95 changed by +9 % block by block, which breaks "p95 < baseline + 5 %" (all together 118 ms, baseline 120 ms)." */
function changeSentence(row: BudgetRow): string {
  const { judgement, budget, measured, baseline, change, metric } = row
  const { format } = metricOf(metric)
  const verb = judgement.kind === 'exceeded' ? 'breaks' : 'keeps'
  const by = change === undefined ? '' : ` by ${formatChange(change.value)}`
  const figures = [
    measured && `all together ${format(measured.value)}`,
    baseline && `baseline ${format(baseline.value)}`,
  ]
  return `${subject(row)} changed${by} block by block, which ${verb} "${budget.text}" (${figures.filter(Boolean).join(', ')}).`
}

/** What a budget is about: the metric, and of what unless it is the whole run. */
export function subject({ metric, scope, budget }: BudgetRow): string {
  return budget.of === undefined ? metric : `${metric} of "${scope}"`
}

/** "275 ms (baseline 250 ms + 10 %, +65 %)". */
function limitText({ budget, metric, limit, baseline, change }: BudgetRow): string {
  const { format, formatAmount, worse } = metricOf(metric)
  const shown = limit === undefined ? 'unknown' : format(limit)
  if (budget.limit.kind === 'absolute' || baseline === undefined) return shown
  const { share, amount } = budget.limit
  const sign = worse === 'higher' ? '+' : '-'
  const terms = [
    ...(share === undefined ? [] : [`${sign} ${formatShare(share)}`]),
    ...(amount === undefined ? [] : [`${sign} ${formatAmount(amount)}`]),
  ].join(' and ')
  const by = change === undefined ? '' : `, ${formatChange(change.value)}`
  return `${shown} (baseline ${format(baseline.value)} ${terms}${by})`
}
