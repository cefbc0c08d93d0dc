import type { CallPlace } from './functions.ts'
import { METHODS, type Step as StepGrammar } from './grammar-step.ts'
import { placesIn } from './places.ts'
import type { Expect, RequestStep, Template } from './profile.ts'
import { readBody, readPairs } from './read-body.ts'
import { readCaptures } from './read-captures.ts'
import { readEvents } from './read-events.ts'
import { readExpect } from './read-expect.ts'
import { readFlow } from './read-flow.ts'
import { hasFunctions } from './read-functions.ts'
import { asGraphQl } from './read-graphql.ts'
import { readTemplate } from './read-template.ts'
import { complain, type Reading, unread } from './reading.ts'
import { wrongHeaderValue, wrongInPath, wrongPath } from './scalars.ts'
import type { Loose } from './schema.ts'
import { show } from './show.ts'
import { joinLiterals, type Scope } from './template.ts'
import { headSpan, keysAt, nodeAt, type Path } from './tree.ts'

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
  const events = readEvents(reading, section.events, { path: [...path, 'events'], method })
  if (events === 'broken') return undefined
  if (!address || !query || !headers || body === 'broken' || !expect || !capture || flow === 'broken') return undefined
  const step: RequestStep = {
    kind: 'request',
    name,
    method: method.toUpperCase(),
    path: withQuery(address, query),
    headers,
    body,
    expect,
    capture,
    ...(events === undefined ? {} : { events }),
    timeout: section.timeout,
    ...(section.redirects === undefined ? {} : { redirects: section.redirects }),
    ...(flow === undefined ? {} : { flow }),
    ...(calls.length === 0 ? {} : { calls }),
    ...schemaPlaces(reading, expect, [...path, 'expect', 'schema']),
  }
  return keys.includes('graphql') ? asGraphQl(step) : step
}

export function schemaPlaces(
  { root, log }: Reading,
  { schema }: Expect,
  path: Path,
): Pick<RequestStep, 'schemaPlaces'> {
  const node = nodeAt(root, path)
  if (schema === undefined || 'file' in schema || node === undefined) return {}
  return { schemaPlaces: placesIn(node, headSpan(root, path), log) }
}

/** A reference that comes first stands for a whole captured address, slashes and all; later ones for a piece of it. */
export function readAddress(reading: Reading, path: Path, scope: Scope): Template | undefined {
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

export function withQuery(address: Template, query: Template): Template {
  if (query.length === 0) return address
  const asked = address.some((part) => typeof part === 'string' && part.includes('?'))
  return joinLiterals([...address, asked ? '&' : '?', ...query])
}

export function readHeaders(
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
