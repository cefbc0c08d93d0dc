import type { CallPlace } from './functions.ts'
import { METHODS, type Step as StepGrammar } from './grammar-step.ts'
import { jsonParts } from './json-text.ts'
import type { JsonValue, RequestStep, Template } from './profile.ts'
import { readCaptures } from './read-captures.ts'
import { readExpect } from './read-expect.ts'
import { readFlow } from './read-flow.ts'
import { hasFunctions } from './read-functions.ts'
import { readTemplate } from './read-template.ts'
import { complain, type Reading } from './reading.ts'
import { wrongHeaderValue, wrongInPath, wrongPath } from './scalars.ts'
import type { Loose } from './schema.ts'
import { show } from './show.ts'
import { joinLiterals, type Scope } from './template.ts'
import { keysAt, nodeAt, type Path } from './tree.ts'

type Section = Loose<typeof StepGrammar>

/** A request; undefined when something is wrong with it, which is then in the log. */
export function readRequest(
  reading: Reading,
  section: Section,
  { path, name, scope: given }: { readonly path: Path; readonly name: string; readonly scope: Scope },
): RequestStep | undefined {
  const calls: CallPlace[] = []
  const scope = hasFunctions(reading) ? { ...given, calls } : given
  const keys = keysAt(reading.root, path)
  const method = METHODS.find((key) => keys.includes(key))
  if (!method) return undefined
  const address = readAddress(reading, [...path, method], scope)
  const query = readPairs(reading, section.query, [...path, 'query'], scope)
  const headers = readHeaders(reading, section.headers, [...path, 'headers'], scope)
  const body = readBody(reading, section, { path, method, scope })
  const expect = readExpect(reading, section.expect, [...path, 'expect'], scope.calls)
  const flow = readFlow(reading, section, { path, scope })
  const capture = readCaptures(reading, section.capture, [...path, 'capture'])
  if (!address || !query || !headers || body === 'broken' || !expect || !capture || flow === 'broken') return undefined
  return {
    kind: 'request',
    name,
    method: method.toUpperCase(),
    path: withQuery(address, query),
    headers,
    body,
    expect,
    capture,
    timeout: section.timeout,
    ...(flow === undefined ? {} : { flow }),
    ...(calls.length === 0 ? {} : { calls }),
  }
}

/** A reference that comes first stands for a whole captured address, slashes and all; later ones for a piece of it. */
function readAddress(reading: Reading, path: Path, scope: Scope): Template | undefined {
  const template = readTemplate(reading, path, {
    scope,
    encode: 'url',
    write: asciiOnly,
    secrecy: 'in-query',
    check: (literal, leading) => (leading ? wrongInPath(literal) : wrongPath(literal)),
  })
  const [first, ...rest] = template ?? []
  return typeof first === 'object' ? [{ ...first, encode: 'none' }, ...rest] : template
}

/** Everything but what is not ASCII is left as written: "%2F" and "/" are different paths. */
function asciiOnly(literal: string): string {
  return literal.replace(/[^\x20-\x7e]+/gu, (text) => encodeURIComponent(text.toWellFormed()))
}

function urlEncoded(literal: string): string {
  return encodeURIComponent(literal.toWellFormed())
}

function withQuery(address: Template, query: Template): Template {
  if (query.length === 0) return address
  const asked = address.some((part) => typeof part === 'string' && part.includes('?'))
  return joinLiterals([...address, asked ? '&' : '?', ...query])
}

/** `name=value&name=value`, as queries and forms write it. */
function readPairs(reading: Reading, pairs: Section['query'], path: Path, scope: Scope): Template | undefined {
  const written = Object.keys(pairs ?? {}).map((name) => {
    const value = readTemplate(reading, [...path, name], { scope, encode: 'url', write: urlEncoded })
    return value && [`${urlEncoded(name)}=`, ...value]
  })
  if (!written.every((pair) => pair !== undefined) || unread(reading, path, pairs)) return undefined
  return joinLiterals(written.flatMap((pair, index) => (index > 0 ? ['&', ...pair] : pair)))
}

function readHeaders(
  reading: Reading,
  headers: Section['headers'],
  path: Path,
  scope: Scope,
): RequestStep['headers'] | undefined {
  const seen = new Map<string, string>()
  const read = Object.keys(headers ?? {}).map((name) => {
    const value = readTemplate(reading, [...path, name], { scope, encode: 'none', check: wrongHeaderValue })
    const twin = seen.get(name.toLowerCase())
    if (twin !== undefined) {
      const why = `header ${show(name)} is the same as ${show(twin)}; keep one of them`
      complain(reading, [...path, name], 'duplicate-name', why, 'head')
    }
    seen.set(name.toLowerCase(), name)
    return value && twin === undefined ? ([name, value] as const) : undefined
  })
  return read.every((header) => header !== undefined) && !unread(reading, path, headers) ? read : undefined
}

/** Something was written that the schema refused. */
function unread(reading: Reading, path: Path, value: object | undefined): boolean {
  const node = nodeAt(reading.root, path)
  return node !== undefined && (node.kind !== 'map' || node.entries.size !== Object.keys(value ?? {}).length)
}

type Body = RequestStep['body'] | 'broken'

function readBody(
  reading: Reading,
  section: Section,
  { path, method, scope }: { readonly path: Path; readonly method: string; readonly scope: Scope },
): Body {
  const keys = keysAt(reading.root, path)
  const [kind, second] = (['json', 'form', 'body'] as const).filter((key) => keys.includes(key))
  const conflict = (key: string, why: string): 'broken' => {
    complain(reading, [...path, key], 'conflict', why, 'head')
    return 'broken'
  }
  if (second) return conflict(second, `a request has one body; keep "${kind}" or "${second}"`)
  if (keys.includes('type') && kind !== 'body')
    return conflict('type', '"type" belongs to "body"; set the header content-type instead')
  if (!kind) return undefined
  if (method === 'get' || method === 'head')
    return conflict(kind, `a ${method.toUpperCase()} request has no body; write "post", or "query" for parameters`)
  const content = CONTENT[kind](reading, section, [...path, kind], scope)
  const type = { json: 'application/json', form: 'application/x-www-form-urlencoded', body: section.type }[kind]
  const wrongType = type === undefined ? undefined : wrongHeaderValue(type)
  if (wrongType) complain(reading, [...path, 'type'], wrongType.code, wrongType.message.replace('{}', '"type"'))
  return content && !wrongType && !(keys.includes('type') && type === undefined) ? { type, content } : 'broken'
}

const CONTENT = {
  json: (reading: Reading, { json }: Section, path: Path, scope: Scope) => readJson(reading, json, path, scope),
  form: (reading: Reading, { form }: Section, path: Path, scope: Scope) => readPairs(reading, form, path, scope),
  body: (reading: Reading, _: Section, path: Path, scope: Scope) =>
    readTemplate(reading, path, { scope, encode: 'none' }),
} as const

function readJson(reading: Reading, json: JsonValue | undefined, path: Path, scope: Scope): Template | undefined {
  if (json === undefined) return undefined
  if (typeof json === 'string' && /^\s*[[{]/.test(json)) {
    const why = 'this is JSON inside of text; write it without quotes, or as "body" with "type: application/json"'
    complain(reading, path, 'invalid-value', why)
    return undefined
  }
  let whole = true
  const parts = jsonParts(json, (_, place) => {
    const write = (literal: string) => JSON.stringify(literal.toWellFormed()).slice(1, -1)
    const template = readTemplate(reading, [...path, ...place], { scope, encode: 'json', write })
    if (!template) whole = false
    return template ?? []
  })
  return whole ? joinLiterals(parts) : undefined
}
