import type { Account } from '../account.ts'
import type { Pairs } from '../draft.ts'
import type { Secrets } from '../secrets.ts'
import { type Fields, fields, items, textOf } from '../source.ts'

export interface Auth {
  readonly headers: Pairs
  readonly query: Pairs
}

type Write = (text: string) => string

/** Postman's `auth` of a request, or of the folder or the collection it is in; secrets by variables of the environment. */
export function authOf(
  given: unknown,
  { write, secrets, account }: { readonly write: Write; readonly secrets: Secrets; readonly account: Account },
): Auth {
  const auth = fields(given)
  const type = textOf(auth.type)
  if (type === undefined || type === 'noauth') return { headers: [], query: [] }
  const value = valuesOf(auth[type])
  const secret = (name: string, text: string) => (text.includes('{{') ? write(text) : secrets.replace(name, text))
  switch (type) {
    case 'bearer':
      return { headers: [['authorization', `Bearer ${secret('bearer_token', value('token') || '-')}`]], query: [] }
    case 'basic': {
      account.note(
        'User names and passwords of basic authentication are given as one: BASIC_AUTH is "user:password" in base64.',
      )
      const both = Buffer.from(`${value('username')}:${value('password')}`).toString('base64')
      return { headers: [['authorization', `Basic ${secrets.replace('basic_auth', both)}`]], query: [] }
    }
    case 'apikey': {
      const pair = [value('key') || 'x-api-key', secret(value('key') || 'api_key', value('value') || '-')] as const
      return value('in') === 'query' ? { headers: [], query: [pair] } : { headers: [pair], query: [] }
    }
    default:
      account.note(`Nothing is sent for the authorization "${type}": a profile has nothing for it.`)
      return { headers: [], query: [] }
  }
}

/** A list of keys and values in version 2.1, a map in 2.0. */
function valuesOf(given: unknown): (key: string) => string {
  if (!Array.isArray(given)) return (key) => textOf(fields(given)[key]) ?? ''
  const entries = items(given).map((item): Fields => fields(item))
  return (key) => textOf(entries.find((entry) => entry.key === key)?.value) ?? ''
}
