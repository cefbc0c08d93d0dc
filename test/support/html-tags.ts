// A page as a browser's tokenizer takes it apart: tags and attributes, nothing of which a name may bring along.

export interface Tag {
  /** "/p" where it ends something, "!--" for a comment. */
  readonly name: string
  readonly attributes: readonly (readonly [name: string, value: string])[]
}

const OPENS = /<(?:!--|[a-zA-Z/!?])/g
const NAME = /[^\s/>]+/y
const ATTRIBUTE = /[\s/]*([^\s=>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/y
const RAW = ['script', 'style', 'title', 'textarea', 'template', 'noscript', 'iframe']

export function tagsOf(page: string): readonly Tag[] {
  const tags: Tag[] = []
  for (let at = 0; ; ) {
    OPENS.lastIndex = at
    const open = OPENS.exec(page)
    if (open === null) return tags
    if (open[0] === '<!--') {
      tags.push({ name: '!--', attributes: [] })
      at = after(page, '-->', open.index)
      continue
    }
    const { tag, end } = tagAt(page, open.index + 1)
    tags.push(tag)
    const raw = RAW.includes(tag.name) ? page.slice(end).search(new RegExp(`</${tag.name}[\\s/>]`, 'i')) : 0
    at = raw < 0 ? page.length : end + raw
  }
}

function tagAt(page: string, start: number): { readonly tag: Tag; readonly end: number } {
  NAME.lastIndex = start + (page[start] === '/' ? 1 : 0)
  const name = `${page[start] === '/' ? '/' : ''}${NAME.exec(page)?.[0] ?? ''}`.toLowerCase()
  const attributes: (readonly [string, string])[] = []
  ATTRIBUTE.lastIndex = start + name.length
  let end = ATTRIBUTE.lastIndex
  for (let found = ATTRIBUTE.exec(page); found !== null; found = ATTRIBUTE.exec(page)) {
    const [, attribute = '', double, single, bare] = found
    attributes.push([attribute.toLowerCase(), double ?? single ?? bare ?? ''])
    end = ATTRIBUTE.lastIndex
  }
  return { tag: { name, attributes }, end: after(page, '>', end) }
}

function after(page: string, mark: string, from: number): number {
  const found = page.indexOf(mark, from)
  return found < 0 ? page.length : found + mark.length
}
