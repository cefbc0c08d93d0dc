import type { Account } from '../account.ts'
import { secretSpans, withSpans } from '../secret-spans.ts'
import { isSecret, type Secrets } from '../secrets.ts'
import type { Entry } from './entries.ts'

export const KEPT_COOKIES = 'sent by Loadgate itself (cookies that answers set)'
export const FOREIGN_COOKIES = 'with nothing but cookies of analytics'
export const OF_ASSETS = 'of static parts of a page (cookies that no answer sets)'

// What scripts of analytics and advertising set, which no service under test reads.
const ANALYTICS =
  /^(?:_ga|_gid|_gat|_gcl|__utm|_fb[cp]|_hj|ajs_|amplitude|mp_|optimizely|_clck|_clsk|_uet|_pin_|intercom-|hubspot|__hs|_dd_s|datadome)/i

/** Names of the cookies that an answer sets. */
export function cookiesSetBy({ headers }: Entry['answer']): readonly string[] {
  return headers
    .filter(([name]) => name.toLowerCase() === 'set-cookie')
    .flatMap(([, value]) => value.split('\n').map((line) => line.split('=')[0]!.trim()))
}

/**
 * The part of a `cookie` header that no answer of the recording brought: of an earlier visit, or set by a script. Undefined where
 * there is none; why is in the account.
 */
export function ownCookies(
  value: string,
  {
    kept,
    asset,
    secrets,
    account,
  }: {
    readonly kept: ReadonlySet<string>
    readonly asset: boolean
    readonly secrets: Secrets
    readonly account: Account
  },
): string | undefined {
  const cookies = value.split(/;\s*/).filter((pair) => pair !== '')
  const own = cookies.filter((pair) => !kept.has(nameOf(pair)))
  const [foreign, wanted] = [own.filter(isAnalytics), own.filter((pair) => !isAnalytics(pair))]
  if (wanted.length > 0 && asset) {
    account.leave('header', OF_ASSETS, 'cookie')
    return undefined
  }
  if (wanted.length === 0) {
    account.leave(
      'header',
      foreign.length > 0 && foreign.length === cookies.length ? FOREIGN_COOKIES : KEPT_COOKIES,
      'cookie',
    )
    return undefined
  }
  account.note(
    `Cookies that no recorded answer sets, from an earlier visit or a script, are sent as recorded: ${wanted.map(nameOf).join(', ')}.`,
  )
  return wanted.map((pair) => `${nameOf(pair)}=${hidden(pair, secrets)}`).join('; ')
}

const isAnalytics = (pair: string) => ANALYTICS.test(nameOf(pair))
const nameOf = (pair: string) => pair.split('=')[0]!.trim()

/** What is long was made for one visitor. */
function hidden(pair: string, secrets: Secrets): string {
  const value = pair.slice(pair.indexOf('=') + 1)
  const name = nameOf(pair)
  if (value.length >= 16) return secrets.replace(`${name}_cookie`, value)
  const known = isSecret(name, value) ? undefined : secretSpans(value, undefined, secrets)
  return known ? withSpans(value, known, secrets) : secrets.replace(name, value)
}
