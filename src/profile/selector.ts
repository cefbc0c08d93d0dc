/** What an element of HTML must be: so much of a CSS selector as one element's own tag says. */
export interface Selector {
  /** In lower case; undefined: any. */
  readonly tag: string | undefined
  readonly attributes: readonly {
    /** In lower case. */
    readonly name: string
    /** Its value; undefined: any. */
    readonly is: string | undefined
    /** Whether that is one of its words, as a class is. */
    readonly word: boolean
  }[]
}

const NAME = '[A-Za-z_][\\w-]*'
const TAG = new RegExp(`(?:\\*|${NAME})`, 'y')
const PART = new RegExp(
  `([#.])(${NAME})|\\[\\s*([A-Za-z_:][\\w:.-]*)\\s*(?:=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'\\]]+))\\s*)?\\]`,
  'y',
)

/** Undefined when it is none, or more than one element: `tag`, `#id`, `.class`, `[attribute]`, `[attribute=value]`, together. */
export function parseSelector(text: string): Selector | undefined {
  TAG.lastIndex = 0
  const tag = TAG.exec(text)?.[0]
  const attributes: Selector['attributes'][number][] = []
  let at = tag?.length ?? 0
  while (at < text.length) {
    PART.lastIndex = at
    const part = PART.exec(text)
    if (part === null) return undefined
    at = PART.lastIndex
    attributes.push(partOf(part))
  }
  if (tag === undefined && attributes.length === 0) return undefined
  return { tag: tag === '*' ? undefined : tag?.toLowerCase(), attributes }
}

function partOf([, sign, word, name = '', double, single, plain]: RegExpExecArray): Selector['attributes'][number] {
  if (sign === '#') return { name: 'id', is: word, word: false }
  if (sign === '.') return { name: 'class', is: word, word: true }
  return { name: name.toLowerCase(), is: double ?? single ?? plain, word: false }
}
