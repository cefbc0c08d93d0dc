// What stands in for a service whose answers are streams of events: the engine itself takes each for a success.
import { expect, test } from '@jest/globals'
import { runShard } from '../../src/engine/run-shard.ts'
import type { Events } from '../../src/profile/profile.ts'
import { startStandIn } from '../../src/sizing/stand-in.ts'
import { standInPlan } from '../../src/sizing/stand-in-plan.ts'
import { onePlan, requestStep } from '../support/plans.ts'

const equal = (pointer: string, value: string) => ({ pointer, value })

test.each<[Events, number]>([
  [{}, 1],
  [{ for: 600_000, within: 1 }, 1],
  [{ until: { kind: 'number', number: 7 } }, 7],
  [{ until: { kind: 'number', number: 1_000_000 } }, 100],
  [{ until: { kind: 'mark', text: '[DONE]' } }, 2],
  [{ until: { kind: 'event', event: 'done', id: '42', data: 'bye', json: [equal('/by', 'all')] } }, 1],
])('%j', async (events, each) => {
  const step = requestStep({
    events,
    expect: { json: [equal('/said', 'two\nlines')], body: 'lines' },
    capture: [{ name: 'id', from: { kind: 'json', pointer: '/id' } }],
  })
  const plan = onePlan({ port: 1, steps: [step, requestStep()] })
  const standIn = await startStandIn(plan, AbortSignal.timeout(5_000))
  const load = { model: 'closed', level: 2, warmUp: 0, measured: 200 } as const
  const { steps } = await runShard({ plan: standInPlan(plan, standIn.origin, load), index: 0, count: 1 })
  await standIn.close()
  expect(steps.map(({ causes }) => causes)).toEqual([{}, {}])
  expect(steps[0]!.succeeded).toBeGreaterThan(3)
  expect(steps[0]!.events!.received).toBe(each * steps[0]!.succeeded)
})
