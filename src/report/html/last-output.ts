import { lastLines } from '../last-output.ts'
import type { Report } from '../report.ts'
import { type Html, html } from './markup.ts'

/** What a service wrote that did not start; undefined where there is nothing. */
export function lastOutput({ run }: Report): Html | undefined {
  const lines = lastLines(run.lastOutput)
  if (lines.length === 0) return undefined
  return html`<section id="last-output"><h2>The last lines of what did not start</h2>
<pre tabindex="0"><code>${lines.join('\n')}</code></pre>
</section>`
}
