import { METHODS } from '../../profile/grammar-step.ts'
import type { Account } from '../account.ts'
import type { DraftBody, DraftRequest, Pairs } from '../draft.ts'
import { cleanName, unique } from '../names.ts'
import { pathText } from '../text.ts'
import { argumentsOf, queryOf } from './arguments.ts'
import { checksOf } from './checks.ts'
import { capturesOf } from './extractors.ts'
import type { Fates } from './fates.ts'
import { filled, hidden, Missing } from './filling.ts'
import { hasBody, payloadOf, type Sending, type Sent, sendsLess, textType } from './payload.ts'
import type { TestElement } from './plan-tree.ts'
import { headersFor, type Scope, type SentHeader, settingOf } from './scope.ts'
import { constantOf, type Variables } from './variables.ts'

/** What one thread group is made into steps with. */
export interface Making extends Sending {
  readonly base: string
  readonly variables: Variables & { readonly captured: Map<string, string> }
  readonly names: Set<string>
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
  return { origin: named ? (origin ?? 'unknown') : undefined, path }
}

function originOf(address: string): string | undefined {
  return URL.canParse(address) ? new URL(address).origin : undefined
}

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
  const { variables, fates, base, names } = making
  const { origin, path: written } = whereTo(sampler, scope, variables)
  if (origin !== undefined && origin !== base) throw new Missing(`to another address than ${base}`)
  const name = settingOf(sampler, scope, 'HTTPSampler.method') || 'GET'
  const method = METHODS.find((known) => known === name.toLowerCase())
  if (!method) throw new Missing('with a method that a profile does not have')
  const sent = headersFor(scope)
  const given = argumentsOf(sampler, scope)
  const type = sent.find((header) => header.name.toLowerCase() === 'content-type')?.value
  const { query: asked, body } = payloadOf(sampler, { method, given, type }, making)
  if (body && (method === 'get' || method === 'head'))
    throw new Missing('with a body that this method does not have in a profile')
  const path = leading(filled(written, making, pathText), sampler, making)
  const query = asked ? queryOf(given, path, making) : { pairs: [], ofPath: '' }
  const headers = headersOf(sent, body, making)
  // From here on it is one.
  fates.take(sampler)
  for (const element of [...scope.defaults, ...scope.managers]) fates.take(element)
  const { expect, timeout } = checksOf(scope.assertions, variables, fates)
  const extraction = capturesOf(scope.extractors, fates)
  for (const [there, here] of extraction.names) variables.captured.set(there, here)
  tell(sampler, making)
  const follow = sampler.props.flag('HTTPSampler.follow_redirects') || sampler.props.flag('HTTPSampler.auto_redirects')
  return {
    kind: 'request',
    source: `${sampler.tag} "${sampler.path}"`,
    holds: { headers: 0, bodies: bodiesOf(sampler, body, making) },
    shares: sent.flatMap(({ from }) => from),
    method,
    path: path + query.ofPath,
    name: unique(cleanName(sampler.name, `${method.toUpperCase()} request`), names),
    headers: [...headers, ...typeOfNothing(sampler, { method, given, type }, making)],
    query: query.pairs,
    ...(body ? { body } : {}),
    ...(Object.keys(expect).length > 0 ? { expect } : {}),
    ...(follow ? { follow: true as const } : {}),
    ...(timeout === undefined ? {} : { timeout }),
    ...(Object.keys(extraction.captures).length > 0 ? { capture: extraction.captures } : {}),
  }
}

/** JMeter puts a slash before what does not begin with one; a value of the answer or of the data that comes first has one. */
function leading(path: string, { name }: TestElement, { account }: Making): string {
  if (path.startsWith('/')) return path
  if (!/^\$\{(?!env\.)[\w.]+\}/.test(path)) return `/${path}`
  account.note(`The path of "${name}" begins with a value, which has to begin with "/" itself.`)
  return path
}

function headersOf(sent: readonly SentHeader[], body: DraftBody | undefined, making: Making): Pairs {
  return sent
    .filter((header) => !isImplied(header, body))
    .map(({ name, value }) => [name, headerText(name, value, making)] as const)
}

function headerText(name: string, value: string, making: Making): string {
  if (/^authorization$/i.test(name) && !value.includes('${')) return making.secrets.hideAuthorization(value)
  return hidden(name, value, making)
}

/** Where nothing is to be sent, JMeter 2 sends an empty text with its type, and up to version 4 it does so with POST. */
function typeOfNothing(sampler: TestElement, { method, given, type }: Sent, making: Making): Pairs {
  const isSaid = method === 'post' || (sendsLess(making) && !['get', 'head', 'options'].includes(method))
  const own = isSaid ? textType(sampler, method, making) : undefined
  const isEmpty = given.length === 0 && type === undefined && !hasBody(sampler)
  return isEmpty && own !== undefined ? [['content-type', own]] : []
}

/** One that JMeter itself does not send is left out. */
function bodiesOf(sampler: TestElement, body: DraftBody | undefined, { account }: Making): number {
  if (!hasBody(sampler)) return 0
  if (!body) account.leave('body', 'that JMeter does not send with this method', `${sampler.tag} "${sampler.path}"`)
  return body ? 1 : 0
}

function tell({ name, props }: TestElement, { account }: Making): void {
  if (props.flag('HTTPSampler.image_parser'))
    account.note(`"${name}" loads what the page names (embedded resources), which is not done here.`)
}

function isImplied({ name, value }: SentHeader, body: DraftBody | undefined): boolean {
  if (name.toLowerCase() !== 'content-type' || !body) return false
  return (
    (body.kind === 'json' && /^application\/json$/i.test(value.trim())) ||
    (body.kind === 'form' && /^application\/x-www-form-urlencoded$/i.test(value.trim()))
  )
}
