// Connections as the profile chooses them, seen from the server.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { Connections } from '../../../src/engine/http/connections.ts'
import { http1 } from '../../../src/engine/http/http1.ts'
import { runShard } from '../../../src/engine/run-shard.ts'
import { Histogram } from '../../../src/histogram.ts'
import { startCountingServer } from '../../support/counting-server.ts'
import { onePlan, requestStep } from '../../support/plans.ts'
import { serviceOf, unaccounted } from '../../support/shard-figures.ts'
import { answer, closedPort, selfSigned, startWireServer, type WireRequest } from '../../support/wire-server.ts'

interface Seen {
  readonly openedAt: number
  readonly requests: { readonly path: string; readonly at: number; readonly cookie: string | undefined }[]
  /** Whether the client has closed it. */
  ended: boolean
}

/** A server that remembers what came over which connection. */
async function startRecorder(
  onRequest: (request: WireRequest, seen: Seen) => void = ({ socket }) => void socket.write(answer()),
  tls?: { key: string; cert: string },
) {
  const connections: Seen[] = []
  const bySocket = new WeakMap<object, Seen>()
  const server = await startWireServer({
    ...(tls && { tls }),
    onConnection(socket) {
      const seen: Seen = { openedAt: performance.now(), requests: [], ended: false }
      connections.push(seen)
      bySocket.set(socket, seen)
      socket.on('end', () => {
        seen.ended = true
      })
    },
    onRequest(request) {
      const seen = bySocket.get(request.socket)!
      const [, path = ''] = request.head.split(' ')
      const [, cookie] = /^cookie: (.*)$/m.exec(request.head.replaceAll('\r', '')) ?? []
      seen.requests.push({ path, at: performance.now(), cookie })
      onRequest(request, seen)
    },
  })
  return {
    port: server.port,
    connections,
    /** Resolves when the server, too, has seen the end of all of them. */
    async allEnded() {
      const patience = AbortSignal.timeout(5_000)
      while (server.open > 0 && !patience.aborted) await nextTurn()
      expect([server.open, connections.filter(({ ended }) => !ended)]).toEqual([0, []])
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

async function run(options: Parameters<typeof onePlan>[0]) {
  const result = await runShard({ plan: onePlan(options), index: 0, count: 1 })
  expect(unaccounted(result)).toEqual([])
  return result
}

const A_AND_B = [requestStep({ path: ['/a'] }), requestStep({ path: ['/b'] })]
const pathsOf = ({ requests }: Seen) => requests.map(({ path }) => path)

test.each(['open', 'closed'] as const)(
  '%s model, per-iteration: each pass has one connection, and closes it at its end',
  async (model) => {
    // A connection is to have ended before the next but one is used: the next one's opening may overtake its end.
    const lingering: number[] = []
    await using server = await startRecorder(({ socket }, seen) => {
      const number = server.connections.indexOf(seen)
      if (model === 'closed' && number >= 2 && !server.connections[number - 2]!.ended) lingering.push(number - 2)
      socket.write(answer())
    })
    const level = model === 'open' ? 40 : 1
    const options = { port: server.port, model, level, seconds: 0.5, steps: A_AND_B }
    const { iterations, health } = await run({ ...options, connections: { use: 'per-iteration' } })
    await server.allEnded()
    expect(iterations).toMatchObject({ failed: 0, dropped: 0 })
    expect(iterations.started).toBeGreaterThanOrEqual(model === 'open' ? 20 : 5)
    expect(server.connections).toHaveLength(iterations.started)
    expect(health.connections.opened).toBe(iterations.started)
    // At the end of the run one may be cut between its two steps.
    const odd = server.connections.map(pathsOf).filter((paths) => paths.join() !== '/a,/b')
    expect(odd).toEqual(iterations.cut === 0 ? [] : [['/a']])
    expect(lingering).toEqual([])
  },
)

test('per-iteration: a pass that fails closes its connection, too', async () => {
  await using server = await startRecorder(
    ({ socket }) => void socket.write(answer('no', { status: '500 Internal Server Error' })),
  )
  const options = { port: server.port, level: 20, seconds: 0.5, steps: A_AND_B }
  const { iterations } = await run({ ...options, connections: { use: 'per-iteration' } })
  await server.allEnded()
  expect(iterations).toMatchObject({ started: 10, failed: 10 })
  expect(server.connections.map(pathsOf)).toEqual(Array.from({ length: 10 }, () => ['/a']))
})

test('maxRequests: no connection carries more, and all are used up that far', async () => {
  await using server = await startRecorder()
  const options = { port: server.port, model: 'closed', level: 1, seconds: 0.5, steps: [requestStep()] } as const
  const { steps, health } = await run({ ...options, connections: { use: 'shared', maxRequests: 7 } })
  await server.allEnded()
  const carried = server.connections.map(({ requests }) => requests.length)
  expect(carried.slice(0, -1)).toEqual(carried.slice(0, -1).map(() => 7))
  expect(carried.at(-1)).toBeLessThanOrEqual(7)
  expect(carried.reduce((sum, one) => sum + one, 0)).toBe(steps[0]!.sent)
  expect(steps[0]).toMatchObject({ failed: 0 })
  expect(health.connections.opened).toBe(carried.length)
  expect(carried.length).toBeGreaterThan(2)
})

test('maxRequests: a user’s own is replaced by another of its own', async () => {
  let users = 0
  await using server = await startRecorder(({ socket }, { requests }) => {
    const isNew = requests.at(-1)!.cookie === undefined
    socket.write(answer('ok', { headers: isNew ? `set-cookie: user=${users++}; path=/\r\n` : '' }))
  })
  const options = { port: server.port, model: 'closed', level: 3, seconds: 0.5, steps: [requestStep()] } as const
  const { steps } = await run({ ...options, connections: { maxRequests: 5 } })
  await server.allEnded()
  expect(steps[0]!.failed).toBe(0)
  expect(users).toBe(3)
  const shared = server.connections.filter(({ requests }) => {
    const cookies = new Set(requests.map(({ cookie }) => cookie))
    cookies.delete(undefined)
    return requests.length > 5 || requests.length === 0 || cookies.size > 1
  })
  expect(shared).toEqual([])
  expect(server.connections.filter(({ requests }) => requests.length < 5).length).toBeLessThanOrEqual(3)
})

test('maxAge: what is older carries nothing more, whether it was idle or in use', async () => {
  await using idle = await startRecorder()
  const rare = { port: idle.port, level: 2, seconds: 1.5, steps: [requestStep()] }
  const { steps, health } = await run({ ...rare, connections: { maxAge: 200 } })
  expect(steps[0]).toMatchObject({ sent: 3, failed: 0 })
  const used = idle.connections.filter(({ requests }) => requests.length > 0)
  expect(used.map(({ requests }) => requests.length)).toEqual([1, 1, 1])
  expect(health.connections.opened).toBe(idle.connections.length)
  await idle.allEnded()

  await using busy = await startRecorder()
  const often = { port: busy.port, model: 'closed', level: 2, seconds: 1.5, steps: [requestStep()] } as const
  const { steps: sent } = await run({ ...often, connections: { maxAge: 100 } })
  expect(sent[0]!.failed).toBe(0)
  await busy.allEnded()
  // Without a limit each would have carried all 1.5 s.
  const spans = busy.connections.map(({ openedAt, requests }) => (requests.at(-1)?.at ?? openedAt) - openedAt)
  expect(Math.max(...spans)).toBeLessThan(1_000)
  expect(spans.length).toBeGreaterThan(4)

  await using kept = await startRecorder()
  await run({ ...rare, port: kept.port, connections: { maxAge: 60_000 } })
  expect(kept.connections.map(({ requests }) => requests.length)).toEqual([3])
})

test('limit: many users share a few connections, one request at a time on each', async () => {
  let [underWay, most] = [0, 0]
  await using server = await startRecorder(({ socket }) => {
    most = Math.max(most, ++underWay)
    setTimeout(() => socket.write(answer(), () => underWay--), 5)
  })
  const options = { port: server.port, model: 'closed', level: 20, seconds: 0.5, steps: [requestStep()] } as const
  const { steps, health, iterations } = await run({ ...options, connections: { use: 'shared', limit: 3 } })
  await server.allEnded()
  expect(steps[0]!.failed).toBe(0)
  expect(iterations.started).toBeGreaterThan(20)
  expect(server.connections).toHaveLength(3)
  expect(most).toBe(3)
  expect(health.connections).toMatchObject({ opened: 3, peak: 3, cap: 3 })
})

test('verify: false takes a certificate that nobody vouches for, and what it measures is whole', async () => {
  await using server = await startRecorder(undefined, selfSigned())
  const target = `https://127.0.0.1:${server.port}`
  const options = { port: 0, target, level: 50, seconds: 0.5, steps: [requestStep()], timeout: 10_000 }
  const strict = await run(options)
  expect(strict.steps[0]).toMatchObject({ sent: 25, succeeded: 0, causes: { tls: 25 } })
  expect(server.connections.flatMap(pathsOf)).toEqual([])
  expect(Histogram.of(strict.health.connections.tls).count).toBe(0)
  const before = server.connections.length
  const lenient = await run({ ...options, connections: { verify: false } })
  expect(lenient.steps[0]).toMatchObject({ sent: 25, succeeded: 25, failed: 0 })
  const { opened, connect, tls } = lenient.health.connections
  expect(server.connections.length - before).toBe(opened)
  expect([Histogram.of(connect).count, Histogram.of(tls).count]).toEqual([opened, opened])
})

test('what opening took is measured of each connection that was opened, and of no other', async () => {
  await using server = await startRecorder()
  const steps = [requestStep()]
  const plain = await run({ port: server.port, level: 40, seconds: 0.5, steps, connections: { use: 'per-iteration' } })
  expect(plain.health.connections.opened).toBe(20)
  expect(Histogram.of(plain.health.connections.connect).count).toBe(20)
  expect(Histogram.of(plain.health.connections.tls).count).toBe(0)
  const dead = await run({ port: await closedPort(), level: 40, seconds: 0.5, steps })
  expect(dead.steps[0]!.causes).toEqual({ 'connection-refused': 20 })
  expect(Histogram.of(dead.health.connections.connect).count).toBe(0)
})

test.each([
  [100, 5],
  [3, 3],
])('open model: of %d connections at most, %d are there before the first arrival', async (limit, ahead) => {
  let there: number | undefined
  await using server = await startRecorder(({ socket }) => {
    there ??= server.connections.length
    socket.write(answer())
  })
  // 500/s of 10 ms each keep 5 busy.
  const options = { port: server.port, level: 500, seconds: 0.2, steps: [requestStep()] }
  const { steps, health } = await run({ ...options, connections: { limit } })
  await server.allEnded()
  expect(there).toBe(ahead)
  expect(steps[0]).toMatchObject({ sent: 100, succeeded: 100 })
  expect(server.connections.length).toBe(health.connections.opened)
  expect(server.connections.length).toBeLessThanOrEqual(limit)
})

test('connections that were opened ahead and never needed are no requests, and wait for nothing', async () => {
  await using server = await startRecorder()
  const curve = [
    { from: 1, to: 1, over: 600 },
    { from: 1_000, to: 1_000, over: 1 },
  ]
  const plan = { port: server.port, curve, steps: [requestStep()], timeout: 100 }
  const { steps, iterations } = await run(plan)
  await server.allEnded()
  // One that opens too slowly is opened again.
  expect(server.connections.length).toBeGreaterThanOrEqual(10)
  expect(steps[0]).toMatchObject({ failed: 0 })
  expect(iterations.dropped).toBe(0)
  expect(server.connections.flatMap(pathsOf)).toHaveLength(steps[0]!.sent)
})

test('however many are needed at once, ten are opened in a turn of the event loop', async () => {
  await using server = await startRecorder()
  const target = new URL(`http://127.0.0.1:${server.port}`)
  const options = {
    target,
    http: '1.1',
    verify: true,
    cap: 200,
    ahead: 35,
    maxAge: undefined,
    maxRequests: undefined,
    refuses: () => undefined,
  } as const
  const connections = new Connections(http1, { ...options, now: () => performance.now() })
  const openedBy = [connections.stats.opened]
  let answered = 0
  const request = { method: 'GET', path: '/', fields: '', body: '', wire: 'GET / HTTP/1.1\r\n\r\n', timeout: 5_000 }
  const receiver = { onAnswer: () => void answered++ }
  for (let n = 0; n < 100; n++) connections.send({ ...request, wants: { text: false, headers: false } }, receiver)
  openedBy.push(connections.stats.opened)
  while (answered < 100) {
    await nextTurn()
    openedBy.push(connections.stats.opened)
  }
  await connections.close()
  expect(openedBy.slice(0, 3)).toEqual([10, 10, 20])
  const steps = openedBy.slice(1).map((opened, n) => opened - openedBy[n]!)
  expect(Math.max(...steps)).toBe(10)
  // Nobody opens what has come free meanwhile.
  expect(openedBy.at(-1)).toBeLessThan(100)
  await server.allEnded()
})

const QUANTILES = Array.from({ length: 101 }, (_, percent) => percent / 100)

test('the first byte comes no later than the last, and long before a body that takes its time', async () => {
  let n = 0
  await using server = await startRecorder(({ socket }) => {
    const late = n++ % 7
    setTimeout(() => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no')
      setTimeout(() => socket.write('k'), late)
    }, late)
  })
  const mixed = await run({ port: server.port, level: 200, seconds: 0.5, steps: [requestStep()] })
  const first = Histogram.of(mixed.steps[0]!.firstByte)
  const service = serviceOf(mixed)
  expect([first.count, service.count]).toEqual([100, 100])
  expect(QUANTILES.filter((q) => first.quantile(q)! > service.quantile(q)!)).toEqual([])

  await using slow = await startRecorder(({ socket }) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n')
    setTimeout(() => socket.write('ok'), 500)
  })
  const { steps } = await run({ port: slow.port, level: 20, seconds: 0.5, steps: [requestStep()] })
  expect(steps[0]!.succeeded).toBe(10)
  expect(Histogram.of(steps[0]!.firstByte).max).toBeLessThan(Histogram.of(steps[0]!.service).min / 2)
})

test('a target that is gone is not asked for connections that nobody needs', async () => {
  const { steps, health } = await run({ port: await closedPort(), level: 500, seconds: 0.4, steps: [requestStep()] })
  expect(steps[0]).toMatchObject({ sent: 200, causes: { 'connection-refused': 200 } })
  // One for each request, and five ahead.
  expect(health.connections.opened).toBeLessThanOrEqual(205)
})

test('who shares connections stands in line: nobody keeps one by asking again at once', async () => {
  const asked = new Map<string, number>()
  await using server = await startCountingServer(({ url = '' }, response) => {
    asked.set(url, (asked.get(url) ?? 0) + 1)
    setTimeout(() => response.end('ok'), 2)
  })
  const table = { columns: ['id'], rows: Array.from({ length: 20 }, (_, id) => [String(id)]), pick: 'unique' } as const
  const path = ['/', { encode: 'url', value: { kind: 'data', source: 'users', column: 'id' } }] as const
  const { steps } = await run({
    port: server.port,
    model: 'closed',
    level: 20,
    seconds: 1,
    connections: { use: 'shared', limit: 2 },
    data: { users: table },
    steps: [requestStep({ path })],
  })
  expect(steps[0]).toMatchObject({ failed: 0 })
  const counts = [...asked.values()]
  expect(counts).toHaveLength(20)
  expect(Math.max(...counts)).toBeLessThanOrEqual(2 * Math.min(...counts))
})
