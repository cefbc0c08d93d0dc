import type { LoadPlan, PlannedStep } from '../plan/plan.ts'
import type { Template } from '../profile/profile.ts'
import type { Bytes } from '../units.ts'
import { userAgent } from '../user-agent.ts'
import type { CookieJar } from './cookies.ts'
import type { Wants, WireRequest } from './http/transport.ts'
import { compileTemplate, NOTHING, type Render, type Tools, type Values } from './template.ts'
import { compileUpload, filesIn, withFileTexts } from './upload.ts'

type RequestStep = Extract<PlannedStep, { kind: 'request' }>

/** What the pass that sends it makes of a step; undefined when a value is missing or cannot be sent where it stands. */
export type Prepare = (values: Values, jar: CookieJar | undefined) => WireRequest | undefined

/** A step made ready to be sent. What is the same every time is worked out here, once. */
export function compileRequest(
  step: RequestStep,
  plan: LoadPlan,
  wants: Wants,
  { files = filesIn(plan), ...tools }: Tools & { readonly files?: ReturnType<typeof filesIn> } = {},
): Prepare {
  const { target, data, agent } = plan
  const { method, timeout } = step
  const { host, pathname } = new URL(target)
  const base = pathname.replace(/\/$/, '')
  const part = (template: Template, sendable: Sendable) => compilePart(compileTemplate(template, data, tools), sendable)
  const headers = headersOf(step, host, agent)
  const path = part(step.path, (text) => sendablePath(base, text))
  const others = headers.filter((header) => !isCookie(header))
  const fields = joined(others.map(([name, value]) => part(value, (text) => line(name, text))))
  const cookie = part(headers.find(isCookie)?.[1] ?? [], sendableHeader)
  const upload = compileUpload(step.body, data, files, tools)
  const body = part(upload ? [] : withFileTexts(step.body?.content ?? [], files), bytesOf)

  const prepare: Prepare = (values, jar) => {
    const whole = path.render(values)
    const lines = fields.render(values)
    const own = cookie.render(values)
    const content = body.render(values)
    if (whole === undefined || lines === undefined || own === undefined || content === undefined) return undefined
    const payload = upload?.render(values)
    if (upload !== undefined && payload === undefined) return undefined
    const length = payload === undefined ? content.length : payload.length
    const all = lines + cookieLine(own, jar ? jar.header(whole, values.now()) : '') + lengthLine(method, length)
    const wire = onWire(method, whole, all, content)
    return { method, path: whole, fields: all, cookie: own, body: content, upload: payload, wire, timeout, wants }
  }
  if (![path, fields, cookie, body, upload ?? body].every(({ fixed }) => fixed)) return prepare
  const fixed = prepare(NOTHING, undefined)
  return (values, jar) => (jar ? prepare(values, jar) : fixed)
}

/** What a template comes to, as it may be sent where it stands. */
interface Part {
  /** Whether it is the same every time. */
  readonly fixed: boolean
  readonly render: Render
}

type Sendable = (text: string) => string | undefined

function compilePart(content: string | Render, sendable: Sendable): Part {
  if (typeof content === 'string') {
    const text = sendable(content)
    return { fixed: true, render: () => text }
  }
  return {
    fixed: false,
    render: (values) => {
      const text = content(values)
      return text === undefined ? undefined : sendable(text)
    },
  }
}

/** One behind the other; those that are the same every time first, as one text. */
function joined(parts: readonly Part[]): Part {
  const first = concatenated(
    parts.filter(({ fixed }) => fixed),
    NOTHING,
    '',
  )
  const others = parts.filter(({ fixed }) => !fixed)
  return { fixed: others.length === 0, render: (values) => concatenated(others, values, first) }
}

function concatenated(parts: readonly Part[], values: Values, first: string | undefined): string | undefined {
  let text = first
  for (const { render } of parts) {
    const more = render(values)
    text = text === undefined || more === undefined ? undefined : text + more
  }
  return text
}

type Header = RequestStep['headers'][number]

function headersOf({ headers, body }: RequestStep, host: string, agent = userAgent()): readonly Header[] {
  const named = new Set(headers.map(([name]) => name.toLowerCase()))
  const given: Header[] = [
    ['host', [host]],
    ['user-agent', [agent]],
    ...(body?.type === undefined ? [] : [['content-type', [body.type]] as const]),
  ]
  return [...given.filter(([name]) => !named.has(name)), ...headers]
}

function isCookie([name]: Header): boolean {
  return name.toLowerCase() === 'cookie'
}

function line(name: string, text: string): string | undefined {
  const value = sendableHeader(text)
  return value === undefined ? undefined : `${name}: ${value}\r\n`
}

export function onWire(method: string, path: string, fields: string, body: string): string {
  return `${method} ${path} HTTP/1.1\r\n${fields}\r\n${body}`
}

/** One `cookie` header in all (RFC 6265 5.4): the step's own cookies first. */
export function cookieLine(own: string, kept: string): string {
  if (own === '' && kept === '') return ''
  return `cookie: ${own}${own !== '' && kept !== '' ? '; ' : ''}${kept}\r\n`
}

/** RFC 9110 8.6: also stated for no body where the method means to have one. */
function lengthLine(method: string, length: Bytes): string {
  return length === 0 && !HAS_BODY.has(method) ? '' : `content-length: ${length}\r\n`
}

const HAS_BODY = new Set(['POST', 'PUT', 'PATCH'])

// A captured value is the target's to choose. It may not end a line and begin another, nor name another origin: what
// does not begin with `/` could be a whole address. Blanks and what is beyond ASCII are encoded as a browser does.
function sendablePath(base: string, path: string): string | undefined {
  if (!path.startsWith('/')) return undefined
  if (PLAIN_PATH.test(path)) return base + path
  return CONTROLS.test(path) ? undefined : base + path.replace(NOT_PLAIN, encoded)
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

function sendableHeader(text: string): string | undefined {
  return CONTROLS.test(text) ? undefined : bytesOf(text)
}

/** A character per byte: what is beyond ASCII goes as its UTF-8 bytes, as with curl. */
function bytesOf(text: string): string {
  return ASCII.test(text) ? text : Buffer.from(text).toString('latin1')
}

const PLAIN_PATH = /^[\x21-\x7e]*$/
const NOT_PLAIN = /[^\x21-\x7e]+/g
const ASCII = /^[\0-\x7f]*$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\0-\x08\x0a-\x1f\x7f]/
