// Gives an answer over HTTP, or what a fault makes of it.
import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CallFaultKind } from './call-faults.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | number>>
  readonly body: Buffer | string
}

export const MOST_BODY = 64 * 1024 * 1024

export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request) {
    size += (part as Buffer).length
    if (size > MOST_BODY) throw new Error('the request is too long for a test')
    parts.push(part as Buffer)
  }
  return Buffer.concat(parts)
}

export function send(response: ServerResponse, answer: Answer, fault: CallFaultKind | undefined): void {
  if (fault === 'reset' || fault === 'lost') return void response.socket?.resetAndDestroy()
  // The connection stays open until the client tires of it, or the server is closed.
  if (fault === 'hang' || fault === 'hang after') return
  if (typeof fault === 'object' && 'answeredAfter' in fault) {
    const timer = setTimeout(() => send(response, answer, undefined), fault.answeredAfter)
    response.once('close', () => clearTimeout(timer))
    return
  }
  const body = Buffer.from(fault === 'garbage' ? '<html>Bad Gateway</html>' : fault === 'empty' ? '{}' : answer.body)
  response.writeHead(answer.status, { ...answer.headers, 'content-length': body.length })
  if (fault === 'torn') response.write(body.subarray(0, body.length / 2), () => response.socket?.destroy())
  else response.end(body)
}

/** On a free port of this machine; the address it is found at. */
export async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export async function shut(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}
