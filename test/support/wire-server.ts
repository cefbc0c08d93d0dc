// A server that answers with bytes of the test's choosing, over TCP or TLS: for everything that no HTTP server does.
import { execFileSync } from 'node:child_process'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'

export interface WireRequest {
  readonly socket: Socket
  /** Request line and headers. */
  readonly head: string
  /** Counts the requests of this connection from 0. */
  readonly nth: number
}

export interface WireServer extends AsyncDisposable {
  readonly port: number
  /** Requests whose head came whole. */
  readonly requests: number
  readonly connections: number
  /** Connections that are open now. */
  readonly open: number
}

interface WireOptions {
  readonly onRequest?: (request: WireRequest) => void
  readonly onConnection?: (socket: Socket) => void
  readonly tls?: TlsOptions
}

/** Told of each request head; what is sent back, and when, is up to the test. Bodies of requests are not understood. */
export async function startWireServer({ onRequest, onConnection, tls }: WireOptions): Promise<WireServer> {
  const sockets = new Set<Socket>()
  let requests = 0
  let connections = 0
  const serve = (socket: Socket) => {
    connections++
    let text = ''
    let nth = 0
    onConnection?.(socket)
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        const head = text.slice(0, end)
        text = text.slice(end + 4)
        requests++
        onRequest?.({ socket, head, nth: nth++ })
      }
    })
  }
  const server = tls ? createTlsServer(tls, serve) : createTcpServer({ noDelay: true }, serve)
  server.on('tlsClientError', () => {})
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return {
    port: (server.address() as AddressInfo).port,
    get requests() {
      return requests
    },
    get connections() {
      return connections
    },
    get open() {
      return sockets.size
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A whole answer with the length stated. */
export function answer(body = 'ok', { status = '200 OK', headers = '' } = {}): string {
  return `HTTP/1.1 ${status}\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

/** A key and a certificate for `localhost` and 127.0.0.1 that only itself vouches for. */
export function selfSigned(): { key: string; cert: string } {
  const pem = execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-nodes', '-days', '2', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
      ...['-keyout', '-', '-out', '-'],
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  )
  const [key = ''] = /-----BEGIN PRIVATE KEY-----.*?-----END PRIVATE KEY-----/s.exec(pem) ?? []
  const [cert = ''] = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/s.exec(pem) ?? []
  return { key, cert }
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = await startWireServer({})
  await server[Symbol.asyncDispose]()
  return server.port
}
