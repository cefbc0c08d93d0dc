import type { Comparison } from '../../compare/comparison.ts'
import { WHOLE } from '../../compare/scope.ts'
import { formatMs, type Ms } from '../../units.ts'
import { NONE } from '../figures.ts'
import { chart } from './chart.ts'
import { atPercentile, type NamedDistributions, PERCENTILES } from './distribution.ts'
import { type Html, html } from './markup.ts'
import type { Distribution } from './page-data.ts'
import { voice } from './voice.ts'

/** How many requests took how long: percentiles on an axis on which each nine takes as much room. */
export function distribution({ names, of, at }: NamedDistributions, { baseline }: Comparison): Html {
  const beside = of.some(({ base }) => base)
  const choices = names.map(
    (name, index) =>
      html`<option value="${index}">${name === WHOLE.name ? 'the whole run' : voice.plain(name)}</option>`,
  )
  return html`<section id="distribution"><h2>Distribution of response times</h2>
${names.length > 1 ? html`<p class="controls" hidden><label>Of <select id="distribution-of">${choices}</select></label></p>` : undefined}
${chart({
  name: 'distribution',
  title: 'Response time by percentile',
  key: html`<span class="k-head">this run</span>${beside ? html` <span class="k-base-line">${baseline.kind === 'stored' ? 'the stored runs' : 'the base, side by side'}</span>` : undefined}`,
  says: inWords(of[0]!, at),
})}
</section>`
}

function inWords({ head, base }: Distribution, at: readonly number[]): string {
  const parts = PERCENTILES.map((percentile) => {
    const own = valueAt(head, at, percentile)
    const before = base && valueAt(base, at, percentile)
    return own === undefined
      ? undefined
      : `p${percentile} ${text(own)}${base === undefined ? '' : ` (${text(before)})`}`
  }).filter((part) => part !== undefined)
  const compared = base === undefined ? '' : ', in brackets of what it was compared with'
  return `Of the whole run${compared}: ${parts.join(', ')}; slowest ${text(head.at(-1))}${base === undefined ? '' : ` (${text(base.at(-1))})`}.`
}

/** Undefined beyond what the samples tell. */
function valueAt(values: readonly Ms[], at: readonly number[], percentile: number): Ms | undefined {
  return values[at.indexOf(atPercentile(percentile))]
}

function text(value: Ms | undefined): string {
  return value === undefined ? NONE : formatMs(value)
}
