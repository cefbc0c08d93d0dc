import { formFields, parsedJson } from '../bodies.ts'
import { ofTheBrowser } from '../headers.ts'
import { decoded } from '../text.ts'
import type { Entry } from './entries.ts'

/** A single value that a request sends, and what it is called there. */
export interface Leaf {
  readonly name: string
  readonly value: string
}

const MOST_LEAVES = 20_000

/** The values of a request, taken apart: pieces of the path, parameters, fields, values of JSON, headers of a script. */
export function leavesOf({ headers, body }: Entry, path: string): readonly Leaf[] {
  const [address = '', query = ''] = splitAt(path, '?')
  const pieces = address.split('/')
  return [
    { name: 'location', value: path },
    ...pieces.map((piece, index) => ({ name: pieces[index - 1] ?? '', value: decoded(piece) })),
    ...[...new URLSearchParams(query)].map(([name, value]) => ({ name, value })),
    ...bodyLeaves(body),
    ...headers.flatMap(([name, value]) => headerLeaves(name, value)),
  ].filter(({ value }) => isDynamic(value))
}

function headerLeaves(name: string, value: string): readonly Leaf[] {
  const key = name.toLowerCase()
  if (key === 'cookie' || key === 'content-type' || ofTheBrowser(name, value) !== undefined) return []
  return [{ name, value: withoutScheme(value) }]
}

/** What stands behind `Bearer`. */
export function withoutScheme(value: string): string {
  return value.replace(/^[A-Za-z]+ (?=\S+$)/, '')
}

function bodyLeaves(body: Entry['body']): readonly Leaf[] {
  if (body?.text === undefined) return []
  const form = formFields(body.text, body.type)
  if (form) return form.map(([name, value]) => ({ name, value }))
  return /json/i.test(body.type ?? '')
    ? jsonLeaves(parsedJson(body.text)).map(({ name, value }) => ({ name, value }))
    : []
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
 * Whether a value looks as if it were made for this visit: a number of five digits, letters and digits mixed as in no word, or
 * something long without a blank. A word, a date or a small number may be the same by accident.
 */
export function isDynamic(value: string): boolean {
  if (value.length < 5 || value.length > 4_000 || /[\s@<>"]/.test(value)) return false
  if (/^\d+$/.test(value)) return true
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
