// What a page brings along: requests that are sent side by side once it is answered.
import { expect, test } from '@jest/globals'
import { runShard } from '../../src/engine/run-shard.ts'
import { Histogram } from '../../src/histogram.ts'
import type { Template } from '../../src/profile/profile.ts'
import { flow, onePlan, page, requestStep, think } from '../support/plans.ts'
import { runOnClock } from '../support/run-on-clock.ts'
import { quantile } from '../support/shard-figures.ts'

const get = (path: string, changes: Parameters<typeof requestStep>[0] = {}) => requestStep({ path: [path], ...changes })
const assets = (count: number) => Array.from({ length: count }, (_, n) => get(`/${n}`))
const reference = (name: string) => ({ encode: 'none', value: { kind: 'capture', name } }) as const

/** One arrival, or one user for a moment. */
const one = { port: 0, level: 1, seconds: 1 }

test('they are sent in the moment of the answer, and the next step when the last of them is answered', async () => {
  const steps = [...page(get('/page'), get('/a'), get('/b')), get('/next')]
  const times: Record<string, number> = { '/page': 100, '/a': 300, '/b': 50, '/next': 10 }
  const { sent, result } = await runOnClock(onePlan({ ...one, steps }), {
    script: ({ path }) => ({ after: times[path]! }),
  })
  expect(sent).toEqual([
    [0, '/page'],
    [100, '/a'],
    [100, '/b'],
    [400, '/next'],
  ])
  expect(result.steps.map(({ succeeded }) => succeeded)).toEqual([1, 1, 1, 1])
  expect(result.steps.map(({ response }) => quantile(Histogram.of(response), 1))).toEqual([
    expect.closeTo(100, -1),
    expect.closeTo(300, -1),
    expect.closeTo(50, -1),
    expect.closeTo(10, -1),
  ])
  expect(result.iterations).toMatchObject({ planned: 1, finished: 1 })
})

test('so many at once as are allowed; who waits for another has waited since the page was answered', async () => {
  const steps = page(get('/page'), ...assets(5))
  const plan = onePlan({ ...one, steps, connections: { parallel: 2 } })
  const { sent, result } = await runOnClock(plan, { script: ({ path }) => ({ after: path === '/0' ? 250 : 100 }) })
  expect(sent).toEqual([
    [0, '/page'],
    [100, '/0'],
    [100, '/1'],
    [200, '/2'],
    [300, '/3'],
    // The first lane is free again at 350.
    [350, '/4'],
  ])
  const times = result.steps.map(({ response, service }) =>
    [response, service].map((text) => quantile(Histogram.of(text), 1)),
  )
  expect(times.slice(1)).toEqual([
    [expect.closeTo(250, -1), expect.closeTo(250, -1)],
    [expect.closeTo(100, -1), expect.closeTo(100, -1)],
    [expect.closeTo(200, -1), expect.closeTo(100, -1)],
    [expect.closeTo(300, -1), expect.closeTo(100, -1)],
    [expect.closeTo(350, -1), expect.closeTo(100, -1)],
  ])
})

test('one that fails stops none of the others, and fails the iteration when all are answered', async () => {
  const steps = [...page(get('/page'), ...assets(4)), get('/next')]
  const plan = onePlan({ ...one, steps, connections: { parallel: 2 } })
  const { sent, result } = await runOnClock(plan, {
    script: ({ path }) => ({ after: 10, status: path === '/0' ? 404 : 200 }),
  })
  expect(sent.map(([, path]) => path)).toEqual(['/page', '/0', '/1', '/2', '/3'])
  expect(result.steps.map(({ succeeded, failed }) => [succeeded, failed])).toEqual([
    [1, 0],
    [0, 1],
    [1, 0],
    [1, 0],
    [1, 0],
    [0, 0],
  ])
  expect(result.steps[1]!.causes).toEqual({ 'unexpected-status': 1 })
  expect(result.iterations).toMatchObject({ failed: 1, finished: 0 })
})

test('without its page nothing is brought along', async () => {
  const { sent, result } = await runOnClock(onePlan({ ...one, steps: page(get('/page'), ...assets(2)) }), {
    script: () => ({ status: 500 }),
  })
  expect(sent).toEqual([[0, '/page']])
  expect(result.steps.map(({ sent }) => sent)).toEqual([1, 0, 0])
})

test('they know what the page has captured, and later steps know what they have', async () => {
  const capture = (name: string) => [{ name, from: { kind: 'header', name: 'x-value' } as const }]
  const to = (path: Template, changes = {}) => requestStep({ name: String(path[0]), path, ...changes })
  const steps = [
    ...page(
      get('/page', { capture: capture('version') }),
      to(['/app.css?', reference('version')]),
      to(['/frame'], { capture: capture('token') }),
    ),
    to(['/buy?', reference('token'), '&', reference('version')]),
  ]
  const { sent } = await runOnClock(onePlan({ ...one, steps }), {
    script: ({ path }) => ({ headers: { 'x-value': `of${path.replace('/', '-')}` } }),
  })
  expect(sent.map(([, path]) => path)).toEqual(['/page', '/app.css?of-page', '/frame', '/buy?of-frame&of-page'])
})

test('what cannot be sent is a failure of its own, and the others are sent', async () => {
  const steps = page(get('/page'), requestStep({ name: 'none', path: ['/', reference('never')] }), get('/a'))
  const { sent, result } = await runOnClock(onePlan({ ...one, steps }))
  expect(sent.map(([, path]) => path)).toEqual(['/page', '/a'])
  expect(result.steps[1]!.causes).toEqual({ 'invalid-request': 1 })
  expect(result.iterations.failed).toBe(1)
})

test('by chance and on a condition, drawn anew for each page and each iteration', async () => {
  const steps = page(
    get('/page', { flow: flow({ repeat: { from: 2, to: 2, between: undefined } }) }),
    get('/half', { flow: flow({ chance: 0.5 }) }),
    get('/never', { flow: flow({ when: [{ capture: 'role', is: ['admin'] }] }) }),
  )
  const plan = onePlan({ port: 0, level: 100, seconds: 1, steps })
  const [first, again] = [await runOnClock(plan), await runOnClock(plan, { script: () => ({ after: 3 }) })]
  const counts = first.result.steps.map(({ sent }) => sent)
  // Five standard errors of a half of 200.
  expect(counts).toEqual([200, expect.any(Number), 0])
  expect(Math.abs(counts[1]! - 100)).toBeLessThan(5 * Math.sqrt(200 * 0.25))
  expect(again.result.steps.map(({ sent }) => sent)).toEqual(counts)
  expect(first.result.iterations.finished).toBe(100)
})

test('the same seed sends the same values, whatever the answers take', async () => {
  const uuid = (name: string) => requestStep({ name, path: ['/', { encode: 'none', value: { kind: 'uuid' } }] })
  const steps = [...page(uuid('page'), ...['a', 'b', 'c', 'd', 'e'].map(uuid)), uuid('next')]
  const plan = onePlan({ port: 0, level: 5, seconds: 1, steps, connections: { parallel: 2 } })
  const paths = async (after: (n: number) => number) =>
    (await runOnClock(plan, { script: (_, n) => ({ after: after(n) }) })).sent.map(([, path]) => path).toSorted()
  const first = await paths(() => 5)
  expect(new Set(first).size).toBe(35)
  expect(await paths((n) => (n * 37) % 101)).toEqual(first)
})

test('their moments are the answers’, and how late the engine is with them is not counted', async () => {
  const plan = onePlan({ ...one, steps: page(get('/page'), ...assets(3)) })
  const { result } = await runOnClock(plan, { script: () => ({ after: 200 }) })
  const lateness = Histogram.of(result.health.lateness)
  expect(lateness.count).toBe(1)
  expect(quantile(lateness, 1)).toBe(0)
})

test('from its end on a user begins none of those that still wait', async () => {
  const steps = page(get('/page'), ...assets(4))
  const plan = onePlan({
    port: 0,
    model: 'closed',
    level: 1,
    seconds: 0.25,
    steps,
    connections: { parallel: 1, limit: 1 },
  })
  const { sent, result } = await runOnClock(plan, { script: () => ({ after: 100 }) })
  expect(sent.map(([at, path]) => `${at} ${path}`)).toEqual(['0 /page', '100 /0', '200 /1'])
  expect(result.iterations).toMatchObject({ planned: 1, cut: 1, failed: 0, finished: 0 })
  expect(result.complete).toBe(true)
})

test('after the last arrival none is begun beyond a second’s grace', async () => {
  const steps = [...page(get('/page'), ...assets(6)), get('/next')]
  const plan = onePlan({ ...one, timeout: 3_000, steps, connections: { parallel: 2 } })
  const { sent, result } = await runOnClock(plan, { script: () => ({ after: 1_500 }) })
  expect(sent.map(([at, path]) => `${at} ${path}`)).toEqual(['0 /page', '1500 /0', '1500 /1'])
  expect(result.iterations).toMatchObject({ planned: 1, cut: 1 })
  expect(result.complete).toBe(true)
})

test('a stop ends those under way, and no other is begun', async () => {
  const stop = new AbortController()
  const steps = [...page(get('/page'), ...assets(6)), get('/next')]
  const plan = onePlan({ ...one, steps, connections: { parallel: 2 } })
  const { sent, result } = await runOnClock(plan, {
    signal: stop.signal,
    script({ path }) {
      if (path === '/1') setImmediate(() => stop.abort())
      return { after: path === '/page' ? 10 : 500 }
    },
  })
  expect(sent.map(([, path]) => path)).toEqual(['/page', '/0', '/1'])
  expect(result.steps.map(({ causes }) => causes)).toEqual([{}, { cancelled: 1 }, { cancelled: 1 }, {}, {}, {}, {}, {}])
  expect(result).toMatchObject({ complete: false, iterations: { planned: 1, failed: 1 } })
})

test('a user of a closed load that is turned away makes the pauses behind, as ever', async () => {
  const steps = [...page(get('/page'), get('/a')), think(400), get('/next')]
  const plan = onePlan({ port: 0, model: 'closed', level: 1, seconds: 1, steps })
  const { sent } = await runOnClock(plan, { script: ({ path }) => ({ after: 50, status: path === '/a' ? 500 : 200 }) })
  expect(sent.map(([at, path]) => `${at} ${path}`)).toEqual(['0 /page', '50 /a', '500 /page', '550 /a'])
})

test('what they bring along alone is no request that is always sent', async () => {
  const steps = page(get('/page', { flow: flow({ chance: 0.5 }) }), get('/a'))
  await expect(runShard({ plan: onePlan({ ...one, steps }), index: 0, count: 1 })).rejects.toThrow('always sent')
})
