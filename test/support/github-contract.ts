import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import addFormats from 'ajv-formats'
import { type Document, OpenAPIBackend } from 'openapi-backend'
import {
  type Answer,
  account,
  commentBody,
  notForIntegrations,
  REPOSITORY,
  refusal,
  type StoredComment,
} from './github-answers.ts'

/** Who a token is, and what it may. `app` and `actions` are refused GET /user, as GitHub does. */
export interface Identity {
  readonly login: string
  readonly kind: 'user' | 'app' | 'actions'
  readonly write: boolean
  /** May ask GraphQL for its own name; true unless told. */
  readonly graphql?: boolean
}

/** What a call meets instead of a plain answer, for as many calls as `times` says. */
export interface Fault {
  readonly call: string
  readonly times: number
  /** `lost` carries the call out and breaks the connection before the answer; `hang` never answers. */
  readonly kind: 'status' | 'reset' | 'html' | 'truncated' | 'torn' | 'lost' | 'lost-html' | 'hang'
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly message?: string
}

export interface Recorded {
  readonly call: string
  readonly method: string
  readonly path: string
  readonly body: unknown
}

export interface Call {
  readonly who: Identity
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
}

export const ISSUE = 7

export type Handler = (call: Call) => Answer

export interface GitHubParts {
  /** Calls beside those of a conversation. */
  readonly handlers?: Readonly<Record<string, Handler>>
  /** Another GitHub, which answers what has no handler here; its answers are held to the description as well. */
  readonly upstream?: string
}

/**
 * A small GitHub for one repository with one pull request, which holds every request and its own every answer to
 * GitHub's published description. What it finds wrong is answered with 422 and kept in `violations`.
 */
export class GitHubContract {
  readonly requests: Recorded[] = []
  readonly violations: string[] = []
  readonly comments: StoredComment[] = []
  locked = false
  readonly #server
  readonly #api
  readonly #tokens: Readonly<Record<string, Identity>>
  readonly #parts: GitHubParts
  #faults: { readonly fault: Fault; left: number }[] = []
  #nextId = 1_000

  static async start(tokens: Readonly<Record<string, Identity>>, parts: GitHubParts = {}): Promise<GitHubContract> {
    const contract = new GitHubContract(tokens, parts)
    await contract.#api.init()
    contract.#server.listen(0, '127.0.0.1')
    await once(contract.#server, 'listening')
    return contract
  }

  private constructor(tokens: Readonly<Record<string, Identity>>, parts: GitHubParts) {
    this.#tokens = tokens
    this.#parts = parts
    this.#api = new OpenAPIBackend({
      definition: JSON.parse(readFileSync(join(import.meta.dirname, 'github-api.json'), 'utf8')) as Document,
      quick: true,
      strict: false,
      coerceTypes: true,
      ajvOpts: { strict: false },
      customizeAjv: (ajv) => addFormats.default(ajv),
    })
    this.#server = createServer((request, response) => void this.#serve(request, response))
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  inject(...faults: readonly Fault[]): void {
    this.#faults.push(...faults.map((fault) => ({ fault, left: fault.times })))
  }

  /** As before the first request, but for what is injected next. */
  reset(): void {
    this.#faults = []
    this.locked = false
    for (const list of [this.requests, this.violations, this.comments]) list.length = 0
  }

  say(login: string, body: string, { bot = false }: { bot?: boolean } = {}): StoredComment {
    const comment = { id: this.#nextId++, issue: ISSUE, login, bot, body }
    this.comments.push(comment)
    return comment
  }

  calls(call: string): number {
    return this.requests.filter((request) => request.call === call).length
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '/', search = ''] = (request.url ?? '/').split('?')
    const text = await bodyOf(request)
    const body: unknown = text === '' ? undefined : JSON.parse(text)
    const asked = { method: request.method ?? '', path, query: search, body, headers: headersOf(request) }
    const operation = path === '/graphql' ? undefined : this.#api.router.matchOperation(asked)
    const call = path === '/graphql' ? 'graphql' : (operation?.operationId ?? 'unknown')
    this.requests.push({ call, method: asked.method, path, body })

    const fault = this.#next(call)
    if (fault && !fault.kind.startsWith('lost')) return breakdown(response, fault)
    const answer = await this.#answer(call, asked)
    if (operation && !this.#api.validator.validateResponse(answer.body, operation, answer.status).valid)
      this.violations.push(`own answer to ${call}: ${JSON.stringify(answer.body).slice(0, 300)}`)
    if (fault) return breakdown(response, { ...fault, kind: fault.kind === 'lost' ? 'reset' : 'html' })
    send(response, answer)
  }

  #next(call: string): Fault | undefined {
    const found = this.#faults.find(({ fault, left }) => fault.call === call && left > 0)
    if (found) found.left--
    return found?.fault
  }

  async #answer(call: string, asked: Asked): Promise<Answer> {
    const who = this.#tokens[String(asked.headers.authorization ?? '').replace(/^(token|bearer) /i, '')]
    if (!who) return refusal(401, 'Bad credentials')
    if (call === 'graphql') return graphql(who)
    const { handlers = {}, upstream } = this.#parts
    const handler: Handler | undefined = handlers[call] ?? HANDLERS[call]?.bind(undefined, this)
    if (!handler && !upstream) {
      this.violations.push(`${asked.method} ${asked.path} is not a call of the description, or has no handler here`)
      return refusal(404, 'Not Found')
    }
    const { valid, errors } = this.#api.validator.validateRequest(asked, call)
    if (!valid) {
      const wrong = (errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
      this.violations.push(`${call}: ${wrong.join(', ')}`)
      return refusal(422, `Invalid request: ${wrong.join(', ')}`)
    }
    const { params, query, requestBody } = this.#api.router.parseRequest(asked, this.#api.router.getOperation(call))
    if (params.owner !== undefined && (params.owner !== REPOSITORY.owner || params.repo !== REPOSITORY.repo))
      return refusal(404, 'Not Found')
    if (!handler) return forward(`${upstream}`, asked)
    return handler({ who, params, query: query ?? {}, body: requestBody ?? {} })
  }
}

type Asked = Parameters<OpenAPIBackend['validator']['validateRequest']>[0]

async function forward(upstream: string, { method, path, query, body, headers }: Asked): Promise<Answer> {
  const search = query ? `?${query}` : ''
  const { authorization = '' } = headers as Record<string, string>
  const answer = await fetch(upstream + path + search, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  })
  return { status: answer.status, body: await answer.json() }
}

const HANDLERS: Readonly<Record<string, (github: GitHubContract, call: Call) => Answer>> = {
  'users/get-authenticated': (github, { who }) =>
    who.kind === 'user' ? { status: 200, body: account(github.url, who.login, false, true) } : notForIntegrations(),
  'issues/list-comments': (github, { params, query }) => {
    if (Number(params.issue_number) !== ISSUE) return refusal(404, 'Not Found')
    return page(github, `/repos/${REPOSITORY.owner}/${REPOSITORY.repo}/issues/${ISSUE}/comments`, query)
  },
  'issues/create-comment': (github, { who, params, body }) => {
    if (!who.write) return notForIntegrations()
    if (Number(params.issue_number) !== ISSUE) return refusal(404, 'Not Found')
    if (github.locked) return refusal(403, 'Unable to create comment because issue is locked.')
    if (tooLong(body)) return tooLongAnswer()
    const made = github.say(nameOf(who), String(body.body), { bot: who.kind !== 'user' })
    return { status: 201, body: commentBody(github.url, made) }
  },
  'issues/update-comment': (github, { who, params, body }) => {
    const comment = github.comments.find(({ id }) => id === Number(params.comment_id))
    if (!comment) return refusal(404, 'Not Found')
    if (!who.write || comment.login !== nameOf(who)) return notForIntegrations()
    if (tooLong(body)) return tooLongAnswer()
    comment.body = String(body.body)
    return { status: 200, body: commentBody(github.url, comment) }
  },
}

function page(github: GitHubContract, path: string, query: Call['query']): Answer {
  const size = Math.min(100, Number(query.per_page ?? 30))
  const at = Number(query.page ?? 1)
  const last = Math.max(1, Math.ceil(github.comments.length / size))
  const link = (number: number, rel: string) => `<${github.url}${path}?per_page=${size}&page=${number}>; rel="${rel}"`
  const links = at < last ? [link(at + 1, 'next'), link(last, 'last')] : []
  return {
    status: 200,
    body: github.comments.slice((at - 1) * size, at * size).map((comment) => commentBody(github.url, comment)),
    headers: links.length > 0 ? { link: links.join(', ') } : {},
  }
}

const nameOf = ({ login, kind }: Identity) => (kind === 'user' ? login : `${login}[bot]`)

function graphql(who: Identity): Answer {
  if (who.graphql !== false) return { status: 200, body: { data: { viewer: { login: nameOf(who) } } } }
  const refused = { type: 'FORBIDDEN', path: ['viewer'], message: 'Resource not accessible by integration' }
  return { status: 200, body: { data: null, errors: [refused] } }
}

const tooLong = ({ body }: Call['body']) => [...String(body)].length > 65_536

function tooLongAnswer(): Answer {
  const errors = [{ resource: 'IssueComment', code: 'unprocessable', field: 'data', message: 'Body is too long' }]
  return { status: 422, body: { message: 'Validation Failed', errors, documentation_url: 'https://docs.github.com' } }
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
  response.end(body === undefined ? '' : JSON.stringify(body))
}

function breakdown(response: ServerResponse, { kind, status = 502, headers = {}, message = 'Fault' }: Fault): void {
  const half = '[{"id": 1, "bo'
  if (kind === 'hang') return
  if (kind === 'reset') response.socket?.resetAndDestroy()
  else if (kind === 'html') {
    response.writeHead(status, { 'content-type': 'text/html', ...headers })
    response.end('<html><body><h1>Unicorn!</h1> ::error::from a page</body></html>')
  } else if (kind === 'truncated') {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(half)
  } else if (kind === 'torn') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '4096' })
    response.write(half, () => response.socket?.destroy())
  } else send(response, { ...refusal(status, message), headers })
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}
