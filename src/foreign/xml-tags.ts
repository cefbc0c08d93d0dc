import { decodeXml } from '../xml-entities.ts'
import { damaged, WHOLE_FILE } from './damaged.ts'

const LONGEST_TAG = 1_048_576

export interface Tag {
  readonly name: string
  readonly kind: 'start' | 'end' | 'empty'
  readonly attributes: () => ReadonlyMap<string, string>
}

/** The tags of XML from its lines. Text between them, comments, CDATA and instructions are passed over; a DTD is refused. */
export class XmlTags {
  readonly #file: string
  readonly #take: (tag: Tag, line: number) => void
  /** What ends the piece that is passed over. */
  #until: string | undefined
  /** A tag that goes on in the next line. */
  #open = ''

  constructor(file: string, take: (tag: Tag, line: number) => void) {
    this.#file = file
    this.#take = take
  }

  line(text: string, number: number): void {
    const all = `${this.#open}${text}\n`
    this.#open = ''
    for (let at = 0; at < all.length; ) {
      if (this.#until !== undefined) {
        const end = all.indexOf(this.#until, at)
        if (end < 0) return
        at = end + this.#until.length
        this.#until = undefined
        continue
      }
      const from = all.indexOf('<', at)
      if (from < 0) return
      const passed = PASSED.find(([begin]) => all.startsWith(begin, from))
      if (passed !== undefined) {
        this.#until = passed[1]
        at = from + passed[0].length
        continue
      }
      const end = endOfTag(all, from)
      if (end === undefined) {
        this.#open = all.slice(from)
        if (this.#open.length > LONGEST_TAG) throw this.#broken(number, 'a tag is not closed')
        return
      }
      this.#tag(all.slice(from + 1, end), number)
      at = end + 1
    }
  }

  /** Whether it ends between two tags. */
  get isWhole(): boolean {
    return this.#open === '' && this.#until === undefined
  }

  #tag(text: string, line: number): void {
    if (text.startsWith('!')) throw this.#broken(line, 'it has a DTD, which no JTL has')
    const [, slash, name] = /^(\/?)([\w.:-]+)/.exec(text) ?? []
    if (name === undefined) throw this.#broken(line, 'a tag has no name')
    const kind = slash === '/' ? 'end' : text.endsWith('/') ? 'empty' : 'start'
    this.#take({ name, kind, attributes: () => attributesIn(text) }, line)
  }

  #broken(line: number, why: string) {
    return damaged(this.#file, line, why, WHOLE_FILE)
  }
}

const PASSED: readonly (readonly [begin: string, end: string])[] = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
]

/** Where its `>` stands: one between quotes is none. */
function endOfTag(text: string, from: number): number | undefined {
  for (let at = from; at < text.length; at++) {
    const character = text[at]
    if (character === '>') return at
    if (character !== '"' && character !== "'") continue
    at = text.indexOf(character, at + 1)
    if (at < 0) return undefined
  }
  return undefined
}

function attributesIn(tag: string): ReadonlyMap<string, string> {
  const found = tag.matchAll(/([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)
  return new Map([...found].map(([, name = '', double, single = '']) => [name, decodeXml(double ?? single)]))
}
