// The coordinator and the workers themselves, in one virtual world.
import { expect, test } from '@jest/globals'
import { runOnFargate } from '../../../src/fargate/coordinator/run-on-fargate.ts'
import { onePlan, requestStep } from '../../support/plans.ts'
import { startCluster } from '../../support/virtual/cluster.ts'
import { COURSES } from '../../support/virtual/courses.ts'
import { withHash } from '../../support/virtual/fleet.ts'
import { callsOf, kill } from '../../support/virtual/kill.ts'
import { job } from '../small-world.ts'

/** Of each course; the heavy stage has all of its calls. */
const KILLS = 12
const plan = withHash(onePlan({ port: 1, steps: [requestStep()], level: 50, seconds: 60 }))

test.each([
  [1, 0],
  [2, 0.02],
  [3, 0.05],
])(
  'twelve workers with clocks hours apart (seed %i, %f of all packets lost): all results, one start',
  async (seed, loss) => {
    const { world, doors, ecs, told } = startCluster(seed, { weather: { loss } })
    const lost: string[] = []
    const settled = Promise.withResolvers<Awaited<ReturnType<typeof runOnFargate>>>()
    let over = false
    runOnFargate({ ...job(12), plan }, doors, { onWorkerLost: (at, why) => void lost.push(`${at}: ${why}`) })
      .then(settled.resolve, settled.reject)
      .finally(() => {
        over = true
      })
    await world.run({ until: 1_800_000, done: () => over })
    const end = await settled.promise
    expect(lost).toEqual([])
    expect(end.shards.every((shard) => shard?.complete)).toBe(true)
    expect(end.shards).toHaveLength(12)
    expect(end.skew).toBeLessThan(1_000)
    expect(ecs.tasks.every(({ state }) => state.status === 'STOPPED')).toBe(true)
    expect(told.filter((line) => /lost|could not be verified/.test(line))).toEqual([])
  },
)

test.each(COURSES)('a coordinator that is killed leaves nothing that sends or lives: $name', async (course) => {
  const calls = await callsOf(1, course)
  for (let n = 0; n < KILLS; n++) {
    const call = Math.floor((n * calls.length) / KILLS)
    const { sent, lived, late } = (await kill(1, course, { call, when: n % 2 === 0 ? 'before' : 'after' }))!
    expect([call, sent <= 30_000, lived <= 60_000, late.sent, late.lived <= 60_000]).toEqual([
      call,
      true,
      true,
      false,
      true,
    ])
  }
})
