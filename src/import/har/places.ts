import { compileHtml } from '../../engine/html.ts'
import { parsedJson } from '../bodies.ts'
import type { DraftCapture } from '../draft.ts'
import { identifierOf } from '../names.ts'
import { escapedPattern, finds } from '../regex.ts'
import type { Answer } from './entries.ts'
import { type JsonLeaf, jsonLeaves, type Leaf } from './leaves.ts'

/** Where an answer holds a value, and what to call it. */
export interface Found {
  readonly capture: DraftCapture
  readonly name: string
}

/** An answer made ready to be looked through often. */
export interface Searchable {
  readonly answer: Answer
  readonly json: ReadonlyMap<string, readonly JsonLeaf[]>
}

export function searchable(answer: Answer): Searchable {
  const document = answer.text !== undefined && /json/.test(answer.type) ? parsedJson(answer.text) : undefined
  return { answer, json: Map.groupBy(jsonLeaves(document), ({ value }) => value) }
}

const WORD = /\w+/g

/** Words of which each value in the answer has some, so that not each answer is looked through for each value. */
export function wordsOf({ answer, json }: Searchable): ReadonlySet<string> {
  const texts = [
    ...json.keys(),
    ...answer.headers.map(([, value]) => value),
    json.size === 0 ? (answer.text ?? '') : '',
  ]
  return new Set(texts.flatMap((text) => text.match(WORD) ?? []))
}

/** The word of a value that is the least likely to be anywhere else. */
export function longestWord(value: string): string {
  return (value.match(WORD) ?? ['']).reduce((longest, word) => (word.length > longest.length ? word : longest))
}

/** The one place where the value stands; `ambiguous` where several could be meant, undefined where there is none. */
export function placeOf(leaf: Leaf, { answer, json }: Searchable): Found | 'ambiguous' | undefined {
  const leaves = json.get(leaf.value)
  if (leaves) return inJson(leaf, leaves)
  return inHeaders(leaf, answer.headers) ?? (json.size === 0 ? inText(leaf, answer.text ?? '') : undefined)
}

/** The only one; or the only one with the name that the request has for it; or the only one outside of lists. */
function inJson({ name }: Leaf, leaves: readonly JsonLeaf[]): Found | 'ambiguous' {
  const choices = [
    leaves,
    leaves.filter((leaf) => same(leaf.name, name)),
    leaves.filter(({ pointer }) => !/\/\d+(?:\/|$)/.test(pointer)),
  ]
  const [only] = choices.find(({ length }) => length === 1) ?? []
  return only ? { capture: { json: only.pointer }, name: nameOfPointer(only.pointer, name) } : 'ambiguous'
}

const same = (a: string, b: string) => a.replace(/\W|_/g, '').toLowerCase() === b.replace(/\W|_/g, '').toLowerCase()
const GENERAL = /^(?:id|uuid|key|value|code|name|number|token|href|url)$/i

/** `/data/order/id` is `orderId`, `/items/0/sku` is `sku`, and `/id` that is sent as `/orders/…` is `orderId`. */
function nameOfPointer(pointer: string, sentAs: string): string {
  const keys = pointer.split('/').filter((key) => key !== '' && !/^\d+$/.test(key))
  const last = keys.at(-1) ?? ''
  const parent = keys.at(-2)
  const sent = /^(?:id|uuid)$/i.test(last) && !/id$/i.test(sentAs) ? `${singular(sentAs)} ${last}` : last
  const words = GENERAL.test(last) && parent !== undefined && parent !== 'data' ? `${singular(parent)} ${last}` : sent
  return identifierOf(words, 'value')
}

const singular = (word: string) => word.replace(/(?<=[a-z]{2})(?<!s)s$/, '')

function inHeaders({ value }: Leaf, headers: Answer['headers']): Found | undefined {
  for (const [name, text] of headers) {
    const key = name.toLowerCase()
    if (key === 'set-cookie') {
      const cookie = text
        .split('\n')
        .map((line) => /^\s*([^=;\s]+)=([^;]*)/.exec(line))
        .find((match) => match?.[2]?.trim() === value)
      if (cookie) return { capture: { cookie: cookie[1] as string }, name: identifierOf(cookie[1] as string, 'cookie') }
    } else if (text === value && !NOT_FOR_USE.has(key))
      return { capture: { header: key }, name: identifierOf(key, 'header') }
  }
  return undefined
}

const NOT_FOR_USE = new Set(
  'age cf-ray content-length date etag expires last-modified server-timing via x-runtime'.split(' '),
)

/** Characters before a value that say where it stands. */
const BEFORE = 40
/** No longer than a tag of a form. */
const LONGEST_TAG = 1_000

/** In a page: the attribute of an element, or what stands right before it. Only what finds the value counts. */
function inText(leaf: Leaf, text: string): Found | 'ambiguous' | undefined {
  const at = standsAlone(leaf.value, text)
  if (at < 0) return undefined
  const element = ofElement(leaf.value, text, at)
  if (element && compileHtml(element.html, element.attribute)(text) === leaf.value) {
    const { html, attribute, name } = element
    return { capture: attribute === 'value' ? { html } : { html, attribute }, name: identifierOf(name, 'value') }
  }
  const before = ofLine(leaf.value, text, at)
  if (!before || !finds(before.regex, text, leaf.value)) return 'ambiguous'
  return { capture: { regex: before.regex }, name: identifierOf(before.name ?? leaf.name, 'value') }
}

/** Where it stands and is no part of a longer word. */
function standsAlone(value: string, text: string): number {
  const isWord = (character: string | undefined) => character !== undefined && /\w/.test(character)
  let at = text.indexOf(value)
  while (at >= 0 && (isWord(text[at - 1]) || isWord(text[at + value.length]))) at = text.indexOf(value, at + 1)
  return at
}

/** `<input name="csrf" value="…">`, `<meta name="csrf-token" content="…">`, in either order. */
function ofElement(
  value: string,
  text: string,
  at: number,
): { readonly html: string; readonly attribute: string; readonly name: string } | undefined {
  const open = text.lastIndexOf('<', at)
  const close = text.indexOf('>', at)
  if (open < 0 || close < 0 || close - open > LONGEST_TAG || text.slice(open, at).includes('>')) return undefined
  const tag = text.slice(open, close)
  const [, element] = /^<([A-Za-z][\w-]*)\s/.exec(tag) ?? []
  const [, attribute] = /([\w-]+)\s*=\s*["']?$/.exec(tag.slice(0, at - open)) ?? []
  const [, key, , name] = /\s(name|id|property)\s*=\s*(["'])([\w.:[\]-]+)\2/.exec(tag) ?? []
  if (element === undefined || attribute === undefined || name === undefined || name === value) return undefined
  const is = /^[\w-]+$/.test(name) ? name : `"${name}"`
  return { html: `${element.toLowerCase()}[${key}=${is}]`, attribute: attribute.toLowerCase(), name }
}

interface TextPattern {
  readonly regex: string
  readonly name: string | undefined
}

function ofLine(value: string, text: string, at: number): TextPattern | undefined {
  const before = /[^\n;{,]*$/.exec(text.slice(Math.max(0, at - BEFORE), at))?.[0].replace(/^.*(?=<)|^\s+/, '') ?? ''
  // A number in it is likely to be another one next time.
  if (before.length < 4 || /\d{4}/.test(before)) return undefined
  const [, name] = /([A-Za-z_][\w-]*)["']?\s*[:=]\s*["']?$/.exec(before) ?? []
  const next = text[at + value.length] ?? ''
  const end = next === '"' || next === "'" ? next : `"'&<>\\s?#/,;`
  return { regex: `${escapedPattern(before)}([^${end}]+)`, name }
}
