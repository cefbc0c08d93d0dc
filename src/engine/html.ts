import { Tokenizer } from 'htmlparser2'
import { parseSelector, type Selector } from '../profile/selector.ts'

/** Finds the value of an attribute in the text of a page; undefined where it is not there. */
export type FindAttribute = (page: string) => string | undefined

/**
 * Of the first element that the selector fits and that has the attribute, as browsers read the page: comments and scripts
 * hold no elements, the first of two attributes counts, `&amp;` is `&`. Looked for in a time that grows with the page alone,
 * which is why no tree is built of it: what is in an answer is for somebody else to choose.
 */
export function compileHtml(selector: string, attribute: string): FindAttribute {
  const parsed = parseSelector(selector)
  if (parsed === undefined) throw new Error(`"${selector}" is no selector`)
  return (page) => find(page, parsed, attribute.toLowerCase())
}

function find(page: string, selector: Selector, attribute: string): string | undefined {
  let tag = ''
  let name = ''
  let value = ''
  let attributes = new Map<string, string>()
  let found: string | undefined
  const onTag = () => {
    if (fits(selector, tag, attributes)) found = attributes.get(attribute)
    if (found !== undefined) tokenizer.pause()
    // Not cleared: of one tag with a thousand attributes all later ones would pay.
    if (attributes.size > 0) attributes = new Map()
  }
  const ignore = () => {}
  const tokenizer = new Tokenizer(
    {},
    {
      onopentagname: (start, end) => {
        tag = page.slice(start, end).toLowerCase()
      },
      onattribname: (start, end) => {
        name = page.slice(start, end).toLowerCase()
        value = ''
      },
      onattribdata: (start, end) => {
        value += page.slice(start, end)
      },
      onattribentity: (codePoint) => {
        value += String.fromCodePoint(codePoint)
      },
      onattribend: () => {
        if (!attributes.has(name)) attributes.set(name, value)
      },
      onopentagend: onTag,
      onselfclosingtag: onTag,
      ...{ oncdata: ignore, onclosetag: ignore, oncomment: ignore, ondeclaration: ignore, onend: ignore },
      ...{ onprocessinginstruction: ignore, ontext: ignore, ontextentity: ignore },
    },
  )
  tokenizer.write(page)
  return found
}

function fits({ tag, attributes: wanted }: Selector, found: string, attributes: ReadonlyMap<string, string>): boolean {
  if (tag !== undefined && tag !== found) return false
  return wanted.every(({ name, is, word }) => {
    const value = attributes.get(name)
    if (value === undefined || is === undefined) return value !== undefined
    return word ? value.split(/[\t\n\f\r ]+/).includes(is) : value === is
  })
}
