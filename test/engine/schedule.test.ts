// When things happen, to the millisecond: the whole engine on a clock and a network of the test's own.
import { expect, test } from '@jest/globals'
import { runShard } from '../../src/engine/run-shard.ts'
import { Histogram } from '../../src/histogram.ts'
import type { Template } from '../../src/profile/profile.ts'
import { manualClock } from '../support/manual-clock.ts'
import { onePlan, requestStep, think } from '../support/plans.ts'
import { runOnClock as run, START } from '../support/run-on-clock.ts'
import { scriptedTransport } from '../support/scripted-transport.ts'
import { quantile, responseOf, serviceOf } from '../support/shard-figures.ts'

const at = (sent: (string | number)[][]) => sent.map(([moment]) => moment)

test('open: arrivals at their moments, and each request after the answer and the pause before it', async () => {
  const steps = [requestStep({ path: ['/a'] }), think(70), requestStep({ path: ['/b'] })]
  const plan = onePlan({ port: 0, level: 4, seconds: 1, steps })
  const { result, sent } = await run(plan, { script: ({ path }) => ({ after: path === '/a' ? 30 : 5 }) })
  expect(sent).toEqual([
    [0, '/a'],
    [100, '/b'],
    [250, '/a'],
    [350, '/b'],
    [500, '/a'],
    [600, '/b'],
    [750, '/a'],
    [850, '/b'],
  ])
  expect(result.complete).toBe(true)
  expect(result.startedAt).toBe(1_000_000 + START)
  expect(quantile(responseOf(result), 1)).toBeCloseTo(30, 0)
})

test('open: whatever is due is sent in one turn, however late the turn comes', async () => {
  const clock = manualClock()
  const transport = scriptedTransport(clock)
  const ports = { startClock: async () => clock, openTransport: () => transport }
  const plan = onePlan({ port: 0, level: 100, seconds: 1, steps: [requestStep()] })
  // Began 400 ms before the engine's clock.
  const running = runShard({ plan, index: 0, count: 1 }, { startAt: 1_000_000 - 400 }, ports)
  await new Promise((resolve) => setImmediate(resolve))
  clock.onAlarm()
  expect(transport.sent).toHaveLength(41)
  await clock.pass(2_000)
  const result = await running
  expect(result.iterations.planned).toBe(100)
  expect(quantile(Histogram.of(result.health.lateness), 1)).toBeCloseTo(400, 0)
  // The target has no part in that.
  expect(quantile(responseOf(result), 1)).toBe(0)
  expect(quantile(serviceOf(result), 1)).toBe(0)
})

test('closed: the next iteration when the last has ended', async () => {
  const plan = onePlan({ port: 0, model: 'closed', level: 1, seconds: 1, steps: [requestStep(), think(200)] })
  const { result, sent } = await run(plan, { script: () => ({ after: 100 }) })
  expect(at(sent)).toEqual([0, 300, 600, 900])
  expect(result.iterations).toMatchObject({ planned: 4, finished: 4, cut: 0 })
})

test('closed: a user leaves when its span ends, between two steps, and comes back in its next', async () => {
  const steps = [requestStep({ path: ['/a'] }), think(100), requestStep({ path: ['/b'] })]
  const curve = [
    { from: 1, to: 1, over: 250 },
    { from: 0, to: 0, over: 250 },
    { from: 1, to: 1, over: 250 },
  ]
  const plan = onePlan({ port: 0, model: 'closed', curve, connections: { limit: 1 }, steps })
  const { result, sent } = await run(plan, { script: () => ({ after: 50 }) })
  expect(sent).toEqual([
    [0, '/a'],
    [150, '/b'],
    [200, '/a'],
    [500, '/a'],
    [650, '/b'],
    [700, '/a'],
  ])
  expect(result.iterations).toMatchObject({ planned: 4, finished: 2, cut: 2 })
})

test('closed: a user whose pause reaches into its next span comes back when the pause is over, not before', async () => {
  const steps = [requestStep({ path: ['/a'] }), think(400), requestStep({ path: ['/b'] })]
  const curve = [
    { from: 1, to: 1, over: 250 },
    { from: 0, to: 0, over: 50 },
    { from: 1, to: 1, over: 250 },
  ]
  const plan = onePlan({ port: 0, model: 'closed', curve, connections: { limit: 1 }, steps })
  const { result, sent } = await run(plan, { script: () => ({ after: 50 }) })
  expect(sent).toEqual([
    [0, '/a'],
    [450, '/a'],
  ])
  expect(quantile(responseOf(result), 0)).toBeCloseTo(50, 0)
})

test('the intervals are those in which requests end, counted from where measuring begins', async () => {
  const plan = onePlan({ port: 0, level: 1, seconds: 4, warmUp: 1, steps: [requestStep()] })
  const { result } = await run(plan, { script: () => ({ after: 1_500 }) })
  // Due at 0, which is warm-up, and at 1, 2 and 3 s; ended 1.5 s later.
  expect(result.warmUp.sent).toBe(1)
  expect(result.intervals.records.map(({ index, succeeded }) => [index, succeeded])).toEqual([
    [1, 1],
    [2, 1],
    [3, 1],
  ])
})

test('an interval that the window does not fill ends with it: what ends later is of the next', async () => {
  const plan = onePlan({ port: 0, level: 10, seconds: 1.5, steps: [requestStep()] })
  const { result } = await run(plan, { script: (_, n) => ({ after: n < 12 ? 10 : 250 }) })
  // Due at 1,200, 1,300 and 1,400 ms; only the first has its answer within the window.
  expect(result.intervals.records.map(({ index, succeeded }) => [index, succeeded])).toEqual([
    [0, 10],
    [1, 3],
    [2, 2],
  ])
  expect(result.steps[0]?.succeededInWindow).toBe(13)
})

test('after the last arrival answers are awaited, and pauses beyond a second’s grace are cut', async () => {
  const steps = [requestStep({ path: ['/a'] }), think(0, 3_000), requestStep({ path: ['/b'] })]
  const plan = onePlan({ port: 0, level: 20, seconds: 1, timeout: 5_000, steps })
  const { result, sent } = await run(plan, { script: ({ path }) => ({ after: path === '/b' ? 4_000 : 0 }) })
  const seconds = sent.filter(([, path]) => path === '/b')
  expect(seconds.length).toBeGreaterThan(5)
  expect(Math.max(...seconds.map(([moment]) => Number(moment)))).toBeLessThan(2_000)
  expect(result.iterations).toMatchObject({
    planned: 20,
    finished: seconds.length,
    cut: 20 - seconds.length,
    failed: 0,
  })
  expect(result.complete).toBe(true)
})

test('a pause at the end of a scenario delays the user, not the end of the run', async () => {
  const plan = onePlan({ port: 0, model: 'closed', level: 1, seconds: 1, steps: [requestStep(), think(60_000)] })
  const { result } = await run(plan, { pass: 3_000 })
  expect(result.iterations).toMatchObject({ planned: 1, finished: 1, cut: 0 })
})

test('should answers never come, not even as failures, the run ends all the same', async () => {
  const plan = onePlan({ port: 0, level: 10, seconds: 1, timeout: 2_000, steps: [requestStep()] })
  const { result } = await run(plan, { script: () => ({ after: 3_600_000 }) })
  expect(result.complete).toBe(false)
  expect(result.steps[0]!.causes).toEqual({ cancelled: 10 })
})

test('rows: in turn by arrival, by user and iteration, or one for each user’s life', async () => {
  const rows = ['a', 'b', 'c', 'd', 'e'].map((row) => [row])
  const path: Template = ['/', { encode: 'none', value: { kind: 'data', source: 'rows', column: 'x' } }]
  const paths = async (model: 'open' | 'closed', pick: 'sequential' | 'unique') => {
    const options = model === 'open' ? { level: 7, seconds: 1 } : { level: 2, seconds: 0.3 }
    const data = { rows: { columns: ['x'], rows, pick } }
    const plan = onePlan({ port: 0, model, ...options, data, steps: [requestStep({ path }), think(100)] })
    const { sent } = await run(plan)
    // Those of one moment come in any order.
    return sent.toSorted(([a, x], [b, y]) => Number(a) - Number(b) || (x! < y! ? -1 : 1)).map(([, text]) => text)
  }
  expect(await paths('open', 'sequential')).toEqual(['/a', '/b', '/c', '/d', '/e', '/a', '/b'])
  expect(await paths('closed', 'sequential')).toEqual(['/a', '/b', '/c', '/d', '/a', '/e'])
  expect(await paths('closed', 'unique')).toEqual(['/a', '/b', '/a', '/b', '/a', '/b'])
})

test('the same seed sends the same, whatever the answers take; another seed does not', async () => {
  const path: Template = [
    '/',
    { encode: 'none', value: { kind: 'uuid' } },
    '/',
    { encode: 'none', value: { kind: 'random', from: 1, to: 9_999 } },
    '/',
    { encode: 'none', value: { kind: 'data', source: 'rows', column: 'x' } },
  ]
  const data = { rows: { columns: ['x'], rows: [['a'], ['b'], ['c'], ['d']], pick: 'random' as const } }
  const send = async (seed: number, after: number) => {
    const steps = [requestStep({ path }), think(10, 100), requestStep({ path })]
    const { sent } = await run(onePlan({ port: 0, level: 30, seconds: 1, seed, data, steps }), {
      script: () => ({ after }),
    })
    return sent.map(([, text]) => text).toSorted()
  }
  const first = await send(1, 5)
  expect(first).toHaveLength(60)
  expect(await send(1, 333)).toEqual(first)
  const other = await send(2, 5)
  expect(other.filter((text) => first.includes(text))).toEqual([])
})

test('a service that is slow only now and then is told from a user’s wait', async () => {
  const plan = onePlan({ port: 0, level: 100, seconds: 1, steps: [requestStep()] })
  const { result } = await run(plan, { script: (_, n) => ({ after: n === 50 ? 900 : 20 }) })
  expect(quantile(serviceOf(result), 0.5)).toBeCloseTo(20, 0)
  expect(quantile(responseOf(result), 1)).toBeCloseTo(900, 0)
})

test('a scenario without a request is refused', async () => {
  const plan = onePlan({ port: 0, steps: [think(10)] })
  await expect(runShard({ plan, index: 0, count: 1 })).rejects.toMatchObject({ kind: 'usage' })
})
