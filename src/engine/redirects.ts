import type { Bytes, Ms } from '../units.ts'
import type { Answer, WireRequest } from './http/transport.ts'
import { cookieLine, onWire } from './request.ts'
import type { Cause } from './shard-result.ts'

/** That one request follows. k6 bears 10, browsers 20. */
export const MOST_REDIRECTS = 10

const STATUSES = new Set([301, 302, 303, 307, 308])

/** Where a request goes next: on the origin of the target, with what is sent there. */
export interface NextAddress {
  readonly method: string
  /** Path and query. */
  readonly path: string
}

/**
 * The one place where it is decided whether, and where to, an answer sends a request on (RFC 9110 15.4); a cause where it
 * may not be followed, undefined where it is no redirect.
 */
export function nextAddress(
  answer: Answer,
  { method, path, fields }: WireRequest,
  target: URL,
): NextAddress | Cause | undefined {
  const location = locationOf(answer)
  if (location === undefined) return undefined
  const url = URL.parse(location, `${target.origin}${path}`)
  if (url === null) return 'malformed-answer'
  if (url.origin !== target.origin && url.origin !== namedOrigin(fields, target)) return 'foreign-redirect'
  return { method: methodBehind(answer.status, method), path: url.pathname + url.search }
}

/** As text; undefined where the answer is no redirect. */
export function locationOf({ cause, status, headers }: Answer): string | undefined {
  if (cause !== undefined || !STATUSES.has(status)) return undefined
  const { location } = headers
  if (location === undefined) return undefined
  // Of several nobody knows which is meant: together they are no address.
  return typeof location === 'string' ? Buffer.from(location, 'latin1').toString() : `http://${location.join(' ')}`
}

/** That of the host which the step names, as the service knows itself by it. */
function namedOrigin(fields: string, target: URL): string | undefined {
  const host = /^host: (.*?)\r$/im.exec(fields)?.[1]
  return URL.parse(`${target.protocol}//${host}`)?.origin
}

/** As browsers do (Fetch, HTTP-redirect fetch): a form that was sent is answered by a page that is asked for. */
function methodBehind(status: number, method: string): string {
  if (status === 303) return method === 'HEAD' ? method : 'GET'
  return (status === 301 || status === 302) && method === 'POST' ? 'GET' : method
}

/** A request on its way through redirects: its time, and its bytes, are those of all of them together. */
export class Journey {
  #request: WireRequest
  #hops = 0
  #startedAt: Ms = 0
  #sentAt: Ms | undefined = undefined
  #bytesSent: Bytes = 0
  #bytesReceived: Bytes = 0
  readonly #timeout: Ms

  constructor(request: WireRequest) {
    this.#request = request
    this.#timeout = request.timeout
  }

  /** What to send next, the cause why it cannot be sent, or undefined where this answer is the last. */
  next(answer: Answer, target: URL, cookies: (path: string) => string): WireRequest | Cause | undefined {
    const address = nextAddress(answer, this.#request, target)
    if (typeof address !== 'object') return address
    if (this.#hops >= MOST_REDIRECTS) return 'too-many-redirects'
    this.#note(answer)
    // The sweep that ends what lasts too long comes by every 10 ms.
    const left = Math.max(1, this.#timeout - (answer.doneAt - this.#sentAt!))
    this.#request = redirected(this.#request, address, { kept: cookies(address.path), timeout: left })
    return this.#request
  }

  #note({ startedAt, sentAt, bytesSent, bytesReceived }: Answer): void {
    if (this.#hops === 0) {
      this.#startedAt = startedAt
      this.#sentAt = sentAt
    }
    this.#hops++
    this.#bytesSent += bytesSent
    this.#bytesReceived += bytesReceived
  }

  /** The last answer, as that of the whole. */
  whole(answer: Answer): Answer {
    if (this.#hops === 0) return answer
    const { cause, status, headers, text, firstByteAt, doneAt, detail, events } = answer
    return {
      cause: cause === 'no-connection' ? 'timeout' : cause,
      status,
      headers,
      text,
      startedAt: this.#startedAt,
      sentAt: this.#sentAt,
      firstByteAt,
      doneAt,
      bytesSent: this.#bytesSent + answer.bytesSent,
      bytesReceived: this.#bytesReceived + answer.bytesReceived,
      detail,
      events,
    }
  }
}

const OF_BODY = /^content-(?:encoding|language|length|location|type):/i

function redirected(
  request: WireRequest,
  { method, path }: NextAddress,
  { kept, timeout }: { readonly kept: string; readonly timeout: Ms },
): WireRequest {
  const { cookie = '', wants } = request
  const carries = method === request.method
  const [body, upload] = carries ? [request.body, request.upload] : ['', undefined]
  const lines = request.fields
    .split('\r\n')
    .slice(0, -1)
    .filter((line) => !/^cookie:/i.test(line) && (carries || !OF_BODY.test(line)))
  const fields = lines.map((line) => `${line}\r\n`).join('') + cookieLine(cookie, kept)
  return { method, path, fields, cookie, body, upload, wire: onWire(method, path, fields, body), timeout, wants }
}

/** Where it was sent on to, for who reads of a redirect that could not be followed. */
export function explainRedirect(answer: Answer): string | undefined {
  const location = locationOf(answer)
  return location === undefined ? undefined : `redirected to "${location}"`
}
