// As much of XML 1.0 as a report may use, read strictly: elements, attributes in double quotes, text, the five entities.

export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Element[]
  /** Of the element itself, without that of its children. */
  readonly text: string
}

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
const NAME = /[A-Za-z_][\w.-]*/y
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

export function parseXml(document: string): Element {
  if (!document.startsWith(HEAD)) throw new Error('no declaration')
  // Production 2 of XML 1.0; a lone half of a pair is a character of its own here.
  for (const character of document) {
    const code = character.codePointAt(0)!
    const isCharacter =
      [0x9, 0xa, 0xd].includes(code) ||
      (code >= 0x20 && code <= 0xd7ff) ||
      (code >= 0xe000 && code <= 0xfffd) ||
      code >= 0x10000
    if (!isCharacter) throw new Error(`U+${code.toString(16)} is no character of XML`)
  }
  let at = HEAD.length
  const fail = (what: string): never => {
    throw new Error(`${what} at ${at}: ${document.slice(at, at + 40)}`)
  }
  const take = (text: string) => {
    if (!document.startsWith(text, at)) fail(`expected ${text}`)
    at += text.length
  }
  const name = () => {
    NAME.lastIndex = at
    const [found] = NAME.exec(document) ?? fail('expected a name')
    at += found.length
    return found
  }
  const decoded = (raw: string) => {
    if (/&(?!(?:amp|lt|gt|quot|apos);)/.test(raw)) fail(`a bare & in ${raw}`)
    return raw.replace(/&(\w+);/g, (_, entity: string) => ENTITIES[entity]!)
  }
  const element = (): Element => {
    take('<')
    const tag = name()
    const attributes: Record<string, string> = {}
    while (document[at] === ' ') {
      at++
      const key = name()
      if (Object.hasOwn(attributes, key)) fail(`${key} twice`)
      take('="')
      const end = document.indexOf('"', at)
      const raw = document.slice(at, end)
      if (end < 0 || raw.includes('<')) fail('an attribute that does not end')
      attributes[key] = decoded(raw)
      at = end + 1
    }
    if (document.startsWith('/>', at)) {
      at += 2
      return { name: tag, attributes, children: [], text: '' }
    }
    take('>')
    const children: Element[] = []
    let text = ''
    while (!document.startsWith('</', at)) {
      if (at >= document.length) fail(`<${tag}> does not end`)
      if (document[at] === '<') children.push(element())
      else {
        const end = document.indexOf('<', at)
        const raw = document.slice(at, end < 0 ? undefined : end)
        if (raw.includes(']]>')) fail(']]> in a text')
        text += decoded(raw)
        at += raw.length
      }
    }
    take(`</${tag}>`)
    return { name: tag, attributes, children, text }
  }
  const root = element()
  if (document.slice(at).trim() !== '') fail('something behind the root')
  return root
}
