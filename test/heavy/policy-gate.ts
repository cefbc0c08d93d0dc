// Before Ceph, which knows nothing of the account's policy: what the policy does not allow is answered as S3 answers it, and
// all else goes through as it came, signature and all.
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Account } from '../support/aws/account.ts'
import { listen, send, shut } from '../support/aws/answering.ts'
import { S3Error } from '../support/aws/s3/errors.ts'

export interface PolicyGate {
  readonly address: string
  readonly calls: readonly PassedCall[]
  close(): Promise<void>
}

export interface PassedCall {
  readonly action: string
  readonly key: string
  /** By an address, and not by who holds the credentials. */
  readonly presigned: boolean
  /** Undefined for one that broke off. */
  readonly status: number | undefined
}

const ACTIONS: Readonly<Record<string, string>> = { GET: 's3:GetObject', HEAD: 's3:GetObject', PUT: 's3:PutObject' }

/** Every signature is one of the account's: an address that it has signed may do what the account may. */
export async function startPolicyGate(account: Account, behind: string): Promise<PolicyGate> {
  const calls: PassedCall[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', behind)
    const [, bucket = '', ...rest] = url.pathname.split('/').map(decodeURIComponent)
    const key = rest.join('/')
    const prefix = url.searchParams.get('prefix') ?? ''
    const method = request.method ?? ''
    const action = key === '' && method === 'GET' ? LIST : (ACTIONS[method] ?? `s3:${method}`)
    const presigned = url.searchParams.has('X-Amz-Signature')
    const refusal =
      action === LIST
        ? account.refusal(LIST, `${ARN}${bucket}`, { 's3:prefix': prefix })
        : account.refusal(action, `${ARN}${bucket}/${key}`)
    const answered = (status: number | undefined) => void calls.push({ action, key, presigned, status })
    // Whoever may not list does not learn what is not there.
    const unseen = () => account.refusal(LIST, `${ARN}${bucket}`)
    if (refusal) refuse(response, refusal, answered)
    else pass(request, response, { url, unseen, answered })
  })
  return { address: await listen(server), calls, close: () => shut(server) }
}

const ARN = 'arn:aws:s3:::'
const LIST = 's3:ListBucket'

function refuse(response: ServerResponse, why: string, answered: (status: number) => void): void {
  answered(403)
  send(response, new S3Error(403, 'AccessDenied', why).answer, undefined)
}

interface Passing {
  readonly url: URL
  readonly unseen: () => string | undefined
  readonly answered: (status: number | undefined) => void
}

function pass(request: IncomingMessage, response: ServerResponse, { url, unseen, answered }: Passing): void {
  // The host as it was asked for: it is signed.
  const { method, headers } = request
  const passed = ask(url, { method, headers, setHost: false }, (answer) => {
    const refusal = answer.statusCode === 404 && method === 'GET' ? unseen() : undefined
    if (refusal) {
      answer.resume()
      return refuse(response, refusal, answered)
    }
    answered(answer.statusCode)
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
    answer.pipe(response)
  })
  passed.once('error', () => {
    answered(undefined)
    response.destroy()
  })
  response.once('close', () => passed.destroy())
  request.pipe(passed)
}
