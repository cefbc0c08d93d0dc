// Conversations over WebSockets against a real server that counts for itself.
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { Histogram } from '../../../src/histogram.ts'
import { quantile } from '../../support/shard-figures.ts'
import { startTalkServer, type Talker } from '../../support/talk-server.ts'
import { until } from '../../support/until.ts'
import { ONCE, outcomes, planOf, run, send } from './profiles.ts'

const json = (value: object) => JSON.stringify(value)
/** Greets, and tells everybody what somebody says, whose turn it is not in between. */
const room = {
  onOpen: ({ socket, n }: Talker) => socket.send(json({ type: 'welcome', id: `id-${n}` })),
  onMessage: (text: string, { socket }: Talker) => {
    socket.send(json({ type: 'noise' }))
    socket.send(json({ ...JSON.parse(text), type: 'said' }))
  },
}
const WELCOME = { receive: { json: { '/type': 'welcome' } }, capture: { id: { json: '/id' } } }
const SAY = {
  name: 'say',
  send: { json: { type: 'say', id: '${id}', by: '${user()}' } },
  receive: { json: { '/type': 'said', '/by': '${user()}' } },
}

test('what one message says is in the next; each part is a step with a sample of its own', async () => {
  await using server = await startTalkServer(room)
  const steps = [{ get: '/' }, { websocket: '/rooms/tea', query: { a: 'b c' }, talk: [WELCOME, { ...SAY, repeat: 2 }] }]
  const plan = planOf({ port: server.port, steps })
  const results = await send(plan)
  expect(server.handshakes.map(({ url }) => url)).toEqual(['/rooms/tea?a=b%20c'])
  expect(server.messages).toEqual([SAY, SAY].map(() => json({ type: 'say', id: 'id-0', by: '1' })))
  expect(outcomes(plan, results)).toEqual({
    'GET /': { sent: 1, succeeded: 1, failed: 0 },
    'WEBSOCKET /rooms/tea': { sent: 1, succeeded: 1, failed: 0 },
    'RECEIVE /rooms/tea': { sent: 1, succeeded: 1, failed: 0 },
    say: { sent: 2, succeeded: 2, failed: 0 },
    'CLOSE /rooms/tea': { sent: 1, succeeded: 1, failed: 0 },
  })
  expect(server.closes).toEqual({ 1000: 1 })
  const [{ health, iterations, steps: counts }] = results as [(typeof results)[number]]
  expect(health.messages).toEqual({ sent: 2, received: 5, passedOver: 2 })
  expect(iterations).toMatchObject({ planned: 1, finished: 1 })
  expect(counts[3]).toMatchObject({ bytesSent: server.messages.join('').length, statuses: { 101: 2 } })
  // What was passed over came over the network as well.
  const said = json({ type: 'say', id: 'id-0', by: '1' }).replace('"say"', '"said"')
  expect(counts[3]!.bytesReceived).toBe(2 * (said.length + json({ type: 'noise' }).length))
})

test.each([
  ['open', { rate: '40/s', 'warm-up': '500ms', for: '1s' }, 1],
  ['open, by two workers', { rate: '40/s', 'warm-up': '500ms', for: '1s' }, 2],
  ['closed', { users: 6, for: '1s' }, 1],
  ['closed, by two workers', { users: 6, for: '1s' }, 2],
])('%s: the server has counted the same', async (_, load, count) => {
  await using server = await startTalkServer(room)
  const talk = [WELCOME, { ...SAY, repeat: 3, between: '10ms' }, { name: 'bye', send: 'null' }, { think: '20ms' }]
  const plan = planOf({ port: server.port, load, steps: [{ websocket: '/', name: 'open', talk }, { think: '50ms' }] })
  const results = await send(plan, {}, count)
  await until(() => server.open === 0)
  const { open, say, bye, 'CLOSE /': close } = outcomes(plan, results)
  const warmUp = results.reduce((sum, { warmUp: { sent } }) => sum + sent, 0)
  const all = {
    handshakes: server.handshakes.length,
    messages: server.messages.length,
    closes: server.closes[1000] ?? 0,
  }
  const received = results.reduce((sum, { health }) => sum + health.messages!.received, 0)
  const sent = results.reduce((sum, { health }) => sum + health.messages!.sent, 0)
  // The answers to `null` may still be on their way when the conversation is closed.
  expect(sent).toBe(all.messages)
  expect(received).toBe(server.handshakes.length + 2 * server.messages.length)
  const iterations = results.map((result) => result.iterations)
  expect(results.flatMap(({ steps }) => steps.flatMap(({ causes }) => Object.keys(causes)))).toEqual([])
  expect(Object.values(server.closes).reduce((sum, closed) => sum + closed, 0)).toBe(all.handshakes)
  if ('rate' in load) {
    expect(iterations.reduce((sum, { planned, finished }) => sum + planned - finished, 0)).toBe(0)
    // Half a second of warm-up, in which 20 come; what they do later is measured. Each has seven samples.
    expect([open!.sent, iterations.reduce((sum, { planned }) => sum + planned, 0)]).toEqual([40, 40])
    const measured = results.flatMap(({ steps }) => steps).reduce((sum, step) => sum + step.sent, 0)
    expect(measured + warmUp).toBe(7 * 60)
    expect(all).toEqual({ handshakes: 60, messages: 240, closes: 60 })
  } else {
    expect([open!.sent, say!.sent + bye!.sent, close!.sent]).toEqual([all.handshakes, all.messages, all.closes])
    expect(open!.sent).toBeGreaterThan(12)
  }
})

test('the time of a message is from its sending to its answer; of one that is only waited for, from when that began', async () => {
  await using server = await startTalkServer({
    onOpen: ({ socket }) => void setTimeout(() => socket.send('late'), 300),
    onMessage: (text, { socket }) => void setTimeout(() => socket.send(text), 150),
  })
  const talk = [
    { think: '100ms' },
    { receive: { text: 'late' } },
    { send: 'ping', receive: { text: 'ping' } },
    { send: 'nobody waits' },
    { think: '300ms' },
    { receive: { matches: '^nobody' } },
  ]
  const { steps } = await run({ port: server.port, steps: [{ websocket: '/', talk }] })
  const times = steps.map(({ response }) => quantile(Histogram.of(response), 1))
  expect(times.slice(1, 3)).toEqual([expect.closeTo(200, -1.6), expect.closeTo(150, -1.6)])
  expect([times[3]! < 30, times[4]! < 30]).toEqual([true, true])
  expect(steps.map(({ succeeded }) => succeeded)).toEqual([1, 1, 1, 1, 1, 1])
})

test('behind a send only what comes after it counts; without one, what came before is looked through in order', async () => {
  await using server = await startTalkServer({
    onOpen: ({ socket }) => void ['a 1', 'b 1', 'a 2', 'b 2'].map((text) => socket.send(text)),
    onMessage: (_, { socket }) => socket.send('a 3'),
  })
  const talk = (steps: readonly object[]) => [{ think: '50ms' }, ...steps]
  const capture = (name: string) => ({ [name]: { regex: '. (.)' } })
  const steps = [
    {
      websocket: '/',
      talk: talk([
        { receive: { text: 'b' }, capture: capture('first') },
        { receive: { within: '1s' }, capture: capture('next') },
        { send: '${first}${next}', receive: { text: 'a' }, capture: capture('behind') },
        { send: '${behind}' },
      ]),
    },
  ]
  const { health, iterations } = await run({ port: server.port, steps })
  expect(server.messages).toEqual(['12', '3'])
  expect(iterations.finished).toBe(1)
  // a 1, b 2, and the answer to the last.
  expect(health.messages).toEqual({ sent: 2, received: 6, passedOver: 3 })
})

test('more than a thousand that nobody waits for are let go, the oldest first', async () => {
  await using server = await startTalkServer({
    onOpen: ({ socket }) => void Array.from({ length: 1_500 }, (_, n) => socket.send(`no ${n}`)),
  })
  const talk = [{ think: '500ms' }, { receive: { within: '1s' }, capture: { n: { regex: '\\d+' } } }, { send: '${n}' }]
  const { health } = await run({ port: server.port, steps: [{ websocket: '/', talk }] })
  expect(server.messages).toEqual(['500'])
  expect(health.messages).toEqual({ sent: 1, received: 1_501, passedOver: 1_500 })
})

test('cookies, headers, the user agent and the subprotocol go with the handshake, and its cookies are kept', async () => {
  await using server = await startTalkServer({
    subprotocol: 'chat',
    headers: ['Set-Cookie: seat=7', 'X-Room: tea'],
    onRequest: (_, response) => void response.setHeader('set-cookie', 'session=abc').end(),
  })
  const open = {
    websocket: '/rooms/tea',
    subprotocol: 'chat',
    headers: { 'x-by': '${user()}', cookie: 'own=1' },
    expect: { headers: { 'x-room': 'tea' } },
    capture: { room: { header: 'x-room' }, seat: { cookie: 'seat' } },
    talk: [{ send: '${room} ${seat}', receive: { text: 'tea 7' } }],
  }
  const { iterations } = await run({
    port: server.port,
    steps: [{ get: '/' }, open, { ...open, websocket: '/rooms/2' }],
  })
  expect(iterations.finished).toBe(1)
  expect(server.handshakes.map(({ headers }) => headers)).toMatchObject([
    {
      host: `127.0.0.1:${server.port}`,
      cookie: 'own=1; session=abc',
      'x-by': '1',
      'sec-websocket-protocol': 'chat',
      'user-agent': expect.stringMatching(/^loadgate/i),
    },
    { cookie: 'own=1; seat=7; session=abc' },
  ])
  for (const { headers } of server.handshakes) expect(headers).not.toHaveProperty('sec-websocket-extensions')
})

test('a message may be a large document, or made by a function, which also judges the answer', async () => {
  await using server = await startTalkServer()
  const files = { 'order.json': Buffer.from('{"type":"order","items":[{"n":1}]}') }
  const functions = `
    export const sign = (text) => text + '!'
    export const isOrder = (answer) => answer.status === 101 && answer.json.items.length > 50 || 'no order of ' + answer.text.length
    export const refuses = () => 'not this one'`
  const talk = [
    {
      send: { generate: { file: 'order.json', size: '1 kB' } },
      receive: { json: { '/type': 'order' } },
      expect: { check: 'isOrder', schema: { type: 'object', required: ['items'] }, without: 'nothing' },
    },
    { send: '${sign("é")}', receive: { text: '${sign("é")}' }, expect: { check: 'refuses' } },
  ]
  const more = { functions: './f.mjs' }
  const result = await run({ port: server.port, steps: [{ websocket: '/', talk }], more, files, functions })
  expect(JSON.parse(server.messages[0]!)).toMatchObject({ type: 'order' })
  expect(server.messages[1]).toBe('é!')
  expect(result.steps.map(({ sent, succeeded }) => [sent, succeeded])).toEqual([
    [1, 1],
    [1, 1],
    [1, 0],
    [0, 0],
  ])
  expect(result.steps[2]).toMatchObject({ bytesSent: 3, bytesReceived: 3, causes: { 'unexpected-answer': 1 } })
  expect(result.examples).toMatchObject([{ detail: 'refuses: not this one', status: 101 }])
})

test('what cannot be filled in is not sent', async () => {
  await using server = await startTalkServer()
  const functions = 'export const none = () => undefined'
  const talk = [{ receive: { text: '${none()}' } }]
  const plan = { port: server.port, steps: [{ websocket: '/', talk }], more: { functions: './f.mjs' }, functions }
  const { steps } = await run(plan)
  expect(steps[1]).toMatchObject({ sent: 1, causes: { 'function-failed': 1 } })
  await until(() => server.open === 0)
  expect(server.closes).toEqual({ 1001: 1 })
})

test('chance, conditions and repetitions: of a conversation, of its parts, and of several of them', async () => {
  await using server = await startTalkServer()
  const steps = [
    { get: '/', capture: { role: { header: 'date' } } },
    { websocket: '/never', when: { role: 'nobody' }, talk: [{ send: 'x' }] },
    {
      websocket: '/twice',
      repeat: 2,
      between: '10ms',
      talk: [
        {
          repeat: 3,
          steps: [
            { send: 'a', receive: { text: 'a' } },
            { send: 'b', when: { role: 'nobody' } },
          ],
        },
        { send: 'c', repeat: 2 },
      ],
    },
  ]
  await run({ port: server.port, steps })
  expect(server.handshakes.map(({ url }) => url)).toEqual(['/twice', '/twice'])
  expect(server.messages.join('')).toBe('aaaccaaacc')
  expect(server.closes).toEqual({ 1000: 2 })
})

test('a limit of connections counts conversations, and who finds none free waits and is dropped', async () => {
  await using server = await startTalkServer()
  const steps = [{ websocket: '/', talk: [{ think: '400ms' }] }]
  const load = { rate: '20/s', for: '1s' }
  const waiting = await run({ port: server.port, load, steps, more: { connections: { limit: 3 }, timeout: '300ms' } })
  expect(server.most).toBe(3)
  expect(waiting.health.connections).toMatchObject({ peak: 3, cap: 3 })
  expect(waiting.iterations.dropped).toBeGreaterThan(0)
  expect(waiting.iterations.planned).toBe(20)
})

test('each user of a closed load has room for its requests and its conversation', async () => {
  await using server = await startTalkServer()
  const steps = [{ get: '/' }, { websocket: '/', talk: [{ send: 'x', receive: { text: 'x' } }] }, { think: '50ms' }]
  const plan = planOf({ port: server.port, load: { users: 4, for: '500ms' }, steps })
  expect(plan.connections).toMatchObject({ use: 'per-user', limit: 8 })
  const [result] = await send(plan)
  expect(result!.iterations.failed + result!.iterations.dropped).toBe(0)
})

test('a run that is stopped closes every conversation, at whatever point it is', async () => {
  await using server = await startTalkServer({ onMessage: () => {} })
  const stop = new AbortController()
  const load = { users: 6, for: '2m' }
  const steps = [
    { steps: [{ websocket: '/think', talk: [{ think: '1m' }] }], chance: '1 in 2' },
    { websocket: '/wait', talk: [{ send: 'x', receive: { within: '60s' } }] },
  ]
  const going = run({ port: server.port, load, steps }, { signal: stop.signal })
  await until(() => server.open === 6)
  await sleep(100)
  const began = performance.now()
  stop.abort()
  const result = await going
  expect(performance.now() - began).toBeLessThan(2_000)
  expect(result.complete).toBe(false)
  await until(() => server.open === 0)
  expect(server.closes).toEqual({ 1001: 6 })
})

test('the end of the load cuts conversations short, and closes them', async () => {
  await using server = await startTalkServer()
  const steps = [{ websocket: '/', talk: [{ send: 'x', receive: { text: 'x' } }, { think: '1m' }] }]
  const result = await run({ port: server.port, load: { users: 3, for: '500ms' }, steps })
  expect(result.iterations).toMatchObject({ planned: 3, cut: 3 })
  await until(() => server.open === 0)
  expect(server.closes).toEqual({ 1001: 3 })
})

test('a conversation is kept through a pause that lasts longer than the load, and the load lasts as long', async () => {
  let lastClosed = 0
  await using server = await startTalkServer({
    onOpen: ({ socket }) => void socket.on('close', () => (lastClosed = performance.now())),
  })
  const began = performance.now()
  const steps = [{ websocket: '/', talk: [{ think: '10m' }] }]
  const result = await run({ port: server.port, load: { users: 3, for: '1500ms' }, steps })
  await until(() => server.open === 0)
  expect([server.handshakes.length, server.closes]).toEqual([3, { 1001: 3 }])
  expect(lastClosed - began).toBeGreaterThan(1_500)
  expect(result.iterations).toMatchObject({ planned: 3, cut: 3 })
  expect(result.active.at(-1)).toBeCloseTo(3, 0)
})

test('one that the target ends meanwhile is a failure of the step that would have come next', async () => {
  await using server = await startTalkServer({ onOpen: ({ socket }) => void setTimeout(() => socket.close(1012), 200) })
  const steps = [{ websocket: '/', talk: [{ think: '10m' }, { send: 'x' }] }]
  const result = await run({ port: server.port, load: { users: 3, for: '1s' }, steps })
  expect(result.steps[1]).toMatchObject({ sent: 3, failed: 3, causes: { 'conversation-closed': 3 } })
  expect(result.examples).toMatchObject([{ step: 1, cause: 'conversation-closed', detail: 'closed with 1012' }])
  expect(result.iterations.failed).toBe(3)
})

test('a step that fails ends its conversation', async () => {
  await using server = await startTalkServer()
  const talk = [{ send: '{"ok":false}', receive: { json: { '/ok': false } }, expect: { json: { '/ok': true } } }]
  const result = await run({ port: server.port, load: ONCE, steps: [{ websocket: '/', talk }, { get: '/' }] })
  expect(result.steps[1]).toMatchObject({ failed: 1, causes: { 'unexpected-answer': 1 } })
  expect(result.examples[0]!.detail).toBe('JSON "/ok" is false instead of true')
  expect(result.steps.map(({ sent }) => sent)).toEqual([1, 1, 0, 0])
  await until(() => server.open === 0)
  expect(server.closes).toEqual({ 1001: 1 })
})
