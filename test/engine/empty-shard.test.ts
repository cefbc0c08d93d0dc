import { expect, test } from '@jest/globals'
import { runShard } from '../../src/engine/run-shard.ts'
import { startCountingServer } from '../support/counting-server.ts'
import { onePlan, requestStep } from '../support/plans.ts'

// More workers than users or arrivals: those that get none of either must end, and are not unfit.
test.each(['open', 'closed'] as const)('%s: a shard with nothing to do ends, and is fit', async (model) => {
  await using server = await startCountingServer()
  const plan = onePlan({ port: server.port, model, level: 1, seconds: 1, steps: [requestStep()] })
  const result = await runShard({ plan, index: 3, count: 4 })
  expect(server.requests).toEqual([])
  expect(result).toMatchObject({
    complete: true,
    iterations: { planned: 0, started: 0, dropped: 0 },
    health: { loopUtilisation: 0, cpu: 0 },
  })
})
