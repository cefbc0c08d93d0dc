import { type Html, html } from './markup.ts'
import { voice } from './voice.ts'

interface ChartFacts {
  /** By which the page's script knows what to draw. */
  readonly name: string
  readonly title: string
  /** What the lines are. */
  readonly key: Html
  /** The extremes in a sentence: what the chart is to somebody who does not see it. */
  readonly says: string
}

/** The frame of a chart that the page's script draws. */
export function chart({ name, title, key, says }: ChartFacts): Html {
  return html`<figure id="chart-${name}"><figcaption><h3>${title}</h3> <span class="key">${key}</span></figcaption>
<div class="plot" data-chart="${name}" data-name="${title}"><p class="undrawn">The chart is drawn by the page's script, which has not run.</p></div>
<div class="under"><p class="readout"></p><p class="says">${voice.said(says)}</p></div></figure>
`
}
