// Everything a target can do wrong, done by a real server: each is told by its own cause, counted once, and over in time.
import type { Socket } from 'node:net'
import { expect, test } from '@jest/globals'
import { MOST_BODY, MOST_HEADERS } from '../../../src/engine/http/transport.ts'
import { runShard } from '../../../src/engine/run-shard.ts'
import type { Cause } from '../../../src/engine/shard-result.ts'
import { Histogram } from '../../../src/histogram.ts'
import { onePlan, requestStep } from '../../support/plans.ts'
import { unaccounted } from '../../support/shard-figures.ts'
import { answer, closedPort, selfSigned, startWireServer, type WireRequest } from '../../support/wire-server.ts'

/** Of what is to run into it. */
const TIMEOUT = 300
/** Of the rest, which ends by itself, on a busy machine as well. */
const PATIENCE = 5_000
const FIVE = { level: 50, seconds: 0.1, timeout: PATIENCE }

async function run(port: number, options: Partial<Parameters<typeof onePlan>[0]> = {}) {
  const plan = onePlan({ port, steps: [requestStep()], ...FIVE, ...options })
  const result = await runShard({ plan, index: 0, count: 1 })
  expect(unaccounted(result)).toEqual([])
  expect(result.complete).toBe(true)
  return result
}

type Row = readonly [fault: string, cause: Cause, answer: (request: WireRequest) => void]

const write = (text: string) => (request: WireRequest) => void request.socket.write(text, 'latin1')
const say = (text: string, then: (socket: Socket) => void) => (request: WireRequest) => {
  request.socket.write(text, 'latin1', () => setTimeout(() => then(request.socket), 10))
}
const close = (socket: Socket) => socket.destroy()
const reset = (socket: Socket) => socket.resetAndDestroy()
/** Writes for as long as it is read. */
const endlessly = (first: string, more: string) => (request: WireRequest) => {
  const { socket } = request
  socket.write(first, 'latin1')
  const go = () => {
    while (!socket.destroyed && socket.write(more, 'latin1'));
  }
  socket.on('drain', go)
  go()
}

test.each<Row>([
  ['resets before the answer', 'connection-reset', ({ socket }) => reset(socket)],
  ['resets within the headers', 'connection-reset', say('HTTP/1.1 200 OK\r\ncontent-', reset)],
  ['resets within the body', 'connection-reset', say('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf', reset)],
  ['closes before the answer', 'connection-closed', ({ socket }) => close(socket)],
  ['closes within the headers', 'connection-closed', say('HTTP/1.1 200 OK\r\ncontent-', close)],
  [
    'closes within the length it stated',
    'connection-closed',
    say('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf', close),
  ],
  [
    'says that it will close, and does so too early',
    'connection-closed',
    say('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 9\r\n\r\nhalf', close),
  ],
  [
    'closes within a chunk',
    'connection-closed',
    say('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nha', close),
  ],
  ['says nothing', 'timeout', () => {}],
  ['stalls within the headers', 'timeout', write('HTTP/1.1 200 OK\r\ncontent-')],
  ['stalls within the body', 'timeout', write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf')],
  ['sends only early hints', 'timeout', write('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n')],
  ['sends early hints without end', 'timeout', endlessly('', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(10))],
  ['talks another protocol', 'malformed-answer', write('SSH-2.0-OpenSSH_9.2\r\n')],
  ['has no status', 'malformed-answer', write('HTTP/1.1 \r\n\r\n')],
  ['has a status that is none', 'malformed-answer', write('HTTP/1.1 abc OK\r\n\r\n')],
  ['has a bad chunk', 'malformed-answer', write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n')],
  [
    'contradicts itself on the length',
    'malformed-answer',
    write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'),
  ],
  [
    'states two lengths',
    'malformed-answer',
    write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok'),
  ],
  ['has a NUL in a header', 'malformed-answer', write('HTTP/1.1 200 OK\r\na: b\0c\r\n\r\n')],
  ['says 100 to what asked for nothing', 'malformed-answer', write('HTTP/1.1 100 Continue\r\n\r\n')],
  [
    'switches protocols unasked',
    'malformed-answer',
    write('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
  ],
  ['has one endless header', 'headers-too-large', endlessly('HTTP/1.1 200 OK\r\na: ', 'b'.repeat(1000))],
  [
    'has headers without end',
    'headers-too-large',
    endlessly('HTTP/1.1 200 OK\r\n', 'name: twenty characters\r\n'.repeat(100)),
  ],
  ['has too many headers', 'headers-too-large', write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(MOST_HEADERS)}\r\n\r\n`)],
  ['fails', 'unexpected-status', write(answer('no', { status: '500 Internal Server Error' }))],
])('a server that %s: %s', async (fault, cause, onRequest) => {
  await using server = await startWireServer({ onRequest })
  const { steps, iterations, health } = await run(server.port, { timeout: cause === 'timeout' ? TIMEOUT : PATIENCE })
  expect(steps[0]).toMatchObject({ sent: 5, succeeded: 0, failed: 5, causes: { [cause]: 5 } })
  expect(iterations).toEqual({ planned: 5, started: 5, dropped: 0, finished: 0, failed: 5, cut: 0 })
  // Who writes without end may be given up before it has read the next request.
  if (!fault.endsWith('without end')) expect(server.requests).toBe(5)
  expect(health.staleRetries).toBe(0)
  if (cause === 'timeout') {
    const { min, max } = Histogram.of(steps[0]!.failures)
    expect(min).toBeGreaterThanOrEqual(TIMEOUT * 1000 * 0.999)
    expect(max).toBeLessThan(TIMEOUT * 1000 * 5)
  }
})

test('a body without end: body-too-large, and memory stays where it is', async () => {
  await using server = await startWireServer({
    onRequest: endlessly('HTTP/1.1 200 OK\r\n\r\n', 'x'.repeat(65_536)),
  })
  const { steps } = await run(server.port, { level: 10, timeout: 20_000 })
  expect(steps[0]).toMatchObject({ sent: 1, causes: { 'body-too-large': 1 } })
  expect(steps[0]!.bytesReceived).toBeGreaterThan(MOST_BODY / 2)
  // And what came with the byte that was one too many.
  expect(steps[0]!.bytesReceived).toBeLessThanOrEqual(MOST_BODY + 65_536)
})

test('a body that is to be read, but is longer than what is kept: body-too-large', async () => {
  await using server = await startWireServer({ onRequest: write(answer('x'.repeat(1_100_000))) })
  const { steps } = await run(server.port, { steps: [requestStep({ expect: { body: 'y' } })] })
  expect(steps[0]).toMatchObject({ sent: 5, causes: { 'body-too-large': 5 }, bytesReceived: 5_500_000 })
})

test('a port on which nothing listens: connection-refused', async () => {
  const { steps } = await run(await closedPort())
  expect(steps[0]).toMatchObject({ sent: 5, causes: { 'connection-refused': 5 }, statuses: {} })
})

test('a name that nobody has: unresolved-host', async () => {
  const { steps } = await run(0, { target: 'http://nothing.invalid', timeout: 20_000 })
  expect(steps[0]).toMatchObject({ sent: 5, causes: { 'unresolved-host': 5 } })
})

test('a certificate that nobody vouches for: tls', async () => {
  await using server = await startWireServer({ tls: selfSigned(), onRequest: write(answer()) })
  const { steps } = await run(0, { target: `https://127.0.0.1:${server.port}` })
  expect(steps[0]).toMatchObject({ sent: 5, causes: { tls: 5 } })
  expect(server.requests).toBe(0)
})

test('a server that speaks plainly where TLS is expected: tls', async () => {
  await using server = await startWireServer({
    onConnection: (socket) => void socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
  })
  const { steps } = await run(0, { target: `https://127.0.0.1:${server.port}` })
  expect(steps[0]).toMatchObject({ sent: 5, causes: { tls: 5 } })
})

test('a TLS handshake that never ends: connect-timeout', async () => {
  await using server = await startWireServer({})
  const { steps } = await run(0, { target: `https://127.0.0.1:${server.port}`, timeout: TIMEOUT })
  expect(steps[0]).toMatchObject({ sent: 5, causes: { 'connect-timeout': 5 } })
})

test('some of each: every answer is told by what it was', async () => {
  let n = 0
  await using server = await startWireServer({
    onRequest: (request) => {
      const kind = n++ % 5
      if (kind === 0) request.socket.write(answer())
      if (kind === 1) request.socket.write(answer('no', { status: '503 Busy' }))
      if (kind === 2) request.socket.resetAndDestroy()
      if (kind === 3) request.socket.write('HTTP/1.1 200 OK\r\nbad header\r\n\r\n')
      // The fifth gets no answer at all.
    },
  })
  const { steps } = await run(server.port, { level: 100, seconds: 0.5, timeout: 2_000 })
  expect(steps[0]).toMatchObject({
    sent: 50,
    succeeded: 10,
    causes: { 'unexpected-status': 10, 'connection-reset': 10, 'malformed-answer': 10, timeout: 10 },
    statuses: { 200: 10, 503: 10 },
  })
  expect(server.requests).toBe(50)
})
