import { plainLine } from '../plain-line.ts'
import { MAX_SENTENCE } from '../prose.ts'
import type { Writing } from '../writing.ts'
import { type Html, html } from './markup.ts'

/** How text from outside comes into the page. */
interface Voice {
  /** A name, an address, a commit. */
  readonly name: (text: string) => Html
  /** The same without a look of its own: for titles and attributes. */
  readonly plain: (text: string) => string
  /** One that a reader will copy. */
  readonly command: (text: string) => string
  /** A sentence of ours with such names in it. */
  readonly sentence: (text: string) => Html
  /** For whatever makes sentences; what it made is shown by `said`. */
  readonly writing: Writing
  readonly said: (made: string) => Html
}

// Of the private use area, which no text from outside has left when it is shown: see `visibleOnly`.
const [OPEN, CLOSE] = ['\ue000', '\ue001']

const MAX_COMMAND = 2_000

/** A number and its unit stay on one line. */
function kept(sentence: string): string {
  return sentence.replace(/(\d) (%|pp|ms|s|min|h|B|kB|MB)(?![\p{L}\d])/gu, '$1\u00a0$2')
}

const plain = (text: string) => plainLine(text)
const sentence = (text: string) => kept(plainLine(text, MAX_SENTENCE))

export const voice: Voice = {
  plain,
  command: (text) => plainLine(text, MAX_COMMAND),
  name: (text) => html`<code>${plain(text)}</code>`,
  sentence: (text) => html`${sentence(text)}`,
  writing: { name: (text) => `${OPEN}${plain(text)}${CLOSE}`, sentence },
  said: (made) =>
    html`${made.split(OPEN).map((piece, at) => {
      if (at === 0) return kept(piece)
      const [name = '', rest = ''] = piece.split(CLOSE)
      return html`<code>${name}</code>${kept(rest)}`
    })}`,
}
