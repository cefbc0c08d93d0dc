import type { Expect } from '../profile/profile.ts'
import { visibleOnly } from '../visible-only.ts'
import { type CompiledCapture, headerText } from './captures.ts'
import { errorsIn } from './check.ts'
import type { Answer } from './http/transport.ts'
import { compilePointer, isSameJson, parseJson } from './json-values.ts'

/** Of one line. */
const LONGEST = 200
/** Of what is quoted in it: the names of what was looked for must stay readable. */
const LONGEST_QUOTE = 60

/**
 * What a whole answer had not that the step asks for, in one line; undefined where it had all, or is none.
 * @param known what is known of it already
 */
export function explain(
  expect: Expect,
  captures: readonly CompiledCapture[],
  answer: Answer,
  known?: string,
): string | undefined {
  if (answer.cause !== undefined) return answer.detail && inALine(answer.detail)
  if (known !== undefined) return inALine(known)
  const document = answer.text === undefined ? undefined : parseJson(answer.text)
  const found =
    statusMissed(expect, answer) ??
    graphQlErrors(expect, answer, document) ??
    bodyMissed(expect, answer) ??
    headerMissed(expect, answer) ??
    jsonMissed(expect, answer, document) ??
    captureMissed(captures, answer, document)
  return found === undefined ? undefined : inALine(found)
}

function inALine(text: string): string {
  return visibleOnly(text).slice(0, LONGEST)
}

function statusMissed({ status: ranges }: Expect, { status }: Answer): string | undefined {
  if (ranges.some(({ from, to }) => status >= from && status <= to)) return undefined
  return `status ${status} instead of ${ranges.map(({ from, to }) => (from === to ? from : `${from}–${to}`)).join(', ')}`
}

function bodyMissed({ body }: Expect, { text }: Answer): string | undefined {
  if (body === undefined || text === undefined || text.includes(body)) return undefined
  return `the body has no ${quoted(body)}; it begins ${quoted(text)}`
}

function headerMissed({ headers }: Expect, answer: Answer): string | undefined {
  for (const { name, contains } of headers) {
    const value = headerText(answer.headers, name)
    if (value === undefined) return `there is no header ${quoted(name)}`
    if (!value.includes(contains)) return `header ${quoted(name)} is ${quoted(value)}, without ${quoted(contains)}`
  }
  return undefined
}

function graphQlErrors({ graphql }: Expect, { text }: Answer, document: unknown): string | undefined {
  if (!graphql || text === undefined) return undefined
  if (document === undefined) return 'the body is not JSON'
  const errors = errorsIn(document)
  if (errors === undefined) return undefined
  const message = compilePointer('/0/message')(errors)
  return `GraphQL errors: ${typeof message === 'string' ? quoted(message) : shown(errors)}`
}

function jsonMissed({ json }: Expect, { text }: Answer, document: unknown): string | undefined {
  if (json.length === 0 || text === undefined) return undefined
  if (document === undefined) return 'the body is not JSON'
  for (const { pointer, value } of json) {
    const found = compilePointer(pointer)(document)
    if (found === undefined) return `JSON ${quoted(pointer)} leads to nothing`
    if (!isSameJson(found, value)) return `JSON ${quoted(pointer)} is ${shown(found)} instead of ${shown(value)}`
  }
  return undefined
}

function captureMissed(captures: readonly CompiledCapture[], answer: Answer, document: unknown): string | undefined {
  const missed = captures.find(({ read }) => read(answer, document, Date) === undefined)
  return missed && `nothing to capture as ${quoted(missed.name)}`
}

function quoted(text: string): string {
  return `"${cut(text)}"`
}

function shown(value: unknown): string {
  return cut(JSON.stringify(value))
}

function cut(text: string): string {
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text
}
