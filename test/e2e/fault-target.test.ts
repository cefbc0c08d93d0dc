// What a target can do wrong, and what the built command line makes of it: a cause with a name, the right exit code, no
// crash and no hang. Every cause itself is tested at the engine; here each kind goes all the way to the report.
import type { Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { Cause } from '../../src/engine/shard-result.ts'
import type { Ms } from '../../src/units.ts'
import { startCountingServer } from '../support/counting-server.ts'
import {
  causesOf,
  defectsOf,
  type GateRun,
  gate,
  gateOnce,
  reported,
  type Workspace,
  workspace,
} from '../support/run-cli.ts'
import { answer, closedPort, selfSigned, startWireServer, type WireRequest } from '../support/wire-server.ts'

let place: Workspace
beforeEach(() => {
  place = workspace()
})
afterEach(() => place[Symbol.dispose]())

const REQUESTS = 25
function profile(target: string, more: object = {}) {
  const scenarios = [{ name: 'only', steps: [{ get: '/' }] }]
  return { name: 'faults', target, timeout: '800ms', load: { rate: '50/s', for: '500ms' }, scenarios, ...more }
}

/** All requests have ended with this cause or well, and are accounted for. */
function expectCause(run: GateRun, cause: Cause, failed: number): void {
  const { result } = reported(run)
  expect([causesOf(run), run.signal]).toEqual([{ [cause]: failed }, null])
  expect(result.steps).toMatchObject([{ sent: REQUESTS, failed, succeeded: REQUESTS - failed }])
  expect(result.iterations).toMatchObject({ planned: REQUESTS, dropped: 0, failed })
}

const say = (text: string, then: (socket: Socket) => void) => (request: WireRequest) => {
  request.socket.write(text, 'latin1', () => setTimeout(() => then(request.socket), 10))
}
const write = (text: string) => (request: WireRequest) => void request.socket.write(text, 'latin1')
const reset = (socket: Socket) => void socket.resetAndDestroy()
const close = (socket: Socket) => void socket.destroy()
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

// What counts as late is measured against the usual answer: one that takes its time keeps a noisy machine out of the test.
const WELL: Ms = 120
const answerWell = ({ socket }: WireRequest) => void setTimeout(() => socket.write(answer()), WELL)

const HEAD = 'HTTP/1.1 200 OK\r\n'

test.each<readonly [fault: string, cause: Cause, answer: (request: WireRequest) => void]>([
  ['resets before the answer', 'connection-reset', ({ socket }) => reset(socket)],
  ['resets within the body', 'connection-reset', say(`${HEAD}content-length: 9\r\n\r\nhalf`, reset)],
  ['closes within the body', 'connection-closed', say(`${HEAD}content-length: 9\r\n\r\nhalf`, close)],
  ['stalls before the headers', 'timeout', () => {}],
  ['stalls within the body', 'timeout', write(`${HEAD}content-length: 9\r\n\r\nhalf`)],
  ['talks another protocol', 'malformed-answer', write('SSH-2.0-OpenSSH_9.2\r\n')],
  ['has a bad chunk', 'malformed-answer', write(`${HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n`)],
  ['sends headers without end', 'headers-too-large', endlessly(HEAD, `x: ${'y'.repeat(1_000)}\r\n`)],
  ['answers with an error', 'unexpected-status', write(answer('no', { status: '503 Service Unavailable' }))],
])(
  'a target that now and then %s: %s',
  async (_, cause, fault) => {
    let n = 0
    await using server = await startWireServer({
      onRequest: (request) => (n++ % 2 === 0 ? fault(request) : answerWell(request)),
    })
    const run = await gate(profile(`http://127.0.0.1:${server.port}`), {
      cwd: place.path,
      meanwhile: async () => {
        n = 0
      },
    })
    expectCause(run, cause, 13)
    expect([run.exitCode, defectsOf(run), reported(run).verdict.outcome]).toEqual([1, [], 'fail'])
    expect(reported(run).verdict.reason).toBe('errors are 52 %, above the limit of 1 %.')
    expect(run.stdout).toContain('52 %')
  },
  90_000,
)

test('a body without end is cut at the timeout', async () => {
  await using server = await startWireServer({
    onRequest: endlessly(`${HEAD}transfer-encoding: chunked\r\n\r\n`, `10000\r\n${'x'.repeat(65_536)}\r\n`),
  })
  const load = { rate: '4/s', for: '500ms' }
  const run = await gateOnce(profile(`http://127.0.0.1:${server.port}`, { load }), { cwd: place.path })
  // Which of the two bounds comes first depends on the machine: 800 ms, or 64 MiB.
  const causes: number = Object.entries(causesOf(run))
    .filter(([cause]) => cause === 'timeout' || cause === 'body-too-large')
    .reduce((sum, [, count]) => sum + count, 0)
  expect([causes, reported(run).result.steps[0]?.sent]).toEqual([2, 2])
  expect([1, 4]).toContain(run.exitCode)
}, 60_000)

test.each<readonly [what: string, cause: Cause, target: () => string | Promise<string>]>([
  ['refuses connections', 'connection-refused', async () => `http://127.0.0.1:${await closedPort()}`],
  ['has a name that nobody knows', 'unresolved-host', () => 'http://nothing.invalid'],
])(
  'a target that %s was never reached',
  async (_, cause, target) => {
    const run = await gateOnce(profile(await target(), { timeout: '5s' }), { cwd: place.path })
    expectCause(run, cause, REQUESTS)
    expect([run.exitCode, reported(run).verdict.outcome]).toEqual([4, 'invalid'])
    expect(defectsOf(run)).toContain('target-unreached')
  },
  60_000,
)

test('so was one whose certificate nobody vouches for, though its port is open', async () => {
  await using server = await startWireServer({ tls: selfSigned(), onRequest: write(answer()) })
  const run = await gateOnce(profile(`https://localhost:${server.port}`, { timeout: '5s' }), { cwd: place.path })
  expectCause(run, 'tls', REQUESTS)
  expect([run.exitCode, server.requests]).toEqual([4, 0])
  expect(defectsOf(run)).toContain('target-unreached')
}, 60_000)

test('a server that closes kept connections between requests makes no errors', async () => {
  // It does so without a word, as soon as it has answered or a little later: also when the next request is on its way.
  await using server = await startWireServer({
    onRequest: (request) => {
      answerWell(request)
      setTimeout(() => request.socket.end(), WELL + (request.nth === 0 ? 30 : 1))
    },
  })
  const load = { rate: '100/s', for: '1s' }
  const budgets = ['errors < 5 %', 'p95 < 10 s']
  const run = await gate(profile(`http://127.0.0.1:${server.port}`, { load, budgets, timeout: '5s' }), {
    cwd: place.path,
  })
  const { result, verdict } = reported(run)
  expect(result.steps).toMatchObject([{ sent: 100, succeeded: 100, failed: 0 }])
  expect([run.exitCode, verdict.outcome, causesOf(run)]).toEqual([0, 'pass', {}])
  expect(result.health.connections.opened).toBeGreaterThan(10)
}, 90_000)

test('a target that dies in the middle of the run: the rest fails, and so does the gate', async () => {
  await using server = await startCountingServer()
  const load = { rate: '100/s', for: '1s' }
  const run = await gateOnce(profile(`http://127.0.0.1:${server.port}`, { load, timeout: '5s' }), {
    cwd: place.path,
    meanwhile: async () => {
      while (server.requests.length < 30) await new Promise((resolve) => setTimeout(resolve, 5))
      await server[Symbol.asyncDispose]()
    },
  })
  const { result } = reported(run)
  const step = result.steps[0]!
  expect(step.sent).toBe(100)
  expect(step.succeeded).toBeGreaterThanOrEqual(28)
  expect(step.succeeded).toBeLessThan(100)
  expect(causesOf(run)['connection-refused']).toBeGreaterThan(10)
  // It was reached, so this is its failure; only a starved generator could make more of it.
  expect(defectsOf(run).filter((code) => !code.startsWith('generator'))).toEqual([])
  expect([1, 4]).toContain(run.exitCode)
}, 60_000)
