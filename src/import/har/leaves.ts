import { parsedJson, rawBody } from '../bodies.ts'
import { ofTheBrowser } from '../headers.ts'
import { multipartParts } from '../multipart.ts'
import { namedValues, withoutScheme } from '../named-values.ts'
import { isPassword, isSecret } from '../secrets.ts'
import { decoded } from '../text.ts'
import type { Entry } from './entries.ts'

/** A single value that a request sends, and what it is called there. */
export interface Leaf {
  readonly name: string
  readonly value: string
}

/** Where it stands in its request; the same in each request that is made alike. */
export interface SentLeaf extends Leaf {
  readonly place: string
}

const MOST_LEAVES = 20_000

/** The values of a request that look made for one visit, or have the name of something that is. */
export function leavesOf(entry: Entry, path: string): readonly Leaf[] {
  return [{ name: 'location', value: path }, ...sentLeaves(entry, path)].filter(
    ({ name, value }) => isDynamic(value) || isToken(name, value),
  )
}

/** However it looks. A password is the user's own: the same word in a page has nothing to do with it. */
function isToken(name: string, value: string): boolean {
  return isSecret(name, value) && !isPassword(name, value)
}

/** The values of a request, taken apart: pieces of the path, parameters, fields, values of JSON, headers of a script. */
export function sentLeaves({ headers, body }: Entry, path: string): readonly SentLeaf[] {
  const [address = '', query = ''] = splitAt(path, '?')
  const pieces = address.split('/')
  const parameters = query.split('&').map((pair) => splitAt(pair, '='))
  return [
    ...pieces.map((piece, at) => ({ name: pieces[at - 1] ?? '', value: decoded(piece), place: placeOf.piece(at) })),
    ...parameters.map(([name, value], at) => ({
      name: decoded(name),
      value: decoded(value.replaceAll('+', ' ')),
      place: placeOf.parameter(at),
    })),
    ...bodyLeaves(body),
    ...headers.flatMap(([name, value]) => headerLeaves(name, value)),
  ]
}

/** The names of places. */
export const placeOf = {
  piece: (at: number) => `path ${at}`,
  parameter: (at: number) => `query ${at}`,
  header: (name: string) => `header ${name.toLowerCase()}`,
  field: (at: number) => `field ${at}`,
  json: (pointer: string) => `json ${pointer}`,
  text: (at: number) => `text ${at}`,
} as const

function headerLeaves(name: string, value: string): readonly SentLeaf[] {
  const key = name.toLowerCase()
  if (key === 'cookie' || key === 'content-type' || ofTheBrowser(name, value) !== undefined) return []
  return [{ name, value: withoutScheme(value), place: placeOf.header(name) }]
}

function bodyLeaves(body: Entry['body']): readonly SentLeaf[] {
  if (body?.text === undefined) return []
  const { text, type, bytes = false } = body
  const parts = multipartParts(text, type ?? '', bytes)
  if (parts)
    return parts.flatMap((part, at) =>
      'value' in part ? [{ name: part.name, value: part.value, place: placeOf.field(at) }] : [],
    )
  if (bytes) return []
  const raw = rawBody(text, type)
  if (raw.kind === 'form') return raw.pairs.map(([name, value], at) => ({ name, value, place: placeOf.field(at) }))
  if (raw.kind === 'json')
    return jsonLeaves(raw.value).map(({ name, value, pointer }) => ({ name, value, place: placeOf.json(pointer) }))
  const named = namedValues(text, type).map(({ name, value }, at) => ({ name, value, place: placeOf.text(at) }))
  // What is JSON and would be written in another way is sent as it is.
  return /json/i.test(type ?? '')
    ? [...named, ...jsonLeaves(parsedJson(text)).map((leaf) => ({ ...leaf, place: '' }))]
    : named
}

export interface JsonLeaf extends Leaf {
  /** RFC 6901. */
  readonly pointer: string
}

/** Texts and numbers of a JSON value, as many as one looks through; in a list of its own, so that no depth is too deep. */
export function jsonLeaves(document: unknown): readonly JsonLeaf[] {
  const leaves: JsonLeaf[] = []
  const open: { readonly value: unknown; readonly pointer: string; readonly name: string }[] = [
    { value: document, pointer: '', name: '' },
  ]
  for (let at = open.pop(); at !== undefined && leaves.length < MOST_LEAVES; at = open.pop()) {
    const { value, pointer, name } = at
    if (typeof value === 'string' || typeof value === 'number') leaves.push({ name, value: String(value), pointer })
    if (typeof value !== 'object' || value === null) continue
    for (const [key, inner] of Object.entries(value).reverse()) {
      const token = key.replaceAll('~', '~0').replaceAll('/', '~1')
      open.push({ value: inner, pointer: `${pointer}/${token}`, name: Array.isArray(value) ? name : key })
    }
  }
  return leaves
}

/**
 * Whether a value looks as if it were made for this visit: a number of five digits, letters and digits mixed as in no word,
 * hexadecimal digits as of a key, or something long without a blank. A word, a date or a small number may be the same by accident.
 */
export function isDynamic(value: string): boolean {
  if (value.length < 5 || value.length > 4_000 || /[\s@<>"]/.test(value)) return false
  if (/^\d+$|^(?=.*\d.*\d)[\da-f]{10,}$/.test(value)) return true
  if (value.startsWith('/'))
    return value.split(/[/?&=]/).some((piece) => piece !== '' && !piece.includes('.') && isDynamic(piece))
  if (/^\d{4}-\d\d?-\d\d?|^v?\d+(?:\.\d+)+$|^https?:|^[a-z]+[-_]?\d{1,3}$|^\d+(?:px|ms|kb|x\d+)$/i.test(value))
    return false
  const letters = value.replace(/[^A-Za-z]/g, '').length
  const numbers = value.replace(/\D/g, '').length
  if (value.length >= 8 && letters > 0 && numbers >= 2) return true
  return value.length >= 20 && !/[-_./ ]/.test(value) && /[a-z]/.test(value) && /[A-Z]/.test(value)
}

function splitAt(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
