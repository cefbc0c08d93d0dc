import type { WorkerFigures } from '../../result/result.ts'
import { counted, formatCount, formatMs, formatShare } from '../../units.ts'
import { NONE } from '../figures.ts'
import type { Report } from '../report.ts'
import { fargateSentence, healthSentence } from '../sentences.ts'
import { type Html, html } from './markup.ts'
import { voice } from './voice.ts'

interface Column {
  readonly title: string
  readonly read: (worker: WorkerFigures) => number | undefined
  readonly format: (value: number) => string
  /** Whether the highest is the worst. */
  readonly worst: boolean
}

const COLUMNS: readonly Column[] = [
  { title: 'worker', read: ({ number }) => number, format: formatCount, worst: false },
  { title: 'began after', read: ({ startedAfter }) => startedAfter, format: formatMs, worst: true },
  { title: 'sent', read: ({ sent }) => sent, format: formatCount, worst: false },
  { title: 'failed', read: ({ failed }) => failed, format: formatCount, worst: true },
  { title: 'p95', read: ({ p95 }) => p95, format: formatMs, worst: true },
  { title: 'late by (p99)', read: ({ latenessP99 }) => latenessP99, format: formatMs, worst: true },
  { title: 'loop delay (p99)', read: ({ loopDelayP99 }) => loopDelayP99, format: formatMs, worst: true },
  { title: 'loop busy', read: ({ loopUtilisation }) => loopUtilisation, format: formatShare, worst: true },
  { title: 'CPU', read: ({ cpu }) => cpu, format: formatShare, worst: true },
  { title: 'longest pause', read: ({ longestPause }) => longestPause, format: formatMs, worst: true },
]
const MOST_LOST = 20

/** The generator's own fitness, as a whole and worker by worker. */
export function workers(report: Report): Html {
  const { shards, workers = [], source } = report.result
  const all = `${formatCount(shards.reported)} of ${counted(shards.expected, 'worker')} reported. `
  const lost = shards.lost.slice(0, MOST_LOST).map((reason) => html`<li>${voice.sentence(reason)}</li>`)
  const more = shards.lost.length - lost.length
  const fargate = fargateSentence(report, voice.writing)
  return html`<section id="workers"><h2>Generator</h2>
<p class="prose">${source === undefined ? all : undefined}${healthSentence(report)}${fargate === undefined ? undefined : html` ${voice.said(fargate)}`}</p>
${lost.length === 0 ? undefined : html`<ul class="reasons">${lost}${more > 0 ? html`<li>… and ${formatCount(more)} more</li>` : undefined}</ul>`}
${workers.length === 0 ? undefined : table(workers)}
</section>`
}

function table(workers: readonly WorkerFigures[]): Html {
  const highest = COLUMNS.map(({ read }) => greatest(workers.flatMap((worker) => read(worker) ?? [])))
  const several = workers.length > 1
  const rows = workers.map((worker) => {
    const cells = COLUMNS.map(({ read, format, worst }, at) => {
      const value = read(worker)
      const top = several && worst && value !== undefined && value > 0 && value === highest[at]
      return html`<td data-by="${value ?? ''}"${top ? html` class="highest"` : undefined}>${value === undefined ? NONE : format(value)}</td>`
    })
    return html`<tr>${cells}</tr>
`
  })
  const heads = COLUMNS.map(({ title }) => html`<th scope="col" data-kind="number">${title}</th>`)
  const apart = greatest(workers.map(({ startedAfter }) => startedAfter)) ?? 0
  return html`${several ? html`<p class="says">The starts of the workers were within ${formatMs(apart)} of each other. Bold is the highest of its column.</p>` : undefined}
<div class="scroll tall" role="region" aria-label="Workers" tabindex="0"><table class="figures sortable"><thead><tr>${heads}</tr></thead><tbody>${rows}</tbody></table></div>`
}

function greatest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((a, b) => Math.max(a, b))
}
