import { meanTimes } from '../plan/expected.ts'
import type { Capture, Expect, Flow, RequestStep, Template } from '../profile/profile.ts'
import { formatDuration, formatShare, type Ms } from '../units.ts'
import { answerCheckDifferences } from './answer-check-differences.ts'
import { type Difference, demandDiffers, type Effect, namesOf, numberDiffers, textDiffers } from './difference.ts'
import { eventDifferences } from './event-differences.ts'

/** A step with the timeout of its profile, which it has where it names none of its own. */
export interface TimedStep {
  readonly step: RequestStep
  readonly timeout: Ms
}

/** What a request asks for, and what must be answered. */
export function stepDifferences(step: string, was: TimedStep, is: TimedStep): readonly Difference[] {
  const [before, after] = [was.step, is.step]
  return [
    ...textDiffers(`${step}: request`, requestText(before), requestText(after)),
    ...oftenDiffers(`${step}: sent`, before, after),
    ...flowDifferences(step, before.flow, after.flow),
    ...headerDifferences(step, before, after),
    ...textDiffers(`${step}: body`, bodyText(before, before), bodyText(after, before)),
    ...textDiffers(`${step}: conversation`, talkText(before, before), talkText(after, before)),
    ...eventDifferences(step, before.events, after.events),
    ...textDiffers(`${step}: redirects`, before.redirects, after.redirects),
    ...expectDifferences(step, before.expect, after.expect),
    ...captureDifferences(step, before.capture, after.capture),
    ...timeoutDifferences(`${step}: timeout`, was, is),
  ]
}

function requestText({ method, path }: RequestStep): string {
  return `${method} ${templateText(path)}`
}

/** What is sent once only may be as slow as it likes. */
function oftenDiffers(what: string, before: RequestStep, after: RequestStep): readonly Difference[] {
  const often = ({ once }: RequestStep) => (once ? "once in a user's life" : 'in every iteration')
  if (before.once === after.once) return []
  return [{ what, before: often(before), after: often(after), effect: after.once ? 'looser' : 'different' }]
}

/** What is sent less often may be as slow as it likes. */
export function flowDifferences(
  step: string,
  before: Flow | undefined,
  after: Flow | undefined,
): readonly Difference[] {
  const chances = [before?.chance ?? 1, after?.chance ?? 1] as const
  const whens = [before, after].map((flow) =>
    flow?.when.map(({ capture, is }) => `${capture} is ${is.join(' or ')}`).join(', '),
  )
  const pauses = [before, after].map((flow) => JSON.stringify(flow?.repeat))
  const often = numberDiffers(
    `${step}: times`,
    [before ? meanTimes(before) : 1, after ? meanTimes(after) : 1],
    'different',
    String,
  )
  return [
    ...numberDiffers(`${step}: chance`, chances, 'tighter', formatShare),
    ...textDiffers(`${step}: when`, whens[0] || 'always', whens[1] || 'always'),
    ...(often.length > 0 ? often : textDiffers(`${step}: repeated`, pauses[0], pauses[1])),
  ]
}

function templateText(template: Template): string {
  return template.map((part) => (typeof part === 'string' ? part : referenceText(part.value))).join('')
}

function referenceText(value: Exclude<Template[number], string>['value']): string {
  switch (value.kind) {
    case 'data':
      return `\${${value.source}.${value.column}}`
    case 'capture':
      return `\${${value.name}}`
    case 'random':
      return `\${random(${value.from}, ${value.to})}`
    case 'function':
    case 'generated':
      return value.written
    default:
      return `\${${value.kind}()}`
  }
}

/** Values of headers and bodies are where secrets stand, so that these differ is said and how is not. */
function headerDifferences(step: string, before: RequestStep, after: RequestStep): readonly Difference[] {
  const [was, is] = [headersOf(before), headersOf(after)]
  return namesOf(was.keys(), is.keys()).flatMap((name) => {
    const [value, valueNow] = [was.get(name), is.get(name)]
    const other = value !== undefined && valueNow !== undefined && value !== valueNow
    const said = valueNow && (other ? 'sent with another value' : 'sent')
    return textDiffers(`${step}: header "${name}"`, value && 'sent', said)
  })
}

/** A name may come more than once. */
function headersOf({ headers }: RequestStep): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const [name, value] of headers) values.set(name, `${values.get(name) ?? ''}${JSON.stringify(value)}`)
  return values
}

function bodyText({ body }: RequestStep, before: RequestStep): string | undefined {
  if (body === undefined) return undefined
  const type = body.boundary === undefined ? (body.type ?? 'no type') : 'multipart/form-data'
  return JSON.stringify(body) === JSON.stringify(before.body) ? type : `${type}, another content`
}

/** What is waited for may be a secret as well as what is sent. */
function talkText({ talk }: RequestStep, { talk: before }: RequestStep): string | undefined {
  if (talk?.does !== 'say') return talk && JSON.stringify(talk)
  const said = talk.receive ? 'waits for a message' : 'waits for nothing'
  return JSON.stringify(talk) === JSON.stringify(before) ? said : `${said}, another one`
}

export function expectDifferences(step: string, before: Expect, after: Expect): readonly Difference[] {
  const [json, jsonNow] = [pointersOf(before), pointersOf(after)]
  const [headers, headersNow] = [containsOf(before), containsOf(after)]
  return [
    ...statusDifferences(`${step}: expected status`, before.status, after.status),
    ...demandsDiffer(`${step}: expected value`, json, jsonNow),
    ...demandsDiffer(`${step}: expected header`, headers, headersNow),
    ...demandDiffers(`${step}: expected body`, before.body, after.body),
    ...answerCheckDifferences(step, before, after),
    ...demandDiffers(`${step}: GraphQL errors`, before.graphql && 'refused', after.graphql && 'refused'),
  ]
}

function demandsDiffer(
  what: string,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly Difference[] {
  return namesOf(before.keys(), after.keys()).flatMap((name) =>
    demandDiffers(`${what} "${name}"`, before.get(name), after.get(name)),
  )
}

function pointersOf({ json }: Expect): ReadonlyMap<string, string> {
  return new Map(json.map(({ pointer, value }) => [pointer, JSON.stringify(value)]))
}

function containsOf({ headers }: Expect): ReadonlyMap<string, string> {
  return new Map(headers.map(({ name, contains }) => [name, contains]))
}

type Status = Expect['status']

function statusDifferences(what: string, before: Status, after: Status): readonly Difference[] {
  const [was, is] = [codesOf(before), codesOf(after)]
  const gained = [...is].some((code) => !was.has(code))
  const lost = [...was].some((code) => !is.has(code))
  if (!gained && !lost) return textDiffers(what, statusText(before), statusText(after))
  const effect: Effect = gained && lost ? 'different' : gained ? 'looser' : 'tighter'
  return [{ what, before: statusText(before), after: statusText(after), effect }]
}

function codesOf(ranges: Status): ReadonlySet<number> {
  return new Set(ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, n) => from + n)))
}

function statusText(ranges: Status): string {
  return ranges.map(({ from, to }) => (from === to ? String(from) : `${from}–${to}`)).join(', ')
}

function placeOf(from: Capture['from']): string {
  if (from.kind === 'json') return from.pointer
  if (from.kind === 'html') return `${from.selector} ${from.attribute}`
  return from.kind === 'regex' ? from.pattern : from.name
}

/** An iteration ends where a value is not there to be captured: a capture is a check. */
function captureDifferences(
  step: string,
  before: readonly Capture[],
  after: readonly Capture[],
): readonly Difference[] {
  const said = (captures: readonly Capture[]) =>
    new Map(captures.map(({ name, from }) => [name, `${from.kind} ${placeOf(from)}`]))
  return demandsDiffer(`${step}: capture`, said(before), said(after))
}

/** Where neither names one of its own, the difference is that of the profiles, and told there. */
function timeoutDifferences(what: string, before: TimedStep, after: TimedStep): readonly Difference[] {
  if (before.step.timeout === undefined && after.step.timeout === undefined) return []
  const of = ({ step, timeout }: TimedStep) => step.timeout ?? timeout
  return numberDiffers(what, [of(before), of(after)], 'looser', formatDuration)
}
