// Conversations go where requests may go, with the same certificates, beside either version of HTTP.
import { once } from 'node:events'
import { createSecureServer, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { type PeerCertificate, TLSSocket } from 'node:tls'
import { expect, test } from '@jest/globals'
import { WebSocketServer } from 'ws'
import { type AllowedTargets, readListedTarget } from '../../../src/allowed-targets.ts'
import type { Connection } from '../../../src/engine/http/connection.ts'
import { Conversations } from '../../../src/engine/http/conversations.ts'
import { http1 } from '../../../src/engine/http/http1.ts'
import { http2 } from '../../../src/engine/http/http2.ts'
import type { Answer, TransportOptions } from '../../../src/engine/http/transport.ts'
import { runShard } from '../../../src/engine/run-shard.ts'
import { Histogram } from '../../../src/histogram.ts'
import type { LoadPlan, PlannedConnections } from '../../../src/plan/plan.ts'
import { issue } from '../../support/authority.ts'
import { startRawWebSocket } from '../../support/raw-websocket.ts'
import { unaccounted } from '../../support/shard-figures.ts'
import { startTalkServer } from '../../support/talk-server.ts'
import { setTrap } from '../../support/trap.ts'
import { until } from '../../support/until.ts'
import { answer, startWireServer } from '../../support/wire-server.ts'
import { ONCE, planOf } from './profiles.ts'

const TALK = [{ send: 'x', receive: { text: 'x' } }]
const STEPS = [{ get: '/' }, { websocket: '/talk', talk: TALK }]
const LOAD = { rate: '20/s', for: '200ms' }

interface To extends Partial<Pick<LoadPlan, 'tls' | 'allowed'>> {
  readonly target: string
  readonly connections?: Partial<PlannedConnections>
  readonly load?: object
}

async function sendTo(
  { target, connections, load = LOAD, ...more }: To,
  ports: Parameters<typeof runShard>[2] = {},
  steps: readonly object[] = STEPS,
) {
  const plan = planOf({ port: 1, steps, load })
  const changed = { ...plan, target, connections: { ...plan.connections, ...connections }, ...more }
  const result = await runShard({ plan: changed, index: 0, count: 1 }, {}, ports)
  expect(unaccounted(result)).toEqual([])
  return result
}

// --- TLS ------------------------------------------------------------------------------------------------------------------

const ours = issue()
const theirs = issue()

test('an own authority vouches for the target; without it, or by another, nobody does', async () => {
  await using server = await startTalkServer({ tls: ours.server })
  const target = `https://127.0.0.1:${server.port}`
  const steps = STEPS.slice(1)
  const sent = (ca?: string) => sendTo({ target, ...(ca && { tls: { ca } }) }, {}, steps)
  expect((await sent(ours.ca)).steps.map(({ succeeded }) => succeeded)).toEqual([4, 4, 4])
  const { health } = await sent(ours.ca)
  expect(Histogram.of(health.connections.tls).count).toBe(4)
  expect((await sent()).steps[0]).toMatchObject({ failed: 4, causes: { tls: 4 } })
  expect((await sent(theirs.ca)).steps[0]).toMatchObject({ failed: 4, causes: { tls: 4 } })
  const unchecked = await sendTo({ target, connections: { verify: false } }, {}, steps)
  expect(unchecked.steps.map(({ succeeded }) => succeeded)).toEqual([4, 4, 4])
})

test('a client certificate is shown', async () => {
  const clients = new Set<PeerCertificate['subject']['CN']>()
  await using server = await startTalkServer({
    tls: { ...ours.server, ca: ours.ca, requestCert: true, rejectUnauthorized: true },
    onOpen: ({ request: { socket } }) => {
      if (socket instanceof TLSSocket) clients.add(socket.getPeerCertificate().subject.CN)
    },
  })
  process.env.TALK_KEY = ours.client.key
  const tls = { ca: ours.ca, certificate: ours.client.cert, key: 'TALK_KEY' }
  const { steps } = await sendTo({ target: `https://127.0.0.1:${server.port}`, tls }, {}, STEPS.slice(1))
  delete process.env.TALK_KEY
  expect(steps.map(({ succeeded }) => succeeded)).toEqual([4, 4, 4])
  expect([...clients]).toEqual(['loadgate'])
})

test('beside requests of HTTP/2 a conversation is of HTTP/1.1, over a connection of its own', async () => {
  const versions = new Set<string>()
  const server = createSecureServer({ ...ours.server, allowHTTP1: true }, (request, response) => {
    versions.add(request.httpVersion)
    response.end('ok')
  })
  const talk = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    versions.add(`upgraded ${request.httpVersion}`)
    talk.handleUpgrade(request, socket, head, (one) => one.on('message', (data) => one.send(String(data))))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const target = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { steps, health } = await sendTo({ target, tls: { ca: ours.ca }, connections: { http: '2', limit: 5 } })
  expect(steps.map(({ succeeded }) => succeeded)).toEqual([4, 4, 4, 4])
  expect([...versions].sort()).toEqual(['2.0', 'upgraded 1.1'])
  expect(health.connections.peak).toBeLessThanOrEqual(5)
  await until(() => talk.clients.size === 0)
  await new Promise((resolve) => server.close(resolve))
})

test.each(['1.1', '2'] as const)(
  'beside HTTP/%s the limit holds for what is really open, also where a target answers neither messages nor closes',
  async (http) => {
    let most = 0
    await using server = await startRawWebSocket(() => {
      most = Math.max(most, server.open)
    })
    const stalled = [{ websocket: '/', talk: [{ send: 'x', receive: { within: '200ms' } }] }]
    const plan = planOf({ port: server.port, steps: stalled, load: { rate: '20/s', for: '1500ms' } })
    const connections = { ...plan.connections, limit: 4, http }
    const result = await runShard({ plan: { ...plan, connections }, index: 0, count: 1 })
    expect(unaccounted(result)).toEqual([])
    expect(result.health.connections.peak).toBe(4)
    // The end of one may be noticed after the beginning of the next.
    expect(most).toBeLessThanOrEqual(5)
    // Who waits is served as soon as one is closed: four in 700 ms each.
    expect(server.connections).toBeGreaterThanOrEqual(12)
  },
)

test('of the idle connections of HTTP/2 one is given up for one conversation that needs room', async () => {
  const server = createSecureServer({ ...ours.server, allowHTTP1: true })
  let [opened, closed] = [0, 0]
  server.on('session', (session) => {
    opened++
    session.on('close', () => closed++)
  })
  // Answered together, so that they fill four connections.
  const streams: ServerHttp2Stream[] = []
  server.on('stream', (stream) => {
    if (streams.push(stream) === 400) for (const one of streams) one.respond({ ':status': 204 }, { endStream: true })
  })
  const talk = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => talk.handleUpgrade(request, socket, head, () => {}))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const transport = new Conversations(http2(), {
    ...{ target: new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`), http: '2', verify: false },
    ...{ cap: 4, ahead: 0, maxAge: undefined, maxRequests: undefined },
    ...{ now: () => performance.now(), refuses: () => undefined },
  })
  const { promise: answered, resolve } = Promise.withResolvers<Answer>()
  const wants = { text: false, headers: false }
  const request = { method: 'GET', path: '/', fields: '', body: '', wire: '', timeout: 5_000, wants }
  const first = Array.from({ length: 400 }, () => {
    return new Promise<Answer>((onAnswer) => transport.send(request, { onAnswer }))
  })
  await Promise.all(first)
  expect(opened).toBe(4)
  transport.send({ ...request, talk: { does: 'open', keeps: false } }, { onAnswer: resolve })
  // Whatever happens meanwhile makes the pool look once more.
  for (let turn = 0; turn < 5; turn++) transport.onClosed({} as Connection)
  expect(await answered).toMatchObject({ cause: undefined, status: 101 })
  expect(transport.stats).toMatchObject({ opened: 5, peak: 4 })
  expect(closed).toBe(1)
  await transport.close()
  await new Promise((done) => server.close(done))
})

// --- where they go --------------------------------------------------------------------------------------------------------

test('a handshake that is sent elsewhere is not', async () => {
  await using trap = await setTrap('127.0.0.2')
  await using twin = await setTrap('127.0.0.1', trap.port)
  const locations = [
    `ws://127.0.0.2:${trap.port}/`,
    `http://127.0.0.2:${trap.port}/`,
    `//127.0.0.1:${trap.port}/`,
    '/elsewhere',
  ]
  for (const location of locations) {
    let asked = 0
    await using server = await startWireServer({
      onRequest({ socket }) {
        asked++
        socket.write(answer('', { status: '302 Found', headers: `location: ${location}\r\n` }))
      },
    })
    const plan = planOf({ port: server.port, load: LOAD, steps: STEPS.slice(1), more: { redirects: 'follow' } })
    const { steps } = await runShard({ plan, index: 0, count: 1 })
    expect(steps[0]).toMatchObject({ failed: 4, causes: { 'unexpected-status': 4 }, statuses: { 302: 4 } })
    expect(asked).toBe(4)
  }
  expect([trap.connections, twin.connections]).toEqual([0, 0])
})

const allowed: AllowedTargets = { written: ['shop.example'], listed: [readListedTarget('127.0.0.1/32')!] }

test.each([
  ['where it may', '127.0.0.1', 4],
  ['to another address of this machine', '127.0.0.2', 0],
  ['to the cloud', '169.254.169.254', 0],
  ['to that in another spelling', '::ffff:169.254.169.254', 0],
])('a name that leads %s', async (_, address, expected) => {
  await using server = await startTalkServer()
  await using trap = await setTrap('127.0.0.2', server.port)
  const resolve = async () => [{ address, family: address.includes(':') ? 6 : 4 }]
  const openTransport = (options: TransportOptions) => new Conversations(http1, { ...options, resolve })
  const { steps } = await sendTo(
    { target: `http://shop.example:${server.port}`, allowed },
    { openTransport },
    STEPS.slice(1),
  )
  expect(steps[0]!.succeeded).toBe(expected)
  if (expected === 0) expect(steps[0]!.causes).toEqual({ 'address-not-allowed': 4 })
  expect([server.handshakes.length, trap.connections]).toEqual([expected, 0])
})

test('an address that is written is looked at before it is connected to', async () => {
  const nothing = { written: [], listed: [] }
  const { steps, health } = await sendTo({ target: 'http://169.254.169.254', allowed: nothing }, {}, STEPS.slice(1))
  expect(steps[0]!.causes).toEqual({ 'address-not-allowed': 4 })
  expect(Histogram.of(health.connections.connect).count).toBe(0)
})

test('the address is looked at once more at the socket, before a byte goes over it', async () => {
  await using trap = await setTrap('127.0.0.1')
  let looked = 0
  const openTransport = (options: TransportOptions) =>
    new Conversations(http1, { ...options, refuses: () => (looked++ === 0 ? undefined : 'it has moved') })
  const target = `http://127.0.0.1:${trap.port}`
  const { steps } = await sendTo({ target, load: ONCE }, { openTransport }, STEPS.slice(1))
  expect([steps[0]!.causes, looked]).toEqual([{ 'address-not-allowed': 1 }, 2])
  expect(trap.bytes).toBe(0)
})
