import type { Headers } from './exchange.ts'

/** Of one connection alone (RFC 9110 section 7.6.1), so that neither side hears the other's. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
])
/** Node answers `100-continue` itself. */
const NOT_FORWARDED = new Set([...HOP_BY_HOP, 'expect'])
/**
 * They speak of the target's own address, and would lead the browser to it, past the proxy. HSTS would make it refuse plain
 * http to this machine for as long as a year.
 */
const NOT_RETURNED = new Set([...HOP_BY_HOP, 'transfer-encoding', 'strict-transport-security', 'alt-svc'])
const NAMES_ORIGIN = new Set(['origin', 'referer'])

export interface Between {
  /** `http://127.0.0.1:PORT`, the proxy's. */
  readonly proxy: string
  /** `https://shop.example`, the target's. */
  readonly target: string
}

/** As the target would have had them from a browser that asks it directly. */
export function toTarget(headers: Headers, { proxy, target }: Between): Headers {
  const { host } = new URL(target)
  return headers.flatMap(([name, value]) => {
    const key = name.toLowerCase()
    if (NOT_FORWARDED.has(key)) return []
    if (key === 'host') return [[name, host] as const]
    return [[name, NAMES_ORIGIN.has(key) ? moved(value, proxy, target) : value] as const]
  })
}

/** So that the browser stays with the proxy, and keeps the target's cookies for it. */
export function toBrowser(headers: Headers, { proxy, target }: Between): Headers {
  return headers.flatMap(([name, value]) => {
    const key = name.toLowerCase()
    if (NOT_RETURNED.has(key)) return []
    if (key === 'location') return [[name, moved(value, target, proxy)] as const]
    return [[name, key === 'set-cookie' ? cookieHere(value) : value] as const]
  })
}

function moved(address: string, from: string, to: string): string {
  const rest = address.slice(from.length)
  return address.startsWith(from) && /^(?:$|[/?#])/.test(rest) ? to + rest : address
}

/** A cookie of the target's domain, or of https alone, would not be taken from this address. `None` needs `Secure`. */
function cookieHere(cookie: string): string {
  return cookie.replace(/;\s*(?:domain=[^;]*|secure|samesite\s*=\s*none)(?=\s*(?:;|$))/gi, '')
}
