import { WHOLE } from '../../compare/scope.ts'
import type { History, Series } from '../../history/history.ts'
import { counted } from '../../units.ts'
import { changeSentences, dayText, environmentSentences } from '../history-rows.ts'
import type { Report } from '../report.ts'
import { historyPanel, keyMark } from './history-panel.ts'
import { type Html, html } from './markup.ts'
import { voice } from './voice.ts'

const MOST_RUNS = 400
const MOST_PANELS = 40

/** The stored runs over time, where their level changed, and which machines they are of. */
export function history({ history, comparison }: Report): Html | undefined {
  if (history === undefined || history.runs.length === 0 || history.runs.length > MOST_RUNS) return undefined
  const { runs, environments, store } = history
  const stored = comparison.baseline.kind === 'stored'
  const panel = (series: Series) => {
    const now = stored ? comparison.scopes.find(({ scope }) => scope === series.scope) : undefined
    const value = now && series.metric in now ? now[series.metric as 'p95'] : undefined
    const of = series.scope === WHOLE.name ? undefined : html` of ${voice.name(series.scope)}`
    return html`<figure class="panel"><figcaption>${series.metric}${of}</figcaption>${historyPanel(series, value, history)}</figure>
`
  }
  const { first, others } = sorted(history)
  const key = environmentSentences(environments, voice.writing).map(
    (sentence, at) => html`<li>${keyMark(at)} ${voice.said(sentence)}</li>`,
  )
  const told = changeSentences(history, voice.writing).map((sentence) => html`<li>${voice.said(sentence)}</li>`)
  return html`<section id="history"><h2>The stored runs over time</h2>
<p class="prose">${counted(runs.length, 'run')} in ${voice.name(store)}, from ${dayText(runs[0]!.startedAt)} to ${dayText(runs.at(-1)!.startedAt)}, the newest on the right${stored ? ', and this run as a ring' : ''}.</p>
<ul class="environments">${key}</ul>
<div class="panels">${first.map(panel)}</div>
${told.length === 0 ? undefined : html`<ul>${told}</ul>`}
${others.length === 0 ? undefined : html`<details><summary>p95 of ${counted(others.length, 'step')} whose level has not changed</summary><div class="panels">${others.map(panel)}</div></details>`}
</section>`
}

/** What changed, beside the whole run; and the steps in which nothing did. */
function sorted({ series }: History): { readonly first: readonly Series[]; readonly others: readonly Series[] } {
  const steps = new Set(series.map(({ scope }) => scope)).size - 1
  // The only step of a load is the whole run.
  const told = series.filter(({ scope, points }) => points.length > 0 && (scope === WHOLE.name || steps > 1))
  // Percentiles of a step change together, and one of them tells it.
  const p95Changed = new Set(
    told.flatMap(({ scope, metric, changes }) => (metric === 'p95' && changes.length > 0 ? scope : [])),
  )
  const isFirst = ({ scope, metric, changes }: Series) =>
    scope === WHOLE.name || (changes.length > 0 && !(['p50', 'p99'].includes(metric) && p95Changed.has(scope)))
  return {
    first: told.filter(isFirst).slice(0, MOST_PANELS),
    others: told.filter((one) => !isFirst(one) && one.metric === 'p95').slice(0, MOST_PANELS),
  }
}
