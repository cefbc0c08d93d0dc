// What has happened to others, one test each: whatever ECS, a worker or the bucket may do.
import { expect, test } from '@jest/globals'
import { runOnFargate } from '../../src/fargate/coordinator/run-on-fargate.ts'
import { keysOf, TERM } from '../../src/fargate/protocol.ts'
import { VERSION } from '../../src/version.ts'
import type { Fault } from '../support/virtual/bucket.ts'
import { faultyDoors } from './faults/faulty-doors.ts'
import { JOB, type Played, play, RUN, Stage, type Verdict, WORKERS, whileSending } from './faults/stage.ts'
import type { EcsTroubles } from './faults/virtual-ecs.ts'

const keys = keysOf(RUN)
const SECOND = 1_000
const MINUTE = 60_000

/** A verdict, and nothing that is wrong with it. */
function expectOnly({ verdict, left, breaches }: Played, expected: Verdict): void {
  expect({ verdict, left, breaches }).toEqual({ verdict: expected, left: [], breaches: [] })
}

test.each([0, 1, 2])(
  'of three asked for %i start, and the call is a success: only the gap is filled',
  async (started) => {
    const answer = (_: number, nth: number) => (nth === 0 ? { started, failures: ['RESOURCE:CPU'] } : undefined)
    const stage = new Stage({ ecs: { answer } })
    expectOnly(await play(stage), 'whole')
    expect(stage.ecs.tasks).toHaveLength(WORKERS)
  },
)

test.each([1, 2, 5])('the answer to a start is lost %i times: nothing is started twice', async (times) => {
  const stage = new Stage()
  let calls = 0
  const faultOf = (name: string) => (name === 'RunTask' && calls++ < times ? 'no answer, done' : undefined)
  expectOnly(await play(stage, (options) => runOnFargate(JOB, faultyDoors(stage.doorsOf(), faultOf), options)), 'whole')
  expect(stage.ecs.tasks).toHaveLength(WORKERS)
})

const CAPACITY = 'Capacity is unavailable at this time. Please try again later or in a different availability zone'

test('capacity that comes late is waited for; that which never comes ends the run, and what had started', async () => {
  const late = new Stage({ ecs: { answer: (_, nth) => (nth < 4 ? { started: 0, failures: [CAPACITY] } : undefined) } })
  expectOnly(await play(late), 'whole')
  const never = new Stage({ ecs: { answer: () => ({ started: 0, failures: [CAPACITY] }) } })
  const refused = await play(never)
  expectOnly(refused, 'refused')
  expect(refused.reasons.join()).toMatch(/Fargate has no capacity/)
  const some = new Stage({ ecs: { answer: (_, nth) => ({ started: nth === 0 ? 2 : 0, failures: [CAPACITY] }) } })
  expectOnly(await play(some), 'refused')
  expect(some.ecs.tasks).toHaveLength(2)
})

const IMAGE = {
  stopCode: 'TaskFailedToStart',
  stoppedReason: 'CannotPullContainerError: pull image manifest: not found',
}
const NETWORK = { stopCode: 'TaskFailedToStart', stoppedReason: 'Timeout waiting for network interface provisioning' }
const slow = (n: number) => 15 * SECOND + 700 * n

test.each<[string, EcsTroubles, Verdict, RegExp]>([
  ['one gets stuck', { startUp: (n) => (n === 1 ? Number.POSITIVE_INFINITY : slow(n)) }, 'whole', /^$/],
  ['all get stuck', { startUp: () => Number.POSITIVE_INFINITY }, 'refused', /not ready within 4 min/],
  ['one gets no network', { fails: (n) => (n === 2 ? NETWORK : undefined) }, 'whole', /^$/],
  ['none gets a network', { fails: () => NETWORK }, 'refused', /got no network interface.*Timeout waiting/],
  ['there is no such image', { fails: () => IMAGE }, 'refused', /image of the worker cannot be pulled/],
  ['one dies at once', { dies: (n) => (n === 0 ? { after: 5, exitCode: 1, reason: '' } : undefined) }, 'whole', /^$/],
  ['all die at once', { dies: () => ({ after: 5, exitCode: 1, reason: '' }) }, 'refused', /exit code 1/],
  ['one has another version', { version: (n) => (n === 0 ? '9.9.9' : VERSION) }, 'whole', /^$/],
  ['all have another version', { version: () => '9.9.9' }, 'refused', /exit code 10/],
])('of the tasks %s', async (_, ecs, expected, reason) => {
  const stage = new Stage({ ecs: { startUp: slow, ...ecs } })
  const played = await play(stage)
  expectOnly(played, expected)
  expect(played.reasons.join()).toMatch(reason)
  if (expected === 'refused') expect(stage.ecs.sendings).toEqual([])
})

test.each([1, 30, 120, 300].map((seconds) => seconds * SECOND))(
  'ECS shows no task for %i ms after it has started: that is no reason for anything',
  async (unseen) => {
    const stage = new Stage({ seed: unseen, ecs: { unseen } })
    expectOnly(await play(stage), 'whole')
    expect(stage.ecs.tasks).toHaveLength(WORKERS)
  },
)

test.each([
  ['before the start', SECOND, 'whole', 0],
  ['while it sends', 35 * SECOND, 'lost', 1],
] as const)('Spot takes a worker back %s', async (_, after, expected, incomplete) => {
  const stage = new Stage({ ecs: { takenBack: (n) => (n === 1 ? after : undefined) } })
  const { end, ...played } = await play(stage)
  expectOnly({ end, ...played }, expected)
  expect(played.why).toEqual(
    expected === 'whole'
      ? []
      : [expect.stringMatching(/^1 of 3 workers ended early: Worker \d of 3: interrupted by SIGTERM$/)],
  )
  // What it had measured by then is there.
  expect(end!.shards.map((shard) => shard?.complete).filter((complete) => complete === false)).toHaveLength(incomplete)
})

test('a worker is killed at any moment of the load: its shard is lost, with the words of ECS, and never made up for', async () => {
  for (let seed = 0; seed < 20; seed++) {
    const stage = new Stage({ seed })
    const at = stage.world.chance.between(0, 39 * SECOND)
    whileSending(stage, at, () => stage.ecs.kill(seed % WORKERS, 137, 'OutOfMemoryError: Container killed'))
    const played = await play(stage)
    expectOnly(played, 'lost')
    expect(played.outcome).toBe('invalid')
    expect(played.reasons).toEqual([expect.stringMatching(/its task stopped: a worker ran out of memory/)])
    expect(stage.ecs.tasks).toHaveLength(WORKERS)
  }
}, 60_000)

test.each([0, 1, 2])(
  'a task goes on although its worker has ended, and %i calls to stop it come to nothing',
  async (lost) => {
    const stage = new Stage({ ecs: { clings: (n) => n === 1, stopsLost: () => lost } })
    expectOnly(await play(stage), 'whole')
  },
)

test('a task that nothing stops is named, and all that was measured counts', async () => {
  const stage = new Stage({ ecs: { clings: (n) => n === 1, stopsLost: () => Number.POSITIVE_INFINITY } })
  const { verdict, left, breaches } = await play(stage)
  expect({ verdict, left, breaches }).toEqual({ verdict: 'whole', left: [stage.ecs.tasks[1]!.state.arn], breaches: [] })
  expect(stage.told.at(-1)).toContain(left[0])
})

test.each<[string, (whole: Buffer) => Buffer]>([
  ['cut off', (whole) => whole.subarray(0, whole.length / 2)],
  ['empty', () => Buffer.alloc(0)],
  [
    'with one bit flipped',
    (whole) => {
      const flipped = Buffer.from(whole)
      flipped[whole.length >> 1]! ^= 16
      return flipped
    },
  ],
  ['of somebody else', () => Buffer.from('<html>Welcome to the hotel</html>')],
])('a result that arrives %s is read again, and is lost if it stays so', async (_, damage) => {
  for (const [times, expected] of [[1, 'whole'] as const, [9, 'lost'] as const]) {
    const stage = new Stage()
    let left: number = times
    stage.bucket.faultOf = ({ from, method, key }): Fault | undefined => {
      if (from !== 'coordinator' || method !== 'GET' || key !== keys.result(1, 0) || left-- <= 0) return undefined
      return { kind: 'body', body: damage(stage.bucket.storage.get(key).body) }
    }
    const played = await play(stage)
    expectOnly(played, expected)
    if (expected === 'lost') expect(played.reasons).toEqual([expect.stringMatching(/^1: its result/)])
  }
})

test('a result that somebody else has written first is none, and the own one does not take its place', async () => {
  const stage = new Stage()
  whileSending(stage, 0, () => stage.bucket.storage.put(keys.result(2, 0), 'mine', false))
  const played = await play(stage)
  expectOnly(played, 'lost')
  expect(played.reasons).toEqual([expect.stringMatching(/^2: its result cannot be read/)])
  expect(stage.bucket.storage.get(keys.result(2, 0)).body.toString()).toBe('mine')
})

test.each(['one', 'all'])(
  'the bucket is out of reach for %s of the workers: they stop, since a lease is to be seen',
  async (who) => {
    const stage = new Stage()
    let cutAt = 0
    whileSending(stage, 4 * SECOND, () => {
      cutAt = stage.world.now
      for (const { state } of stage.ecs.tasks.slice(0, who === 'one' ? 1 : WORKERS))
        stage.network.part(state.arn, 'bucket')
    })
    const played = await play(stage)
    expectOnly(played, 'lost')
    expect(played.reasons).toHaveLength(who === 'one' ? 1 : WORKERS)
    expect(played.defects).toContain('worker-lost')
    const ended = stage.ecs.sendings.filter(
      ({ machine }) => who === 'all' || machine.name === stage.ecs.tasks[0]!.state.arn,
    )
    for (const { until } of ended) expect(until! - cutAt).toBeLessThan(TERM + 5 * SECOND)
  },
)

test('clocks are up to an hour off, either way: all begin together, and the report says how exactly', async () => {
  for (let seed = 0; seed < 15; seed++) {
    const chance = new Stage({ seed }).world.chance
    const stage = new Stage({ seed, ecs: { skew: () => chance.between(-60 * MINUTE, 60 * MINUTE) } })
    const { end, ...played } = await play(stage)
    expectOnly({ end, ...played }, 'whole')
    const starts = stage.ecs.sendings.map(({ from }) => from)
    const apart = Math.max(...starts) - Math.min(...starts)
    // The clocks of this world drift by less than a millisecond each between the word and the start.
    expect(apart).toBeLessThanOrEqual(end!.skew + 2)
    expect(end!.skew).toBeLessThan(SECOND / 2)
  }
}, 60_000)

test.each([5 * SECOND, 25 * SECOND, 45 * SECOND])(
  'a stray worker comes %i ms after the others were asked for: it leaves',
  async (at) => {
    const stage = new Stage()
    const { ecs, world } = stage
    world.at(at, () => void ecs.startAgain(0))
    expectOnly(await play(stage), 'whole')
    expect(ecs.tasks).toHaveLength(WORKERS + 1)
    expect(ecs.sendings.map(({ index }) => index).sort()).toEqual([0, 1, 2])
  },
)

test('it is over only behind the end of all tasks, however long that takes', async () => {
  const stage = new Stage({ ecs: { clings: () => true, stopsLost: () => 3 } })
  const runs = runOnFargate(JOB, stage.doorsOf())
  const { tasks, left } = await stage.until(runs)
  expect([tasks.length, left, stage.ecs.living]).toEqual([WORKERS, [], []])
})
