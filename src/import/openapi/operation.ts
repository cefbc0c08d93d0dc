import type { JsonValue } from '../../profile/profile.ts'
import type { Account } from '../account.ts'
import type { DraftMethod, DraftRequest, Pairs } from '../draft.ts'
import { ofTheConnection } from '../headers.ts'
import { cleanName, unique } from '../names.ts'
import { type Fields, fields, items, textOf } from '../source.ts'
import { literal, pathText } from '../text.ts'
import type { Uploads } from '../uploads.ts'
import { bodyOf, plainText } from './body.ts'
import type { ApiDocument } from './document.ts'
import { sampleOf, writtenExample } from './sample.ts'
import { credentialsFor } from './security.ts'

export interface Described {
  readonly method: string
  readonly path: string
  readonly item: Fields
  readonly given: Fields
}

/** One that a profile may have. */
export interface Operation extends Described {
  readonly method: DraftMethod
}

interface Making {
  readonly document: ApiDocument
  readonly names: Set<string>
  readonly uploads: Uploads
  readonly account: Account
}

export const labelOf = ({ method, path }: Described) => `${method.toUpperCase()} ${path}`

/** An operation as a step, or why it cannot be one; what is optional in it may be in the account. */
export function requestOf(
  operation: Operation,
  { document, names, uploads, account }: Making,
): DraftRequest | { readonly why: string } {
  const { method, path, given } = operation
  const label = labelOf(operation)
  const parameters = parametersOf(operation, document)
  const values = parameters.map((parameter) => ({ ...parameter, value: valueFor(parameter, document) }))
  const missing = values.find(({ place, required, value }) => (required || place === 'path') && value === undefined)
  if (missing) return { why: `without a value for "${missing.name}", for which neither example nor schema is given` }
  const file =
    cleanName(textOf(given.operationId) ?? label, label)
      .replace(/[^\w.-]+/g, '_')
      .replace(/^[._]+/, '') || 'body'
  const body = bodyOf(given, { document, uploads, name: file })
  if ('why' in body && body.required) return { why: body.why }
  const sent = 'why' in body ? undefined : body.body
  if (sent && (method === 'get' || method === 'head'))
    return { why: 'with a body that this method does not have in a profile' }
  if ('why' in body) account.leave('body', body.why, label)
  account.taken('element', values.filter(({ place, value }) => place !== 'header' && value !== undefined).length)
  for (const { name, place, value } of values)
    if (value === undefined)
      account.leave(place === 'header' ? 'header' : 'element', ofUnused(name, place), `${label}: ${name}`)
  const at = (place: string): Pairs =>
    values.flatMap((one) =>
      one.place === place && one.value !== undefined ? [[literal(one.name), one.value] as const] : [],
    )
  const credentials = credentialsFor(given, document, account)
  const cookies = [...at('cookie'), ...credentials.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const headers = [...credentials.headers, ...at('header'), ...(cookies === '' ? [] : [['cookie', cookies] as const])]
  const status = statusOf(given, document)
  return {
    kind: 'request',
    source: label,
    holds: { headers: at('header').length, bodies: sent ? 1 : 0 },
    method,
    path: pathWith(path, new Map(at('path'))),
    name: unique(cleanName(textOf(given.operationId) ?? label, label), names),
    headers,
    query: [...at('query'), ...credentials.query],
    ...(sent ? { body: sent } : {}),
    ...(status === undefined ? {} : { expect: { status } }),
  }
}

interface Parameter {
  readonly name: string
  readonly place: string
  readonly required: boolean
  readonly given: Fields
}

/** Those of the operation before those of its path (OpenAPI 3.1, 4.8.9). */
export function parametersOf({ item, given }: Described, { resolve }: ApiDocument): readonly Parameter[] {
  const all = new Map<string, Parameter>()
  for (const written of [...items(given.parameters), ...items(item.parameters)]) {
    const parameter = resolve(written) ?? {}
    const name = textOf(parameter.name) ?? textOf(fields(written).$ref) ?? '?'
    const place = textOf(parameter.in) ?? 'query'
    const key = `${place} ${name}`
    if (!all.has(key)) all.set(key, { name, place, required: parameter.required === true, given: parameter })
  }
  return [...all.values()]
}

/** What is neither asked for nor shown is not sent. */
function valueFor({ name, place, required, given }: Parameter, document: ApiDocument): string | undefined {
  if (place === 'header' && isIgnored(name)) return undefined
  const [media] = Object.values(fields(given.content))
  const value =
    required || place === 'path' ? sampleOf(media ?? given, document) : writtenExample(media ?? given, document)
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value)) return value.map(plainText).join(',')
  return plainText(value)
}

/** OpenAPI 3.1, 4.8.12: they are said elsewhere in the description. */
function isIgnored(name: string): boolean {
  return /^(?:accept|content-type|authorization)$/i.test(name) || ofTheConnection(name) !== undefined
}

function ofUnused(name: string, place: string): string {
  return place === 'header' && isIgnored(name)
    ? 'of the description that the standard ignores'
    : 'optional and without an example'
}

function pathWith(path: string, values: ReadonlyMap<string, string>): string {
  return path
    .split(/(\{[^{}]+\})/)
    .map((piece) => {
      const value = /^\{.+\}$/.test(piece) ? values.get(literal(piece.slice(1, -1))) : undefined
      if (value === undefined) return pathText(literal(piece))
      return /(?<!\$)\$\{/.test(value) ? value : encodeURIComponent(value.replaceAll('$${', () => '${'))
    })
    .join('')
}

/** The lowest success that is described. */
function statusOf({ responses }: Fields, { resolve }: ApiDocument): JsonValue | undefined {
  const codes = Object.keys(fields(resolve(responses))).filter((code) => /^2(?:\d\d|XX)$/i.test(code))
  const [lowest] = codes.sort()
  if (lowest === undefined) return undefined
  return /xx/i.test(lowest) ? '2xx' : Number(lowest)
}
