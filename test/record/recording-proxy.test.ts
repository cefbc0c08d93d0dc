import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from '@jest/globals'
import { harOf } from '../../src/record/har-of.ts'
import { type Recorder, startRecorder } from '../../src/record/recording-proxy.ts'

const opened: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

interface Asked {
  readonly request: IncomingMessage
  readonly body: Buffer
}

async function target(answer: (asked: Asked, response: ServerResponse) => void) {
  const seen: Asked[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const asked = { request, body: Buffer.concat(chunks) }
    seen.push(asked)
    answer(asked, response)
  })
  const origin = await listen(server)
  return { origin, seen, server }
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  opened.push(async () => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function recorder(origin: string, within?: number): Promise<Recorder> {
  const made = await startRecorder(new URL(origin), { port: 0, ...(within !== undefined && { within }) })
  let closed: Promise<void> | undefined
  const close = () => (closed ??= made.close())
  opened.push(close)
  return { ...made, close }
}

test('what a browser sends arrives as it would at the target itself, and its answer comes back', async () => {
  const { origin, seen } = await target((_, response) => {
    response.setHeader('set-cookie', [
      'sid=1; Domain=shop.example; Path=/; Secure; HttpOnly; SameSite=None',
      'secure=2; SameSite=Lax',
    ])
    response.setHeader('strict-transport-security', 'max-age=31536000')
    response.writeHead(302, { location: `${origin}/after?x=1` }).end('moved')
  })
  const { address, exchanges, close } = await recorder(origin)
  const proxy = new URL(address).origin
  const response = await fetch(`${proxy}/login?next=%2F`, {
    method: 'POST',
    redirect: 'manual',
    headers: { referer: `${proxy}/start`, origin: proxy, 'content-type': 'text/plain', 'X-Mine': 'as it is' },
    body: 'a body',
  })
  expect(await response.text()).toBe('moved')
  expect([response.status, response.headers.get('location')]).toEqual([302, `${proxy}/after?x=1`])
  expect(response.headers.getSetCookie()).toEqual(['sid=1; Path=/; HttpOnly', 'secure=2; SameSite=Lax'])
  expect(response.headers.get('strict-transport-security')).toBeNull()

  const [{ request, body }] = seen as [Asked]
  expect([request.method, request.url, body.toString()]).toEqual(['POST', '/login?next=%2F', 'a body'])
  expect(request.headers).toMatchObject({
    host: new URL(origin).host,
    referer: `${origin}/start`,
    origin,
    'x-mine': 'as it is',
  })
  await close()
  const [kept] = exchanges()
  expect(kept).toMatchObject({ method: 'POST', url: `${origin}/login?next=%2F`, answer: { status: 302 } })
  // As the target gave it: what a profile expects comes from there.
  expect(kept!.answer.headers).toContainEqual(['location', `${origin}/after?x=1`])
})

test('an upload of any bytes is intact at the target and in what is kept, whether its length is told or not', async () => {
  const { origin, seen } = await target((_, response) => response.end('ok'))
  const { address, exchanges, close } = await recorder(origin)
  const upload = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * 31 + (n >> 8)) & 255))
  expect(await (await fetch(`${address}photo`, { method: 'PUT', body: upload })).text()).toBe('ok')
  const chunked = request(`${address}photo`, { method: 'PUT', headers: { 'transfer-encoding': 'chunked' } })
  for (let at = 0; at < upload.length; at += 70_000) chunked.write(upload.subarray(at, at + 70_000))
  chunked.end()
  const [answer] = (await once(chunked, 'response')) as [IncomingMessage]
  expect(await text(answer)).toBe('ok')
  await close()
  expect(seen.map(({ body }) => body.equals(upload))).toEqual([true, true])
  expect(exchanges().map(({ body }) => body.equals(upload))).toEqual([true, true])
  const [entry] = harOf(exchanges()).log.entries
  expect(entry!.request.postData).toMatchObject({ text: upload.toString('base64'), encoding: 'base64' })
})

test('a compressed answer reaches the browser as it was sent, and is kept as text', async () => {
  const page = `<p>${'ä'.repeat(1_000)}</p>`
  const { origin } = await target((_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'text/html' }).end(gzipSync(page)),
  )
  const { address, exchanges, close } = await recorder(origin)
  expect(await (await fetch(address)).text()).toBe(page)
  await close()
  const { content, bodySize } = harOf(exchanges()).log.entries[0]!.response
  expect(content).toEqual({ size: Buffer.byteLength(page), mimeType: 'text/html', text: page })
  expect(bodySize).toBe(gzipSync(page).length)
})

test('an answer that unpacks to more than is kept, or is damaged, is passed on and not kept', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000))
  const { origin } = await target(({ request }, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(request.url === '/bomb' ? bomb : 'no gzip'),
  )
  const { address, exchanges, close } = await recorder(origin)
  for (const path of ['bomb', 'damaged']) {
    const asked = request(address + path).end()
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    answer.resume()
    await once(answer, 'end')
  }
  await close()
  expect(exchanges().map(({ answer }) => [answer.status, answer.text])).toEqual([
    [200, undefined],
    [200, undefined],
  ])
})

test('what could not be kept is counted: no answer, a browser that left, a WebSocket, which passes all the same', async () => {
  const { origin, server } = await target(({ request }, response) => {
    if (request.url === '/dies') request.socket.destroy()
    else if (request.url !== '/hangs') response.end('ok')
  })
  server.on('upgrade', (_, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello')
    socket.on('data', (data: Buffer) => socket.end(`heard ${data}`))
  })
  const { address, exchanges, lost, close } = await recorder(origin)
  expect((await fetch(`${address}dies`)).status).toBe(502)
  const left = new AbortController()
  const hanging = fetch(`${address}hangs`, { signal: left.signal }).catch(() => 'left')
  setTimeout(() => left.abort(), 100)
  expect(await hanging).toBe('left')

  const { port, host } = new URL(address)
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(`GET /chat HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
  let heard = ''
  for await (const data of socket) {
    heard += data
    if (heard.endsWith('hello')) socket.write('me')
  }
  expect(heard).toMatch(/^HTTP\/1\.1 101 [\s\S]+helloheard me$/)
  await close()
  expect(Object.fromEntries(lost)).toEqual({ 'no answer': 1, 'cut off': 1, WebSocket: 1 })
  expect(exchanges()).toEqual([])
})

test('it answers by its own name alone, is no forward proxy, and says so when its port is taken', async () => {
  const { origin, seen } = await target((_, response) => response.end('ok'))
  const { address } = await recorder(origin)
  const { port } = new URL(address)
  const raw = async (head: string) => {
    const socket = connect(Number(port), '127.0.0.1')
    socket.end(`${head}\r\nConnection: close\r\n\r\n`)
    return text(socket)
  }
  expect(await raw('GET / HTTP/1.1\r\nHost: evil.example')).toMatch(/^HTTP\/1\.1 403 [\s\S]+Ask for http:\/\/127/)
  expect(await raw(`GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1:${port}`)).toMatch(
    /403 [\s\S]+no proxy to set up/,
  )
  expect(seen).toEqual([])
  const taken = createTcpServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  opened.push(async () => taken.close())
  const { port: used } = taken.address() as AddressInfo
  await expect(startRecorder(new URL(origin), { port: used })).rejects.toThrow(`cannot listen at port ${used}`)
})

test('a stream of events is kept whole where it ended, and without its text where the browser left it', async () => {
  const { origin } = await target(({ request }, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
    if (request.url === '/chat') response.end('data: [DONE]\n\n')
  })
  const { address, exchanges, lost, close } = await recorder(origin)
  expect(await (await fetch(`${address}chat`)).text()).toBe('data: 1\n\ndata: [DONE]\n\n')
  const left = new AbortController()
  const feed = await fetch(`${address}feed`, { signal: left.signal })
  expect(Buffer.from((await feed.body!.getReader().read()).value!).toString()).toBe('data: 1\n\n')
  left.abort()
  // Still open when the recording ends.
  const open = await fetch(`${address}open`)
  await close()
  await open.text().catch(() => 'cut')
  expect(exchanges().map(({ url, answer }) => [new URL(url).pathname, answer.status, answer.text])).toEqual([
    ['/chat', 200, 'data: 1\n\ndata: [DONE]\n\n'],
    ['/feed', 200, undefined],
    ['/open', 200, undefined],
  ])
  expect(lost.size).toBe(0)
})

test('a stream of events may pause for longer than any other answer', async () => {
  const { origin } = await target(({ request }, response) => {
    response.writeHead(200, { 'content-type': request.url === '/feed' ? 'text/event-stream' : 'text/plain' })
    response.write('data: 1\n\n')
    setTimeout(() => response.end('data: 2\n\n'), 600)
  })
  const { address, exchanges } = await recorder(origin, 200)
  expect(await (await fetch(`${address}feed`)).text()).toBe('data: 1\n\ndata: 2\n\n')
  expect(exchanges()[0]!.answer.text).toBe('data: 1\n\ndata: 2\n\n')
  await expect(fetch(`${address}plain`).then((answer) => answer.text())).rejects.toThrow('terminated')
})
