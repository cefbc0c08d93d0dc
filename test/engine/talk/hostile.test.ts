// Everything that the other side of a WebSocket can do wrong, done by a server of bare bytes: each is told by its own cause,
// counted once, and over in time.
import type { Socket } from 'node:net'
import { expect, test } from '@jest/globals'
import type { Cause } from '../../../src/engine/shard-result.ts'
import { acceptance, closeFrame, frame, startRawWebSocket } from '../../support/raw-websocket.ts'
import { until } from '../../support/until.ts'
import { answer, closedPort, startWireServer, type WireRequest } from '../../support/wire-server.ts'
import { run } from './profiles.ts'

const talk = [{ send: 'hello', receive: { text: 'answer' } }]
const PATIENCE = '400ms'

type Row = readonly [
  fault: string,
  cause: Cause | 'none',
  detail: string | RegExp | undefined,
  then: (socket: Socket) => void,
]

const say =
  (...pieces: readonly Buffer[]) =>
  (socket: Socket) => {
    for (const piece of pieces) socket.write(piece)
  }
const ANSWER = frame('the answer')

async function conversationWith(port: number, steps: readonly object[] = talk, timeout = PATIENCE) {
  const result = await run({
    port,
    load: { rate: '20/s', for: '200ms' },
    steps: [{ websocket: '/x', talk: steps }],
    more: { timeout },
  })
  expect(result.complete).toBe(true)
  return result
}

// --- what comes behind the handshake --------------------------------------------------------------------------------------

test.each<Row>([
  [
    'fragments of a message',
    'none',
    undefined,
    say(frame('the a', { fin: false }), frame('ns', { opcode: 0, fin: false }), frame('wer', { opcode: 0 })),
  ],
  [
    'a ping in the middle of one',
    'none',
    undefined,
    say(frame('the a', { fin: false }), frame('?', { opcode: 9 }), frame('nswer', { opcode: 0 })),
  ],
  ['bytes, then the answer', 'none', undefined, say(frame(Buffer.from([0, 255]), { opcode: 2 }), ANSWER)],
  ['the answer in single bytes', 'none', undefined, say(...[...ANSWER].map((byte) => Buffer.from([byte])))],
  ['nothing', 'timeout', 'no message came', () => {}],
  ['other messages', 'timeout', 'of 2 messages that came none is what is waited for', say(frame('a'), frame('b'))],
  ['a message that never ends', 'timeout', 'no message came', (socket) => drip(socket, frame('a', { length: 1_000 }))],
  ['a close, too big', 'conversation-closed', 'closed with 1009 "too big"', say(closeFrame(1009, 'too big'))],
  ['a close without a code', 'conversation-closed', 'closed with no code', say(frame('', { opcode: 8 }))],
  [
    'a close whose reason is a command',
    'conversation-closed',
    /^closed with 4000 "::error::/,
    say(closeFrame(4000, '::error::x\u0007')),
  ],
  ['an end without a close', 'connection-closed', undefined, (socket) => socket.end()],
  ['a reset', 'connection-reset', undefined, (socket) => setTimeout(() => socket.resetAndDestroy(), 20)],
  ['a message of 100 MB', 'message-too-large', /payload/i, say(frame('a', { length: 100_000_000 }))],
  [
    'fragments of more than that',
    'message-too-large',
    /payload/i,
    (socket) =>
      flood(socket, frame('a'.repeat(500_000), { fin: false }), frame('a'.repeat(500_000), { opcode: 0, fin: false })),
  ],
  ['a length beyond all bounds', 'message-too-large', undefined, say(frame('', { length: Number.MAX_SAFE_INTEGER }))],
  ['a masked message', 'malformed-answer', /mask/i, say(frame('the answer', { masked: true }))],
  ['an opcode that there is none of', 'malformed-answer', /opcode/i, say(frame('x', { opcode: 5 }))],
  ['a continuation of nothing', 'malformed-answer', /opcode/i, say(frame('x', { opcode: 0 }))],
  ['text that is not UTF-8', 'malformed-answer', /UTF-8/i, say(frame(Buffer.from([0xc3, 0x28])))],
  ['a reserved bit', 'malformed-answer', /RSV/i, say(Buffer.from([0xc1, 0x01, 0x61]))],
  ['bytes that are no frames', 'malformed-answer', undefined, say(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))],
])('%s: %s', async (_, cause, detail, then) => {
  await using server = await startRawWebSocket(then)
  const began = performance.now()
  const { steps, examples } = await conversationWith(server.port)
  expect(performance.now() - began).toBeLessThan(3_000)
  expect(steps[0]).toMatchObject({ sent: 4, succeeded: 4 })
  if (cause === 'none') expect(steps[1]).toMatchObject({ succeeded: 4 })
  else {
    expect(steps[1]).toMatchObject({ sent: 4, failed: 4, causes: { [cause]: 4 } })
    const [example] = examples
    expect(example).toMatchObject({ step: 1, cause })
    if (detail instanceof RegExp) expect(example!.detail).toMatch(detail)
    else if (typeof detail === 'string') expect(example!.detail).toBe(detail)
    expect(steps[2]!.sent).toBe(0)
  }
  await until(() => server.open === 0)
})

/** A byte now and then, for as long as somebody listens. */
function drip(socket: Socket, first: Buffer) {
  socket.write(first)
  const timer = setInterval(() => (socket.destroyed ? clearInterval(timer) : socket.write('a')), 20)
}

function flood(socket: Socket, first: Buffer, more: Buffer) {
  socket.write(first)
  const go = () => {
    while (!socket.destroyed && socket.write(more));
  }
  socket.on('drain', go)
  go()
}

test('messages without end do not keep anybody from anything, and hold no memory', async () => {
  const before = process.memoryUsage().rss
  await using server = await startRawWebSocket((socket) => flood(socket, frame('x'), frame('x'.repeat(60_000))))
  // Four floods leave a slow machine little time for a handshake.
  const { steps } = await conversationWith(server.port, [{ think: '500ms' }, ...talk], '2s')
  expect(steps[1]).toMatchObject({ failed: 4, causes: { timeout: 4 } })
  expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000)
})

test('pings are answered, and one that answers no close is left all the same', async () => {
  const heard: Buffer[] = []
  await using server = await startRawWebSocket((socket) => {
    socket.on('data', (data: Buffer) => heard.push(data))
    socket.write(Buffer.concat([frame('?', { opcode: 9 }), ANSWER]))
  })
  const { steps } = await conversationWith(server.port)
  expect(steps[1]).toMatchObject({ succeeded: 4 })
  // A pong, masked as what clients send is.
  expect(Buffer.concat(heard).includes(Buffer.from([0x8a, 0x81]))).toBe(true)
  expect(steps[2]).toMatchObject({ sent: 4, failed: 4, causes: { timeout: 4 } })
  await until(() => server.open === 0)
})

test.each<Row>([
  ['answered', 'none', undefined, (socket) => socket.end(frame('', { opcode: 8 }))],
  ['answered without an end of the connection', 'none', undefined, (socket) => socket.write(closeFrame(1000))],
  ['answered by the end of the connection alone', 'connection-closed', undefined, (socket) => socket.end()],
])('a close that is %s: %s', async (_, cause, __, then) => {
  await using server = await startRawWebSocket(
    (socket) =>
      socket.write(ANSWER).valueOf() &&
      socket.on('data', (data: Buffer) => {
        if (data.includes(0x88)) then(socket)
      }),
  )
  const { steps } = await conversationWith(server.port)
  expect(steps[2]!.causes).toEqual(cause === 'none' ? {} : { [cause]: 4 })
  await until(() => server.open === 0)
})

// --- the handshake ----------------------------------------------------------------------------------------------------------

const write =
  (text: string) =>
  ({ socket }: WireRequest) =>
    void socket.write(text, 'latin1')

test.each<readonly [what: string, cause: Cause, detail: string | undefined, onRequest: (request: WireRequest) => void]>(
  [
    ['403', 'unexpected-status', 'status 403 instead of 101', write(answer('no', { status: '403 Forbidden' }))],
    ['200', 'unexpected-status', 'status 200 instead of 101', write(answer('no'))],
    [
      'half an answer of 500',
      'unexpected-status',
      'status 500 instead of 101',
      write('HTTP/1.1 500 No\r\ncontent-length: 9\r\n\r\nhalf'),
    ],
    [
      'a wrong key',
      'malformed-answer',
      'Invalid Sec-WebSocket-Accept header',
      ({ socket, head }) => void socket.write(acceptance(head, { key: 'another' })),
    ],
    [
      'another protocol',
      'malformed-answer',
      'Invalid Upgrade header',
      write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n'),
    ],
    [
      'a subprotocol that nobody asked for',
      'malformed-answer',
      'Server sent a subprotocol but none was requested',
      ({ socket, head }) => void socket.write(acceptance(head, { headers: 'Sec-WebSocket-Protocol: chat\r\n' })),
    ],
    [
      'compression that nobody asked for',
      'malformed-answer',
      undefined,
      ({ socket, head }) =>
        void socket.write(acceptance(head, { headers: 'Sec-WebSocket-Extensions: permessage-deflate\r\n' })),
    ],
    ['what is no HTTP', 'malformed-answer', undefined, write('SSH-2.0-x\r\n')],
    ['headers without end', 'headers-too-large', undefined, write(`HTTP/1.1 101 Yes\r\nx: ${'a'.repeat(100_000)}`)],
    ['nothing', 'timeout', undefined, () => {}],
    ['an end', 'connection-closed', undefined, ({ socket }) => void socket.end()],
    ['a reset', 'connection-reset', undefined, ({ socket }) => void socket.resetAndDestroy()],
  ],
)('a handshake that is answered with %s: %s', async (_, cause, detail, onRequest) => {
  await using server = await startWireServer({ onRequest })
  const { steps, examples } = await conversationWith(server.port)
  expect(steps[0]).toMatchObject({ sent: 4, failed: 4, causes: { [cause]: 4 } })
  expect(examples[0]).toMatchObject({ step: 0, cause, ...(detail && { detail }) })
  expect(steps.slice(1).map(({ sent }) => sent)).toEqual([0, 0])
  await until(() => server.open === 0)
})

test('a port on which nobody listens', async () => {
  const { steps } = await conversationWith(await closedPort())
  expect(steps[0]).toMatchObject({ sent: 4, causes: { 'connection-refused': 4 } })
})

test('values that a target has chosen change neither the host nor the headers of a handshake', async () => {
  const heads: string[] = []
  await using server = await startWireServer({
    onRequest({ socket, head }) {
      heads.push(head)
      if (head.startsWith('GET /first')) socket.write(answer('{"path":"//127.0.0.2:1/#x","header":"a\\r\\nx-evil: 1"}'))
      else socket.write(answer('no', { status: '403 No' }))
    },
  })
  const capture = { path: { json: '/path' }, header: { json: '/header' } }
  const first = { get: '/first', capture }
  await run({ port: server.port, steps: [first, { websocket: '${path}', talk }] })
  await run({ port: server.port, steps: [first, { websocket: '/', headers: { x: '${header}' }, talk }] })
  expect(heads.map((head) => head.split('\r\n')[0])).toEqual([
    'GET /first HTTP/1.1',
    'GET //127.0.0.2:1/%23x HTTP/1.1',
    'GET /first HTTP/1.1',
  ])
  expect(heads[1]).toContain(`127.0.0.1:${server.port}`)
})
