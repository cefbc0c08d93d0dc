// A real HTTP server that keeps its own count of what reached it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SeenRequest {
  readonly method: string
  /** Path and query as they came. */
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** performance.now() when the whole request had come. */
  readonly at: number
  /** Counts connections from 0. */
  readonly connection: number
}

export interface CountingServer extends AsyncDisposable {
  readonly port: number
  /** In the order in which they were complete. */
  readonly requests: readonly SeenRequest[]
  readonly connections: number
}

type Handler = (request: SeenRequest, response: ServerResponse, n: number) => void

/** Answers 200 "ok" unless `handle` does otherwise; `n` counts the requests from 0. */
export async function startCountingServer(
  handle: Handler = (_, response) => void response.end('ok'),
): Promise<CountingServer> {
  const requests: SeenRequest[] = []
  const numbers = new WeakMap<object, number>()
  let connections = 0
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const request = {
        method: incoming.method ?? '',
        url: incoming.url ?? '',
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString(),
        at: performance.now(),
        connection: numbers.get(incoming.socket) ?? -1,
      }
      handle(request, response, requests.push(request) - 1)
    })
  })
  server.on('connection', (socket) => numbers.set(socket, connections++))
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    get connections() {
      return connections
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
