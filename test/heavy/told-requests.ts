// What a recording server was asked, in words that are the same whoever asked: by user, by pass, in their order.
import type { SeenRequest } from '../support/counting-server.ts'

export interface Told {
  readonly method: string
  readonly path: string
  readonly query: Pairs
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

type Pairs = readonly (readonly [name: string, value: string])[]

/** One time through the plan. */
export interface Pass {
  /** Whether it is the first of its user. */
  readonly first: boolean
  readonly requests: readonly Told[]
  /** Milliseconds before each of them, from the one before it. */
  readonly gaps: readonly number[]
}

/** Name of the cookie by which the server tells users apart. */
export const VISITOR = 'visitor'

export function visitorOf({ headers }: SeenRequest): string | undefined {
  return new RegExp(`${VISITOR}=(\\d+)`).exec(headers.cookie ?? '')?.[1]
}

/** What every client says in its own way: which it is, how it keeps its connection, and how long what it sends is. */
const OWN = new Set(['user-agent', 'connection', 'host', 'content-length'])

/** All but the last pass of each user, which may have been cut. A pass begins with this path, but for what is done once. */
export function passesOf(seen: readonly SeenRequest[], begin: string): readonly Pass[] {
  // Who has no cookie yet is told from the others by the number that it is given.
  const users = Map.groupBy(
    seen.map((request, n) => ({ request, user: visitorOf(request) ?? String(n) })),
    ({ user }) => user,
  )
  return [...users.values()].flatMap((all) => {
    const own = all.map(({ request }) => request)
    const starts = own.flatMap(({ url }, index) => (url.split('?')[0] === begin ? [index] : []))
    return starts.slice(0, -1).map((start, n): Pass => {
      const from = n === 0 ? 0 : start
      const those = own.slice(from, starts[n + 1])
      const gaps = those.map(({ at }, index) => at - (own[from + index - 1]?.at ?? Number.NEGATIVE_INFINITY))
      return { first: n === 0, requests: those.map(told), gaps }
    })
  })
}

/**
 * A blank in a query or a form is `+` or `%20`, blanks of JSON are none, and a part of a form with files that does not say its
 * type is plain text (RFC 7578, 4.4).
 */
function told({ method, url, headers, body }: SeenRequest): Told {
  const [path = '', query = ''] = url.split('?')
  const given = Object.entries(headers).filter(([name]) => !OWN.has(name))
  return {
    method,
    path,
    query: [...new URLSearchParams(query)],
    headers: Object.fromEntries(given.map(([name, value]) => [name, headerText(name, String(value))])),
    body: bodyOf(body, headers['content-type'] ?? ''),
  }
}

function bodyOf(body: string, type: string): unknown {
  if (type === 'application/json') return JSON.parse(body)
  const boundary = /^multipart\/.*boundary=([^;]+)/.exec(type)?.[1]
  if (boundary !== undefined) return body.split(`--${boundary}`).slice(1, -1).map(partOf)
  return /^[\w%.]+=[^\s<]*$/.test(body) ? [...new URLSearchParams(body)] : body
}

function partOf(part: string): unknown {
  const [head = '', ...content] = part.trimStart().split('\r\n\r\n')
  const field = (pattern: RegExp) => pattern.exec(head)?.[1]
  return {
    name: field(/\bname="([^"]*)"/),
    file: field(/filename="([^"]*)"/),
    type: (field(/^content-type: (.*)$/im) ?? 'text/plain').replace(/^(text\/plain); charset=.*/, '$1'),
    content: content.join('\r\n\r\n'),
  }
}

function headerText(name: string, value: string): string {
  if (name === 'cookie') return value.replace(new RegExp(`${VISITOR}=\\d+`), `${VISITOR}=…`)
  return value.replace(/^(multipart\/form-data).*/, '$1')
}
