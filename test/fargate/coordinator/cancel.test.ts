// A run that is ended before its time, at any moment of it.
import { expect, test } from '@jest/globals'
import type { FargateEnd } from '../../../src/fargate/coordinator/run.ts'
import { runOnFargate } from '../../../src/fargate/coordinator/run-on-fargate.ts'
import { job, SmallWorld } from '../small-world.ts'

/** When a run of this many is cancelled, and what comes of it. */
async function cancelled(world: SmallWorld, at: number, kind: 'signal' | 'enough' = 'signal', count = 5) {
  const abort = new AbortController()
  const running = runOnFargate(job(count), world.doors, { [kind]: abort.signal }).catch((error) => error as Error)
  await world.time.until(Promise.race([world.time.sleep(at), running]))
  const from = world.time.now()
  abort.abort(new Error('SIGINT'))
  const end = await world.time.until(running)
  return { end, took: world.time.now() - from, from }
}

test.each([0, 3, 8, 17, 30, 1_000, 20_100, 22_000, 24_000, 30_000, 40_000, 60_000, 95_000])(
  'cancelled after %i ms: no worker sends 5 s later, and the coordinator is gone within 7 s',
  async (at) => {
    const world = new SmallWorld()
    const { took, from } = await cancelled(world, at)
    expect(took).toBeLessThan(7_000)
    await world.time.pass(40_000)
    for (const { sentFrom, sentUntil } of world.tasks)
      if (sentFrom !== undefined) expect(sentUntil! - from).toBeLessThan(5_000)
    expect(world.running).toEqual([])
  },
)

test('the word to stop is the first thing that is said, and the tasks are asked after it', async () => {
  const world = new SmallWorld()
  const { end, from } = await cancelled(world, 50_000)
  const after = world.calls.filter(({ at }) => at >= from)
  expect(after.find(({ call }) => call === 'put' || call === 'stop')).toMatchObject({ call: 'put', at: from })
  // Those that had not ended by themselves.
  expect(world.control.order).toMatchObject({ kind: 'stop' })
  const { shards } = end as FargateEnd
  expect(shards.map((shard) => shard?.complete)).toEqual([false, false, false, false, false])
})

test('a run that has enough keeps all its results and verifies its tasks', async () => {
  const world = new SmallWorld()
  const { end } = await cancelled(world, 50_000, 'enough')
  expect((end as FargateEnd).shards.map((shard) => shard?.complete)).toEqual([false, false, false, false, false])
  expect((end as FargateEnd).tasks).toHaveLength(5)
  expect(world.running).toEqual([])
})

test('a task whose answer never came is found and stopped', async () => {
  const world = new SmallWorld({ startUp: () => 90_000 })
  world.visibleAfter = 20_000
  world.fault = (call) => (call === 'run' ? 'lost' : undefined)
  const { end } = await cancelled(world, 10_000, 'enough')
  expect((end as FargateEnd).shards).toEqual([undefined, undefined, undefined, undefined, undefined])
  expect(world.tasks).toHaveLength(5)
  expect(world.running).toEqual([])
})

test('cancelled at every single call of the outer world, nothing is left running', async () => {
  const whole = new SmallWorld()
  await whole.time.until(runOnFargate(job(3), whole.doors))
  for (let n = 0; n < whole.calls.length; n++) {
    const world = new SmallWorld()
    const abort = new AbortController()
    world.fault = () => {
      if (world.calls.length === n + 1) abort.abort(new Error('SIGINT'))
      return undefined
    }
    await world.time.until(runOnFargate(job(3), world.doors, { signal: abort.signal }).catch(() => undefined))
    await world.time.pass(40_000)
    expect(world.running).toEqual([])
  }
})
