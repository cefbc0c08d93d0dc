// Where there is no nginx: a server on node:net. Started without arguments it serves, and tells its port, then its count
// of requests whenever it is asked.
import { type AddressInfo, createServer } from 'node:net'
import { COOKIE, ITEM, ITEM_PATH, SMALL } from './answers.ts'
import { nextMessage, SERVER_CORE, script, start, stop } from './pinned.ts'
import type { Server } from './server.ts'

export async function startNodeServer(): Promise<Server> {
  const child = start(SERVER_CORE, script('node-server.ts'))
  const port = await nextMessage<number>(child)
  return {
    name: `node:net on Node ${process.version}`,
    port,
    requests() {
      const answer = nextMessage<number>(child)
      child.send('requests')
      return answer
    },
    stop: () => stop(child),
  }
}

function serve(): void {
  const small = answer('text/plain', SMALL)
  const item = answer('application/json', ITEM)
  const itemAndCookie = answer('application/json', ITEM, `set-cookie: ${COOKIE}`)
  let requests = 0
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {})
    // Clients of the bench send one request at a time, in one piece.
    socket.on('data', (head: Buffer) => {
      requests++
      if (!head.includes(`GET ${ITEM_PATH}`)) socket.write(small, 'latin1')
      else socket.write(head.includes('cookie: ') ? item : itemAndCookie, 'latin1')
    })
  })
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
  process.on('message', () => process.send?.(requests)).on('disconnect', () => process.exit())
}

function answer(type: string, content: string, ...more: readonly string[]): string {
  return [
    'HTTP/1.1 200 OK',
    'date: Sun, 06 Nov 1994 08:49:37 GMT',
    'server: bench',
    `content-type: ${type}`,
    'connection: keep-alive',
    `content-length: ${content.length}`,
    ...more,
    '',
    content,
  ].join('\r\n')
}

if (import.meta.filename === process.argv[1]) serve()
