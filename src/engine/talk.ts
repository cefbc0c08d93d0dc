import type { Pattern } from '../pattern.ts'
import type { LoadPlan, PlannedStep } from '../plan/plan.ts'
import type { Template } from '../profile/profile.ts'
import type { Receive, Talk } from '../profile/talk.ts'
import type { Wanted } from './http/message.ts'
import type { Wants, WireRequest, WireTalk } from './http/transport.ts'
import { compilePointer } from './json-values.ts'
import { compileRequest, type Prepare } from './request.ts'
import { compileTemplate, type Render, type Tools, type Values } from './template.ts'
import { type filesIn, withFileTexts } from './upload.ts'

type RequestStep = Extract<PlannedStep, { kind: 'request' }>

interface Made {
  /** Whether a later part may wait for what comes before it. */
  readonly keeps: boolean
  readonly plan: LoadPlan
  readonly wants: Wants
  readonly tools: Tools & { readonly files: ReturnType<typeof filesIn> }
  /** By their source. */
  readonly patterns: ReadonlyMap<string, Pattern>
}

/** A part of a conversation made ready to be done. */
export function compileTalk(step: RequestStep & { readonly talk: Talk }, made: Made): Prepare {
  const { talk, timeout } = step
  const { keeps } = made
  if (talk.does === 'open') {
    const handshake = compileRequest({ ...step, method: 'GET' }, made.plan, made.wants, made.tools)
    return (values, jar) => {
      const request = handshake(values, jar)
      return request && { ...request, talk: { ...talk, keeps } }
    }
  }
  if (talk.does === 'close') {
    const request = wireTalk(talk, timeout)
    return () => request
  }
  const { data } = made.plan
  const { files, ...tools } = made.tools
  const said = step.body && compileTemplate(withFileTexts(step.body.content, files), data, tools)
  const wanted = talk.receive && compileReceive(talk.receive, made)
  return (values) => {
    const text = rendered(said, values)
    const waits = wanted?.(values)
    if ((said !== undefined && text === undefined) || (wanted && !waits)) return undefined
    return wireTalk({ does: 'say', text, wanted: waits, keeps }, timeout)
  }
}

function wireTalk(talk: WireTalk, timeout: WireRequest['timeout']): WireRequest {
  return { method: '', path: '', fields: '', body: '', wire: '', timeout, wants: NOTHING_WANTED, talk }
}

const NOTHING_WANTED: Wants = { text: false, headers: false }

/** Undefined when a value is missing. */
function compileReceive(
  { json, text, matches }: Receive,
  { plan, tools, patterns }: Made,
): (values: Values) => Wanted | undefined {
  const compile = (template: Template) => compileTemplate(template, plan.data, tools)
  const values = json.map(({ pointer, value }) => ({
    find: compilePointer(pointer),
    read: compileJson(compile(value)),
  }))
  const piece = text && compile(text)
  const pattern = matches === undefined ? undefined : patterns.get(matches)
  return (pass) => {
    const wanted = values.map(({ find, read }) => ({ find, value: read(pass) }))
    const contained = rendered(piece, pass)
    if (wanted.some(({ value }) => value === undefined) || (piece !== undefined && contained === undefined))
      return undefined
    return { json: wanted, text: contained, matches: pattern }
  }
}

/** Its value, where it is always the same read once. */
function compileJson(text: string | Render): (values: Values) => unknown {
  if (typeof text === 'string') {
    const value: unknown = JSON.parse(text)
    return () => value
  }
  return (values) => {
    const written = text(values)
    return written === undefined ? undefined : JSON.parse(written)
  }
}

function rendered(text: string | Render | undefined, values: Values): string | undefined {
  return typeof text === 'function' ? text(values) : text
}
