// Several steps that are gone through together: by chance, on a condition, several times in a row.
import { expect, test } from '@jest/globals'
import { runShard } from '../../src/engine/run-shard.ts'
import { flow, onePlan, page, requestStep, think } from '../support/plans.ts'
import { runOnClock } from '../support/run-on-clock.ts'

const get = (path: string, changes: Parameters<typeof requestStep>[0] = {}) => requestStep({ path: [path], ...changes })
const times = (from: number, to = from, between?: number) =>
  flow({ repeat: { from, to, between: between === undefined ? undefined : { from: between, to: between } } })
const one = { port: 0, level: 1, seconds: 1 }
const moments = (sent: readonly (string | number)[][]) => sent.map(([at, path]) => `${at} ${path}`)

test('all steps of a block in turn, so many times, with a pause between two times', async () => {
  const steps = [get('/a'), get('/b'), think(100), get('/c'), get('/end')]
  const blocks = [{ from: 1, to: 4, flow: times(2, 2, 30) }]
  const { sent, result } = await runOnClock(onePlan({ ...one, steps, blocks }), { script: () => ({ after: 10 }) })
  expect(moments(sent)).toEqual(['0 /a', '10 /b', '120 /c', '160 /b', '270 /c', '280 /end'])
  expect(result.iterations).toMatchObject({ finished: 1 })
  expect(result.steps.map(({ succeeded }) => succeeded)).toEqual([1, 2, 2, 1])
})

test('blocks within blocks, that begin and end at the same step', async () => {
  const steps = [get('/a'), get('/b'), get('/c')]
  const blocks = [
    { from: 0, to: 3, flow: times(2) },
    { from: 0, to: 2, flow: times(2) },
    { from: 1, to: 2, flow: times(3) },
  ]
  const { sent } = await runOnClock(onePlan({ ...one, steps: [...steps, get('/end')], blocks }))
  const inner = ['/a', '/b', '/b', '/b']
  const outer = [...inner, ...inner, '/c']
  expect(sent.map(([, path]) => path)).toEqual([...outer, ...outer, '/end'])
})

test('a random number of times is drawn anew whenever it is come to, the same in every run', async () => {
  const steps = [get('/list'), get('/product'), get('/end')]
  const blocks = [
    { from: 0, to: 2, flow: times(2) },
    { from: 1, to: 2, flow: times(1, 3) },
  ]
  const plan = onePlan({ port: 0, level: 100, seconds: 1, steps, blocks })
  const [first, again] = [await runOnClock(plan), await runOnClock(plan, { script: () => ({ after: 7 }) })]
  const counts = first.result.steps.map(({ sent }) => sent)
  expect([counts[0], counts[2]]).toEqual([200, 100])
  // Two on average, with a standard error of √(2/3) for each of 200.
  expect(Math.abs(counts[1]! - 400)).toBeLessThan(5 * Math.sqrt((200 * 2) / 3))
  expect(again.result.steps.map(({ sent }) => sent)).toEqual(counts)
})

test('by chance all of it or nothing, its pauses included', async () => {
  const steps = [get('/a'), get('/buy'), think(1_000), get('/pay'), get('/end')]
  const blocks = [{ from: 1, to: 4, flow: flow({ chance: 0.25 }) }]
  const { result, sent } = await runOnClock(onePlan({ port: 0, level: 200, seconds: 1, steps, blocks }))
  const [, buy, pay, end] = result.steps.map((step) => step.sent)
  expect(pay).toBe(buy)
  expect(end).toBe(200)
  // Five standard errors of a quarter of 200.
  expect(Math.abs(buy! - 50)).toBeLessThan(5 * Math.sqrt(200 * 0.25 * 0.75))
  expect(sent.filter(([at, path]) => path === '/end' && Number(at) < 1_000).length).toBeGreaterThan(200 - buy! - 1)
})

test('on a condition, which is looked at each time', async () => {
  const capture = [{ name: 'more', from: { kind: 'header', name: 'x-more' } as const }]
  const steps = [get('/first', { capture }), get('/next', { capture }), get('/end')]
  const blocks = [
    { from: 1, to: 2, flow: times(5) },
    { from: 1, to: 2, flow: flow({ when: [{ capture: 'more', is: ['yes'] }] }) },
  ]
  const { sent } = await runOnClock(onePlan({ ...one, steps, blocks }), {
    script: (_, n) => ({ headers: { 'x-more': n < 3 ? 'yes' : 'no' } }),
  })
  expect(sent.map(([, path]) => path)).toEqual(['/first', '/next', '/next', '/next', '/end'])
})

test('pages in a block bring along what is theirs each time', async () => {
  const steps = [...page(get('/page'), get('/css'), get('/js')), get('/end')]
  const blocks = [{ from: 0, to: 3, flow: times(2) }]
  const { sent } = await runOnClock(onePlan({ ...one, steps, blocks }), { script: () => ({ after: 10 }) })
  expect(moments(sent)).toEqual(['0 /page', '10 /css', '10 /js', '20 /page', '30 /css', '30 /js', '40 /end'])
})

test('a failure ends the iteration in the middle; the user makes the pauses of all times to come', async () => {
  const steps = [get('/a'), get('/b'), think(100), get('/end')]
  const blocks = [{ from: 1, to: 3, flow: times(3, 3, 10) }]
  const plan = onePlan({ port: 0, model: 'closed', level: 1, seconds: 1, steps, blocks })
  const { sent, result } = await runOnClock(plan, { script: (_, n) => ({ status: n === 2 ? 500 : 200 }) })
  // Fails in its second time: two pauses of 100 and one of 10 are left.
  expect(moments(sent).slice(0, 4)).toEqual(['0 /a', '0 /b', '110 /b', '320 /a'])
  expect(result.iterations.failed).toBe(1)
})

test('what is done once in a life may be a block as well', async () => {
  const once = { once: true as const }
  const steps = [
    { ...get('/login'), ...once },
    { ...get('/profile'), ...once },
    { ...think(10), ...once },
    get('/a'),
    think(100),
  ]
  const blocks = [{ from: 1, to: 3, flow: times(2) }]
  const plan = onePlan({ port: 0, model: 'closed', level: 1, seconds: 0.2, steps, blocks })
  const { sent } = await runOnClock(plan)
  expect(moments(sent)).toEqual(['0 /login', '0 /profile', '10 /profile', '20 /a', '120 /a'])
})

test('a user whose time is over does not go through what is left, however often that is', async () => {
  const steps = [get('/a'), get('/never', { flow: flow({ chance: 1e-9 }) }), think(50)]
  const blocks = [{ from: 1, to: 3, flow: times(10_000) }]
  const plan = onePlan({ port: 0, model: 'closed', level: 1, seconds: 1, steps, blocks })
  const { sent, result } = await runOnClock(plan, { pass: 4_000 })
  expect(moments(sent)).toEqual(['0 /a'])
  expect(result.iterations).toMatchObject({ planned: 1, cut: 1, finished: 0 })
})

test('a block whose steps are all behind is no reason to call an iteration cut', async () => {
  const steps = [get('/a'), think(5_000)]
  const blocks = [{ from: 0, to: 2, flow: times(1) }]
  const plan = onePlan({ port: 0, model: 'closed', level: 1, seconds: 1, steps, blocks })
  const { result } = await runOnClock(plan, { pass: 4_000 })
  expect(result.iterations).toMatchObject({ planned: 1, finished: 1, cut: 0 })
})

test('a scenario whose requests all stand in a block that may be left out is refused', async () => {
  const plan = onePlan({ ...one, steps: [get('/a')], blocks: [{ from: 0, to: 1, flow: flow({ chance: 0.5 }) }] })
  await expect(runShard({ plan, index: 0, count: 1 })).rejects.toThrow('no request that is always sent')
})
