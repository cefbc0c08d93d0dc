// What a recording server was asked, in words that are the same whoever asked: by user, by pass, in their order.
import type { SeenRequest } from '../support/counting-server.ts'

export interface Told {
  readonly method: string
  readonly path: string
  readonly query: readonly (readonly [name: string, value: string])[]
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/** One time through the plan. */
export interface Pass {
  /** Whether it is the first of its user. */
  readonly first: boolean
  readonly requests: readonly Told[]
  /** Milliseconds between two of them. */
  readonly gaps: readonly number[]
}

/** Whose cookie it is. */
export const VISITOR = 'visitor'

/** What every client says in its own way: which it is, how it keeps its connection, and how long what it sends is. */
const OWN = new Set(['user-agent', 'connection', 'host', 'content-length', 'accept-encoding'])

/** @param begins whether a request is the first of a pass; the last pass of each user is left away, since it may have been cut */
export function passesOf(
  seen: readonly SeenRequest[],
  { visitorOf, begins }: { visitorOf: (seen: SeenRequest) => string; begins: (seen: SeenRequest) => boolean },
): readonly Pass[] {
  return [...Map.groupBy(seen, visitorOf).values()].flatMap((own) => {
    const starts = own.flatMap((request, index) => (begins(request) ? [index] : []))
    return starts.slice(0, -1).map((start, n): Pass => {
      const those = own.slice(start, starts[n + 1])
      return {
        first: n === 0,
        requests: those.map(told),
        gaps: those.slice(1).map(({ at }, index) => at - those[index]!.at),
      }
    })
  })
}

/** `+` and `%20` are both a blank in a query and in a form; JSON and XML are what they mean. */
export function told({ method, url, headers, body }: SeenRequest): Told {
  const { pathname } = new URL(url, 'http://x')
  const given = Object.entries(headers).filter(([name]) => !OWN.has(name))
  const type = headers['content-type'] ?? ''
  return {
    method,
    path: pathname,
    query: pairsOf(url.split('?')[1] ?? ''),
    headers: Object.fromEntries(given.map(([name, value]) => [name, headerText(name, String(value))])),
    body: /json/.test(type)
      ? JSON.parse(body)
      : type.startsWith('application/x-www-form-urlencoded') && !body.startsWith('<')
        ? pairsOf(body)
        : type.startsWith('multipart/')
          ? body.split(/--[\w-]+(?:--)?(?:\r\n|$)/)
          : body,
  }
}

function pairsOf(text: string): readonly (readonly [string, string])[] {
  return [...new URLSearchParams(text)]
}

function headerText(name: string, value: string): string {
  if (name === 'cookie') return value.replace(new RegExp(`${VISITOR}=[^;]*`), `${VISITOR}=…`)
  return name === 'content-type' ? value.replace(/boundary=.*/, 'boundary=…') : value
}
