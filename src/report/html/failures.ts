import type { FailureExample } from '../../engine/shard-result.ts'
import { stepLabel } from '../../profile/step-label.ts'
import type { StepResult } from '../../result/result.ts'
import { counted, formatBytes, formatDuration, formatMs } from '../../units.ts'
import { failuresOf } from '../failures.ts'
import { NONE } from '../figures.ts'
import type { Report } from '../report.ts'
import { type Html, html } from './markup.ts'
import { voice } from './voice.ts'

const MOST_EXAMPLES = 100

/** Why requests failed, and one of each kind. */
export function failures(report: Report): Html | undefined {
  const failures = failuresOf(report, voice.writing)
  if (failures === undefined) return undefined
  const rows = failures.rows.map(
    ([cause = '', count, share, steps = '']) =>
      html`<tr><th scope="row">${voice.said(cause)}</th><td>${count}</td><td>${share}</td><td class="text">${voice.said(steps)}</td></tr>
`,
  )
  return html`<section id="failures"><h2>${counted(failures.count, 'failure')}, by cause</h2>
<div class="scroll" role="region" aria-label="Failures by cause" tabindex="0"><table class="figures kinds"><thead><tr><th scope="col">cause</th><th scope="col">failures</th><th scope="col">share</th><th scope="col" class="text">steps</th></tr></thead><tbody>${rows}</tbody></table></div>
<p class="prose">${voice.said(failures.answers)}</p>
${examples(report.result.examples ?? [], report.result.steps)}
</section>`
}

function examples(all: readonly FailureExample[], steps: readonly StepResult[]): Html | undefined {
  if (all.length === 0) return undefined
  const names = new Map(steps.map(({ id, scenario, step }) => [id, stepLabel(scenario, step)]))
  const rows = all.slice(0, MOST_EXAMPLES).map((one) => {
    const { step, cause, at, took, status, bytes, detail } = one
    return html`<tr><th scope="row">${voice.name(cause)}</th><td class="text">${voice.name(names.get(step) ?? String(step))}</td><td>${at < 1000 ? formatMs(at) : formatDuration(at)}</td><td>${formatMs(took)}</td><td>${status ?? NONE}</td><td>${formatBytes(bytes)}</td><td class="text detail">${detail === undefined ? NONE : voice.name(detail)}</td></tr>
`
  })
  const more = all.length - rows.length
  return html`<h3>One of each kind</h3>
<div class="scroll" role="region" aria-label="Examples of failures" tabindex="0"><table class="figures kinds"><thead><tr><th scope="col">cause</th><th scope="col" class="text">step</th><th scope="col">at</th><th scope="col">took</th><th scope="col">status</th><th scope="col">body</th><th scope="col" class="text">what was wrong</th></tr></thead><tbody>${rows}</tbody></table></div>
${more > 0 ? html`<p class="note">… and ${counted(more, 'more example')}; report.json has them all.</p>` : undefined}`
}
