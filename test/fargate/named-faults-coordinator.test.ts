// What has happened to others, one test each: first whatever may befall the coordinator and its machine.
import { expect, test } from '@jest/globals'
import { compare } from '../../src/compare/compare.ts'
import { judge } from '../../src/compare/judge.ts'
import { runOnFargate } from '../../src/fargate/coordinator/run-on-fargate.ts'
import { sweep } from '../../src/fargate/coordinator/sweep.ts'
import { systemTime } from '../../src/fargate/system-time.ts'
import { Recorder } from '../../src/histogram.ts'
import { mergeResults } from '../../src/result/merge-results.ts'
import { budget } from '../compare/made-budget.ts'
import { contextOf } from '../result/shards.ts'
import { Machine } from '../support/virtual/machine.ts'
import { faultyDoors } from './faults/faulty-doors.ts'
import { JOB, play, RUN, Stage, WORKERS, whileSending } from './faults/stage.ts'

const HOUR = 3_600_000

test.each([0, 40])(
  'killed at every call of the outer world, and %i ms into it: all end by themselves',
  async (into) => {
    const made: string[] = []
    const whole = new Stage()
    await play(whole, (options) =>
      runOnFargate(
        JOB,
        faultyDoors(whole.doorsOf(), () => undefined, made),
        options,
      ),
    )
    expect(made.length).toBeGreaterThan(80)
    for (let n = 0; n < made.length; n++) {
      const { world, ecs, coordinator, ...stage } = stageOf(n)
      let calls = 0
      let killedAt: number | undefined
      const kill = () => {
        killedAt = world.now
        coordinator.kill()
      }
      const killer = () => {
        if (calls++ === n) world.after(into, kill)
        return undefined
      }
      runOnFargate(JOB, faultyDoors(stage.doors, killer)).catch(() => undefined)
      await world.run({ until: 400_000, done: () => killedAt !== undefined })
      await world.run({ until: killedAt! + 30_000 })
      expect([n, ecs.sending]).toEqual([n, []])
      await world.run({ until: killedAt! + 60_000 })
      expect([n, ecs.living]).toEqual([n, []])
    }
  },
  120_000,
)

test('cancelled at any call: it is over within seven seconds, nobody sends five later, and nothing is left', async () => {
  for (let n = 0; n < 90; n += 3) {
    const stage = new Stage({ seed: n })
    const cancel = new AbortController()
    let calls = 0
    let cancelledAt = Number.NaN
    const cancels = () => {
      if (calls++ !== n) return undefined
      cancelledAt = stage.world.now
      cancel.abort(new Error('SIGINT'))
      return undefined
    }
    const run = runOnFargate(JOB, faultyDoors(stage.doorsOf(), cancels), { signal: cancel.signal })
    await stage.until(run.catch(() => undefined))
    expect(stage.world.now - cancelledAt).toBeLessThan(7_000)
    await stage.world.run({ until: cancelledAt + 5_000 })
    expect([n, stage.ecs.sending]).toEqual([n, []])
    await stage.world.run({ until: cancelledAt + 60_000 })
    expect([n, stage.ecs.living]).toEqual([n, []])
  }
}, 60_000)

test('the session ends in the middle of the load: it is invalid, nobody sends on, and what is left is named', async () => {
  const stage = new Stage()
  let over = false
  stage.bucket.faultOf = ({ from }) => (over && from !== 'coordinator' ? { kind: 'status', status: 403 } : undefined)
  whileSending(stage, 10_000, () => {
    over = true
  })
  const doors = faultyDoors(stage.doorsOf(), () => (over ? 'denied' : undefined))
  const { verdict, outcome, left, breaches } = await play(stage, (options) => runOnFargate(JOB, doors, options))
  expect({ verdict, outcome, left: left.length, breaches }).toEqual({
    ...{ verdict: 'lost', outcome: 'invalid', left: WORKERS, breaches: [] },
  })
})

test('the date of this machine is set by an hour: no time of a run is taken from it', async () => {
  const real = Date.now
  try {
    const [before, now] = [systemTime.epoch(), systemTime.now()]
    Date.now = () => real() + HOUR
    expect(systemTime.epoch() - before).toBeLessThan(HOUR / 2)
    expect(systemTime.now() - now).toBeLessThan(HOUR / 2)
  } finally {
    Date.now = real
  }
  for (const by of [-HOUR, HOUR]) {
    const stage = new Stage()
    const doors = stage.doorsOf()
    const epoch = () => stage.coordinator.time.epoch() + (stage.world.now > 20_000 ? by : 0)
    const played = await play(stage, (o) => runOnFargate(JOB, { ...doors, time: { ...doors.time, epoch } }, o))
    expect(played).toMatchObject({ verdict: 'whole', breaches: [] })
  }
})

test.each([
  [5_000, 'whole'],
  [10_000, 'whole'],
  [60_000, 'lost'],
  [1_000_000, 'lost'],
] as const)('the coordinator is cut off from the bucket for %i ms: %s', async (time, expected) => {
  const stage = new Stage()
  whileSending(stage, 5_000, () => {
    const heal = stage.network.part('coordinator', 'bucket')
    stage.world.after(time, heal)
  })
  const { verdict, breaches } = await play(stage)
  expect({ verdict, breaches }).toEqual({ verdict: expected, breaches: [] })
})

test('one worker of several that was not fit makes all of it invalid', async () => {
  const { end } = await play(new Stage())
  const late = new Recorder()
  const shards = end!.shards.map((shard) => {
    if (shard?.index !== 1) return shard
    for (let n = 0; n < shard.iterations.started; n++) late.record(500_000)
    return { ...shard, health: { ...shard.health, lateness: late.drain() } }
  })
  const comparison = compare(mergeResults(shards, contextOf(JOB.plan)), undefined, [budget('p95', 1_000)])
  expect(new Set(comparison.defects.map(({ code }) => code))).toEqual(new Set(['generator-late']))
  expect(judge(comparison).outcome).toBe('invalid')
})

test('two runs at once, and a sweep of a third party: none of them touches another', async () => {
  const stage = new Stage()
  const other = new Machine(stage.world, 'other')
  const second = { ...JOB, runId: 'b'.repeat(20) }
  const besides = runOnFargate(second, stage.doorsOf(other))
  const third = new Machine(stage.world, 'third')
  const letBe = stage.coordinator.time.sleep(8_000).then(() => sweep(stage.doorsOf(third)))
  const { verdict } = await play(stage)
  const { shards } = await stage.until(besides)
  expect([verdict, shards.every((shard) => shard?.complete)]).toEqual(['whole', true])
  expect((await stage.until(letBe)).letBe).toEqual([second.runId, RUN])
})

function stageOf(seed: number) {
  const stage = new Stage({ seed })
  return { world: stage.world, ecs: stage.ecs, coordinator: stage.coordinator, doors: stage.doorsOf() }
}
