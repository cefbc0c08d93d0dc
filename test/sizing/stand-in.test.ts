import { expect, test } from '@jest/globals'
import { runShard } from '../../src/engine/run-shard.ts'
import { planLoad } from '../../src/plan/plan-load.ts'
import { parseProfile } from '../../src/profile/read-profile.ts'
import { startStandIn } from '../../src/sizing/stand-in.ts'
import { standInPlan } from '../../src/sizing/stand-in-plan.ts'
import { fullPlan } from './profiles.ts'

const NEVER = new AbortController().signal

test.each(['open', 'closed'] as const)(
  'every request of a whole profile succeeds against its stand-in: %s',
  async (model) => {
    const plan = fullPlan('http://127.0.0.1:1')
    const standIn = await startStandIn(plan, NEVER)
    const asked = standInPlan(plan, standIn.origin, { model, level: 20, warmUp: 100, measured: 400 })
    const { complete, steps, warmUp } = await runShard({ plan: asked, index: 0, count: 1 })
    const requests = steps.reduce((sum, { sent }) => sum + sent, warmUp.sent)
    await standIn.close()
    expect([complete, warmUp.failed, ...steps.map(({ causes }) => causes)]).toEqual([
      true,
      0,
      {},
      {},
      {},
      {},
      {},
      {},
      {},
    ])
    expect(steps.map(({ statuses }) => Object.keys(statuses).join())).toEqual([
      '200',
      '200',
      '201',
      '200',
      '200',
      '204',
      '301',
    ])
    expect(requests).toBeGreaterThan(10)
    expect(standIn.asked).toBe(requests)
  },
)

test('the stand-in is asked without pauses, without budgets, and for as many rows as it takes', () => {
  const plan = fullPlan('http://127.0.0.1:1/base')
  const rows = Array.from({ length: 5_000 }, (_, n) => [`row ${n}`])
  const large = { ...plan, data: { accounts: { columns: ['email'], rows, pick: 'random' as const } } }
  const load = { model: 'closed', level: 5, warmUp: 100, measured: 400 } as const
  const asked = standInPlan(plan, 'http://127.0.0.1:1', load)
  expect(asked).toMatchObject({
    target: 'http://127.0.0.1:1',
    model: 'closed',
    duration: 500,
    measureFrom: 100,
    budgets: [],
  })
  expect(asked.scenarios.flatMap(({ steps }) => steps.map(({ kind }) => kind))).toEqual(Array(7).fill('request'))
  expect(asked.data.accounts).toMatchObject({ pick: 'sequential', rows: plan.data.accounts!.rows })
  expect(standInPlan(large, 'http://127.0.0.1:1', load).data.accounts).toMatchObject({
    pick: 'random',
    rows: { length: 1_000 },
  })
})

test('blocks are where they were, without their pauses, and what comes beside a page is asked for as well', async () => {
  const text = `name: x
target: http://127.0.0.1:1
load: { users: 2, for: 1m }
connections: { http: 2 }
scenarios:
  - name: s
    pace: 2..4
    steps:
      - { get: /, also: [ { get: /a }, { get: /b } ] }
      - think: 1m
      - { repeat: 2, steps: [ { think: 1m } ] }
      - { repeat: 3, between: 1m, steps: [ { get: /c }, { think: 1m }, { get: /d } ] }
`
  const plan = planLoad(parseProfile(text, { file: 'x', env: {} }).profile, { data: {} })
  const standIn = await startStandIn(plan, NEVER)
  const asked = standInPlan(plan, standIn.origin, { model: 'closed', level: 2, warmUp: 0, measured: 300 })
  const { iterations, steps } = await runShard({ plan: asked, index: 0, count: 1 })
  await standIn.close()
  expect(asked.scenarios[0]!.blocks).toMatchObject([{ from: 3, to: 5, flow: { repeat: { from: 3, to: 3 } } }])
  expect(asked.connections).toMatchObject({ http: '1.1', parallel: 6 })
  expect(iterations.finished).toBeGreaterThan(5)
  expect(iterations.failed).toBe(0)
  const [page, a, b, c, d] = steps.map(({ sent }) => sent)
  expect([a, b]).toEqual([expect.closeTo(page!, -1), expect.closeTo(page!, -1)])
  expect(c! / d!).toBeCloseTo(1, 0)
  expect(c!).toBeGreaterThanOrEqual(3 * iterations.finished)
})

test('connections are used as the plan uses them, in plain HTTP/1.1', () => {
  const plan = fullPlan('https://127.0.0.1:1')
  const used = (use: 'shared' | 'per-user' | 'per-iteration', model: 'open' | 'closed') => {
    const chosen = { ...plan, connections: { ...plan.connections, use, limit: 1, maxRequests: 3, http: '2' as const } }
    return standInPlan(chosen, 'http://127.0.0.1:1', { model, level: 5, warmUp: 0, measured: 1 }).connections
  }
  expect(used('per-iteration', 'open')).toMatchObject({ use: 'per-iteration', maxRequests: 3, http: '1.1', limit: 500 })
  expect(used('per-iteration', 'closed').use).toBe('per-iteration')
  expect(used('per-user', 'open').use).toBe('shared')
  expect(used('shared', 'closed').use).toBe('per-user')
})

test('a stand-in that is no longer wanted does not start', async () => {
  await expect(startStandIn(fullPlan('http://127.0.0.1:1'), AbortSignal.abort())).rejects.toThrow()
})
