import { expect, test } from '@jest/globals'
import { planLoad } from '../../src/plan/plan-load.ts'
import { readProfile } from '../../src/profile/read-profile.ts'
import { measureCost } from '../../src/sizing/measure-cost.ts'
import { countingServer } from '../executor/counting-server.ts'
import { profile, request, scenario } from '../plan/profiles.ts'
import { fullPlan } from './profiles.ts'

const NEVER = new AbortController().signal

test('a profile is measured without its target being asked', async () => {
  await using target = await countingServer()
  const cost = await measureCost(fullPlan(target.origin), NEVER)
  expect(cost).not.toHaveProperty('unmeasured')
  expect(cost).toMatchObject({ perRequest: expect.any(Number), requests: expect.any(Number), took: 1_200 })
  if ('unmeasured' in cost) return
  expect(cost.perRequest).toBeGreaterThan(0)
  expect(cost.atFullLoad).toBeGreaterThan(0)
  // More than a core has no thread.
  expect(cost.perRequest * cost.requests).toBeLessThanOrEqual(1_250_000)
  expect(target.requests).toBe(0)
})

test('so is one with conversations: the stand-in is sent their messages as requests', async () => {
  await using target = await countingServer()
  const steps = [
    { get: '/' },
    {
      websocket: '/room',
      expect: { headers: { 'x-room': 'tea' } },
      talk: [
        { receive: { json: { '/type': 'welcome' } }, capture: { id: { json: '/id' } } },
        { think: '1m' },
        { repeat: 2, between: '1m', steps: [{ send: '${id}', receive: { text: '${id}' } }, { send: 'bye' }] },
      ],
    },
  ]
  const load = { rate: '20/s', for: '10s' }
  const text = JSON.stringify({ name: 'x', target: target.origin, load, scenarios: [{ name: 's', steps }] })
  const plan = planLoad(readProfile(text, { file: 'x', env: {} }).profile!, { data: {} })
  expect(await measureCost(plan, NEVER)).toMatchObject({ perRequest: expect.any(Number), requests: expect.any(Number) })
  expect(target.requests).toBe(0)
})

test('a step that no answer can fulfil is named, and nothing is thrown', async () => {
  const impossible = { status: [{ from: 204, to: 204 }], json: [], headers: [], body: 'text' }
  const plan = planLoad(profile({ scenarios: [scenario('a', 1, request(['/x'], { expect: impossible }))] }), {
    data: {},
  })
  expect(await measureCost(plan, NEVER)).toEqual({
    unmeasured: 'the stand-in\'s answers to "GET /x" failed (unexpected-answer)',
  })
})

test('it ends when it is stopped', async () => {
  const stop = new AbortController()
  setTimeout(() => stop.abort(), 300)
  expect(await measureCost(fullPlan('http://127.0.0.1:1'), stop.signal)).toEqual({
    unmeasured: 'it was stopped before its end',
  })
  expect(await measureCost(fullPlan('http://127.0.0.1:1'), AbortSignal.abort())).toEqual({
    unmeasured: 'it was stopped before its end',
  })
})
