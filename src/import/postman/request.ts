import { METHODS } from '../../profile/grammar-step.ts'
import { readTarget } from '../../profile/scalars.ts'
import type { Account } from '../account.ts'
import { impliesType } from '../bodies.ts'
import type { DraftBody, DraftRequest, Pairs } from '../draft.ts'
import { ofTheConnection } from '../headers.ts'
import { cleanName, unique } from '../names.ts'
import type { Secrets } from '../secrets.ts'
import { type Fields, fields, items, textOf } from '../source.ts'
import { decoded, literal, pathText } from '../text.ts'
import type { Uploads } from '../uploads.ts'
import { addressOf, type PostmanAddress } from './address.ts'
import { authOf } from './auth.ts'
import { bodyOf, hasBody } from './body.ts'
import type { PostmanVariables } from './variables.ts'

/** A request of a collection. */
export interface Item {
  readonly name: string
  /** Folders and its name. */
  readonly path: string
  readonly request: Fields
  /** The nearest one that is given: its own, its folder's or the collection's. */
  readonly auth: unknown
  /** Postman follows redirects unless it is told not to. */
  readonly follows: boolean
}

interface Making {
  readonly base: string
  readonly variables: PostmanVariables
  readonly names: Set<string>
  readonly secrets: Secrets
  readonly uploads: Uploads
  readonly account: Account
}

export interface GivenHeader {
  readonly name: string
  readonly value: string
  readonly disabled: boolean
}

/** A list of maps in version 2.1, lines of text in some of 2.0. */
export function headersOf({ header }: Fields): readonly GivenHeader[] {
  if (typeof header === 'string')
    return header
      .split('\n')
      .map((line) => /^([^:]+):\s*(.*)$/.exec(line))
      .flatMap((match) => (match ? [{ name: match[1]!.trim(), value: match[2]!.trim(), disabled: false }] : []))
  return items(header)
    .map((item) => fields(item))
    .map(({ key, value, disabled }) => ({
      name: textOf(key) ?? '',
      value: textOf(value) ?? '',
      disabled: disabled === true,
    }))
}

/** Thrown and caught here alone: what a request needs and a profile has not. */
class Missing extends Error {}

/** An item as a step, or why it cannot be one. */
export function requestOf(item: Item, making: Making): DraftRequest | { readonly why: string } {
  try {
    return stepOf(item, making)
  } catch (error) {
    if (error instanceof Missing) return { why: error.message }
    throw error
  }
}

function stepOf(item: Item, { base, variables, names, secrets, uploads, account }: Making): DraftRequest {
  const write = (text: string, how?: (text: string) => string) => {
    const filled = variables.fill(text, how)
    if ('unknown' in filled) throw new Missing(`in need of ${filled.unknown}, which a profile has not`)
    return filled.text
  }
  const given = (textOf(item.request.method) ?? 'GET').toLowerCase()
  const method = METHODS.find((known) => known === given)
  if (!method) throw new Missing('with a method that a profile does not have')
  const address = addressOf(item.request.url)
  const path = behind(base, address, variables)
  if (path === undefined) throw new Missing(`to another address than ${base}`)
  const headers = headersOf(item.request).filter(
    ({ name, disabled }) => !disabled && ofTheConnection(name) === undefined,
  )
  const type = headers.find(({ name }) => name.toLowerCase() === 'content-type')?.value
  const body = hasBody(item.request) ? bodyOf(item.request, { write, secrets, uploads, type }) : undefined
  if (body && 'why' in body) throw new Missing(body.why)
  if (body && (method === 'get' || method === 'head'))
    throw new Missing('with a body that this method does not have in a profile')
  const auth = authOf(item.auth, { write, secrets, account })
  const query = [...address.query.map(([name, value]) => parameter(name, value, { write, secrets })), ...auth.query]
  if (new Set(query.map(([name]) => name)).size < query.length) throw new Missing('with a parameter that comes twice')
  const sent = headers.filter((header) => !isImplied(header, body))
  const written = sent.map(
    ({ name, value }) => [name, value.includes('{{') ? write(value) : hidden(name, value, secrets)] as const,
  )
  const own = new Set(written.map(([name]) => name.toLowerCase()))
  const added = auth.headers.filter(([name]) => !own.has(name.toLowerCase()))
  const twice = written.length > own.size
  if (twice) throw new Missing('with a header that comes twice')
  for (const { name, disabled } of headersOf(item.request)) {
    const why = disabled ? 'disabled' : ofTheConnection(name)
    if (why !== undefined) account.leave('header', why, name)
  }
  return {
    kind: 'request',
    source: `"${item.path}"`,
    holds: { headers: headers.length, bodies: body ? 1 : 0 },
    method,
    path: write(path, (text) => pathText(literal(text))),
    name: unique(cleanName(item.name, `${method.toUpperCase()} request`), names),
    headers: [...added, ...written],
    query,
    ...(body ? { body } : {}),
    ...(item.follows ? { follow: true as const } : {}),
  }
}

/** The path behind the base address; undefined where it is another host's. */
function behind(base: string, { origin, path }: PostmanAddress, variables: PostmanVariables): string | undefined {
  const constant = variables.constant(origin)
  // Nobody knows what it will be; it is what the target is for.
  if (constant === undefined || origin === '') return path
  const read = readTarget(absolute(constant))
  const whole = `${'value' in read ? read.value : constant}${path}`
  return whole.startsWith(`${base}/`) ? whole.slice(base.length) : undefined
}

/** `host:port/base` is over http, as in Postman. */
export function absolute(address: string): string {
  return (/^https?:\/\//i.test(address) ? address : `http://${address}`).replace(/\/+$/, '')
}

function parameter(
  name: string,
  value: string,
  { write, secrets }: { readonly write: (text: string) => string; readonly secrets: Secrets },
): Pairs[number] {
  return [write(decoded(name)), value.includes('{{') ? write(value) : secrets.hide(name, decoded(value))]
}

function hidden(name: string, value: string, secrets: Secrets): string {
  return /^authorization$/i.test(name) ? secrets.hideAuthorization(value) : secrets.hide(name, value)
}

function isImplied({ name, value }: GivenHeader, body: DraftBody | undefined): boolean {
  if (name.toLowerCase() !== 'content-type' || !body) return false
  if (body.kind === 'text' || body.kind === 'file') return body.type === value
  return body.kind === 'multipart' || impliesType(body.kind, value)
}
