import { isDeepStrictEqual } from 'node:util'
import type { Expect } from '../profile/profile.ts'
import type { EpochMs } from '../units.ts'
import { type CompiledCapture, headerText, valueAt } from './captures.ts'
import type { Answer, Wants } from './http/transport.ts'
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

export function compileCheck(expect: Expect, captures: readonly CompiledCapture[]): CompiledCheck {
  const reads = (what: CompiledCapture['reads']) => captures.some((capture) => capture.reads === what)
  const needsJson = expect.json.length > 0 || expect.graphql === true || reads('json')
  const needsText = needsJson || expect.body !== undefined || reads('text')
  const needsHeaders = expect.headers.length > 0 || reads('headers')
  const wants = { text: needsText, headers: needsHeaders }
  if (!needsText && !needsHeaders && captures.length === 0)
    return { wants, check: (answer) => judgeStatus(expect, answer.status) }
  return {
    wants,
    check: (answer, keeper) => {
      const wrong = judgeStatus(expect, answer.status)
      if (wrong) return wrong
      if (needsText && answer.text === undefined) return 'body-too-large'
      const json = needsJson ? parseJson(answer.text!) : undefined
      if (expect.graphql && errorsIn(json) !== undefined) return 'graphql-errors'
      if (!fulfils(expect, answer, json)) return 'unexpected-answer'
      return keepAll(captures, answer, json, keeper)
    },
  }
}

function judgeStatus({ status: ranges }: Expect, status: number): Cause | undefined {
  for (const { from, to } of ranges) if (status >= from && status <= to) return undefined
  return 'unexpected-status'
}

function keepAll(
  captures: readonly CompiledCapture[],
  answer: Answer,
  json: unknown,
  keeper: Keeper,
): Cause | undefined {
  for (const { name, read } of captures) {
    const value = read(answer, json, keeper)
    if (value === undefined) return 'missing-capture'
    keeper.keep(name, value)
  }
  return undefined
}

function fulfils({ json, headers, body, graphql }: Expect, answer: Answer, document: unknown): boolean {
  return (
    (body === undefined || answer.text!.includes(body)) &&
    (!graphql || document !== undefined) &&
    headers.every(({ name, contains }) => headerText(answer.headers, name)?.includes(contains) ?? false) &&
    json.every(({ pointer, value }) => isDeepStrictEqual(valueAt(document, pointer), value))
  )
}

/** What a GraphQL answer says went wrong; undefined where all went well. */
export function errorsIn(document: unknown): unknown {
  const errors = valueAt(document, '/errors')
  return errors === null || (Array.isArray(errors) && errors.length === 0) ? undefined : errors
}

/** Undefined when the text is not JSON, as no JSON value is. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
