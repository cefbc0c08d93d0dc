// A run from its first object to its last task, when all goes well.
import { expect, test } from '@jest/globals'
import type { ShardProgress } from '../../../src/engine/shard-result.ts'
import { runOnFargate } from '../../../src/fargate/coordinator/run-on-fargate.ts'
import { keysOf } from '../../../src/fargate/protocol.ts'
import { collectedOf, job, RUN, SmallWorld } from '../small-world.ts'

test('every shard has its result, in order, and every task is stopped', async () => {
  const world = new SmallWorld()
  const seen: ShardProgress[] = []
  const end = await world.time.until(runOnFargate(job(25), world.doors, { onProgress: (p) => seen.push(p) }))
  expect(end.shards).toEqual(Array.from({ length: 25 }, (_, index) => collectedOf(index, 25)))
  expect(world.tasks).toHaveLength(25)
  expect(world.running).toEqual([])
  expect(end.left).toEqual([])
  expect(end.tasks).toHaveLength(25)
  expect(end.skew).toBe(50)
  expect(new Set(seen.map(({ index }) => index)).size).toBe(25)
  expect(world.made('run')).toBe(3)
  expect(world.made('stop')).toBe(0)
  expect(new Set(world.tasks.map(({ sentFrom }) => sentFrom)).size).toBe(1)
  expect(world.control.order.kind).toBe('stop')
  expect(world.told.filter((line) => !/are ready/.test(line))).toEqual([])
})

test('the summary is there before the first task', async () => {
  const world = new SmallWorld()
  await world.time.until(runOnFargate(job(2), world.doors))
  const at = (call: string, about: string) =>
    world.calls.findIndex((made) => made.call === call && made.about.startsWith(about))
  expect(at('put', keysOf(RUN).summary)).toBeLessThan(at('run', RUN))
  expect(at('put', keysOf(RUN).control)).toBeLessThan(at('run', RUN))
})
