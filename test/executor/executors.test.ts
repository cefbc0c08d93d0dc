import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import type { ShardProgress } from '../../src/engine/shard-result.ts'
import type { Executor, ExecutorOptions } from '../../src/executor/executor.ts'
import { inlineExecutor } from '../../src/executor/inline.ts'
import { threadsExecutor } from '../../src/executor/threads.ts'
import type { LoadPlan } from '../../src/plan/plan.ts'
import { planLoad } from '../../src/plan/plan-load.ts'
import { splitPlan } from '../../src/plan/split-plan.ts'
import type { Load } from '../../src/profile/profile.ts'
import { mergeResults } from '../../src/result/merge-results.ts'
import { readResult, writeResult } from '../../src/result/result-file.ts'
import { profile, request, scenario } from '../plan/profiles.ts'
import { contextOf } from '../result/shards.ts'
import { countingServer } from './counting-server.ts'

const threadsFrom = (file: string) => threadsExecutor(new URL(`./threads/${file}`, import.meta.url))

const load = (model: Load['model'], level: number, over: number): Load => ({
  model,
  warmUp: 300,
  shape: { kind: 'stages', stages: [{ from: level, to: level, over }] },
})

function planAgainst(target: string, load: Load): LoadPlan {
  const steps = [request(['/a']), { kind: 'think', from: 5, to: 15 } as const, request(['/b'])]
  const scenarios = [scenario('two', 1, ...steps), scenario('one', 1, request(['/c']))]
  return planLoad(profile({ target, load, scenarios, timeout: 5_000 }), { data: {} })
}

async function runSides(executor: Executor, plans: readonly LoadPlan[], count: number) {
  const progress = new Set<number>()
  const shards = await executor.run(
    plans.flatMap((plan) => splitPlan(plan, count)),
    { onProgress: ({ index }) => progress.add(index) },
  )
  const results = plans.map((plan, side) =>
    mergeResults(shards.slice(side * count, (side + 1) * count), contextOf(plan, { executor: executor.name })),
  )
  return { results, progress: [...progress].sort() }
}

test.each([
  ['inline', 1],
  ['threads', 1],
  ['threads', 2],
] as const)('%s × %i: two sides are measured at once, each at its own target and by itself', async (name, count) => {
  await using one = await countingServer()
  await using two = await countingServer()
  const plan = planAgainst(one.origin, load('open', 100, 1_000))
  const base: LoadPlan = { ...plan, side: 'base' }
  const head: LoadPlan = { ...plan, side: 'head', target: two.origin }
  const { results, progress } = await runSides(executors[name], [base, head], count)
  expect(progress).toEqual(Array.from({ length: 2 * count }, (_, at) => at))
  expect(results.map(({ shards }) => shards)).toEqual(
    results.map(() => ({ expected: count, reported: count, lost: [] })),
  )
  const [a, b] = results.map(({ iterations, warmUp, steps }) => ({
    planned: iterations.planned,
    sent: warmUp.sent + steps.reduce((sum, { sent }) => sum + sent, 0),
  }))
  expect([a!.sent, b!.sent]).toEqual([one.requests, two.requests])
  expect(a!.planned + b!.planned).toBe(200)
  expect(Math.abs(results[0]!.startedAt - results[1]!.startedAt)).toBeLessThan(1)
})

async function run(executor: Executor, plan: LoadPlan, count: number, options: ExecutorOptions = {}) {
  const lost: string[] = []
  const onWorkerLost = (index: number, reason: string) => lost.push(`${index}: ${reason}`)
  const shards = await executor.run(splitPlan(plan, count), { ...options, onWorkerLost })
  return { lost, shards, result: mergeResults(shards, contextOf(plan, { lost, executor: executor.name })) }
}

const executors = { inline: inlineExecutor(), threads: threadsExecutor() }

test.each([
  ['inline', 1, 'open'],
  ['inline', 1, 'closed'],
  ['inline', 2, 'open'],
  ['threads', 1, 'open'],
  ['threads', 1, 'closed'],
  ['threads', 2, 'open'],
  ['threads', 2, 'closed'],
  ['threads', 4, 'open'],
  ['threads', 4, 'closed'],
] as const)('%s × %i, %s: the result counts what the server counted', async (name, count, model) => {
  await using server = await countingServer()
  const plan = planAgainst(server.origin, load(model, model === 'open' ? 100 : 8, 1_000))
  const { result, lost, shards } = await run(executors[name], plan, count)

  expect(lost).toEqual([])
  expect(result).toMatchObject({
    complete: true,
    shards: { expected: count, reported: count, lost: [] },
    plan: { executor: name },
  })
  const measured = result.steps.reduce((sum, { sent }) => sum + sent, 0)
  expect(result.warmUp.sent + measured).toBe(server.requests)
  expect(result.steps.every(({ sent }) => sent > 0)).toBe(true)
  expect(result.steps.map(({ failed }) => failed)).toEqual([0, 0, 0])
  if (model === 'open') expect(result.iterations).toMatchObject({ planned: 100, finished: 100 })
  // One moment for all, and what is merged can be stored and read.
  for (const shard of shards) expect(Math.abs(shard!.startedAt - result.startedAt)).toBeLessThan(5)
  expect(readResult(writeResult(result))).toEqual(JSON.parse(writeResult(result)))
})

test.each([
  ['inline', 1],
  ['threads', 2],
] as const)('%s: every worker tells how far it is', async (name, count) => {
  await using server = await countingServer()
  const told: ShardProgress[] = []
  const onProgress = (progress: ShardProgress) => told.push(progress)
  await run(executors[name], planAgainst(server.origin, load('open', 50, 1_500)), count, { onProgress })
  expect(new Set(told.map(({ index }) => index)).size).toBe(count)
  const last = Array.from({ length: count }, (_, index) => told.findLast((progress) => progress.index === index)!)
  expect(last.reduce((sum, { sent }) => sum + sent, 0)).toBe(server.requests)
})

test.each([
  ['inline', 1],
  ['threads', 2],
] as const)('%s: cancelled in the middle, it ends soon with what it has', async (name, count) => {
  await using server = await countingServer()
  const stop = new AbortController()
  const stopped = Promise.withResolvers<number>()
  const onProgress = ({ elapsed }: ShardProgress) => {
    if (elapsed < 900 || stop.signal.aborted) return
    stop.abort()
    stopped.resolve(performance.now())
  }
  const plan = planAgainst(server.origin, load('open', 100, 600_000))
  const { result, lost } = await run(executors[name], plan, count, { signal: stop.signal, onProgress })
  expect(performance.now() - (await stopped.promise)).toBeLessThan(10_000)
  expect(lost).toEqual([])
  expect(result).toMatchObject({ complete: false, shards: { reported: count } })
  expect(result.warmUp.succeeded).toBeGreaterThan(0)
  expect(result.steps[0]!.succeeded).toBeGreaterThan(0)
  // What was on its way may still arrive.
  await new Promise((resolve) => setTimeout(resolve, 500))
  const silent = server.requests
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(server.requests).toBe(silent)
})

test.each([
  ['inline', 1],
  ['threads', 2],
] as const)('%s: cancelled before it begins, it sends nothing', async (name, count) => {
  await using server = await countingServer()
  const plan = planAgainst(server.origin, load('closed', 5, 600_000))
  const { result, lost } = await run(executors[name], plan, count, { signal: AbortSignal.abort() })
  expect(lost).toEqual([])
  expect(result).toMatchObject({ complete: false, shards: { reported: count } })
  expect(server.requests).toBe(0)
})

test.each(['inline', 'threads'] as const)('%s: a plan that cannot be run is told, not thrown', async (name) => {
  const plan = { ...planAgainst('http://127.0.0.1:1', load('open', 10, 500)), target: 'no address' }
  const { lost, shards } = await run(executors[name], plan, 2)
  expect(shards).toEqual([undefined, undefined])
  expect(lost.toSorted()).toEqual([expect.stringMatching(/^0: .*URL/), expect.stringMatching(/^1: .*URL/)])
})

test.each([
  ['before it begins', 'second-exits.ts', '1: ended with code 3 before it reported'],
  ['in the middle', 'second-throws-later.ts', '1: Error: out of luck'],
])('a thread that dies %s is told, and the others finish', async (_, file, reason) => {
  await using server = await countingServer()
  const plan = planAgainst(server.origin, load('open', 50, 1_000))
  const { result, shards, lost } = await run(threadsFrom(file), plan, 3)
  // Errors of another realm, as Jest's is, keep their name.
  expect(lost).toEqual([reason])
  expect(shards.map((shard) => shard?.index)).toEqual([0, undefined, 2])
  expect(result).toMatchObject({ complete: false, shards: { expected: 3, reported: 2, lost: [reason] } })
})

test('what cannot be a thread is told as well', async () => {
  const { shards, lost } = await run(
    threadsFrom('not-there.ts'),
    planAgainst('http://127.0.0.1:1', load('open', 1, 1_000)),
    1,
  )
  expect(shards).toEqual([undefined])
  expect(lost).toEqual([expect.stringContaining('not-there.ts')])
})

test.each([
  ['busy with something else', 'deaf.ts', 1_000],
  ['busy from the beginning', 'deaf.ts', 0],
  ['not even ready', 'asleep.ts', 1_000],
])('a thread that does not hear the cancellation is ended: %s', async (_, file, after) => {
  const stop = new AbortController()
  if (after === 0) stop.abort()
  const plan = planAgainst('http://127.0.0.1:1', load('open', 10, 600_000))
  const running = run(threadsFrom(file), plan, 2, { signal: stop.signal })
  setTimeout(() => stop.abort(), after)
  const { shards, lost } = await running
  expect(shards).toEqual([undefined, undefined])
  expect(lost.toSorted()).toEqual(['0: cancelled and not done after 3 s', '1: cancelled and not done after 3 s'])
})

async function script(name: string) {
  const path = new URL(`./threads/${name}`, import.meta.url).pathname
  return promisify(execFile)(process.execPath, [path], { timeout: 20_000 })
}

test('what a thread prints is printed, to its last word', async () => {
  const { stdout, stderr } = await script('run-talkative.ts')
  expect(stdout).toBe('out: begin\nout: end\n')
  expect(stderr).toBe('err: begin\nerr: end\n')
})

test('nothing is left that keeps the process alive, even when a thread died', async () => {
  const { stdout } = await script('run-second-exits.ts')
  expect(stdout).toBe('[true,false]\n')
})
