import type { PlannedStep } from '../plan/plan.ts'
import type { Capture, Expect, JsonValue } from '../profile/profile.ts'
import { parseSelector } from '../profile/selector.ts'
import { expectedOfLast, streamOf } from './stand-in-events.ts'

type RequestStep = Extract<PlannedStep, { kind: 'request' }>

/** What the stand-in says to a step: what the step expects, what it captures, and little else. */
export interface StandInAnswer {
  readonly status: number
  /** Name, value, name, value. */
  readonly headers: readonly string[]
  readonly body: string
}

/** As long as an id or a short token. */
const CAPTURED = 'stand-in-0123456789'
/** Finds it; what fits a pattern of a profile nobody can make up. */
export const STAND_IN_PATTERN = 'stand-in-[0-9]+'

// RFC 9110 15: 1xx is not the end of an answer, and these have no body.
const FIRST_FINAL = 200
const BODILESS = [204, 205, 304]

/** Of these the server itself knows best: another length than the body's would leave the client waiting. */
const FRAMING = ['content-length', 'transfer-encoding']

/**
 * An answer that the step takes for a success, where there is one: what contradicts itself, as JSON of a HEAD request, is
 * answered with what there is, and its request fails.
 */
export function answerTo({
  method,
  expect: asked,
  capture,
  events,
}: Pick<RequestStep, 'method' | 'expect' | 'capture' | 'events'>): StandInAnswer {
  const expect = events ? expectedOfLast(asked, events) : asked
  const captured = (kind: string) => capture.flatMap(({ from }) => (from.kind === kind ? [from] : []))
  const pointers = captured('json').flatMap((from) => ('pointer' in from ? [from.pointer] : []))
  const cookies = captured('cookie').flatMap((from) => ('name' in from ? [from.name] : []))
  const names = captured('header').flatMap((from) => ('name' in from ? [from.name] : []))
  const json = expect.json.length > 0 || pointers.length > 0 || expect.graphql === true
  const found = captured('regex').length > 0
  const elements = captured('html').map(elementFor).join('')
  const plain = `${expect.body ?? ''}${found ? CAPTURED : ''}${elements}`
  const said =
    method === 'HEAD' ? '' : json ? jsonBody({ ...expect, body: plain === '' ? undefined : plain }, pointers) : plain
  const body = events ? streamOf(said, events) : said
  const type = events ? 'text/event-stream' : json ? 'application/json' : 'text/plain'
  const status = statusFor(expect, body !== '')
  return {
    status,
    headers: [
      ...headersFor(expect, names, type),
      ...cookies.flatMap((name) => ['set-cookie', `${name}=${CAPTURED}; Path=/`]),
      ...(BODILESS.includes(status) ? [] : ['content-length', String(Buffer.byteLength(body))]),
    ],
    body: BODILESS.includes(status) ? '' : body,
  }
}

/** An element that the selector fits; with single quotes, which JSON does not change. */
function elementFor(from: Capture['from']): string {
  const selector = from.kind === 'html' ? parseSelector(from.selector) : undefined
  if (from.kind !== 'html' || selector === undefined) return ''
  const attributes = [...selector.attributes, { name: from.attribute, is: CAPTURED }]
  // Where the selector asks for a value of the very attribute, that is what is captured: the first of two counts.
  const written = attributes.map(({ name, is = '' }) => ` ${name}='${escaped(is)}'`)
  return `<${selector.tag ?? 'input'}${written.join('')}>`
}

function escaped(text: string): string {
  return text.replace(/[&'"<>\\]/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** 200 where that is a success, else the lowest that is one and can be answered. */
function statusFor({ status: ranges }: Expect, hasBody: boolean): number {
  const allowed = (status: number) => ranges.some(({ from, to }) => from <= status && status <= to)
  const all = Array.from({ length: 400 }, (_, index) => FIRST_FINAL + index).filter(allowed)
  return all.find((status) => !(hasBody && BODILESS.includes(status))) ?? all[0] ?? FIRST_FINAL
}

function headersFor({ headers }: Expect, captured: readonly string[], type: string): string[] {
  const values = new Map<string, string>([['content-type', type]])
  for (const name of captured) values.set(name, CAPTURED)
  for (const { name, contains } of headers) values.set(name, contains)
  // What a header cannot carry cannot be expected of one.
  return [...values].filter(([name, value]) => !FRAMING.includes(name) && /^[\t\x20-\x7e]*$/.test(value)).flat()
}

/** One document with all that is expected and captured; the text that is expected beside it is one more value of it. */
function jsonBody({ json, body, graphql }: Expect, captured: readonly string[]): string {
  let document: unknown = graphql ? { data: {} } : undefined
  const byDepth = json.toSorted((a, b) => a.pointer.split('/').length - b.pointer.split('/').length)
  for (const { pointer, value } of byDepth) document = withValue(document, tokensOf(pointer), value)
  for (const pointer of captured) document = withValue(document, tokensOf(pointer), CAPTURED)
  const text = JSON.stringify(document)
  return body === undefined || text.includes(body) ? text : JSON.stringify(withValue(document, ['text'], body))
}

/** RFC 6901 4. */
function tokensOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** Objects all the way down: a pointer's numbers name their members as well as elements. What is there already stays. */
function withValue(document: unknown, [token, ...rest]: readonly string[], value: JsonValue): unknown {
  if (token === undefined) return document ?? value
  if (document !== undefined && (typeof document !== 'object' || document === null || Array.isArray(document)))
    return document
  const members = new Map(Object.entries(document ?? {}))
  members.set(token, withValue(members.get(token), rest, value))
  // Unlike an assignment, this makes "__proto__" a member like any other.
  return Object.fromEntries(members)
}
