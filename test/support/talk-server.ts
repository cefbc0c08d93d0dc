// A real WebSocket server that keeps its own count of what was said to it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Pair } from './authority.ts'

export interface Talker {
  readonly socket: WebSocket
  readonly request: IncomingMessage
  /** Counts conversations from 0. */
  readonly n: number
}

export interface TalkServer extends AsyncDisposable {
  readonly port: number
  readonly handshakes: readonly IncomingMessage[]
  readonly messages: readonly string[]
  /** By the code that was received. */
  readonly closes: Readonly<Record<string, number>>
  /** Conversations that are open now. */
  readonly open: number
  /** Most at one time. */
  readonly most: number
}

interface TalkOptions {
  readonly onOpen?: (talker: Talker) => void
  readonly onMessage?: (text: string, talker: Talker) => void
  /** Before it agrees; it may answer by itself, and return false. */
  readonly headers?: readonly string[]
  readonly onRequest?: (request: IncomingMessage, response: ServerResponse) => void
  readonly subprotocol?: string
  readonly tls?: Pair & { readonly ca?: string; readonly requestCert?: boolean; readonly rejectUnauthorized?: boolean }
}

/** Says back what is said to it, unless told otherwise. */
export async function startTalkServer({
  onOpen,
  onMessage = (text, { socket }) => socket.send(text),
  headers = [],
  onRequest = (_, response) => void response.end('ok'),
  subprotocol,
  tls,
}: TalkOptions = {}): Promise<TalkServer> {
  const handshakes: IncomingMessage[] = []
  const messages: string[] = []
  const closes: Record<string, number> = {}
  let most = 0
  const server = tls ? createTlsServer(tls, onRequest) : createServer(onRequest)
  const talk = new WebSocketServer({ server, handleProtocols: () => subprotocol ?? false, clientTracking: true })
  talk.on('headers', (lines) => void lines.push(...headers))
  talk.on('connection', (socket, request) => {
    const talker = { socket, request, n: handshakes.push(request) - 1 }
    most = Math.max(most, talk.clients.size)
    socket.on('message', (data) => {
      messages.push(String(data))
      onMessage(String(data), talker)
    })
    socket.on('error', () => {})
    socket.on('close', (code) => {
      closes[code] = (closes[code] ?? 0) + 1
    })
    onOpen?.(talker)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    handshakes,
    messages,
    closes,
    get open() {
      return talk.clients.size
    },
    get most() {
      return most
    },
    async [Symbol.asyncDispose]() {
      for (const socket of talk.clients) socket.terminate()
      talk.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
