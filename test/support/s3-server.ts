// A small S3: whole objects, path-style addresses, signatures and conditional writes as Amazon documents them.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Credentials, signatureFault } from './sigv4.ts'

export interface S3Fault {
  readonly method: 'GET' | 'PUT'
  readonly times: number
  /** `lost` carries the request out and breaks the connection instead of answering. */
  readonly kind: 'reset' | 'lost' | 'torn' | { readonly status: number; readonly code: string }
}

export const BUCKET = 'loadgate-test'
const CREDENTIALS: Credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret/of+the=test' }

export class S3Server {
  /** By key. */
  readonly objects = new Map<string, Buffer>()
  readonly requests: string[] = []
  /** As old servers do. */
  ignoresConditions = false
  /** What the credentials may not. */
  denied: 'nothing' | 'PUT' | 'all' = 'nothing'
  #faults: { readonly fault: S3Fault; left: number }[] = []
  readonly #server = createServer((request, response) => void this.#serve(request, response))

  static async start(): Promise<S3Server> {
    const s3 = new S3Server()
    s3.#server.listen(0, '127.0.0.1')
    await once(s3.#server, 'listening')
    return s3
  }

  /** What the SDK finds its way by. */
  get env(): Record<string, string> {
    const { port } = this.#server.address() as AddressInfo
    return {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    }
  }

  inject(fault: S3Fault): void {
    this.#faults.push({ fault, left: fault.times })
  }

  reset(): void {
    this.objects.clear()
    this.requests.length = 0
    this.#faults = []
    this.ignoresConditions = false
    this.denied = 'nothing'
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const body = Buffer.concat(parts)
    const { method = '', url = '/', headers } = request
    this.requests.push(method)
    const fault = this.#next(method)
    if (fault === 'reset') {
      response.socket?.resetAndDestroy()
      return
    }
    if (typeof fault === 'object') return refuse(response, fault.status, fault.code)
    const wrong = signatureFault({ method, url, headers, body }, CREDENTIALS)
    if (wrong) return refuse(response, 403, wrong)
    if (this.denied === 'all' || this.denied === method) return refuse(response, 403, 'AccessDenied')
    const [, bucket, ...rest] = decodeURIComponent(url.split('?')[0] ?? '').split('/')
    if (bucket !== BUCKET) return refuse(response, 404, 'NoSuchBucket')
    const key = rest.join('/')
    if (method === 'GET') this.#get(key, response, fault === 'torn')
    else if (method === 'PUT') this.#put(key, body, headers, response, fault === 'lost')
    else refuse(response, 405, 'MethodNotAllowed')
  }

  #next(method: string): S3Fault['kind'] | undefined {
    const found = this.#faults.find(({ fault, left }) => fault.method === method && left > 0)
    if (found) found.left--
    return found?.fault.kind
  }

  #get(key: string, response: ServerResponse, torn: boolean): void {
    const object = this.objects.get(key)
    if (object === undefined) {
      refuse(response, 404, 'NoSuchKey')
      return
    }
    response.writeHead(200, { etag: etagOf(object), 'content-length': object.length })
    if (torn) response.write(object.subarray(0, object.length / 2), () => response.socket?.destroy())
    else response.end(object)
  }

  #put(key: string, body: Buffer, headers: IncomingMessage['headers'], response: ServerResponse, lost: boolean): void {
    const there = this.objects.get(key)
    const refused = this.ignoresConditions ? undefined : conditionFault(headers, there)
    if (refused) {
      refuse(response, ...refused)
      return
    }
    this.objects.set(key, body)
    if (lost) response.socket?.resetAndDestroy()
    else response.writeHead(200, { etag: etagOf(body) }).end()
  }
}

function conditionFault(headers: IncomingMessage['headers'], there: Buffer | undefined): [number, string] | undefined {
  const { 'if-match': wanted, 'if-none-match': none } = headers
  if (none === '*' && there !== undefined) return [412, 'PreconditionFailed']
  if (wanted === undefined) return undefined
  if (there === undefined) return [404, 'NoSuchKey']
  return wanted === etagOf(there) ? undefined : [412, 'PreconditionFailed']
}

const etagOf = (object: Buffer) => `"${createHash('md5').update(object).digest('hex')}"`

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' })
  response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>As asked</Message></Error>`)
}
