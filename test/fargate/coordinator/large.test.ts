// Many workers: what is asked of AWS stays below its limits.
import { expect, test } from '@jest/globals'
import { runOnFargate } from '../../../src/fargate/coordinator/run-on-fargate.ts'
import { type Call, job, SmallWorld } from '../small-world.ts'

// Four hundred workers are much for one thread of a busy machine.
const LONG = 120_000

/** In the busiest second. */
function perSecond({ calls }: SmallWorld, ...names: readonly Call[]): number {
  const of = calls.filter(({ call }) => names.includes(call))
  return Math.max(
    ...Map.groupBy(of, ({ at }) => Math.floor(at / 1_000))
      .values()
      .map(({ length }) => length),
  )
}

test(
  'four hundred workers: all results, and no burst of calls',
  async () => {
    const world = new SmallWorld()
    const end = await world.time.until(runOnFargate(job(400), world.doors))
    expect(end.shards.filter((shard) => shard?.complete)).toHaveLength(400)
    expect(perSecond(world, 'run')).toBeLessThanOrEqual(20)
    expect(perSecond(world, 'describe', 'tasks')).toBeLessThanOrEqual(20)
    expect(perSecond(world, 'get', 'put', 'list')).toBeLessThanOrEqual(2_000)
    expect(world.running).toEqual([])
  },
  LONG,
)

test(
  'four hundred workers that are cancelled: as many are stopped as AWS lets in that time, and that is told in one line',
  async () => {
    const world = new SmallWorld()
    const abort = new AbortController()
    const running = runOnFargate(job(400), world.doors, { signal: abort.signal })
    await world.time.until(Promise.race([world.time.sleep(60_000), running]))
    const before = world.told.length
    abort.abort(new Error('SIGINT'))
    await world.time.until(running)
    expect(world.made('stop')).toBeGreaterThan(100)
    expect(perSecond(world, 'stop')).toBeLessThanOrEqual(120)
    const stops = world.told.slice(before).filter((line) => /asked to stop|could not be stopped/.test(line))
    expect(stops).toEqual([
      expect.stringMatching(/^\d+ of 400 tasks asked to stop; it was not waited for their end\.$/),
    ])
    await world.time.pass(40_000)
    expect(world.running).toEqual([])
  },
  LONG,
)

test(
  'four hundred tasks that do not end by themselves are stopped, no faster than AWS lets',
  async () => {
    const world = new SmallWorld({ immortal: () => true })
    const end = await world.time.until(runOnFargate(job(400), world.doors))
    expect([end.tasks.length, end.left]).toEqual([400, []])
    expect(perSecond(world, 'stop')).toBeLessThanOrEqual(120)
  },
  LONG,
)
