import type { EpochMs } from '../units.ts'

// RFC 6265 6.1 asks clients for at least 50 cookies per domain and 4096 bytes per cookie; a target gets no more.
const MOST_COOKIES = 50
const MOST_LENGTH = 4096

/** One `set-cookie` line. */
export interface Cookie {
  readonly name: string
  readonly value: string
  /** Undefined: that of the request (RFC 6265 5.1.4). */
  readonly path: string | undefined
  readonly domain: string | undefined
  readonly secure: boolean
  /** Undefined: until the end of the session, which is the iteration's or the user's. */
  readonly expires: EpochMs | undefined
}

/** Undefined when the line is no cookie. Times are counted from `now`. */
export function parseCookie(line: string, now: EpochMs): Cookie | undefined {
  if (line.length > MOST_LENGTH) return undefined
  const [pair = '', ...attributes] = line.split(';')
  const [name, value] = splitAt(pair)
  if (name === '' || value === undefined) return undefined
  const given = new Map(attributes.map(splitAt).map(([key, text]) => [key.toLowerCase(), text ?? '']))
  const path = given.get('path')
  return {
    name,
    value,
    path: path?.startsWith('/') ? path : undefined,
    domain: given.get('domain')?.replace(/^\./, '').toLowerCase() || undefined,
    secure: given.has('secure'),
    expires: expiry(given, now),
  }
}

/** The cookies of one user of one target. */
export class CookieJar {
  readonly #host: string
  readonly #secure: boolean
  /** Those of longer paths first (RFC 6265 5.4), and of two of one length the older. */
  #cookies = new Map<string, Cookie & { readonly path: string }>()

  constructor({ hostname, protocol }: { readonly hostname: string; readonly protocol: string }) {
    this.#host = hostname
    this.#secure = protocol === 'https:'
  }

  /** Keeps, replaces or deletes what an answer to a request of `requestPath` sets. */
  store(lines: string | readonly string[], requestPath: string, now: EpochMs): void {
    for (const line of typeof lines === 'string' ? [lines] : lines) {
      const cookie = parseCookie(line, now)
      if (!cookie || !this.#accepts(cookie)) continue
      const path = cookie.path ?? defaultPath(requestPath)
      const key = `${cookie.name};${path}`
      if (cookie.expires !== undefined && cookie.expires <= now) this.#cookies.delete(key)
      // Where it is known it keeps its place (RFC 6265 5.3, 11.3).
      else if (this.#cookies.has(key)) this.#cookies.set(key, { ...cookie, path })
      else if (this.#cookies.size < MOST_COOKIES) this.#add(key, { ...cookie, path })
    }
  }

  #add(key: string, cookie: Cookie & { readonly path: string }): void {
    let isLast = true
    for (const { path } of this.#cookies.values()) isLast &&= path.length >= cookie.path.length
    this.#cookies.set(key, cookie)
    if (!isLast) this.#cookies = new Map([...this.#cookies].sort(([, a], [, b]) => b.path.length - a.path.length))
  }

  /** The `cookie` header for a request of `path`; empty when there is nothing to send. */
  header(path: string, now: EpochMs): string {
    const end = path.indexOf('?')
    const bare = end < 0 ? path : path.slice(0, end)
    let text = ''
    for (const { name, value, path: prefix, secure, expires } of this.#cookies.values()) {
      if (!pathMatches(bare, prefix) || (secure && !this.#secure) || (expires !== undefined && expires <= now)) continue
      text += text === '' ? `${name}=${value}` : `; ${name}=${value}`
    }
    return text
  }

  #accepts({ domain }: Cookie): boolean {
    return domain === undefined || this.#host === domain || this.#host.endsWith(`.${domain}`)
  }
}

function splitAt(text: string): [name: string, value: string | undefined] {
  const at = text.indexOf('=')
  return at < 0 ? [text.trim(), undefined] : [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}

/** RFC 6265 5.2.2: `max-age` wins over `expires`; what is no number or no date is as if it were not there. */
function expiry(given: ReadonlyMap<string, string>, now: EpochMs): EpochMs | undefined {
  const maxAge = given.get('max-age')
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return now + Number(maxAge) * 1000
  const date = Date.parse(given.get('expires') ?? '')
  return Number.isNaN(date) ? undefined : date
}

/** RFC 6265 5.1.4: the request's folder. */
function defaultPath(requestPath: string): string {
  const end = requestPath.search(/[?#]|$/)
  const slash = requestPath.lastIndexOf('/', end - 1)
  return slash <= 0 ? '/' : requestPath.slice(0, slash)
}

/** RFC 6265 5.1.4: `/a` is the prefix of `/a` and `/a/b`, not of `/ab`. */
function pathMatches(path: string, prefix: string): boolean {
  if (prefix === '/') return true
  return (
    path.startsWith(prefix) && (prefix.endsWith('/') || path.length === prefix.length || path[prefix.length] === '/')
  )
}
