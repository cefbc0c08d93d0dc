// What may go wrong between the first RunTask and the start.
import { expect, test } from '@jest/globals'
import { LoadgateError } from '../../../src/errors.ts'
import type { FargateEnd } from '../../../src/fargate/coordinator/run.ts'
import { runOnFargate } from '../../../src/fargate/coordinator/run-on-fargate.ts'
import { Refused } from '../../../src/fargate/doors.ts'
import { keysOf } from '../../../src/fargate/protocol.ts'
import { job, RUN, type Script, SmallWorld } from '../small-world.ts'

const throttled = new LoadgateError('infrastructure', 'AWS asks to slow down with RunTask: Rate exceeded')
const denied = (action: string) => new Refused('infrastructure', `The permission ecs:${action} is missing`)

async function run(world: SmallWorld, count = 10): Promise<FargateEnd> {
  const end = await world.time.until(runOnFargate(job(count), world.doors))
  expect(world.running).toEqual([])
  return end
}

async function refusal(world: SmallWorld, count = 10): Promise<LoadgateError> {
  const error = await run(world, count).then(
    () => undefined,
    (error) => error,
  )
  expect(error).toBeInstanceOf(LoadgateError)
  expect(world.running).toEqual([])
  // Nobody has sent anything.
  expect(world.tasks.filter(({ sentFrom }) => sentFrom !== undefined)).toEqual([])
  return error
}

const complete = (end: FargateEnd) => end.shards.every((shard) => shard?.complete)

test.each([1, 4, 9])('of ten asked for, %i start at once: only the gap is topped up', async (started) => {
  const world = new SmallWorld()
  world.answer = (_, nth) => (nth === 0 ? { started, failures: Array(10 - started).fill('RESOURCE:ENI') } : undefined)
  expect(complete(await run(world))).toBe(true)
  expect(world.tasks).toHaveLength(10)
  expect(world.tasks.slice(started).every(({ request }) => request.count === 10 - started)).toBe(true)
  expect(world.told.join()).toMatch(/did not start: a task got no network interface \("RESOURCE:ENI"\)/)
})

test('a call whose answer is lost is made again with its token, and starts nothing twice', async () => {
  const world = new SmallWorld()
  world.fault = (call, _, nth) => (call === 'run' && nth < 3 ? 'lost' : undefined)
  expect(complete(await run(world, 25))).toBe(true)
  expect(world.tasks).toHaveLength(25)
  expect(new Set(world.calls.filter(({ call }) => call === 'run').map(({ about }) => about)).size).toBe(3)
})

test('after minutes without an answer it is still the same call', async () => {
  const world = new SmallWorld({ startUp: () => 200_000 })
  world.fault = (call) => (call === 'run' && world.time.now() < 150_000 ? 'lost' : undefined)
  expect(complete(await run(world))).toBe(true)
  expect(world.tasks).toHaveLength(10)
})

test('a call that is never answered is made again', async () => {
  const world = new SmallWorld()
  world.fault = (call, _, nth) => (call === 'run' && nth === 0 ? 'hang' : undefined)
  expect(complete(await run(world))).toBe(true)
  expect(world.tasks).toHaveLength(10)
})

test('throttling is waited out', async () => {
  const world = new SmallWorld()
  world.fault = (call, _, nth) => (call === 'run' && nth < 5 ? throttled : undefined)
  expect(complete(await run(world))).toBe(true)
  expect(world.tasks).toHaveLength(10)
})

test('three hundred tasks are started below the rate that Fargate allows', async () => {
  const world = new SmallWorld()
  await run(world, 300)
  const starts = world.tasks.map(({ born }) => born)
  for (const [n, at] of starts.entries()) {
    const within = starts.filter((other) => other >= at && other < at + 1_000).length
    expect(within).toBeLessThanOrEqual(n === 0 || at < 1_000 ? 110 : 30)
  }
  // 90 at once, and 18 a second.
  expect(starts.at(-1)).toBeGreaterThan(11_000)
  expect(starts.at(-1)).toBeLessThan(13_000)
})

test('capacity that comes is waited for', async () => {
  const world = new SmallWorld()
  world.answer = (_, nth) =>
    world.made('run') < 6 && nth === 0 ? { started: 0, failures: ['Capacity is unavailable at this time'] } : undefined
  expect(complete(await run(world))).toBe(true)
})

test('capacity that never comes ends the run in words, and what had started', async () => {
  const world = new SmallWorld()
  const failures = ['Capacity is unavailable at this time. Please try again later or in a different availability zone']
  world.answer = () => (world.tasks.length > 0 ? { started: 0, failures } : { started: 3, failures })
  const error = await refusal(world)
  expect(error.message).toMatch(/^Only 3 of 10 workers were ready within 10 min: Fargate has no capacity/)
  expect(world.tasks).toHaveLength(3)
})

test.each([
  ["You've reached the limit on the number of vCPUs you can run concurrently", /quota for Fargate is used up/],
  ['The requested CPU configuration is above your limit', /does not offer this size/],
])('what waiting does not change ends the run at once: %s', async (said, message) => {
  const world = new SmallWorld()
  world.answer = () => ({ started: 0, failures: [said] })
  const error = await refusal(world)
  expect(error.message).toMatch(message)
  expect(error.hint).toBeDefined()
  expect(world.made('run')).toBe(1)
})

const failure = (reason: string) => ({ stopCode: 'TaskFailedToStart', reason })

test('tasks that fail before the start are replaced', async () => {
  const world = new SmallWorld({
    failsToStart: (n) => (n < 2 ? failure('Timeout waiting for network interface') : undefined),
  })
  expect(complete(await run(world))).toBe(true)
  expect(world.tasks).toHaveLength(12)
})

test('a task that dies with its claim is replaced by another generation', async () => {
  const world = new SmallWorld({
    diesAfterClaim: (n) => (n === 4 ? 500 : undefined),
    startUp: (n) => (n < 5 ? 5_000 : 20_000),
  })
  const end = await run(world)
  expect(complete(end)).toBe(true)
  expect([...world.objects.keys()].filter((key) => /claims\/\d+\.1\.json/.test(key))).toHaveLength(1)
  expect(world.tasks).toHaveLength(11)
})

test.each<[string, Script, RegExp]>([
  [
    'the image cannot be pulled',
    { failsToStart: () => failure('CannotPullContainerError: manifest unknown') },
    /failed before the start: its task stopped: the image of the worker cannot be pulled/,
  ],
  ['workers end at once', { diesAfterClaim: () => 100 }, /failed before the start: its task stopped \(exit code 137/],
  ['workers have another plan', { planHash: () => 'other' }, /it has another plan than this/],
])('%s: the run ends, with the reasons', async (_, script, message) => {
  expect((await refusal(new SmallWorld(script))).message).toMatch(message)
})

test('a task that gets stuck is stopped and replaced', async () => {
  const world = new SmallWorld({ startUp: (n) => (n === 3 ? 3_000_000 : 20_000) })
  expect(complete(await run(world))).toBe(true)
  expect(world.tasks).toHaveLength(11)
})

test('a slow task that was given up finds no slot and leaves', async () => {
  const world = new SmallWorld({ startUp: (n) => (n === 3 ? 275_000 : n > 9 ? 60_000 : 20_000) })
  world.fault = (call, _, nth) => (call === 'stop' && nth === 0 ? throttled : undefined)
  expect(complete(await run(world))).toBe(true)
  expect(world.tasks.filter(({ sentFrom }) => sentFrom !== undefined)).toHaveLength(10)
})

test.each([30_000, 290_000])(
  'tasks that ECS does not show for %i ms are no reason for anything',
  async (visibleAfter) => {
    const world = new SmallWorld()
    world.visibleAfter = visibleAfter
    expect(complete(await run(world))).toBe(true)
    expect(world.tasks).toHaveLength(10)
  },
)

test.each([
  ['run', 'RunTask'],
  ['describe', 'DescribeTasks'],
] as const)('no permission to %s is said, and no task is left', async (denies, action) => {
  const world = new SmallWorld()
  world.fault = (call) => (call === denies && world.control.order.kind === 'wait' ? denied(action) : undefined)
  expect((await refusal(world)).message).toMatch(`ecs:${action}`)
})

test.each<[string, (world: SmallWorld) => void, RegExp]>([
  [
    'refuses',
    (world) => {
      world.fault = (call, token) => (call === 'run' && token.includes('-3-') ? denied('RunTask') : undefined)
    },
    /ecs:RunTask/,
  ],
  [
    'says that the quota is used up',
    (world) => {
      world.answer = ({ token, count }) =>
        token.includes('-3-')
          ? { started: count - 1, failures: ["You've reached the limit on the number of vCPUs"] }
          : undefined
    },
    /Workers could not be started: the account's quota/,
  ],
])('once ECS %s for one batch of sixty, nothing more is asked for', async (_, spoil, message) => {
  const world = new SmallWorld()
  spoil(world)
  expect((await refusal(world, 600)).message).toMatch(message)
  // What the rate of launches had let through until then.
  expect(world.tasks.length).toBeLessThanOrEqual(90)
  const asked = world.calls.filter(({ call }) => call === 'run').map(({ at }) => at)
  expect(Math.max(...asked)).toBeLessThan(1_000)
})

test('a stray worker is not in the list of the start and sends nothing', async () => {
  const world = new SmallWorld()
  const running = runOnFargate(job(4), world.doors)
  await world.time.until(
    (async () => {
      while (world.tasks.length === 0) await world.time.sleep(10)
    })(),
  )
  const { arn: _, request } = world.tasks[0]!
  for (let n = 0; n < 3; n++) world.start(request)
  const end = await world.time.until(running)
  expect(complete(end)).toBe(true)
  expect(world.tasks.filter(({ sentFrom }) => sentFrom !== undefined)).toHaveLength(4)
  expect(world.running).toEqual([])
})

test('a claim that cannot be read, or that is of another run, is refused', async () => {
  const world = new SmallWorld()
  world.objects.set(keysOf(RUN).claim(0, 0), Buffer.from('{'))
  world.objects.set(keysOf(RUN).claim(99, 0), Buffer.from('{}'))
  const end = await run(world, 3)
  expect(complete(end)).toBe(true)
  expect(world.told.join()).toMatch(/Worker 1 of 3 is not taken: its claim cannot be read/)
})

test('the start is not given when its time has come too near', async () => {
  const world = new SmallWorld()
  const control = keysOf(RUN).control
  world.fault = (call, about) =>
    call === 'put' && about === control && world.objects.has(keysOf(RUN).claim(9, 0)) && !late() ? 'hang' : undefined
  const late = () => world.time.now() > 60_000
  const error = await refusal(world)
  expect(error.message).toMatch(/The start could not be given in time/)
})
