import { isDeepStrictEqual } from 'node:util'
import type { Capture, Expect, RequestStep } from '../profile/profile.ts'
import type { EpochMs } from '../units.ts'
import { parseCookie } from './cookies.ts'
import type { Answer, AnswerHeaders, Wants } from './http/transport.ts'
import type { Cause } from './shard-result.ts'

/** Judges a whole answer, and keeps what later steps need; the cause of the failure when it is one. */
export type Check = (answer: Answer, keeper: Keeper) => Cause | undefined

export interface Keeper {
  keep(name: string, value: string): void
  now(): EpochMs
}

export interface CompiledCheck {
  readonly check: Check
  readonly wants: Wants
}

export function compileCheck({ expect, capture }: Pick<RequestStep, 'expect' | 'capture'>): CompiledCheck {
  const needsJson = expect.json.length > 0 || capture.some(({ from }) => from.kind === 'json')
  const needsText = needsJson || expect.body !== undefined
  const needsHeaders = expect.headers.length > 0 || capture.some(({ from }) => from.kind === 'header')
  const wants = { text: needsText, headers: needsHeaders }
  if (!needsText && !needsHeaders && capture.length === 0)
    return { wants, check: (answer) => judgeStatus(expect, answer.status) }
  return {
    wants,
    check: (answer, keeper) => {
      const wrong = judgeStatus(expect, answer.status)
      if (wrong) return wrong
      if (needsText && answer.text === undefined) return 'body-too-large'
      const json = needsJson ? parseJson(answer.text!) : undefined
      if (!fulfils(expect, answer, json)) return 'unexpected-answer'
      return keepAll(capture, answer, json, keeper)
    },
  }
}

function judgeStatus({ status: ranges }: Expect, status: number): Cause | undefined {
  for (const { from, to } of ranges) if (status >= from && status <= to) return undefined
  return 'unexpected-status'
}

function fulfils({ json, headers, body }: Expect, answer: Answer, document: unknown): boolean {
  return (
    (body === undefined || answer.text!.includes(body)) &&
    headers.every(({ name, contains }) => headerText(answer.headers, name)?.includes(contains) ?? false) &&
    json.every(({ pointer, value }) => isDeepStrictEqual(valueAt(document, pointer), value))
  )
}

function keepAll(captures: readonly Capture[], answer: Answer, json: unknown, keeper: Keeper): Cause | undefined {
  for (const { name, from } of captures) {
    const value =
      from.kind === 'json'
        ? textOf(valueAt(json, from.pointer))
        : from.kind === 'header'
          ? decoded(headerText(answer.headers, from.name))
          : decoded(cookieText(answer.headers, from.name, keeper.now()))
    if (value === undefined) return 'missing-capture'
    keeper.keep(name, value)
  }
  return undefined
}

/** Undefined when the text is not JSON, as no JSON value is. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The value that a JSON Pointer (RFC 6901) leads to; undefined when it leads nowhere. */
export function valueAt(document: unknown, pointer: string): unknown {
  let at = document
  for (const token of pointer.split('/').slice(1)) {
    // Own properties only: `/constructor` is nothing that the target said.
    if (typeof at !== 'object' || at === null) return undefined
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(at) && !/^(0|[1-9]\d*)$/.test(key)) return undefined
    if (!Object.hasOwn(at, key)) return undefined
    at = (at as Record<string, unknown>)[key]
  }
  return at
}

/** A captured value as text; null is no value, and what is not a plain value is its JSON. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The values of a header that came more than once are one list (RFC 9110 5.3). */
function headerText(headers: AnswerHeaders, name: string): string | undefined {
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
