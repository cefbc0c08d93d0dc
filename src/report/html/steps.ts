import type { Comparison, ScopeRow } from '../../compare/comparison.ts'
import { quantilesOf } from '../../histogram.ts'
import { stepLabel } from '../../profile/step-label.ts'
import type { RunResult, StepResult } from '../../result/result.ts'
import { counted, formatCount } from '../../units.ts'
import { isFinding, RESULT } from '../budget-rows.ts'
import { formatDifference, formatMetric, NONE } from '../figures.ts'
import type { Report } from '../report.ts'
import { isConcern, standingOf, worstSteps } from '../step-rows.ts'
import { type Html, html } from './markup.ts'
import { spark } from './spark.ts'
import { voice } from './voice.ts'

/** `number` columns are sorted by their figures, the greatest first. */
const COLUMNS: readonly { readonly title: string; readonly kind?: 'number' }[] = [
  { title: 'step' },
  { title: 'requests', kind: 'number' },
  { title: 'p50', kind: 'number' },
  { title: 'p95', kind: 'number' },
  { title: 'p95 change', kind: 'number' },
  { title: 'p99', kind: 'number' },
  { title: 'errors', kind: 'number' },
  { title: 'rate', kind: 'number' },
]

/** Every step, worst first, below the whole run. */
export function steps(report: Report): Html | undefined {
  const { comparison, result } = report
  const [all, ...rows] = worstSteps(comparison)
  if (!all) return undefined
  const courses = coursesOf(result)
  const heads = COLUMNS.map(({ title, kind }) => html`<th scope="col" data-kind="${kind ?? 'text'}">${title}</th>`)
  const drawn = courses.size > 0
  const line = (row: ScopeRow, name: Html) =>
    tableRow(row, {
      name,
      course: drawn ? (courses.get(row.scope) ?? []) : undefined,
      concern: isConcern(row, comparison),
    })
  return html`<section id="steps"><h2>${counted(rows.length, 'step')}</h2>
<p class="controls" hidden><label>Find <input type="search" id="steps-find" autocomplete="off" spellcheck="false" aria-controls="steps-table"></label>
<label><input type="checkbox" id="steps-concern"> only failures and broken budgets</label> <span role="status" id="steps-count"></span></p>
<div class="scroll tall" role="region" aria-label="Steps" tabindex="0"><table id="steps-table" class="figures sortable steps"><thead><tr>${heads}${drawn ? html`<th scope="col">p95 over time</th>` : undefined}</tr></thead>
<tbody class="whole">${line(all, html`the whole run`)}</tbody>
<tbody>${rows.map((row) => line(row, html`${voice.name(row.scope)}${standingOf(row)}${marks(row, comparison)}`))}</tbody></table></div>
</section>`
}

/** Budgets on it that are not known to hold; on broken evidence none is. */
function marks({ scope }: ScopeRow, { budgets, defects }: Comparison): Html | undefined {
  if (defects.length > 0) return undefined
  const kinds = new Set(
    budgets.filter((row) => row.scope === scope && isFinding(row)).map(({ judgement }) => judgement.kind),
  )
  if (kinds.size === 0) return undefined
  return html`${[...kinds].map((kind) => html` <span class="mark ${kind}">${RESULT[kind].word}</span>`)}`
}

interface RowFacts {
  readonly name: Html
  /** p95 of each block; undefined where there is no such column. */
  readonly course: readonly number[] | undefined
  readonly concern: boolean
}

function tableRow(row: ScopeRow, { name, course, concern }: RowFacts): Html {
  const { requests, p50, p95, p99, errors, throughput, baseline } = row
  const measured = requests > 0
  const change = p95 !== undefined && baseline ? p95 / baseline.p95 : undefined
  return html`<tr${concern ? html` class="concern"` : undefined}><th scope="row">${name}</th>${[
    cell(requests, formatCount(requests)),
    ...(['p50', 'p95'] as const).map((metric) => percentile(metric, { p50, p95 }[metric])),
    cell(change, p95 === undefined ? NONE : (formatDifference('p95', p95, baseline?.p95) ?? NONE)),
    percentile('p99', p99),
    cell(measured ? errors : undefined, measured ? withChange('errors', errors, baseline?.errors) : NONE),
    cell(
      measured ? throughput : undefined,
      measured ? withChange('throughput', throughput, baseline?.throughput) : NONE,
    ),
  ]}${course && html`<td>${spark(course)}</td>`}</tr>
`
}

function percentile(metric: 'p50' | 'p95' | 'p99', value: number | undefined): Html {
  return cell(value, value === undefined ? NONE : formatMetric(metric, value))
}

function withChange(metric: 'errors' | 'throughput', value: number, before: number | undefined): Html {
  const change = formatDifference(metric, value, before)
  return html`${formatMetric(metric, value)}${change === undefined || change.startsWith('±') ? undefined : html` <small>${change}</small>`}`
}

/** Without a value it is sorted last. */
function cell(value: number | undefined, shown: string | Html): Html {
  const by = value === undefined || !Number.isFinite(value) ? '' : Number(value.toPrecision(6))
  return html`<td data-by="${by}">${shown}</td>`
}

function coursesOf({
  steps,
  background,
}: Pick<RunResult, 'steps' | 'background'>): ReadonlyMap<string, readonly number[]> {
  return new Map(
    [...steps, ...(background?.steps ?? [])].flatMap((step): [string, readonly number[]][] => {
      const values = p95s(step)
      return values.length < 3 ? [] : [[stepLabel(step.scenario, step.step), values]]
    }),
  )
}

function p95s({ blocks }: Pick<StepResult, 'blocks'>): readonly number[] {
  return (blocks?.records ?? []).slice(0, 100).flatMap(({ response }) => quantilesOf([response], [0.95]) ?? [])
}
