import type { JsonValue } from '../profile/profile.ts'

/** A body as it was sent, taken apart as far as it can be put together again. */
export type RawBody =
  | { readonly kind: 'json'; readonly value: JsonValue }
  | { readonly kind: 'form'; readonly pairs: readonly (readonly [string, string])[] }
  | { readonly kind: 'text'; readonly text: string; readonly type: string | undefined }

/** Beyond it, a body is data and no line of a profile. */
export const LONGEST_BODY = 100_000
/** So that a profile with it in is not nested more deeply than its reader follows. */
const DEEPEST_BODY = 30

export function rawBody(text: string, type: string | undefined): RawBody {
  const bare = type?.split(';')[0]?.trim().toLowerCase()
  const value = bare === 'application/json' ? jsonAsWritten(text) : undefined
  if (value !== undefined) return { kind: 'json', value }
  const pairs = formFields(text, type)
  return pairs ? { kind: 'form', pairs } : { kind: 'text', text, type }
}

/** Whether a `json` or `form` of a profile brings this content type along by itself. */
export function impliesType(kind: 'json' | 'form', type: string): boolean {
  const [bare = '', ...parameters] = type.split(';').map((part) => part.trim().toLowerCase())
  const plain = parameters.every((parameter) => /^charset="?utf-?8"?$/.test(parameter) || parameter === '')
  return plain && bare === { json: 'application/json', form: 'application/x-www-form-urlencoded' }[kind]
}

/** Its value where writing that gives the same JSON: no digit, no repeated name and no order is lost. */
export function jsonAsWritten(text: string): JsonValue | undefined {
  const value = parsedJson(text)
  if (value === undefined || typeof value === 'string' || isTooDeep(value, DEEPEST_BODY)) return undefined
  const bare = text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, string: string | undefined) => string ?? '')
  return JSON.stringify(value) === bare ? value : undefined
}

export function parsedJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Undefined where a name comes twice, which a map cannot say, or where it is no form. */
export function formFields(text: string, type: string | undefined): readonly (readonly [string, string])[] | undefined {
  if (!/^application\/x-www-form-urlencoded\b/i.test(type ?? '')) return undefined
  if (/[\s\0]/.test(text.trim()) || !text.includes('=')) return undefined
  const pairs = [...new URLSearchParams(text.trim())]
  const names = new Set(pairs.map(([name]) => name))
  return names.size === pairs.length && !names.has('') ? pairs : undefined
}

/** A JSON value with each of its strings replaced; nesting is bounded by who read it. */
export function mapStrings(
  value: JsonValue,
  replace: (text: string, at: JsonPlace) => string,
  at = OUTERMOST,
): JsonValue {
  if (typeof value === 'string') return replace(value, at)
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map((item, index) => mapStrings(item, replace, within(at, index)))
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapStrings(item, replace, within(at, key))]),
  )
}

/** Where a value stands in a JSON document. */
export interface JsonPlace {
  /** Of the list, where it stands in one. */
  readonly name: string
  /** RFC 6901. */
  readonly pointer: string
}

export const OUTERMOST: JsonPlace = { name: '', pointer: '' }

export function within({ name, pointer }: JsonPlace, key: string | number): JsonPlace {
  const token = String(key).replaceAll('~', '~0').replaceAll('/', '~1')
  return { name: typeof key === 'number' ? name : key, pointer: `${pointer}/${token}` }
}

/** Levels of maps and lists in a value, counted no further than `most` + 1. */
export function isTooDeep(value: unknown, most: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return most === 0 || Object.values(value).some((inner) => isTooDeep(inner, most - 1))
}
