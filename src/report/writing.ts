import { codeSpan } from './code-span.ts'
import { plainLine } from './plain-line.ts'
import { MAX_SENTENCE, prose } from './prose.ts'

/** How text from outside is shown where a report is read. */
export interface Writing {
  /** A name, an address, a commit. */
  readonly name: (text: string) => string
  /** A sentence with such names in it. */
  readonly sentence: (text: string) => string
}

export const MARKDOWN: Writing = { name: codeSpan, sentence: prose }
export const PLAIN: Writing = { name: (text) => plainLine(text), sentence: (text) => plainLine(text, MAX_SENTENCE) }
