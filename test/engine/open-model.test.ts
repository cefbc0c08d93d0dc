import { expect, test } from '@jest/globals'
import { runShard } from '../../src/engine/run-shard.ts'
import type { ShardProgress } from '../../src/engine/shard-result.ts'
import { countIn, Histogram } from '../../src/histogram.ts'
import { arrivalsIn } from '../../src/plan/curve.ts'
import { startCountingServer } from '../support/counting-server.ts'
import { onePlan, requestStep, think } from '../support/plans.ts'
import { quantile, responseOf, serviceOf, unaccounted } from '../support/shard-figures.ts'
import { answer, startWireServer } from '../support/wire-server.ts'

const whole = { index: 0, count: 1 }

test('every arrival of the curve is sent, once', async () => {
  await using server = await startCountingServer()
  const curve = [
    { from: 50, to: 250, over: 700 },
    { from: 250, to: 0, over: 500 },
  ]
  const plan = onePlan({ port: server.port, curve, steps: [requestStep()] })
  const result = await runShard({ plan, ...whole })
  const planned = arrivalsIn(curve)
  expect(server.requests).toHaveLength(planned)
  expect(result.iterations).toEqual({ planned, started: planned, dropped: 0, finished: planned, failed: 0, cut: 0 })
  expect(result.steps[0]).toMatchObject({ sent: planned, succeeded: planned, failed: 0, statuses: { 200: planned } })
  expect(Histogram.of(result.health.lateness).count).toBe(planned)
  expect(unaccounted(result)).toEqual([])
  expect(result).toMatchObject({ index: 0, count: 1, complete: true, planHash: plan.hash })
  expect(JSON.parse(JSON.stringify(result))).toEqual(result)
})

test('arrivals keep coming while answers do not', async () => {
  await using server = await startCountingServer((_, response) => void setTimeout(() => response.end(), 600))
  const plan = onePlan({ port: server.port, level: 100, seconds: 0.5, steps: [requestStep()] })
  const { health } = await runShard({ plan, ...whole })
  expect(server.requests).toHaveLength(50)
  expect(health.connections).toMatchObject({ opened: 50, peak: 50, cap: 200 })
  expect([health.connections.connect, health.connections.tls].map(countIn)).toEqual([50, 0])
})

test('warm-up is sent and counted, and not measured', async () => {
  await using server = await startCountingServer((_, response, n) => {
    response.statusCode = n === 0 ? 500 : 200
    response.end()
  })
  const plan = onePlan({ port: server.port, level: 50, seconds: 1, warmUp: 0.4, steps: [requestStep()] })
  const result = await runShard({ plan, ...whole })
  expect(server.requests).toHaveLength(50)
  expect(result.warmUp).toEqual({ sent: 20, succeeded: 19, failed: 1 })
  expect(result.iterations).toMatchObject({ planned: 30, finished: 30 })
  expect(result.steps[0]).toMatchObject({ sent: 30, failed: 0 })
  expect(result.intervals.records.map(({ index }) => index)).toEqual([0])
  expect(unaccounted(result)).toEqual([])
})

test('a request is measured by its own intended start, an iteration by that of its first', async () => {
  await using server = await startCountingServer()
  const steps = [requestStep({ path: ['/a'] }), think(300), requestStep({ path: ['/b'] })]
  const plan = onePlan({ port: server.port, level: 10, seconds: 1, warmUp: 0.25, steps })
  const result = await runShard({ plan, ...whole })
  // Due at 0, 100 … 900: three iterations begin in the warm-up, but their second requests come after it.
  expect(result.iterations.planned).toBe(7)
  expect(result.warmUp.sent).toBe(3)
  expect(result.steps.map(({ sent }) => sent)).toEqual([7, 10])
})

test('a pause lies between the answer and the next request, and in no response time', async () => {
  await using server = await startCountingServer()
  const steps = [requestStep({ path: ['/a'] }), think(250), requestStep({ path: ['/b'] })]
  const result = await runShard({ plan: onePlan({ port: server.port, level: 20, seconds: 0.5, steps }), ...whole })
  const [first, second] = ['/a', '/b'].map((path) => server.requests.find(({ url }) => url === path)!)
  expect(second!.at - first!.at).toBeGreaterThanOrEqual(249)
  expect(result.iterations.finished).toBe(10)
  expect(quantile(responseOf(result), 0.5)).toBeLessThan(200)
})

test('the stripes of three shards together are exactly the unsplit plan', async () => {
  const data = { users: { columns: ['id'], rows: Array.from({ length: 7 }, (_, row) => [`u${row}`]), pick: 'random' } }
  const path = [
    '/',
    { encode: 'url', value: { kind: 'data', source: 'users', column: 'id' } },
    '/',
    { encode: 'url', value: { kind: 'uuid' } },
    '/',
    { encode: 'url', value: { kind: 'random', from: 1, to: 1000 } },
  ] as const
  const sent = async (count: number) => {
    await using server = await startCountingServer()
    const plan = onePlan({ port: server.port, level: 100, seconds: 0.5, data, steps: [requestStep({ path })] } as never)
    await Promise.all(Array.from({ length: count }, (_, index) => runShard({ plan, index, count })))
    return server.requests.map(({ url }) => url).toSorted()
  }
  const unsplit = await sent(1)
  expect(unsplit).toHaveLength(50)
  expect(new Set(unsplit).size).toBe(50)
  expect(await sent(3)).toEqual(unsplit)
})

test('a stall is felt by all who came during it, not only by those who were let in', async () => {
  // One connection, and a server that answers at once but for one second in which it says nothing.
  const begun = performance.now()
  const afterTheStall: number[] = []
  await using server = await startWireServer({
    onRequest: ({ socket }) => {
      const since = performance.now() - begun
      const wait = since > 1_000 && since < 2_000 ? 2_000 - since : 0
      setTimeout(() => {
        socket.write(answer())
        if (since > 1_000) afterTheStall.push(performance.now() - begun - 2_000)
      }, wait)
    },
  })
  const plan = onePlan({
    port: server.port,
    level: 100,
    seconds: 3,
    connections: { limit: 1 },
    timeout: 5_000,
    steps: [requestStep()],
  })
  const result = await runShard({ plan, ...whole })
  expect(result.steps[0]).toMatchObject({ sent: 300, succeeded: 300 })
  // A third of the arrivals fell into the stall and waited for the rest of it, evenly between 0 and 1,000 ms. So a share
  // x of all waited longer than 1,000 · (1 − 3x): 970 ms for x = 1 %, 850 ms for 5 %. They were answered one after the other,
  // those who had waited longest first, so that the server knows by how much the machine was late for the 3rd and the 15th.
  expect(Math.abs(quantile(responseOf(result), 0.99) - 970 - afterTheStall[2]!)).toBeLessThan(60)
  expect(Math.abs(quantile(responseOf(result), 0.95) - 850 - afterTheStall[14]!)).toBeLessThan(60)
  // The service itself kept one request waiting.
  expect(quantile(serviceOf(result), 0.95)).toBeLessThan(200)
})

test('arrivals that find no connection within the timeout are dropped, and counted', async () => {
  await using server = await startCountingServer((_, response) => void setTimeout(() => response.end(), 400))
  const plan = onePlan({
    port: server.port,
    level: 100,
    seconds: 0.5,
    connections: { limit: 2 },
    timeout: 500,
    steps: [requestStep()],
  })
  const result = await runShard({ plan, ...whole })
  const { planned, started, dropped } = result.iterations
  expect(planned).toBe(50)
  expect(started).toBe(server.requests.length)
  expect(dropped).toBeGreaterThan(40)
  expect(result.health.connections).toMatchObject({ opened: 2, peak: 2, cap: 2 })
  expect(unaccounted(result)).toEqual([])
})

test('a generator that was late says so, and does not charge the target with it', async () => {
  await using server = await startCountingServer()
  let blocked = false
  const plan = onePlan({ port: server.port, level: 100, seconds: 2, steps: [requestStep()] })
  const result = await runShard(
    { plan, ...whole },
    {
      onProgress: () => {
        const until = performance.now() + (blocked ? 0 : 300)
        blocked = true
        while (performance.now() < until);
      },
    },
  )
  const lateness = Histogram.of(result.health.lateness)
  expect(lateness.count).toBe(200)
  // 30 arrivals fell into the block; the first of them is almost as late as it was long.
  expect(lateness.max).toBeGreaterThan(280_000)
  expect(quantile(lateness, 0.9)).toBeGreaterThan(50)
  // But for the one answer that may have waited for the block to end, the target was as quick as ever.
  expect(quantile(responseOf(result), 0.99)).toBeLessThan(150)
  expect(server.requests).toHaveLength(200)
})

test('a start may be agreed upon, and progress is told every second', async () => {
  await using server = await startCountingServer()
  const progress: ShardProgress[] = []
  const startAt = performance.timeOrigin + performance.now() + 400
  const plan = onePlan({ port: server.port, level: 20, seconds: 2, steps: [requestStep()] })
  const result = await runShard({ plan, ...whole }, { startAt, onProgress: (report) => progress.push(report) })
  expect(result.startedAt).toBeCloseTo(startAt, 1)
  expect(performance.timeOrigin + server.requests[0]!.at).toBeGreaterThanOrEqual(startAt)
  expect(progress.length).toBeGreaterThanOrEqual(2)
  expect(progress[0]).toMatchObject({ index: 0, failed: 0, dropped: 0 })
  expect(progress[0]!.elapsed).toBeGreaterThanOrEqual(1000)
  expect(progress.at(-1)).toMatchObject({ sent: 40, succeeded: 40, active: 0 })
  expect(Histogram.of(...progress.map(({ recent }) => recent)).count).toBe(40)
})

test('a stopped run ends at once, returns what it has and leaves nothing open', async () => {
  await using server = await startWireServer({ onRequest: () => {} })
  const plan = onePlan({
    port: server.port,
    level: 50,
    seconds: 30,
    connections: { limit: 10 },
    timeout: 20_000,
    steps: [requestStep()],
  })
  const begun = performance.now()
  const result = await runShard({ plan, ...whole }, { signal: AbortSignal.timeout(600) })
  expect(performance.now() - begun).toBeLessThan(5_000)
  expect(result.complete).toBe(false)
  expect(result.steps[0]!.failed).toBeGreaterThan(10)
  expect(result.steps[0]!.causes).toEqual({ cancelled: result.steps[0]!.failed })
  expect(unaccounted(result)).toEqual([])
})

test('a run that is stopped before it begins sends nothing', async () => {
  await using server = await startCountingServer()
  const plan = onePlan({ port: server.port, steps: [requestStep()] })
  const result = await runShard({ plan, ...whole }, { signal: AbortSignal.abort() })
  expect(result).toMatchObject({ complete: false, iterations: { planned: 0 } })
  expect(server.requests).toEqual([])
})
