import { EVENT_COLUMNS, EVENTS_NOTE, eventCells, rowsOfEvents } from '../event-rows.ts'
import type { Report } from '../report.ts'
import { standingOf } from '../step-rows.ts'
import { type Html, html } from './markup.ts'
import { voice } from './voice.ts'

/** Steps whose answers are streams of events; undefined where there are none. */
export function events({ comparison }: Report): Html | undefined {
  const rows = rowsOfEvents(comparison.scopes)
  if (rows.length === 0) return undefined
  const heads = ['step', ...EVENT_COLUMNS].map((title) => html`<th scope="col">${title}</th>`)
  const lines = rows.map(
    (row) =>
      html`<tr><th scope="row">${voice.name(row.scope)}${standingOf(row)}</th>${eventCells(row).map((cell) => html`<td>${cell}</td>`)}</tr>
`,
  )
  return html`<section id="events"><h2>Events</h2>
<p>${EVENTS_NOTE}</p>
<div class="scroll" role="region" aria-label="Events" tabindex="0"><table class="figures"><thead><tr>${heads}</tr></thead>
<tbody>${lines}</tbody></table></div>
</section>`
}
