import { expect, test } from '@jest/globals'
import { runOnFargate } from '../../src/fargate/coordinator/run-on-fargate.ts'
import { lifetimeOf, mostLosses } from '../../src/fargate/lifetime.ts'
import { keysOf } from '../../src/fargate/protocol.ts'
import { estimateCost } from '../../src/fargate/setup/cost.ts'
import { onePlan, requestStep } from '../support/plans.ts'
import { job, RUN, SmallWorld } from './small-world.ts'

test('the hard end is fifteen minutes behind the time in which the slowest worker has surely ended', () => {
  const plan = onePlan({ port: 1, steps: [requestStep({ timeout: 90_000 })], seconds: 600, timeout: 30_000 })
  // One that waits for a connection in the last moment, the longest request, and half a minute.
  const sends = 600_000 + 2 * 90_000 + 30_000
  expect(lifetimeOf({ plan, count: 4, stagger: 10_000 })).toBe(sends + 30_000 + 900_000)
})

test.each([
  [1, 2],
  [10, 2],
  [11, 3],
  [1_000, 200],
])('of %i workers %i may be replaced', (count, most) => {
  expect(mostLosses(count)).toBe(most)
})

test('what a run is estimated at most is what its orders let its tasks live, with all that may be replaced', async () => {
  const world = new SmallWorld({
    diesAfterClaim: (task) => (task < 2 ? 500 : undefined),
    startUp: (task) => (task < 5 ? 5_000 : 20_000),
  })
  await world.time.until(runOnFargate(job(10), world.doors))
  expect(world.tasks).toHaveLength(10 + mostLosses(10))
  const { lifetime } = JSON.parse(world.objects.get(keysOf(RUN).orders(0))!.toString())
  const fleet = { region: 'us-east-1', architecture: 'X86_64', size: { cpu: 1_024, memory: 2_048 } } as const
  const { most } = estimateCost([{ ...fleet, spot: false, publicAddress: false, workers: 10 }], job(10).plan, 0)
  expect(most.taskTime).toBeGreaterThanOrEqual(world.tasks.length * lifetime)
})
