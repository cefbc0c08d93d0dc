// A real HTTP server that plays the bucket for a worker: an object is at the path of its key, and who has an address may use it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface LittleBucket extends AsyncDisposable {
  readonly objects: Map<string, Buffer>
  /** With a signature that must not be seen anywhere. */
  address(key: string): string
  /** Method and key of all requests, in order. */
  readonly seen: readonly string[]
  /** Asked first; true when it has answered, or never will. */
  interfere: (request: { readonly method: string; readonly key: string }, response: ServerResponse) => boolean
  /** What its date header is off by, in ms. */
  skew: number
}

export const SIGNATURE = 'X-Amz-Signature=5ec2e7'

export async function startLittleBucket(): Promise<LittleBucket> {
  const objects = new Map<string, Buffer>()
  const seen: string[] = []
  const server = createServer(async (request, response) => {
    const { method = '', url = '' } = request
    const { pathname, search } = new URL(url, 'http://bucket')
    const key = pathname.slice(1)
    const body = await bodyOf(request)
    seen.push(`${method} ${key}`)
    response.setHeader('date', new Date(Date.now() + bucket.skew).toUTCString())
    if (bucket.interfere({ method, key }, response)) return
    if (search !== `?${SIGNATURE}`) response.writeHead(403).end()
    else if (method === 'GET') answer(response, objects.get(key))
    else if (request.headers['if-none-match'] === '*' && objects.has(key)) response.writeHead(412).end()
    else {
      objects.set(key, body)
      response.end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const bucket: LittleBucket = {
    objects,
    seen,
    skew: 0,
    interfere: () => false,
    address: (key) => `http://127.0.0.1:${port}/${key}?${SIGNATURE}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return bucket
}

function answer(response: ServerResponse, body: Buffer | undefined): void {
  if (body) response.writeHead(200, { 'content-length': body.length }).end(body)
  else response.writeHead(404).end('<Error/>')
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}
