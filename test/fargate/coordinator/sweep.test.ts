// What earlier runs have left, and runs that go on without their coordinator.
import { expect, test } from '@jest/globals'
import { LoadgateError } from '../../../src/errors.ts'
import { collectFromFargate, findRun } from '../../../src/fargate/coordinator/collect-run.ts'
import type { CoordinatorDoors } from '../../../src/fargate/coordinator/job.ts'
import { detachOnFargate, runOnFargate } from '../../../src/fargate/coordinator/run-on-fargate.ts'
import { sweep } from '../../../src/fargate/coordinator/sweep.ts'
import { keysOf, TERM } from '../../../src/fargate/protocol.ts'
import { collectedOf, job, RUN, SmallWorld } from '../small-world.ts'

const unreadable = new LoadgateError('infrastructure', 'There is no answer')

/** A coordinator that is killed: its calls come to nothing from then on. */
function mortal(world: SmallWorld): { readonly doors: CoordinatorDoors; kill(): void } {
  const { doors } = world
  let dead = false
  const never = new Promise<never>(() => {})
  const guard = <T extends object>(door: T): T =>
    new Proxy(door, {
      get: (target, name) =>
        dead && name !== 'date' && name !== 'now' && name !== 'epoch' ? () => never : Reflect.get(target, name),
    })
  return {
    doors: { ...doors, objects: guard(doors.objects), tasks: guard(doors.tasks) },
    kill: () => {
      dead = true
    },
  }
}

async function orphans(world: SmallWorld): Promise<void> {
  const { doors, kill } = mortal(world)
  void runOnFargate(job(3), doors).catch(() => {})
  await world.time.pass(50_000)
  kill()
  // The workers of this test do not look at the lease: they would send to the end of their plan.
  await world.time.pass(1_000)
}

test('what a killed coordinator has left is ended, one write first', async () => {
  const world = new SmallWorld()
  await orphans(world)
  expect(world.running).toHaveLength(3)
  const swept = await world.time.until(sweep(world.doors))
  expect(swept).toMatchObject({ ended: [RUN], letBe: [], left: [] })
  expect(swept.stopped).toHaveLength(3)
  expect(world.running).toEqual([])
})

test('after a cancel its tasks are verified, although nobody knows their names any more', async () => {
  const world = new SmallWorld()
  const cancel = new AbortController()
  const running = runOnFargate(job(3), world.doors, { signal: cancel.signal }).catch(() => {})
  await world.time.pass(50_000)
  cancel.abort(new Error('SIGINT'))
  await world.time.until(running)
  const swept = await world.time.until(sweep(world.doors, { runs: [RUN] }))
  expect(swept.left).toEqual([])
  expect(swept.stopped).toHaveLength(3)
  // ECS knows them for an hour, and nobody is to be ended again for that, nor waited for.
  const before = world.time.now()
  const again = await world.time.until(sweep(world.doors))
  expect(again).toEqual({ ended: [], letBe: [], stopped: [], left: [], unknown: [] })
  expect(world.time.now() - before).toBeLessThan(TERM)
})

test('a run that somebody watches over is let be', async () => {
  const world = new SmallWorld()
  const running = runOnFargate(job(3), world.doors)
  await world.time.pass(30_000)
  const swept = await world.time.until(sweep(world.doors))
  expect(swept).toEqual({ ended: [], letBe: [RUN], stopped: [], left: [], unknown: [] })
  const end = await world.time.until(running)
  expect(end.shards).toEqual([0, 1, 2].map((index) => collectedOf(index, 3)))
})

test('a run whose control cannot be read is let be, and that is said', async () => {
  const world = new SmallWorld()
  await orphans(world)
  world.fault = (call) => (call === 'get' ? unreadable : undefined)
  const swept = await world.time.until(sweep(world.doors))
  expect(swept).toMatchObject({ ended: [], letBe: [RUN] })
  expect(world.told.join()).toMatch(/Whether somebody watches over the run .* is not known/)
})

test('a neighbour in the same cluster, whose control is in a bucket of its own, is let be', async () => {
  const world = new SmallWorld()
  const running = runOnFargate(job(3), world.doors)
  await world.time.pass(30_000)
  const get: CoordinatorDoors['objects']['get'] = async () => undefined
  const elsewhere = { ...world.doors, objects: { ...world.doors.objects, get } }
  expect(await world.time.until(sweep(elsewhere))).toMatchObject({ ended: [], letBe: [RUN] })
  expect(world.told.join()).toMatch(/is watched over from another bucket, or its objects have expired/)
  const end = await world.time.until(running)
  expect(end.shards).toEqual([0, 1, 2].map((index) => collectedOf(index, 3)))
})

test('tasks of the run that asks are not touched', async () => {
  const world = new SmallWorld()
  await orphans(world)
  const swept = await world.time.until(sweep(world.doors, { except: RUN }))
  expect([swept.ended, world.running.length]).toEqual([[], 3])
})

test('a name that is that of no run ends nothing, and is told', async () => {
  const world = new SmallWorld()
  const names = ['typo', 'b'.repeat(20)]
  const swept = await world.time.until(sweep(world.doors, { runs: names }))
  expect(swept).toEqual({ ended: [], letBe: [], stopped: [], left: [], unknown: names })
  expect([...world.objects.keys()]).toEqual([])
})

test('what a detached run has left when its time was over is ended', async () => {
  const world = new SmallWorld()
  const schedule = await world.time.until(detachOnFargate(job(3), world.doors))
  await world.time.pass(schedule.until - world.time.now() + 3_600_000)
  const request = { count: 1, token: 't', environment: {}, cpu: 1024, memory: 2048, spot: false, tags: {} }
  world.start({ ...request, runId: RUN })
  expect(await world.time.until(sweep(world.doors))).toMatchObject({ ended: [RUN] })
  expect(world.running).toEqual([])
})

test('a detached run goes on by itself, is no orphan, and is collected from another machine', async () => {
  const world = new SmallWorld()
  const first = mortal(world)
  const schedule = await world.time.until(detachOnFargate(job(3), first.doors))
  first.kill()
  expect(world.tasks.every(({ sentFrom }) => sentFrom !== undefined)).toBe(true)
  expect(world.control.order.kind).toBe('start')
  expect(world.control.term).toBeGreaterThan(schedule.until - world.time.now())
  expect(await world.time.until(sweep(world.doors))).toMatchObject({ ended: [], letBe: [RUN] })
  const { end, job: found } = await world.time.until(collect(RUN, world.doors))
  expect(found.plan).toEqual(job(3).plan)
  expect(end.shards).toEqual([0, 1, 2].map((index) => collectedOf(index, 3)))
  expect(end.left).toEqual([])
  expect(world.running).toEqual([])
})

test('it is collected long after its end as well, when ECS has forgotten its tasks', async () => {
  const world = new SmallWorld()
  await world.time.until(detachOnFargate(job(3), world.doors))
  await world.time.pass(3 * 3_600_000)
  world.tasks.length = 0
  const { end } = await world.time.until(collect(RUN, world.doors))
  expect(end.shards.every((shard) => shard?.complete)).toBe(true)
  expect(end.left).toEqual([])
})

test('a run that was stopped long ago is collected in a minute, and what ECS has forgotten is not left', async () => {
  const world = new SmallWorld()
  await world.time.until(detachOnFargate(job(3), world.doors))
  await world.time.until(sweep(world.doors, { runs: [RUN] }))
  await world.time.pass(3 * 3_600_000)
  world.tasks.length = 0
  const before = world.time.now()
  const { end } = await world.time.until(collect(RUN, world.doors))
  expect(world.time.now() - before).toBeLessThan(60_000)
  expect(end.shards.map((shard) => shard?.complete)).toEqual([false, false, false])
  // Of three there is no state: what they cost is not nothing.
  expect({ tasks: end.tasks, started: end.started, left: end.left }).toEqual({ tasks: [], started: 3, left: [] })
})

test('a named run is ended whether it is watched over or not', async () => {
  const world = new SmallWorld()
  await world.time.until(detachOnFargate(job(3), world.doors))
  const swept = await world.time.until(sweep(world.doors, { runs: [RUN] }))
  expect(swept).toMatchObject({ ended: [RUN], left: [] })
  expect(world.running).toEqual([])
})

test('a run of which not all begin is not detached: it is ended', async () => {
  const world = new SmallWorld({ diesAfter: (index) => (index === 1 ? 0 : undefined) })
  const error = await world.time.until(detachOnFargate(job(3), world.doors).catch((error) => error))
  expect(error.message).toMatch(/1 worker of 3 did not begin/)
  expect(world.running).toEqual([])
})

test('a run of which a worker has ended before it sent anything is not detached: it is ended at once', async () => {
  const world = new SmallWorld({ leavesAtStart: (index) => index === 1 })
  const error = await world.time.until(detachOnFargate(job(3), world.doors).catch((error) => error))
  expect(error.message).toBe('Worker 2 of 3 ended before it sent anything')
  expect(world.control.order).toMatchObject({ kind: 'stop' })
  expect(world.running).toEqual([])
  // The tasks are ready after 20 s, and the others begin some seconds later.
  expect(world.time.now()).toBeLessThan(60_000)
})

test('what a run is collected from is checked', async () => {
  const world = new SmallWorld()
  const tried = () => world.time.until(collect(RUN, world.doors).catch((error) => error))
  expect((await tried()).message).toMatch(/^There is no run/)
  await orphans(world)
  world.objects.set(keysOf(RUN).plan, Buffer.from('other'))
  expect((await tried()).message).toMatch(/is damaged: the plan is not the one that was ordered/)
  world.objects.set(keysOf(RUN).summary, Buffer.from('{}'))
  expect((await tried()).message).toMatch(/is damaged/)
})

test('what its killed coordinator has not collected is collected', async () => {
  const world = new SmallWorld()
  await orphans(world)
  await world.time.pass(TERM)
  const { end } = await world.time.until(collect(RUN, world.doors))
  expect(end.shards.every((shard) => shard?.complete)).toBe(true)
  expect(world.running).toEqual([])
})

async function collect(runId: string, doors: CoordinatorDoors) {
  const run = await findRun(runId, doors)
  return { job: run.job, end: await collectFromFargate(run, doors) }
}
