// Redirects as a real server sends them, over HTTP/1.1 and HTTP/2.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttp2 } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from '@jest/globals'
import { nextAddress } from '../../src/engine/redirects.ts'
import { runShard } from '../../src/engine/run-shard.ts'
import { Histogram } from '../../src/histogram.ts'
import { onePlan, requestStep } from '../support/plans.ts'
import { unaccounted } from '../support/shard-figures.ts'

interface Seen {
  readonly method: string | undefined
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

type Reply = (path: string, origin: string) => readonly [status: number, location?: string | undefined, more?: object]

async function startServer(reply: Reply, { http = '1.1', after = 0 } = {}) {
  const seen: Seen[] = []
  const onRequest = async (request: IncomingMessage, response: ServerResponse) => {
    const { method, url: path = '', headers } = request
    seen.push({ method, path, headers, body: await text(request) })
    const [status, location, more] = reply(path, `http://127.0.0.1:${port}`)
    if (after > 0) await new Promise((resolve) => setTimeout(resolve, after))
    response.writeHead(status, { ...(location !== undefined && { location }), ...more }).end('12345')
  }
  const server = http === '2' ? createHttp2(onRequest as never) : createServer(onRequest)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { port, seen, [Symbol.asyncDispose]: async () => void server.close() }
}

type Step = Parameters<typeof requestStep>[0]

async function run(port: number, step: Step, options: Partial<Parameters<typeof onePlan>[0]> = {}) {
  const steps = [requestStep({ redirects: 'follow', ...step })]
  const result = await runShard({
    plan: onePlan({ port, level: 25, seconds: 0.2, steps, ...options }),
    index: 0,
    count: 1,
  })
  expect(unaccounted(result)).toEqual([])
  return result
}

test.each(['1.1', '2'] as const)('over HTTP/%s: all hops are one request of the step', async (http) => {
  const reply: Reply = (path) => (path === '/a' ? [302, '/b?c=d#e'] : path === '/b?c=d' ? [307, 'f'] : [200])
  await using server = await startServer(reply, { http, after: 20 })
  const { steps } = await run(server.port, { path: ['/a'] }, { connections: { http } })
  expect(steps[0]).toMatchObject({ sent: 5, succeeded: 5, statuses: { 200: 5 }, bytesReceived: 75 })
  expect(server.seen.map(({ path }) => path).sort()).toEqual(
    ['/a', '/b?c=d', '/f'].flatMap((path) => Array(5).fill(path)),
  )
  // Three answers of 20 ms each: a timer may be a millisecond early.
  for (const figure of ['response', 'service', 'firstByte'] as const)
    expect(Histogram.of(steps[0]![figure]).min).toBeGreaterThan(55_000)
})

test('without `redirects: follow` a redirect is the answer', async () => {
  await using server = await startServer(() => [302, '/b'])
  const { steps } = await run(server.port, { redirects: 'none' })
  expect(steps[0]).toMatchObject({ sent: 5, succeeded: 5, statuses: { 302: 5 } })
  expect(server.seen.length).toBe(5)
})

test.each([
  [301, 'POST', 'GET'],
  [302, 'POST', 'GET'],
  [303, 'POST', 'GET'],
  [303, 'PUT', 'GET'],
  [303, 'HEAD', 'HEAD'],
  [302, 'PUT', 'PUT'],
  [307, 'POST', 'POST'],
  [308, 'POST', 'POST'],
])('%i turns %s into %s; the body goes with its method, the other headers stay', async (status, method, then) => {
  await using server = await startServer((path) => (path === '/a' ? [status, '/b'] : [200]))
  const body = method === 'HEAD' ? undefined : { type: 'text/plain', content: ['hello'] }
  const headers = [['authorization', ['Bearer x']]] as const
  await run(server.port, { method, path: ['/a'], headers, body })
  const second = server.seen.find(({ path }) => path === '/b')!
  expect([second.method, second.body]).toEqual([then, then === method && body ? 'hello' : ''])
  expect(second.headers.authorization).toBe('Bearer x')
  expect(second.headers['content-type']).toBe(then === method && body ? 'text/plain' : undefined)
  expect(second.headers['content-length']).toBe(then === method && body ? '5' : undefined)
})

test('cookies set on the way are kept, sent where they belong, and beside those of the step', async () => {
  const reply: Reply = (path) =>
    path === '/a' ? [302, '/b', { 'set-cookie': ['id=7; Path=/', 'deep=1; Path=/elsewhere'] }] : [200]
  await using server = await startServer(reply)
  await run(server.port, { path: ['/a'], headers: [['Cookie', ['theme=dark']]] })
  const cookies = server.seen.map(({ path, headers }) => `${path} ${headers.cookie}`)
  expect(new Set(cookies)).toEqual(new Set(['/a theme=dark', '/b theme=dark; id=7']))
})

test('checks and captures are of the last answer', async () => {
  await using server = await startServer((path) =>
    path === '/a' ? [302, '/b', { x: 'first' }] : [200, undefined, { x: 'last' }],
  )
  const expected = { status: [{ from: 200, to: 200 }], headers: [{ name: 'x', contains: 'last' }], body: '12345' }
  const { steps } = await run(server.port, { path: ['/a'], expect: expected })
  expect(steps[0]).toMatchObject({ succeeded: 5 })
})

test.each<[what: string, to: (origin: string) => string, cause: string, detail: string]>([
  ['another host', () => 'http://evil.example/', 'foreign-redirect', 'redirected to "http://evil.example/"'],
  ['another port', () => 'http://127.0.0.1:1/', 'foreign-redirect', 'redirected to "http://127.0.0.1:1/"'],
  ['no web address', () => 'javascript:alert(1)', 'foreign-redirect', 'redirected to "javascript:alert(1)"'],
  ['nowhere', () => 'http://', 'malformed-answer', 'redirected to "http://"'],
  ['itself', (origin) => origin, 'too-many-redirects', 'redirected to "ORIGIN"'],
])('a redirect to %s is a failure', async (_, to, cause, detail) => {
  await using server = await startServer((_, origin) => [302, to(origin)])
  const { steps, examples } = await run(server.port, {})
  expect(steps[0]).toMatchObject({ sent: 5, failed: 5, causes: { [cause]: 5 }, statuses: { 302: 5 } })
  expect(examples[0]?.detail).toBe(detail.replace('ORIGIN', `http://127.0.0.1:${server.port}`))
  expect(server.seen.length).toBe(cause === 'too-many-redirects' ? 55 : 5)
})

test('the timeout bounds all of them together', async () => {
  // The third of each is sent after 800 ms, with 200 left.
  await using server = await startServer(() => [302, '/'], { after: 400 })
  const { steps } = await run(server.port, { timeout: 1_000 })
  expect(steps[0]).toMatchObject({ sent: 5, failed: 5, causes: { timeout: 5 } })
  expect(server.seen.length).toBe(15)
})

test('a host that the step names is the target by another name', () => {
  const target = new URL('http://127.0.0.1:8080/base')
  const answer = (location: string) => ({ cause: undefined, status: 302, headers: { location } }) as never
  const next = (location: string, host = '127.0.0.1:8080') =>
    nextAddress(answer(location), { method: 'GET', path: '/base/a', fields: `host: ${host}\r\n` } as never, target)
  expect(next('http://shop.example/b', 'shop.example')).toEqual({ method: 'GET', path: '/b' })
  expect(next('http://shop.example/b')).toBe('foreign-redirect')
  expect(next('https://127.0.0.1:8080/b')).toBe('foreign-redirect')
  expect(next('b?ü')).toEqual({ method: 'GET', path: '/base/b?%EF%BF%BD' })
  expect(next('?x')).toEqual({ method: 'GET', path: '/base/a?x' })
  expect(next('//evil.example/')).toBe('foreign-redirect')
})
