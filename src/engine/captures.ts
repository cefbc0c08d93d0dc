import type { Pattern } from '../pattern.ts'
import type { Capture } from '../profile/profile.ts'
import type { EpochMs } from '../units.ts'
import { parseCookie } from './cookies.ts'
import type { Answer, AnswerHeaders } from './http/transport.ts'
import { compilePointer } from './json-values.ts'

/** A capture made ready. */
export interface CompiledCapture {
  readonly name: string
  /** What it has to be given of the answer. Cookies are always there. */
  readonly reads: 'json' | 'text' | 'headers' | 'cookies'
  /** Undefined where the answer does not have it. */
  readonly read: (answer: Answer, json: unknown, clock: { now(): EpochMs }) => string | undefined
}

/** By their source. */
export type Patterns = ReadonlyMap<string, Pattern>

/** The library that reads pages; undefined where no capture needs it. */
export type Html = Pick<typeof import('./html.ts'), 'compileHtml'>

/** @param patterns all that there are in captures */
export function compileCapture({ name, from }: Capture, patterns: Patterns, html?: Html): CompiledCapture {
  switch (from.kind) {
    case 'json': {
      const find = compilePointer(from.pointer)
      return { name, reads: 'json', read: (_, json) => textOf(find(json)) }
    }
    case 'regex': {
      const pattern = patterns.get(from.pattern)!
      return { name, reads: 'text', read: ({ text }) => (text === undefined ? undefined : pattern.find(text)) }
    }
    case 'html': {
      const find = html!.compileHtml(from.selector, from.attribute)
      return { name, reads: 'text', read: ({ text }) => (text === undefined ? undefined : find(text)) }
    }
    case 'header':
      return { name, reads: 'headers', read: ({ headers }) => decoded(headerText(headers, from.name)) }
    case 'cookie':
      return {
        name,
        reads: 'cookies',
        read: ({ headers }, _, clock) => decoded(cookieText(headers, from.name, clock.now())),
      }
  }
}

/** A captured value as text; null is no value, and what is not a plain value is its JSON. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The values of a header that came more than once are one list (RFC 9110 5.3). */
export function headerText(headers: AnswerHeaders, name: string): string | undefined {
  const key = name.toLowerCase()
  const value = Object.hasOwn(headers, key) ? headers[key] : undefined
  return typeof value === 'string' ? value : value?.join(', ')
}

/** The last cookie of that name that the answer sets. */
function cookieText(headers: AnswerHeaders, name: string, now: EpochMs): string | undefined {
  const lines = Object.hasOwn(headers, 'set-cookie') ? headers['set-cookie'] : undefined
  if (lines === undefined) return undefined
  const cookies = (typeof lines === 'string' ? [lines] : lines).map((line) => parseCookie(line, now))
  return cookies.findLast((cookie) => cookie?.name === name)?.value
}

/** Header text comes as one character per byte; what people mean by bytes beyond ASCII is UTF-8. */
function decoded(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(text, 'latin1').toString()
}
