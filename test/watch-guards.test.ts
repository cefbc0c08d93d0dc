// Guards against real little servers; the pauses between their requests are the test's own.
import { createServer as createTls } from 'node:https'
import { expect, test } from '@jest/globals'
import { readListedTarget } from '../src/allowed-targets.ts'
import type { GuardTrip } from '../src/compare/ended-by-guard.ts'
import { openProbe, type ProbeOptions } from '../src/engine/probe.ts'
import type { Expect, Guard } from '../src/profile/profile.ts'
import type { Ms } from '../src/units.ts'
import { watchGuards } from '../src/watch-guards.ts'
import { type CountingServer, startCountingServer } from './support/counting-server.ts'
import { setTrap } from './support/trap.ts'
import { until } from './support/until.ts'
import { closedPort, selfSigned } from './support/wire-server.ts'

const ANY: Expect = { status: [{ from: 200, to: 399 }], json: [], headers: [], body: undefined }
const allowed = { written: [], listed: [] }
const agent = 'loadgate/test (guard)'

function guard(port: number, changes: Partial<Guard> = {}): Guard {
  const url = changes.url ?? `http://127.0.0.1:${port}/health`
  const written = { host: undefined, place: { file: 'loadgate.yml', line: 1, column: 1 } }
  return { name: url, url, written, every: 1_000, within: 5_000, failures: 3, expect: ANY, ...changes }
}

/** Pauses that end when they are told to, and how long they would have been. */
function pauses() {
  const asked: Ms[] = []
  const waiting: (() => void)[] = []
  return {
    asked,
    wait: (ms: Ms, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        asked.push(ms)
        waiting.push(resolve)
        signal.addEventListener('abort', () => resolve(), { once: true })
      }),
    /** Ends the next one, which has begun by then. */
    async next() {
      await until(() => waiting.length > 0)
      waiting.shift()!()
    },
  }
}

function said() {
  const lines: string[] = []
  return { lines, info: (line: string) => void lines.push(line), warning: (line: string) => void lines.push(line) }
}

async function watching(guards: readonly Guard[]) {
  const clock = pauses()
  const output = said()
  const signal = new AbortController().signal
  const watch = await watchGuards(guards, { allowed, agent }, { output, signal, wait: clock.wait })
  return { watch, clock, output }
}

/** Answers with these statuses one after the other, with the last for ever. */
const answering = (...statuses: number[]) =>
  startCountingServer(
    (_, response, n) => void response.writeHead(statuses[Math.min(n, statuses.length - 1)]!).end('ok'),
  )

test('a guard that stays up is asked again and again, and nothing happens', async () => {
  await using server = await answering(200)
  const { watch, clock, output } = await watching([guard(server.port, { every: 5_000 })])
  for (let n = 2; n <= 6; n++) {
    await clock.next()
    await until(() => server.requests.length === n)
  }
  await watch[Symbol.asyncDispose]()
  expect([watch.enough.aborted, watch.trip()]).toEqual([false, undefined])
  expect(server.requests.map(({ method, url, headers }) => [method, url, headers['user-agent']])).toEqual(
    Array(6).fill(['GET', '/health', agent]),
  )
  // A connection of its own each time, and the time that an answer took is part of the pause.
  expect(server.connections).toBe(6)
  for (const pause of clock.asked) expect(pause > 1_000 && pause <= 5_000).toBe(true)
  expect(output.lines).toEqual([expect.stringMatching(/^Watching 1 guard: http/)])
})

test('as many failures in a row as it may have end the load, at once; those before a success do not count', async () => {
  await using server = await answering(200, 500, 500, 200, 503, 200, 500, 503, 500)
  const { watch, clock, output } = await watching([guard(server.port, { name: 'neighbour', failures: 3 })])
  const tripped = new Promise<GuardTrip | undefined>((resolve) => {
    watch.enough.addEventListener('abort', () => resolve(watch.trip()))
  })
  for (let n = 0; n < 8; n++) {
    expect(watch.enough.aborted).toBe(false)
    await clock.next()
    await until(() => server.requests.length === n + 2)
  }
  const trip = await tripped
  expect(trip).toMatchObject({ name: 'neighbour', url: `http://127.0.0.1:${server.port}/health` })
  expect(trip?.failures).toEqual([
    expect.stringMatching(/^status 500 instead of 200–399 after .* ms$/),
    expect.stringMatching(/^status 503 /),
    expect.stringMatching(/^status 500 /),
  ])
  expect(output.lines.at(-1)).toMatch(/^The guard "neighbour" ends the load: 3 failures in a row \(status 500/)
  await watch[Symbol.asyncDispose]()
  expect(server.requests.length).toBe(9)
})

test('the first guard that fails ends it; all stop asking then', async () => {
  await using up = await answering(200)
  await using down = await answering(200, 500)
  const { watch, clock } = await watching([guard(up.port), guard(down.port, { name: 'down', failures: 1 })])
  await clock.next()
  await clock.next()
  await until(() => watch.enough.aborted)
  await watch[Symbol.asyncDispose]()
  expect(watch.trip()?.name).toBe('down')
  expect(up.requests.length).toBeLessThanOrEqual(2)
})

test.each<[what: string, open: () => Promise<CountingServer>, changes: Partial<Guard>, says: RegExp]>([
  [
    'answers with errors',
    () => answering(500),
    {},
    /status 500 instead of 200–399 after .*; status 500 .*; status 500/,
  ],
  ['answers something else', () => answering(200), { expect: { ...ANY, body: 'fine' } }, /the body has no "fine"/],
  [
    'is too slow',
    () => startCountingServer(() => {}),
    { within: 30, failures: 2 },
    /no answer within 30 ms after .*; no answer/,
  ],
  [
    'answers without end',
    () => startCountingServer((_, response) => void response.end('x'.repeat(300_000))),
    { failures: 1 },
    /an answer of more than 262/,
  ],
  [
    'closes its connections',
    () => startCountingServer((_, response) => void response.socket?.destroy()),
    {},
    /connection-(closed|reset)/,
  ],
])('a guard that %s before the load: there is none', async (_, open, changes, says) => {
  await using server = await open()
  const { failures = 3 } = changes
  const waits: Ms[] = []
  const wait = async (ms: Ms) => void waits.push(ms)
  const doors = { output: said(), signal: new AbortController().signal, wait }
  const watch = watchGuards([guard(server.port, { name: 'n', ...changes })], { allowed, agent }, doors)
  await expect(watch).rejects.toMatchObject({
    kind: 'target',
    message: expect.stringMatching(
      new RegExp(`^The guard "n" is down before the load, which is not sent: .*${says.source}`),
    ),
  })
  expect(server.requests.length).toBe(failures)
  // Never more often than once a second.
  expect(waits).toEqual(Array(failures - 1).fill(1_000))
})

test('a guard that nobody answers for, and one that is up after all', async () => {
  const doors = { output: said(), signal: new AbortController().signal, wait: async () => {} }
  const nobody = watchGuards([guard(await closedPort(), { failures: 2 })], { allowed, agent }, doors)
  await expect(nobody).rejects.toThrow(/connection-refused after .*; connection-refused/)
  await using late = await answering(503, 503, 200)
  const clock = pauses()
  const up = watchGuards([guard(late.port)], { allowed, agent }, { ...doors, wait: clock.wait })
  await clock.next()
  await clock.next()
  const watch = await up
  await watch[Symbol.asyncDispose]()
  expect(watch.trip()).toBeUndefined()
})

test('who gives up while guards are asked is not told that they are down', async () => {
  await using server = await startCountingServer(() => {})
  const stop = new AbortController()
  const watch = watchGuards([guard(server.port)], { allowed, agent }, { output: said(), signal: stop.signal })
  await until(() => server.requests.length === 1)
  stop.abort(new Error('given up'))
  await expect(watch).rejects.toThrow('given up')
})

test('without guards nothing is asked and nothing waits', async () => {
  const { watch, output } = await watching([])
  expect([watch.enough.aborted, watch.trip(), output.lines]).toEqual([false, undefined, []])
  await watch[Symbol.asyncDispose]()
})

// --- one request --------------------------------------------------------------------------------------------------------

const options = (url: string, more: Partial<ProbeOptions> = {}): ProbeOptions => ({
  ...{ url, within: 5_000, expect: ANY, agent, refuses: () => undefined },
  ...more,
})
const never = new AbortController().signal

test('a guard is asked nowhere but where it may be', async () => {
  await using trap = await setTrap('127.0.0.2')
  const url = `http://status.example:${trap.port}/`
  const resolve = async () => [{ address: '127.0.0.2', family: 4 }]
  const refuses = (address: string) => (address === '127.0.0.2' ? 'it is elsewhere' : undefined)
  const byName = openProbe(options(url, { resolve, refuses }))
  expect((await byName(never)).failure).toBe('it is elsewhere')
  const byAddress = openProbe(options(`http://127.0.0.2:${trap.port}/`, { refuses }))
  expect((await byAddress(never)).failure).toBe('it is elsewhere')
  expect(trap.connections).toBe(0)
  let looks = 0
  const later = openProbe(options(url, { resolve, refuses: () => (looks++ === 0 ? undefined : 'it has moved') }))
  expect([(await later(never)).failure, trap.bytes]).toEqual(['it has moved', 0])
})

test('an answer that leads elsewhere is an answer, and is not followed', async () => {
  await using trap = await setTrap('127.0.0.2')
  const location = `http://127.0.0.2:${trap.port}/`
  await using server = await startCountingServer((_, response) => void response.writeHead(302, { location }).end())
  const probe = openProbe(options(`http://127.0.0.1:${server.port}/`))
  expect((await probe(never)).failure).toBeUndefined()
  expect([server.requests.length, trap.connections]).toEqual([1, 0])
})

test('a certificate must be valid', async () => {
  const server = createTls(selfSigned(), (_, response) => void response.end('ok'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const probe = openProbe(options(`https://127.0.0.1:${port}/`))
  expect((await probe(never)).failure).toBe('tls')
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

test('an address on the list is asked by its name', async () => {
  await using server = await startCountingServer((_, response) => void response.end('{"state":"up"}'))
  const listed = [readListedTarget('127.0.0.1/32')!]
  const expectation = { ...ANY, json: [{ pointer: '/state', value: 'up' }] }
  const one = guard(server.port, { expect: expectation })
  const doors = { output: said(), signal: never, wait: pauses().wait }
  const watch = await watchGuards([one], { allowed: { written: [], listed }, agent }, doors)
  await watch[Symbol.asyncDispose]()
  expect(server.requests.map(({ headers }) => headers.host)).toEqual([`127.0.0.1:${server.port}`])
})
