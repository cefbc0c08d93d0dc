import type { Account } from '../account.ts'
import type { Pairs } from '../draft.ts'
import { variableName } from '../names.ts'
import { type Fields, fields, items, textOf } from '../source.ts'
import { literal, reference } from '../text.ts'
import type { ApiDocument } from './document.ts'

/** What proves who somebody is, each from a variable of the environment. */
export interface Credentials {
  readonly headers: Pairs
  readonly query: Pairs
  readonly cookies: Pairs
}

const NONE: Credentials = { headers: [], query: [], cookies: [] }

/** Of the first of the ways that an operation offers. */
export function credentialsFor(operation: Fields, { root, resolve }: ApiDocument, account: Account): Credentials {
  const [first] = items(operation.security ?? root.security)
  const schemes = fields(fields(root.components).securitySchemes)
  const all = Object.keys(fields(first)).map((name) => {
    const scheme = resolve(schemes[name])
    const made = scheme && ofScheme(name, scheme)
    if (!made) account.note(`Nothing is sent for the security scheme "${name}": a profile has nothing for it.`)
    return made ?? NONE
  })
  return {
    headers: all.flatMap(({ headers }) => headers),
    query: all.flatMap(({ query }) => query),
    cookies: all.flatMap(({ cookies }) => cookies),
  }
}

function ofScheme(given: string, scheme: Fields): Credentials | undefined {
  const value = reference(`env.${variableName(given, 'TOKEN')}`)
  const type = textOf(scheme.type)
  const bearer = { ...NONE, headers: [['authorization', `Bearer ${value}`]] as const }
  if (type === 'oauth2' || type === 'openIdConnect') return bearer
  if (type === 'http') {
    const how = textOf(scheme.scheme)?.toLowerCase()
    if (how === 'basic') return { ...NONE, headers: [['authorization', `Basic ${value}`]] }
    return how === 'bearer' ? bearer : undefined
  }
  const name = textOf(scheme.name)
  if (type !== 'apiKey' || name === undefined) return undefined
  const pair: Pairs = [[literal(name), value]]
  if (scheme.in === 'query') return { ...NONE, query: pair }
  if (scheme.in === 'cookie') return { ...NONE, cookies: pair }
  return scheme.in === 'header' ? { ...NONE, headers: pair } : undefined
}
