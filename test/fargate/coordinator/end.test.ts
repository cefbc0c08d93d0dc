// What may go wrong between the start and the last task's end.
import { expect, test } from '@jest/globals'
import { LoadgateError } from '../../../src/errors.ts'
import type { FargateEnd, FargateOptions } from '../../../src/fargate/coordinator/run.ts'
import { runOnFargate } from '../../../src/fargate/coordinator/run-on-fargate.ts'
import { keysOf, type Outcome } from '../../../src/fargate/protocol.ts'
import { type Call, job, pack, RUN, resultOf, SmallWorld } from '../small-world.ts'

const failing = new LoadgateError('infrastructure', 'The bucket could not be reached: InternalError')

interface Ended extends FargateEnd {
  readonly lost: readonly string[]
}

async function run(world: SmallWorld, count = 5, options: FargateOptions = {}): Promise<Ended> {
  const lost: string[] = []
  const onWorkerLost = (at: number, reason: string) => void lost.push(`${at}: ${reason}`)
  const end = await world.time.until(runOnFargate(job(count), world.doors, { ...options, onWorkerLost }))
  return { ...end, lost }
}

const missing = ({ shards }: FargateEnd) => [...shards.keys()].filter((at) => shards[at] === undefined)

test('a worker that dies on its way is lost at once, with the words of ECS; the others are kept', async () => {
  const world = new SmallWorld({ diesAfter: (index) => (index === 2 ? 10_000 : undefined) })
  const end = await run(world)
  expect(missing(end)).toEqual([2])
  expect(end.lost).toEqual(['2: its task stopped (exit code 137, EssentialContainerExited)'])
  expect(world.running).toEqual([])
  // No other takes its place once the load has begun.
  expect(world.tasks).toHaveLength(5)
})

test.each<[string, (outcome: Outcome) => Buffer | undefined, RegExp]>([
  ['no result', () => undefined, /its task stopped \(exit code 0/],
  ['a result cut short', (outcome) => pack(outcome).subarray(0, 300), /cannot be read/],
  ['a result of noise', () => Buffer.from('noise'), /cannot be read/],
  ['a result that unpacks to too much', () => pack('x'.repeat(300_000_000)), /cannot be read/],
  ['a result of another kind', () => pack({ kind: 'other' }), /cannot be read \(kind is not/],
  ['a result of another run', (outcome) => pack({ ...outcome, runId: 'b'.repeat(20) }), /another worker/],
  ['a result of another slot', (outcome) => pack({ ...outcome, index: 3 }), /another worker/],
  [
    "another shard's counts",
    (outcome) => pack({ ...outcome, result: { ...outcome.result, index: 3 } }),
    /another plan/,
  ],
  [
    'counts that do not add up',
    (outcome) => pack({ ...outcome, result: { ...outcome.result, steps: resultOf(4, 5).steps } }),
    /does not add up: it reports/,
  ],
  [
    'a histogram that is none',
    (outcome) => {
      const steps = outcome.result.steps.map((step) => ({ ...step, response: 'h1:!!!!' }))
      return pack({ ...outcome, result: { ...outcome.result, steps } })
    },
    /does not add up|cannot be read/,
  ],
  [
    'numbers that are none',
    (outcome) => pack({ ...outcome, result: { ...outcome.result, startedAt: '1' } }),
    /startedAt/,
  ],
])('%s makes the shard lost, and the others stay', async (_, result, reason) => {
  const world = new SmallWorld({ result: (outcome) => (outcome.index === 1 ? result(outcome) : pack(outcome)) })
  const end = await run(world)
  expect(missing(end)).toEqual([1])
  expect(end.lost).toHaveLength(1)
  expect(end.lost[0]).toMatch(reason)
  expect(world.running).toEqual([])
})

test('results that nobody asked for are left out and told', async () => {
  const world = new SmallWorld()
  const stray = (index: number, generation: number) =>
    world.objects.set(keysOf(RUN).result(index, generation), pack({ kind: 'loadgate-outcome' }))
  stray(1, 7)
  stray(77, 0)
  world.objects.set(`${keysOf(RUN).results}../etc.json.gz`, Buffer.from(''))
  const end = await run(world)
  expect(missing(end)).toEqual([])
  expect(world.told.filter((line) => /left out/.test(line))).toHaveLength(3)
})

test('progress of nonsense is told once and nothing else', async () => {
  const world = new SmallWorld()
  world.fault = (call, about) => {
    if (call === 'get' && about === keysOf(RUN).progress(1, 0)) world.objects.set(about, Buffer.from('{"kind":1}'))
    return undefined
  }
  const seen = new Set<number>()
  const end = await run(world, 3, { onProgress: ({ index }) => void seen.add(index) })
  expect(missing(end)).toEqual([])
  expect([...seen].sort()).toEqual([0, 2])
  expect(world.told.filter((line) => /progress of worker 2 of 3 cannot be read/.test(line))).toHaveLength(1)
})

test('a task that does not end although its worker has is stopped, and asked again', async () => {
  const world = new SmallWorld({ immortal: (task) => task === 1 })
  const end = await run(world)
  expect(missing(end)).toEqual([])
  expect(world.made('stop')).toBe(2)
  expect(end.left).toEqual([])
  expect(world.running).toEqual([])
})

test('a task that cannot be stopped is named aloud', async () => {
  const world = new SmallWorld({ immortal: (task) => task === 1 })
  world.fault = (call) => (call === 'stop' ? failing : undefined)
  const end = await run(world)
  expect(missing(end)).toEqual([])
  expect(end.left).toEqual([world.tasks[1]!.arn])
  expect(world.told.at(-1)).toMatch(/1 task .*could not be verified as stopped.*task\/loadgate\/1\./)
})

test('it is over only when all tasks are stopped', async () => {
  const world = new SmallWorld()
  const end = await run(world)
  const last = world.calls.filter(({ call }) => call === 'describe').at(-1)
  expect(last).toBeDefined()
  expect(end.tasks.every(({ status }) => status === 'STOPPED')).toBe(true)
  expect(end.tasks).toHaveLength(5)
})

const CALLS: readonly Call[] = ['get', 'put', 'list', 'sign', 'describe', 'tasks', 'stop']

test.each(CALLS.flatMap((call) => (['fails', 'is lost', 'hangs'] as const).map((how) => [call, how] as const)))(
  'every third %s %s: the run has all its results all the same',
  async (bad, how) => {
    const world = new SmallWorld()
    const fault = { fails: failing, 'is lost': 'lost', hangs: 'hang' } as const
    world.fault = (call, _, nth) => (call === bad && nth % 3 === 1 ? fault[how] : undefined)
    const end = await run(world)
    expect(missing(end)).toEqual([])
    expect(world.running).toEqual([])
  },
)

test.each<[Call, RegExp | undefined]>([
  ['get', undefined],
  ['list', undefined],
  ['describe', undefined],
  ['tasks', undefined],
])('from the start on every %s fails: it ends, with clean-up and without a pass', async (bad) => {
  const world = new SmallWorld()
  world.fault = (call) =>
    call === bad && world.tasks.some(({ sentFrom }) => sentFrom !== undefined) ? failing : undefined
  const end = await run(world)
  if (bad === 'get' || bad === 'list') expect(missing(end)).toHaveLength(5)
  else expect(missing(end)).toEqual([])
  expect(world.running).toEqual([])
  // A trouble that comes with every look is not told with every look.
  expect(world.told.length).toBeLessThan(15)
})

test('a lease that cannot be renewed ends the run: what was measured is kept', async () => {
  const world = new SmallWorld()
  const control = keysOf(RUN).control
  world.fault = (call, about) =>
    call === 'put' && about === control && world.tasks.some(({ sentFrom }) => sentFrom !== undefined)
      ? failing
      : undefined
  const end = await run(world)
  expect(world.told.join()).toMatch(/lease could not be renewed for 25 s/)
  expect(end.lost.length + end.shards.filter((shard) => shard !== undefined).length).toBe(5)
  expect(world.running).toEqual([])
})
