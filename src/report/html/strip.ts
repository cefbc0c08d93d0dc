import type { BudgetRow } from '../../compare/comparison.ts'
import { metricOf } from '../../compare/metrics.ts'
import { budgetFigures } from '../budget-rows.ts'
import { type Html, html } from './markup.ts'

const WIDTH = 300
const HEIGHT = 30
const MIDDLE = 15
/** Of the width, left free on either side. */
const MARGIN = 0.09

/** What was measured, between its bounds, in the metric's unit. */
interface Span {
  readonly value: number
  readonly low: number
  /** Undefined when too few samples bound it. */
  readonly high: number | undefined
}

/**
 * The interval of a budget drawn against its limit, as far as there are both; what lies beyond the limit is shaded.
 * @param look how the budget was judged, as a class of the page
 */
export function strip(row: BudgetRow, look: string): Html | undefined {
  const span = spanOf(row)
  const { limit, baseline, metric } = row
  if (span === undefined || limit === undefined) return undefined
  const known = [span.low, span.value, span.high ?? span.value, limit, baseline?.value ?? limit]
  const [least, most] = [Math.min(...known), Math.max(...known)]
  const range = most - least || Math.abs(most) || 1
  const x = (value: number) => Math.round(WIDTH * (MARGIN + (1 - 2 * MARGIN) * ((value - least) / range)) * 10) / 10
  const beyond = metricOf(metric).worse === 'higher' ? { from: x(limit), to: WIDTH } : { from: 0, to: x(limit) }
  const end = span.high === undefined ? WIDTH : x(span.high)
  return html`<svg class="strip ${look}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${inWords(row)}">
<rect class="beyond" x="${beyond.from}" y="0" width="${beyond.to - beyond.from}" height="${HEIGHT}"/>
<line class="axis" x1="0" x2="${WIDTH}" y1="${MIDDLE}" y2="${MIDDLE}"/>
${baseline && html`<path class="base" d="M${x(baseline.value)} ${MIDDLE}l-4 -9h8z"/>`}
<line class="limit" x1="${x(limit)}" x2="${x(limit)}" y1="0" y2="${HEIGHT}"/>
<line class="interval" x1="${x(span.low)}" x2="${end}" y1="${MIDDLE}" y2="${MIDDLE}"/>
<circle class="value" cx="${x(span.value)}" cy="${MIDDLE}" r="4.5"/></svg>`
}

/** Where there is a change, its bounds are those that were judged by. */
function spanOf({ measured, change, baseline, budget }: BudgetRow): Span | undefined {
  if (budget.limit.kind === 'baseline' && change && baseline) {
    const of = (ratio: number) => ratio * baseline.value
    return {
      value: of(change.value),
      low: of(change.low),
      high: change.high === undefined ? undefined : of(change.high),
    }
  }
  return measured
}

function inWords(row: BudgetRow): string {
  const { value, valueBounds, limit, baseline, change, changeBounds } = budgetFigures(row)
  const between = (bounds: string | undefined) => (bounds === undefined ? '' : ` (${bounds})`)
  const compared = row.baseline ? `, baseline ${baseline}, change ${change}${between(changeBounds)}` : ''
  return `${value}${between(valueBounds)} against a limit of ${limit}${compared}`
}
