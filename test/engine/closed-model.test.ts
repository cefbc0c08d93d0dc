import { expect, test } from '@jest/globals'
import { runShard } from '../../src/engine/run-shard.ts'
import { startCountingServer } from '../support/counting-server.ts'
import { onePlan, requestStep, think } from '../support/plans.ts'
import { quantile, responseOf, unaccounted } from '../support/shard-figures.ts'

const whole = { index: 0, count: 1 }

test('the engine counts what the server counts', async () => {
  await using server = await startCountingServer()
  const plan = onePlan({
    port: server.port,
    model: 'closed',
    level: 8,
    seconds: 1,
    warmUp: 0.3,
    steps: [requestStep()],
  })
  const result = await runShard({ plan, ...whole })
  expect(result.steps[0]!.sent + result.warmUp.sent).toBe(server.requests.length)
  expect(result.steps[0]!.sent).toBeGreaterThan(100)
  expect(result.health.connections).toMatchObject({ opened: 8, peak: 8, cap: 8 })
  expect(server.connections).toBe(8)
  expect(unaccounted(result)).toEqual([])
  expect(result.complete).toBe(true)
  // All of them are at work from the beginning to the end, whatever comes between two requests.
  expect(result.active).toHaveLength(1)
  expect(result.active[0]).toBeCloseTo(8, 1)
})

test('with answers that fail the counts are the same', async () => {
  await using server = await startCountingServer((_, response, n) => {
    if (n % 7 === 3) response.socket?.resetAndDestroy()
    else if (n % 7 === 5) response.writeHead(503).end()
    else setTimeout(() => response.end('ok'), 2)
  })
  const plan = onePlan({ port: server.port, model: 'closed', level: 5, seconds: 0.7, steps: [requestStep()] })
  const result = await runShard({ plan, ...whole })
  const [step] = result.steps
  const seen = server.requests.length
  expect(step!.sent).toBe(seen)
  // The n-th request of the server's count, from 0: 3, 10, 17 … were reset and 5, 12, 19 … refused.
  const hits = (rest: number) => Math.max(0, Math.ceil((seen - rest) / 7))
  expect(step!.causes).toEqual({ 'connection-reset': hits(3), 'unexpected-status': hits(5) })
  expect(result.iterations.failed).toBe(step!.failed)
  expect(unaccounted(result)).toEqual([])
})

test('a user begins its next iteration when the one before has ended', async () => {
  await using server = await startCountingServer((_, response) => void setTimeout(() => response.end(), 100))
  const steps = [requestStep(), think(100)]
  const plan = onePlan({ port: server.port, model: 'closed', level: 1, seconds: 1, steps })
  const result = await runShard({ plan, ...whole })
  // One every 200 ms, and a little later each time.
  expect(server.requests.length).toBeGreaterThanOrEqual(3)
  expect(server.requests.length).toBeLessThanOrEqual(5)
  expect(result.iterations.finished).toBe(server.requests.length)
  for (const [n, { at }] of server.requests.entries())
    if (n > 0) expect(at - server.requests[n - 1]!.at).toBeGreaterThanOrEqual(199)
  expect(quantile(responseOf(result), 0.5)).toBeLessThan(190)
})

test('users come and go with the level, and leave between two steps', async () => {
  await using server = await startCountingServer()
  const user = { encode: 'none', value: { kind: 'data', source: 'users', column: 'id' } } as const
  const plan = onePlan({
    port: server.port,
    model: 'closed',
    connections: { limit: 3 },
    curve: [
      { from: 1, to: 1, over: 300 },
      { from: 3, to: 3, over: 300 },
      { from: 1, to: 1, over: 300 },
    ],
    data: { users: { columns: ['id'], rows: [['a'], ['b'], ['c']], pick: 'unique' } },
    steps: [requestStep({ path: ['/first/', user] }), think(200), requestStep({ path: ['/second/', user] }), think(20)],
  })
  const result = await runShard({ plan, ...whole })
  const start = result.startedAt - performance.timeOrigin
  const times = (name: string) => server.requests.filter(({ url }) => url.endsWith(name)).map(({ at }) => at - start)
  expect(Math.min(...times('/a'))).toBeLessThan(250)
  expect(Math.max(...times('/a'))).toBeGreaterThan(600)
  for (const name of ['/b', '/c']) {
    expect(Math.min(...times(name))).toBeGreaterThanOrEqual(300)
    // What was under way at the end of the span is finished, nothing is begun.
    expect(Math.max(...times(name))).toBeLessThan(800)
  }
  expect(result.iterations.cut).toBeGreaterThanOrEqual(2)
  expect(unaccounted(result)).toEqual([])
  // One user all the time, and two for a third of it: who pauses is there until it has to go.
  expect(Math.abs(result.active[0]! - 5 / 3)).toBeLessThan(0.1)
})

test('a target that refuses every request is not asked in a busy loop that starves everything else', async () => {
  await using server = await startCountingServer((_, response) => void response.socket?.resetAndDestroy())
  const plan = onePlan({ port: server.port, model: 'closed', level: 20, seconds: 0.5, steps: [requestStep()] })
  const result = await runShard({ plan, ...whole })
  expect(result.steps[0]!.causes).toEqual({ 'connection-reset': server.requests.length })
  expect(unaccounted(result)).toEqual([])
})

test('a user that is turned away thinks before it comes again, as one that is served', async () => {
  await using server = await startCountingServer((_, response) => void response.writeHead(503).end())
  const steps = [requestStep(), think(100), requestStep({ path: ['/never'] }), think(150)]
  const plan = onePlan({ port: server.port, model: 'closed', level: 4, seconds: 1, steps })
  const result = await runShard({ plan, ...whole })
  // One every 250 ms of each, from the beginning on.
  expect(server.requests.length).toBeGreaterThan(8)
  expect(server.requests.length).toBeLessThanOrEqual(16)
  expect(result.iterations.failed).toBe(server.requests.length)
  expect(unaccounted(result)).toEqual([])
  // All of them are there all the time.
  expect(result.active[0]).toBeCloseTo(4, 1)
})

test('who is cut off by the end of a run is not there any more, whatever pause would follow', async () => {
  await using server = await startCountingServer(() => {})
  const steps = [requestStep(), think(60_000)]
  const plan = onePlan({ port: server.port, model: 'closed', level: 2, seconds: 5, steps, timeout: 30_000 })
  const result = await runShard({ plan, ...whole }, { signal: AbortSignal.timeout(700) })
  expect(result.steps[0]!.causes).toEqual({ cancelled: 2 })
  expect(result.active[0]).toBeGreaterThan(0)
  expect(result.active.slice(2)).toEqual([0, 0, 0])
})

test('a request that can never be sent ends its iteration, and the run ends in time', async () => {
  const steps = [requestStep({ path: [{ encode: 'none', value: { kind: 'capture', name: 'never' } }] })]
  const plan = onePlan({ port: 1, model: 'closed', level: 2, seconds: 0.2, steps })
  const result = await runShard({ plan, ...whole })
  expect(result.steps[0]!.causes).toEqual({ 'invalid-request': result.steps[0]!.sent })
  expect(unaccounted(result)).toEqual([])
})

test('a stopped run cuts those who think', async () => {
  await using server = await startCountingServer()
  const steps = [requestStep(), think(20_000), requestStep({ path: ['/never'] })]
  const plan = onePlan({ port: server.port, model: 'closed', level: 4, seconds: 60, steps })
  const result = await runShard({ plan, ...whole }, { signal: AbortSignal.timeout(400) })
  expect(result).toMatchObject({ complete: false, iterations: { planned: 4, started: 4, cut: 4 } })
  expect(server.requests).toHaveLength(4)
})

test('users of three shards together are all users', async () => {
  await using server = await startCountingServer()
  const user = { encode: 'none', value: { kind: 'data', source: 'users', column: 'id' } } as const
  const rows = Array.from({ length: 7 }, (_, row) => [`u${row}`])
  const plan = onePlan({
    port: server.port,
    model: 'closed',
    level: 7,
    seconds: 0.3,
    data: { users: { columns: ['id'], rows, pick: 'unique' } },
    steps: [requestStep({ path: ['/', user] }), think(10)],
  })
  const results = await Promise.all([0, 1, 2].map((index) => runShard({ plan, index, count: 3 })))
  expect(new Set(server.requests.map(({ url }) => url))).toEqual(new Set(rows.map(([id]) => `/${id}`)))
  expect(results.map(({ health }) => health.connections.cap)).toEqual([3, 2, 2])
  expect(results.reduce((sum, { steps }) => sum + steps[0]!.sent, 0)).toBe(server.requests.length)
})

test.each(['per-user', 'shared'] as const)('six users and six connections, %s', async (use) => {
  let sids = 0
  await using server = await startCountingServer(({ headers }, response) => {
    if (headers.cookie === undefined) response.setHeader('set-cookie', `sid=${sids++}`)
    setTimeout(() => response.end('ok'), 1)
  })
  const steps = [requestStep(), think(1, 9)]
  const plan = onePlan({ port: server.port, model: 'closed', level: 6, seconds: 0.6, steps, connections: { use } })
  const { health } = await runShard({ plan, ...whole })
  const known = server.requests.filter(({ headers }) => headers.cookie !== undefined)
  const pairs = new Set(known.map(({ headers, connection }) => `${headers.cookie} on ${connection}`))
  expect(known.length).toBeGreaterThan(60)
  expect(sids).toBe(6)
  if (use === 'shared') return expect(pairs.size).toBeGreaterThan(6)
  // each keeps its own
  expect(health.connections).toMatchObject({ opened: 6, peak: 6, cap: 6 })
  expect([pairs.size, new Set(known.map(({ connection }) => connection)).size]).toEqual([6, 6])
})
