import type { LoadPlan, PlannedStep } from '../plan/plan.ts'
import { VERSION } from '../version.ts'
import type { CookieJar } from './cookies.ts'
import { compileTemplate, type Render, type Values } from './template.ts'
import type { WireRequest } from './transport.ts'

type RequestStep = Extract<PlannedStep, { kind: 'request' }>

/** What the pass that sends it makes of a step; undefined when a value is missing or cannot be sent where it stands. */
export type Prepare = (values: Values, jar: CookieJar | undefined) => WireRequest | undefined

/** A step made ready to be sent. What is the same every time is worked out here, once. */
export function compileRequest(step: RequestStep, { target, data }: LoadPlan, wantsText: boolean): Prepare {
  const base = new URL(target).pathname.replace(/\/$/, '')
  const path = compileTemplate(step.path, data)
  const headers = headersOf(step).map(([name, value]) => [name, compileTemplate(value, data)] as const)
  const body = step.body === undefined ? '' : compileTemplate(step.body.content, data)
  const { method, timeout } = step

  const fixedPath = typeof path === 'string' ? sendablePath(base, path) : undefined
  const fixedBody = typeof body === 'string' ? bytesOf(body) : undefined
  const fixedHeaders = headers.every(isFixed) ? renderHeaders(headers) : undefined
  const fixed: WireRequest | undefined =
    fixedPath !== undefined && fixedHeaders !== undefined && typeof body === 'string'
      ? { method, path: fixedPath, headers: fixedHeaders, body: fixedBody, timeout, wantsText }
      : undefined

  return (values, jar) => {
    if (fixed && !jar) return fixed
    const whole = typeof path === 'string' ? fixedPath : sendablePath(base, path(values))
    const fields = fixedHeaders ?? renderHeaders(headers, values)
    const content = typeof body === 'string' ? body : body(values)
    if (whole === undefined || fields === undefined || content === undefined) return undefined
    return {
      method,
      path: whole,
      headers: jar ? withCookies(fields, jar.header(whole, values.now())) : fields,
      body: typeof body === 'string' ? fixedBody : bytesOf(content),
      timeout,
      wantsText,
    }
  }
}

type Header = readonly [name: string, value: string | Render]

function headersOf({ headers, body }: RequestStep): RequestStep['headers'] {
  const named = new Set(headers.map(([name]) => name.toLowerCase()))
  return [
    ...headers,
    ...(named.has('user-agent') ? [] : [['user-agent', [`loadgate/${VERSION}`]] as const]),
    ...(body?.type === undefined || named.has('content-type') ? [] : [['content-type', [body.type]] as const]),
  ]
}

function isFixed([, value]: Header): boolean {
  return typeof value === 'string'
}

function renderHeaders(headers: readonly Header[], values?: Values): string[] | undefined {
  const fields: string[] = []
  for (const [name, value] of headers) {
    const text = typeof value === 'string' ? value : values && value(values)
    const sendable = text === undefined ? undefined : sendableHeader(text)
    if (sendable === undefined) return undefined
    fields.push(name, sendable)
  }
  return fields
}

/** One `cookie` header in all (RFC 6265 5.4): the step's own cookies first. */
function withCookies(fields: readonly string[], cookies: string): readonly string[] {
  if (cookies === '') return fields
  const at = fields.findIndex((field, index) => index % 2 === 0 && field.toLowerCase() === 'cookie')
  return at < 0 ? [...fields, 'cookie', cookies] : fields.with(at + 1, `${fields[at + 1]}; ${cookies}`)
}

// A captured value is the target's to choose. It may not end a line and begin another, nor name another origin: what
// does not begin with `/` could be a whole address. Blanks and what is beyond ASCII are encoded as a browser does.
function sendablePath(base: string, path: string | undefined): string | undefined {
  if (path === undefined || !path.startsWith('/') || hasControls(path)) return undefined
  const whole = base + path
  return PLAIN_PATH.test(whole) ? whole : whole.replace(NOT_PLAIN, (text) => encodeURIComponent(text.toWellFormed()))
}

function sendableHeader(text: string): string | undefined {
  if (hasControls(text)) return undefined
  // undici writes one byte per character: what is beyond ASCII goes as its UTF-8 bytes, as with curl.
  return ASCII.test(text) ? text : Buffer.from(text).toString('latin1')
}

const PLAIN_PATH = /^[\x21-\x7e]*$/
const NOT_PLAIN = /[^\x21-\x7e]+/g
const ASCII = /^[\t\x20-\x7e]*$/

function hasControls(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x7f || (code < 0x20 && code !== 0x09)) return true
  }
  return false
}

function bytesOf(text: string): Buffer | undefined {
  return text === '' ? undefined : Buffer.from(text)
}
