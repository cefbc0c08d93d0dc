// What servers do to connections that are kept: closing them is no fault, answering what was not asked is one.
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { expect, test } from '@jest/globals'
import { runShard } from '../../../src/engine/run-shard.ts'
import { startCountingServer } from '../../support/counting-server.ts'
import { onePlan, requestStep } from '../../support/plans.ts'
import { unaccounted } from '../../support/shard-figures.ts'
import { answer, selfSigned, startWireServer, type WireRequest } from '../../support/wire-server.ts'

const whole = { index: 0, count: 1 }

async function closedLoop(port: number, options: Partial<Parameters<typeof onePlan>[0]> = {}) {
  const plan = onePlan({ port, model: 'closed', level: 3, seconds: 0.5, steps: [requestStep()], ...options })
  const result = await runShard({ plan, ...whole })
  expect(unaccounted(result)).toEqual([])
  return result
}

test.each([
  ['at once', ({ socket }: WireRequest) => void socket.end(answer())],
  ['after a moment', ({ socket }: WireRequest) => void socket.write(answer(), () => setTimeout(() => socket.end(), 3))],
  ['after the third', ({ socket, nth }: WireRequest) => void (nth < 2 ? socket.write(answer()) : socket.end(answer()))],
])('a server that closes a kept connection %s without a word: no failure', async (_, onRequest) => {
  await using server = await startWireServer({ onRequest })
  const { steps, health } = await closedLoop(server.port)
  expect(steps[0]!.causes).toEqual({})
  expect(steps[0]!.succeeded).toBeGreaterThan(20)
  expect(server.connections).toBe(health.connections.opened)
  // What was sent again reached the server once only: the first time there was nobody to read it.
  expect(server.requests).toBeGreaterThanOrEqual(steps[0]!.sent)
  expect(server.requests).toBeLessThanOrEqual(steps[0]!.sent + health.staleRetries)
})

test('a server that says that it closes is believed: nothing is sent again', async () => {
  await using server = await startWireServer({
    onRequest: ({ socket }) => void socket.end(answer('ok', { headers: 'connection: close\r\n' })),
  })
  const { steps, health } = await closedLoop(server.port)
  expect(steps[0]).toMatchObject({ failed: 0, sent: server.requests })
  expect(health.staleRetries).toBe(0)
  expect(server.connections).toBe(server.requests)
})

test('a POST whose kept connection was closed under it may have been carried out: it is not sent again', async () => {
  await using server = await startWireServer({
    onRequest: ({ socket, nth }) => void (nth === 0 ? socket.write(answer()) : socket.end()),
  })
  const { steps, health } = await closedLoop(server.port, { steps: [requestStep({ method: 'POST' })] })
  expect(steps[0]!.causes).toEqual({ 'connection-closed': steps[0]!.failed })
  expect(steps[0]!.failed).toBeGreaterThan(3)
  expect(health.staleRetries).toBe(0)
  expect(server.requests).toBe(steps[0]!.sent)
})

test('a reset of a connection in use is a failure, also of a kept one', async () => {
  await using server = await startWireServer({
    onRequest: ({ socket, nth }) => void (nth === 0 ? socket.write(answer()) : socket.resetAndDestroy()),
  })
  const { steps, health } = await closedLoop(server.port)
  expect(steps[0]!.causes).toEqual({ 'connection-reset': steps[0]!.failed })
  expect(steps[0]!.failed).toBeGreaterThan(3)
  expect(health.staleRetries).toBe(0)
})

test('a request is sent again once, not for ever', async () => {
  // The first of each connection is answered only while the server is young: then every connection is closed on us.
  let answers = 3
  await using server = await startWireServer({
    onRequest: ({ socket }) => void (answers-- > 0 ? socket.write(answer()) : socket.end()),
  })
  const { steps } = await closedLoop(server.port, { level: 1, seconds: 0.3 })
  expect(steps[0]!.succeeded).toBe(3)
  expect(steps[0]!.causes).toEqual({ 'connection-closed': steps[0]!.failed })
})

test('an answer with more behind its end is none, and what is behind it answers nothing', async () => {
  await using server = await startWireServer({
    onRequest: ({ socket }) => void socket.write(answer('one') + answer('two')),
  })
  const { steps } = await closedLoop(server.port, { level: 1 })
  expect(steps[0]!.causes).toEqual({ 'malformed-answer': steps[0]!.sent })
  expect(server.connections).toBe(steps[0]!.sent)
})

test('what comes on an idle connection ends it, and is taken for no answer', async () => {
  await using server = await startWireServer({
    onRequest: ({ socket }) => void socket.write(answer('one'), () => setTimeout(() => socket.write(answer('two')), 5)),
  })
  // What is unasked for must have come before the next request leaves, on a busy machine too: 200 ms between them.
  const plan = onePlan({
    port: server.port,
    level: 5,
    seconds: 2,
    steps: [requestStep({ expect: { body: 'one' } })],
  })
  const { steps, health } = await runShard({ plan, ...whole })
  expect(steps[0]).toMatchObject({ sent: 10, succeeded: 10 })
  expect(health.connections.opened).toBe(10)
})

test('connections are kept after HEAD, after DELETE with a body, and after answers without one', async () => {
  await using server = await startCountingServer(({ method }, response) => {
    response.statusCode = method === 'DELETE' ? 204 : 200
    response.end(method === 'DELETE' ? undefined : 'ok')
  })
  const body = { type: 'text/plain', content: ['x'] }
  const steps = [
    requestStep({ method: 'HEAD' }),
    requestStep({ method: 'DELETE', body }),
    requestStep({ method: 'POST' }),
    requestStep({ method: 'PUT', body }),
  ]
  const result = await closedLoop(server.port, { level: 1, steps })
  expect(server.connections).toBe(1)
  expect(result.steps.map(({ failed }) => failed)).toEqual([0, 0, 0, 0])
  expect(result.steps[1]!.bytesSent).toBe(result.steps[1]!.sent)
  expect(result.steps[2]!.bytesSent).toBe(0)
})

test('answers in every framing, and in pieces, are read to their end', async () => {
  const bodies = [
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3;x=y\r\nfir\r\n2\r\nst\r\n0\r\ntrailer: t\r\n\r\n',
    'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfirst',
    'HTTP/1.0 200 OK\r\n\r\nfirst',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Blank:\r\n\r\nfirst',
  ]
  let n = 0
  await using server = await startWireServer({
    onRequest: ({ socket }) => {
      const body = bodies[n++ % bodies.length]!
      const pieces = [...body]
      const next = () => {
        const piece = pieces.splice(0, 7).join('')
        if (piece !== '') socket.write(piece, 'latin1', () => setImmediate(next))
        else if (body.startsWith('HTTP/1.0')) socket.end()
      }
      next()
    },
  })
  const plan = onePlan({
    port: server.port,
    level: 40,
    seconds: 0.5,
    steps: [requestStep({ expect: { body: 'first' } })],
  })
  const { steps } = await runShard({ plan, ...whole })
  expect(steps[0]).toMatchObject({ sent: 20, succeeded: 20, bytesReceived: 100 })
})

test('a target under a certificate that is trusted', async () => {
  const { key, cert } = selfSigned()
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, cert])
  try {
    await using server = await startWireServer({
      tls: { key, cert },
      onRequest: ({ socket }) => void socket.write(answer()),
    })
    for (const name of ['localhost', '127.0.0.1']) {
      const { steps } = await closedLoop(0, { target: `https://${name}:${server.port}` })
      expect(steps[0]!.succeeded).toBeGreaterThan(20)
      expect(steps[0]!.failed).toBe(0)
    }
  } finally {
    setDefaultCACertificates(before)
  }
})

test('a target that dies and comes back: failures for as long as it is gone', async () => {
  const before = await startCountingServer()
  const plan = onePlan({ port: before.port, level: 50, seconds: 2, steps: [requestStep()] })
  const running = runShard({ plan, ...whole })
  await new Promise((resolve) => setTimeout(resolve, 600))
  await before[Symbol.asyncDispose]()
  const result = await running
  expect(result.steps[0]!.succeeded).toBe(before.requests.length)
  expect(result.steps[0]!.causes['connection-refused']).toBeGreaterThan(40)
  expect(unaccounted(result)).toEqual([])
})

test('nothing stays open: no socket, no timer, no thread', async () => {
  await using server = await startWireServer({
    onRequest: ({ socket, nth }) =>
      void (nth % 3 === 2 ? socket.resetAndDestroy() : nth % 3 === 1 ? undefined : socket.write(answer())),
  })
  const run = () => closedLoop(server.port, { timeout: 100 })
  const count = (kind: string) => process.getActiveResourcesInfo().filter((name) => name === kind).length
  const kinds = ['TCPSocketWrap', 'ConnectWrap', 'GetAddrInfoReqWrap', 'Timeout', 'Immediate', 'MessagePort', 'Worker']
  await run()
  const before = new Map(kinds.map((kind) => [kind, count(kind)]))
  await run()
  // What closes takes a moment to be closed, and the test's own runner has timers, too: none more than before is to stay.
  const more = () => kinds.filter((kind) => count(kind) > before.get(kind)!)
  const patience = AbortSignal.timeout(5_000)
  while ((server.open > 0 || more().length > 0) && !patience.aborted)
    await new Promise((resolve) => setImmediate(resolve))
  expect([server.open, more()]).toEqual([0, []])
})
