// HTTP/2 as a target speaks it, with and without TLS, against Node's own server.
import { createSecureServer, createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { expect, test } from '@jest/globals'
import { runShard } from '../../../src/engine/run-shard.ts'
import type { Cause } from '../../../src/engine/shard-result.ts'
import { Histogram } from '../../../src/histogram.ts'
import { onePlan, requestStep } from '../../support/plans.ts'
import { unaccounted } from '../../support/shard-figures.ts'
import { answer, selfSigned, startWireServer } from '../../support/wire-server.ts'

type OnStream = (stream: ServerHttp2Stream, headers: Record<string, string | string[] | undefined>) => void

const ok: OnStream = (stream) => {
  stream.respond({ ':status': 200 })
  stream.end('ok')
}

async function startServer(onStream: OnStream = ok, tls?: { key: string; cert: string }) {
  const sockets = new Set<Socket>()
  const server: Http2Server = tls ? createSecureServer(tls) : createServer()
  let requests = 0
  let connections = 0
  const sessions = new Set<{ goaway(): void }>()
  server.on('connection', (socket: Socket) => {
    connections++
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  })
  server.on('session', (session) => {
    sessions.add(session)
    session.on('error', () => {}).on('close', () => sessions.delete(session))
  })
  server.on('stream', (stream, headers) => {
    requests++
    stream.on('error', () => {})
    onStream(stream, headers as never)
  })
  server.on('sessionError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return {
    port: (server.address() as AddressInfo).port,
    get requests() {
      return requests
    },
    get connections() {
      return connections
    },
    sessions,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function run(options: Partial<Parameters<typeof onePlan>[0]> & { port: number }) {
  const plan = onePlan({
    level: 100,
    seconds: 0.5,
    steps: [requestStep()],
    ...options,
    connections: { http: '2', ...options.connections },
  })
  const result = await runShard({ plan, index: 0, count: 1 })
  expect(unaccounted(result)).toEqual([])
  return result
}

test('requests of all users share one connection, each with its headers, body and answer', async () => {
  const seen: unknown[] = []
  await using server = await startServer((stream, headers) => {
    let text = ''
    stream.on('data', (chunk) => {
      text += chunk
    })
    stream.on('end', () => {
      seen.push([headers[':method'], headers[':path'], headers['x-a'], headers[':authority'], text])
      stream.respond({ ':status': 201, 'content-type': 'application/json', 'set-cookie': ['a=1', 'b=2'] })
      stream.end('{"ok":true}')
    })
  })
  const body = { type: 'text/plain', content: ['Zoë'] }
  const step = requestStep({
    method: 'POST',
    path: ['/items?x=1'],
    headers: [['X-A', ['b: c']]],
    body,
    expect: {
      status: [{ from: 201, to: 201 }],
      json: [{ pointer: '/ok', value: true }],
      headers: [{ name: 'content-type', contains: 'json' }],
    },
    capture: [{ name: 'b', from: { kind: 'cookie', name: 'b' } }],
  })
  const { steps, health } = await run({ port: server.port, steps: [step] })
  expect(steps[0]).toMatchObject({ sent: 50, succeeded: 50, failed: 0, bytesReceived: 550, bytesSent: 200 })
  expect(server.requests).toBe(50)
  expect(server.connections).toBe(1)
  expect(health.connections).toMatchObject({ opened: 1, peak: 1 })
  expect(Histogram.of(health.connections.connect).count).toBe(1)
  expect(seen[0]).toEqual(['POST', '/items?x=1', 'b: c', `127.0.0.1:${server.port}`, 'Zoë'])
})

test('many at a time on one connection, and one more where it is full', async () => {
  await using server = await startServer((stream) => void setTimeout(() => ok(stream, {}), 300))
  const { steps, health } = await run({ port: server.port, level: 500 })
  expect(steps[0]).toMatchObject({ sent: 250, succeeded: 250 })
  expect(server.connections).toBe(health.connections.opened)
  expect(server.connections).toBe(2)
  const { max } = Histogram.of(steps[0]!.response)
  expect(max).toBeLessThan(550_000)
})

test('users that have a connection each', async () => {
  await using server = await startServer()
  const { steps, health } = await run({
    port: server.port,
    model: 'closed',
    level: 5,
    connections: { use: 'per-user' },
  })
  expect(steps[0]!.failed).toBe(0)
  expect(server.requests).toBe(steps[0]!.sent)
  expect(server.connections).toBe(5)
  expect(health.connections.opened).toBe(5)
})

test('a connection that has carried all that it may is replaced', async () => {
  await using server = await startServer()
  const { steps, health } = await run({ port: server.port, connections: { maxRequests: 10 } })
  expect(steps[0]).toMatchObject({ sent: 50, succeeded: 50 })
  expect(server.connections).toBe(health.connections.opened)
  expect(server.connections).toBeGreaterThanOrEqual(5)
  expect(server.connections).toBeLessThanOrEqual(10)
})

test('with one request for each connection, every request has its own, however many are under way', async () => {
  await using server = await startServer((stream) => void setTimeout(() => ok(stream, {}), 50))
  const { steps } = await run({ port: server.port, connections: { maxRequests: 1 } })
  expect(steps[0]).toMatchObject({ sent: 50, succeeded: 50 })
  expect(server.connections).toBe(50)
})

test('over TLS, and not where the certificate is nobody’s, unless that is not asked for', async () => {
  await using server = await startServer(ok, selfSigned())
  const target = `https://127.0.0.1:${server.port}`
  const strict = await run({ port: 0, target, level: 20 })
  expect(strict.steps[0]!.causes).toEqual({ tls: 10 })
  const lenient = await run({ port: 0, target, level: 20, connections: { verify: false } })
  expect(lenient.steps[0]).toMatchObject({ succeeded: 10, failed: 0 })
  expect(Histogram.of(lenient.health.connections.tls).count).toBe(1)
})

test.each<[fault: string, cause: Cause, onStream: OnStream]>([
  ['resets the stream', 'connection-reset', (stream) => stream.close(2)],
  [
    'resets it within the body',
    'connection-reset',
    (stream) => {
      stream.respond({ ':status': 200 })
      stream.write('half', () => stream.destroy(new Error('broken')))
    },
  ],
  ['says nothing', 'timeout', () => {}],
  [
    'stalls within the body',
    'timeout',
    (stream) => {
      stream.respond({ ':status': 200 })
      stream.write('half')
    },
  ],
  ['closes the connection', 'connection-closed', (stream) => stream.session?.socket.destroy()],
  [
    'fails',
    'unexpected-status',
    (stream) => {
      stream.respond({ ':status': 500 })
      stream.end()
    },
  ],
])('a server that %s: %s', async (_, cause, onStream) => {
  await using server = await startServer(onStream)
  const { steps } = await run({ port: server.port, level: 20, seconds: 0.25, timeout: 300 })
  expect(steps[0]).toMatchObject({ sent: 5, failed: 5, causes: { [cause]: 5 } })
})

/** A machine that others keep busy is no reason for a failure. */
const PATIENT = 20_000

/** Takes its leave of each connection with its tenth request: begins with none that came behind it. */
function leaving(): OnStream {
  const begun = new WeakMap<object, number>()
  return (stream, headers) => {
    const nth = (begun.get(stream.session!) ?? 0) + 1
    begun.set(stream.session!, nth)
    // Once: the number of the last stream must not rise from one GOAWAY to the next (RFC 9113 6.8).
    if (nth === 10) stream.session!.goaway()
    if (nth <= 10) ok(stream, headers)
  }
}

test('a server that takes its leave is left, and nothing is lost', async () => {
  await using server = await startServer(leaving())
  const { steps } = await run({ port: server.port, timeout: PATIENT })
  expect(steps[0]!.causes).toEqual({})
  expect(steps[0]).toMatchObject({ sent: 50, failed: 0 })
  expect(server.connections).toBeGreaterThan(3)
})

test.each(['GET', 'POST'])(
  'of many %s requests at once those that it has not begun with are sent again',
  async (method) => {
    let answered = 0
    const leave = leaving()
    await using server = await startServer((stream, headers) => {
      stream.on('close', () => {
        if (stream.rstCode === 0) answered++
      })
      leave(stream, headers)
    })
    const step = requestStep({ method })
    const { steps, health } = await run({
      port: server.port,
      steps: [step],
      level: 50_000,
      seconds: 0.001,
      timeout: PATIENT,
    })
    expect(steps[0]!.causes).toEqual({})
    expect(steps[0]).toMatchObject({ sent: 50, failed: 0 })
    // Some by the library itself.
    expect(health.staleRetries).toBeGreaterThan(0)
    expect(server.connections).toBe(5)
    expect(answered).toBe(50)
  },
)

test('a server that begins with nothing is not asked for ever', async () => {
  const settings = Buffer.from('000000040000000000', 'hex')
  const goaway = Buffer.from('0000080700000000000000000000000000', 'hex')
  let connections = 0
  const server = createTcpServer((socket) => {
    connections++
    socket.on('error', () => {}).write(settings)
    // The preface and the settings come first, then what is asked.
    let received = 0
    socket.on('data', ({ length }) => {
      received += length
      if (received > 60) socket.end(goaway)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const { steps, health } = await run({ port: (server.address() as AddressInfo).port, level: 10, timeout: PATIENT })
    expect(steps[0]!.causes).toEqual({ 'connection-reset': 5 })
    expect(health.staleRetries).toBe(5 * 9)
    expect(connections).toBeLessThanOrEqual(5 * 20)
  } finally {
    server.close()
  }
})

test('servers that do not speak it: no-http2 over TLS, malformed-answer without', async () => {
  const onRequest = ({ socket }: { socket: Socket }) => void socket.write(answer())
  await using secure = await startWireServer({ tls: selfSigned(), onRequest })
  const refused = await run({
    port: 0,
    target: `https://127.0.0.1:${secure.port}`,
    level: 20,
    connections: { verify: false },
  })
  expect(refused.steps[0]!.causes).toEqual({ 'no-http2': 10 })
  await using plain = await startWireServer({ onRequest })
  const { steps } = await run({ port: plain.port, level: 20, timeout: 300 })
  expect(steps[0]!.succeeded).toBe(0)
  // Those that stood behind it on the same connection have lost that.
  const { 'malformed-answer': malformed = 0, 'connection-closed': closed = 0 } = steps[0]!.causes
  expect(malformed).toBeGreaterThan(0)
  expect(malformed + closed).toBe(steps[0]!.failed)
})

test('a target on which nothing listens, and one that comes back', async () => {
  const before = await startServer()
  const { port } = before
  const running = run({ port, level: 50, seconds: 3, timeout: 500 })
  while (before.requests <= 20) await new Promise((resolve) => setTimeout(resolve, 20))
  await before[Symbol.asyncDispose]()
  const { steps } = await running
  expect(steps[0]!.succeeded).toBeGreaterThan(15)
  expect(steps[0]!.causes['connection-refused']).toBeGreaterThan(20)
})
