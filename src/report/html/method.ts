import type { Report } from '../report.ts'
import { accountingSentences, loadSentence, partsSentence, warmUpSentence } from '../sentences.ts'
import { type Html, html } from './markup.ts'
import { voice } from './voice.ts'

/** How this was measured, and how to repeat it. */
export function method({ result, run }: Report): Html {
  const sentences = [
    loadSentence(result, voice.writing),
    warmUpSentence(result),
    ...accountingSentences(result, voice.writing),
    partsSentence(result),
  ].filter((sentence) => sentence !== undefined)
  return html`<section id="method"><h2>How this was measured, and how to repeat it</h2>
<ul>${sentences.map((sentence) => html`<li>${voice.said(sentence)}</li>`)}</ul>
<pre tabindex="0"><code>${voice.command(run.reproduce)}</code></pre>
</section>`
}
