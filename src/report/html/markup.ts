/** Markup that may be put into a page as it is. Only `html` makes it, so that every other text is escaped. */
export interface Html {
  readonly markup: string
}

export type Part = string | number | Html | undefined | readonly Part[]

/** A piece of a page: its values are escaped, unless they are pieces themselves; undefined ones show nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Html {
  const markup = strings.map((text, at) => text + (at < values.length ? markupOf(values[at]) : '')).join('')
  return { markup }
}

export const NOTHING: Html = { markup: '' }

function markupOf(part: Part): string {
  if (part === undefined) return ''
  if (typeof part === 'string') return escaped(part)
  if (typeof part === 'number') return String(part)
  return 'markup' in part ? part.markup : part.map(markupOf).join('')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** For text and for attributes in quotes alike. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign]!)
}

/** Data for a script to read: no text in it can end the element or begin another. */
export function dataElement(id: string, data: unknown): Html {
  const json = JSON.stringify(data).replaceAll('<', '\\u003c')
  return { markup: `<script type="application/json" id="${escaped(id)}">${json}</script>` }
}

/** Code of ours, whose hash the page's policy knows; it must not be touched by anything. */
export function codeElement(name: 'script' | 'style', code: string): Html {
  return { markup: `<${name}>${code}</${name}>` }
}
