// Servers of event streams that note, by the client's clock, when each event was written.
import type { ServerResponse } from 'node:http'
import { createServer as createHttp2Server, type Http2ServerResponse } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { type CountingServer, startCountingServer } from './counting-server.ts'

export interface Written {
  /** When the request was read. */
  readonly begun: number
  /** When each event was written. */
  readonly events: number[]
  /** When the stream was over, whoever ended it. */
  ended: number | undefined
}

export interface EventScript {
  /** Before each event; a stream without an end goes on with the last pause. */
  readonly pauses: readonly number[]
  readonly endless?: boolean
  /** Of event `n`, from 1 on. */
  readonly data?: (n: number) => string
  readonly type?: string
  /** Behind the last event; left out: the stream is ended. */
  readonly last?: 'hangs' | 'breaks'
}

type Response = ServerResponse | Http2ServerResponse

export function script(log: Written[], { pauses, endless, data = (n) => `{"n":${n}}`, type, last }: EventScript) {
  return (_: unknown, response: Response) => {
    const written: Written = { begun: performance.now(), events: [], ended: undefined }
    log.push(written)
    response.setHeader('content-type', type ?? 'text/event-stream')
    response.statusCode = 200
    ;(response as ServerResponse).flushHeaders()
    let timer: NodeJS.Timeout | undefined
    const next = (n: number) => {
      if (n > pauses.length && !endless) {
        if (last === undefined) response.end()
        else if (last === 'breaks') (response as ServerResponse).socket?.destroy()
        return
      }
      timer = setTimeout(
        () => {
          ;(response as ServerResponse).write(`data: ${data(n)}\n\n`)
          written.events.push(performance.now())
          next(n + 1)
        },
        pauses[Math.min(n, pauses.length) - 1],
      )
    }
    const over = () => {
      clearTimeout(timer)
      written.ended ??= performance.now()
    }
    response.on('close', over)
    // What the client has reset is in HTTP/2 not closed before the server ends it, too.
    if ('stream' in response) response.stream.on('aborted', over)
    next(1)
  }
}

export interface EventServer extends AsyncDisposable {
  readonly port: number
  readonly log: readonly Written[]
  /** Connections that were opened. */
  readonly connections: () => number
}

export async function startEventServer(http: '1.1' | '2', given: EventScript): Promise<EventServer> {
  const log: Written[] = []
  if (http === '1.1') {
    const server: CountingServer = await startCountingServer(script(log, given))
    return {
      port: server.port,
      log,
      connections: () => server.connections,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    }
  }
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createHttp2Server(script(log, given))
  server.on('connection', (socket: Socket) => {
    connections++
    sockets.add(socket)
    socket.on('error', () => {})
  })
  server.on('sessionError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return {
    port: (server.address() as AddressInfo).port,
    log,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
