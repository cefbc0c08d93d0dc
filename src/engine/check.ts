import type { Expect } from '../profile/profile.ts'
import type { EpochMs } from '../units.ts'
import type { AnswerCheck } from './answer-checks.ts'
import { type CompiledCapture, headerText } from './captures.ts'
import type { Answer, Wants } from './http/transport.ts'
import { compilePointer, compileValueCheck, parseJson } from './json-values.ts'
import type { Cause } from './shard-result.ts'
import type { Values } from './template.ts'

/** Judges a whole answer, and keeps what later steps need; the cause of the failure when it is one. */
export type Check = (answer: Answer, keeper: Keeper, values: Values) => Cause | undefined

export interface Keeper {
  keep(name: string, value: string): void
  now(): EpochMs
}

export interface CompiledCheck {
  readonly check: Check
  readonly wants: Wants
  /** What one of the further demands said of the answer that was judged last; undefined when none of them failed it. */
  readonly why: () => string | undefined
}

/** @param further demands of the step that are made ready elsewhere */
export function compileCheck(
  expect: Expect,
  captures: readonly CompiledCapture[],
  further: readonly AnswerCheck[] = [],
): CompiledCheck {
  if (further.length > 0) return withFurther(compileCheck(expect, captures), further)
  const reads = (what: CompiledCapture['reads']) => captures.some((capture) => capture.reads === what)
  const needsJson = expect.json.length > 0 || expect.graphql === true || reads('json')
  const needsText = needsJson || expect.body !== undefined || reads('text')
  const needsHeaders = expect.headers.length > 0 || reads('headers')
  const wants = { text: needsText, headers: needsHeaders }
  const values = expect.json.map(compileValueCheck)
  if (!needsText && !needsHeaders && captures.length === 0)
    return { wants, why: () => undefined, check: (answer) => judgeStatus(expect, answer.status) }
  return {
    wants,
    why: () => undefined,
    check: (answer, keeper) => {
      const wrong = judgeStatus(expect, answer.status)
      if (wrong) return wrong
      if (needsText && answer.text === undefined) return 'body-too-large'
      const json = needsJson ? parseJson(answer.text!) : undefined
      if (expect.graphql && errorsIn(json) !== undefined) return 'graphql-errors'
      if (!fulfils(expect, answer, json) || !values.every((holds) => holds(json))) return 'unexpected-answer'
      return keepAll(captures, answer, json, keeper)
    },
  }
}

/** They are asked once the answer has all else: each may take longer than that. */
function withFurther({ check, wants }: CompiledCheck, further: readonly AnswerCheck[]): CompiledCheck {
  const reads = (...kinds: readonly AnswerCheck['reads'][]) => further.some((one) => kinds.includes(one.reads))
  const needsText = reads('text', 'json', 'all')
  let why: string | undefined
  return {
    wants: { text: wants.text || needsText, headers: wants.headers || reads('all') },
    why: () => why,
    check: (answer, keeper, values) => {
      why = undefined
      const wrong = check(answer, keeper, values)
      if (wrong) return wrong
      if (needsText && answer.text === undefined) return 'body-too-large'
      let parsed: { readonly json: unknown } | undefined
      const json = () => {
        parsed ??= { json: parseJson(answer.text!) }
        return parsed.json
      }
      for (const { judge } of further) {
        const flaw = judge(answer, json, values)
        if (flaw === undefined) continue
        why = flaw.why
        return flaw.cause
      }
      return undefined
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

function fulfils({ headers, body, graphql }: Expect, answer: Answer, document: unknown): boolean {
  return (
    (body === undefined || answer.text!.includes(body)) &&
    (!graphql || document !== undefined) &&
    headers.every(({ name, contains }) => headerText(answer.headers, name)?.includes(contains) ?? false)
  )
}

const findErrors = compilePointer('/errors')

/** What a GraphQL answer says went wrong; undefined where all went well. */
export function errorsIn(document: unknown): unknown {
  const errors = findErrors(document)
  return errors === null || (Array.isArray(errors) && errors.length === 0) ? undefined : errors
}
