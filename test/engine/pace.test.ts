// Users that are quick, and users that are slow.
import { expect, test } from '@jest/globals'
import { paceOf } from '../../src/plan/pace.ts'
import { flow, onePlan, requestStep, think } from '../support/plans.ts'
import { runOnClock } from '../support/run-on-clock.ts'

const pause = { from: 100, to: 100 }
const STEPS = [
  requestStep({ path: ['/', { encode: 'none', value: { kind: 'user' } }] }),
  think(pause.from),
  requestStep({ path: ['/page'], flow: flow({ repeat: { from: 2, to: 2, between: pause } }) }),
  think(pause.from),
]

test('each user of a closed load has a pace of its own, in all of its pauses and iterations', async () => {
  const pace = { from: 0.5, to: 2 }
  const plan = onePlan({ port: 0, model: 'closed', level: 20, seconds: 3, steps: STEPS, pace })
  const { sent } = await runOnClock(plan)
  const gaps = new Map<string, number[]>()
  const last = new Map<string, number>()
  for (const [at, path] of sent) {
    if (path === '/page') continue
    const before = last.get(String(path))
    if (before !== undefined) gaps.set(String(path), [...(gaps.get(String(path)) ?? []), Number(at) - before])
    last.set(String(path), Number(at))
  }
  for (const [path, each] of gaps) {
    const factor = paceOf(pace, 1, Number(path.slice(1)) - 1)
    // Three pauses in each iteration.
    for (const gap of each) expect(gap).toBeCloseTo(300 * factor, 6)
  }
  expect(gaps.size).toBe(20)
  expect(new Set([...gaps.values()].map(([first]) => first)).size).toBe(20)
})

test('each arrival of an open load draws its own', async () => {
  const pace = { from: 0.5, to: 2 }
  const steps = [requestStep({ path: ['/a'] }), think(100), requestStep({ path: ['/b'] })]
  const { sent } = await runOnClock(onePlan({ port: 0, level: 10, seconds: 1, steps, pace }))
  const ends = sent.flatMap(([at, path]) => (path === '/b' ? [Number(at)] : []))
  const due = Array.from({ length: 10 }, (_, n) => n * 100 + 100 * paceOf(pace, 1, n))
  expect(ends).toEqual(due.toSorted((a, b) => a - b).map((moment) => expect.closeTo(moment, 6)))
})

test('without one, pauses are as they are written', async () => {
  const { sent } = await runOnClock(onePlan({ port: 0, level: 1, seconds: 1, steps: STEPS }))
  expect(sent.map(([at]) => at)).toEqual([0, 100, 200])
})

test.each([
  [{ from: 0.5, to: 2 }, 1.25, 0.5, 2],
  [{ from: 3, to: 3 }, 3, 3, 3],
  [{ shape: 'normal', mean: 1, deviation: 0.3 }, 1, 0.1, 10],
  [{ shape: 'normal', mean: 9, deviation: 0.5 }, 9, 0.1, 10],
] as const)('%j is %d on average, and within its bounds', (pace, mean, least, most) => {
  const drawn = Array.from({ length: 20_000 }, (_, n) => paceOf(pace, 7, n))
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(least)
  expect(Math.max(...drawn)).toBeLessThanOrEqual(most)
  const deviation = 'deviation' in pace ? pace.deviation : (pace.to - pace.from) / Math.sqrt(12)
  expect(Math.abs(drawn.reduce((sum, one) => sum + one, 0) / drawn.length - mean)).toBeLessThanOrEqual(
    (5 * deviation) / Math.sqrt(20_000) + 0.005 * deviation + 1e-12,
  )
})
