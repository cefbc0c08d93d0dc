import { METHODS } from '../../profile/grammar-step.ts'
import type { Account } from '../account.ts'
import { jsonAsWritten } from '../bodies.ts'
import type { DraftBody, DraftRequest, Pairs } from '../draft.ts'
import { cleanName, unique } from '../names.ts'
import type { Secrets } from '../secrets.ts'
import { decoded, literal, pathText } from '../text.ts'
import type { Uploads } from '../uploads.ts'
import { capturesOf, checksOf } from './checks.ts'
import { type Fates, hasBody } from './fates.ts'
import type { Props, TestElement } from './plan-tree.ts'
import { headersFor, type Scope, type SentHeader, settingOf } from './scope.ts'
import { constantOf, resolve, type Variables } from './variables.ts'

/** What one thread group is made into steps with. */
export interface Making {
  readonly base: string
  readonly variables: Variables & { readonly captured: Map<string, string> }
  readonly names: Set<string>
  readonly secrets: Secrets
  readonly uploads: Uploads
  readonly fates: Fates
  readonly account: Account
}

/** Origin and path as the sampler says them; the origin is undefined where nothing names a host. */
export function whereTo(sampler: TestElement, scope: Scope, variables: Variables) {
  const setting = (name: string) => settingOf(sampler, scope, name)
  const path = setting('HTTPSampler.path')
  const [, full, rest = ''] = /^(https?:\/\/[^/?#$]+)(.*)$/is.exec(path) ?? []
  if (full !== undefined) return { origin: originOf(full), path: rest || '/' }
  const constant = (name: string) => constantOf(setting(name), variables)?.trim()
  const [host, port, protocol] = [
    constant('HTTPSampler.domain'),
    constant('HTTPSampler.port'),
    constant('HTTPSampler.protocol'),
  ]
  const named = setting('HTTPSampler.domain') !== ''
  const origin = host ? originOf(`${protocol || 'http'}://${host}${port ? `:${port}` : ''}`) : undefined
  return { origin: named ? (origin ?? 'unknown') : undefined, path: path.startsWith('/') ? path : `/${path}` }
}

function originOf(address: string): string | undefined {
  return URL.canParse(address) ? new URL(address).origin : undefined
}

/** Thrown and caught here alone: what a request needs and a profile has not. */
class Missing extends Error {}

/** A sampler as a step, or why it cannot be one. */
export function requestOf(sampler: TestElement, scope: Scope, making: Making): DraftRequest | { readonly why: string } {
  try {
    return stepOf(sampler, scope, making)
  } catch (error) {
    if (error instanceof Missing) return { why: error.message }
    throw error
  }
}

function stepOf(sampler: TestElement, scope: Scope, making: Making): DraftRequest {
  const { variables, fates, account, base, names } = making
  const { origin, path } = whereTo(sampler, scope, variables)
  if (origin !== undefined && origin !== base) throw new Missing(`to another address than ${base}`)
  const given = settingOf(sampler, scope, 'HTTPSampler.method') || 'GET'
  const method = METHODS.find((known) => known === given.toLowerCase())
  if (!method) throw new Missing('with a method that a profile does not have')
  const sent = headersFor(scope)
  const fields = fieldsOf(sampler, scope, making)
  const body = bodyOf(sampler, sent, { ...making, fields })
  if (method === 'get' && body) throw new Missing('with a body that this method does not have in a profile')
  const headers = sent
    .filter((header) => !isImplied(header, body))
    .map(({ name, value }) => [name, headerText(name, value, making)] as const)
  const address = filled(path, making, pathText)
  const query = body || hasBody(sampler) ? [] : fields
  const twice = new Set(query.map(([name]) => name)).size < query.length
  if (twice) throw new Missing('with a parameter that comes twice')
  for (const { manager, name } of sent) fates.send(manager, name)
  for (const { defaults } of [scope]) defaults.forEach(fates.take)
  for (const manager of scope.managers) fates.take(manager)
  const { expect, timeout } = checksOf(scope.assertions, variables, fates)
  const extraction = capturesOf(scope.extractors, fates)
  for (const [name, own] of extraction.names) variables.captured.set(name, own)
  const follow = sampler.props.flag('HTTPSampler.follow_redirects') || sampler.props.flag('HTTPSampler.auto_redirects')
  if (sampler.props.flag('HTTPSampler.image_parser'))
    account.note(`"${sampler.name}" loads what the page names (embedded resources), which is not done here.`)
  fates.take(sampler)
  return {
    kind: 'request',
    source: `${sampler.tag} "${sampler.path}"`,
    holds: { headers: 0, bodies: hasBody(sampler) ? 1 : 0 },
    method,
    path: address,
    name: unique(cleanName(sampler.name, `${method.toUpperCase()} request`), names),
    headers,
    query,
    ...(body ? { body } : {}),
    ...(Object.keys(expect).length > 0 ? { expect } : {}),
    ...(follow ? { follow: true as const } : {}),
    ...(timeout === undefined ? {} : { timeout }),
    ...(Object.keys(extraction.captures).length > 0 ? { capture: extraction.captures } : {}),
  }
}

function filled(text: string, { variables }: Pick<Making, 'variables'>, write?: (text: string) => string): string {
  const resolved = resolve(text, variables, write ? (part) => write(literal(part)) : literal)
  if ('unknown' in resolved) throw new Missing(`in need of ${resolved.unknown}, which a profile has not`)
  return resolved.text
}

/** As it is where anything is filled in; else perhaps as a variable of the environment. */
function hidden(name: string, text: string, making: Making): string {
  return text.includes('${') ? filled(text, making) : making.secrets.hide(name, text)
}

function headerText(name: string, value: string, making: Making): string {
  if (/^authorization$/i.test(name) && !value.includes('${')) return making.secrets.hideAuthorization(value)
  return hidden(name, value, making)
}

function argumentsOf(sampler: TestElement, { defaults }: Scope): readonly Props[] {
  return [...defaults, sampler].flatMap(({ props }) => props.list('HTTPsampler.Arguments'))
}

function fieldsOf(sampler: TestElement, scope: Scope, making: Making): Pairs {
  if (isRaw(sampler, scope)) return []
  return argumentsOf(sampler, scope).map((argument) => {
    const value = argument.text('Argument.value')
    // What JMeter does not encode is encoded already.
    const plain = argument.flag('HTTPArgument.always_encode') || value.includes('${') ? value : decoded(value)
    const name = argument.text('Argument.name')
    return [literal(name), hidden(name, plain, making)] as const
  })
}

/** A text, and no fields: said so, or since none of them has a name. */
function isRaw(sampler: TestElement, scope: Scope): boolean {
  const given = argumentsOf(sampler, scope)
  return (
    sampler.props.flag('HTTPSampler.postBodyRaw') ||
    (given.length > 0 && given.every((argument) => argument.text('Argument.name') === ''))
  )
}

function bodyOf(
  sampler: TestElement,
  sent: readonly SentHeader[],
  making: Making & { readonly fields: Pairs },
): DraftBody | undefined {
  if (!hasBody(sampler)) return undefined
  const files = sampler.props.list('HTTPsampler.Files')
  const type = sent.find(({ name }) => name.toLowerCase() === 'content-type')?.value
  if (files.length > 0 || sampler.props.flag('HTTPSampler.DO_MULTIPART_POST')) return withFiles(files, making)
  const raw = sampler.props.list('HTTPsampler.Arguments')
  if (making.fields.length > 0) {
    if (new Set(making.fields.map(([name]) => name)).size < making.fields.length)
      throw new Missing('with a field that comes twice')
    return { kind: 'form', pairs: making.fields }
  }
  const text = filled(raw.map((argument) => argument.text('Argument.value')).join(''), making)
  const value = type !== undefined && /^application\/json\b/i.test(type) ? jsonAsWritten(text) : undefined
  return value === undefined ? { kind: 'text', text, type: undefined } : { kind: 'json', value }
}

function withFiles(
  files: readonly Props[],
  { fields, uploads, ...making }: Making & { readonly fields: Pairs },
): DraftBody {
  const sent = files.map((file) => ({
    name: filled(file.text('File.paramname'), making),
    file: uploads.pathOf(plainPath(file.text('File.path'), making)),
    type: file.text('File.mimetype') || undefined,
  }))
  const [only] = sent
  // One without a name is the whole body.
  if (only && sent.length === 1 && only.name === '' && fields.length === 0)
    return { kind: 'file', file: only.file, type: only.type }
  return { kind: 'multipart', parts: [...fields.map(([name, value]) => ({ name, value })), ...sent] }
}

function plainPath(text: string, { variables }: Pick<Making, 'variables'>): string {
  const path = constantOf(text, variables)
  if (path === undefined) throw new Missing('with a file whose path is no constant')
  return path
}

function isImplied({ name, value }: SentHeader, body: DraftBody | undefined): boolean {
  if (name.toLowerCase() !== 'content-type' || !body) return false
  return (
    (body.kind === 'json' && /^application\/json$/i.test(value.trim())) ||
    (body.kind === 'form' && /^application\/x-www-form-urlencoded$/i.test(value.trim()))
  )
}
