// Several loads at once against a server that keeps its own count: nothing lost, nothing doubled, nothing in the wrong figures.
import { gzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import { runShard } from '../../src/engine/run-shard.ts'
import type { ShardResult } from '../../src/engine/shard-result.ts'
import { readOutcome } from '../../src/fargate/coordinator/read-worker.ts'
import { groupsOf } from '../../src/plan/groups.ts'
import type { LoadPlan, PlannedGroup, Segment } from '../../src/plan/plan.ts'
import type { Reference, RequestStep } from '../../src/profile/profile.ts'
import { mergeResults } from '../../src/result/merge-results.ts'
import { mergeRounds } from '../../src/result/merge-rounds.ts'
import { readResult, writeResult } from '../../src/result/result-file.ts'
import { flawOf } from '../../src/result/shard-flaw.ts'
import { type CountingServer, startCountingServer } from '../support/counting-server.ts'
import { onePlan, requestStep } from '../support/plans.ts'
import { unaccounted } from '../support/shard-figures.ts'

const number = (kind: 'user' | 'iteration'): Reference => ({ encode: 'none', value: { kind } })
const numbered = (name: string) => requestStep({ path: [`/${name}/`, number('user'), '/', number('iteration')] })
const flat = (level: number, over: number): Segment => ({ from: level, to: level, over })

/** Arrivals of `main` for a second behind 200 ms of warm-up, and whatever stands beside them. */
function groupPlan(
  port: number,
  groups: readonly (Omit<PlannedGroup, 'scenario' | 'use'> & { name: string; step?: RequestStep })[],
): LoadPlan {
  const base = onePlan({ port, curve: [flat(20, 200), flat(50, 1_000)], warmUp: 0.2, steps: [numbered('main')] })
  const scenarios = groups.map(({ name, step = numbered(name) }, at) => ({
    name,
    weight: 1,
    steps: [{ ...step, id: at + 1, timeout: 2_000 }],
  }))
  const own = groups.map(({ name: _, step: __, ...group }, at) => ({
    ...group,
    scenario: at + 1,
    use: 'shared' as const,
  }))
  return { ...base, hash: 'a'.repeat(64), scenarios: [...base.scenarios, ...scenarios], groups: own }
}

const LATER = { name: 'later', model: 'closed', curve: [flat(0, 600), flat(3, 400)], measureFrom: 600 } as const
const NOISE = {
  name: 'noise',
  model: 'open',
  curve: [flat(40, 200), flat(40, 1_000)],
  measureFrom: 200,
  background: true,
} as const

const slowly: Parameters<typeof startCountingServer>[0] = (_, response) => void setTimeout(() => response.end(), 10)

async function sendAll(plan: LoadPlan, count: number) {
  const startAt = performance.timeOrigin + performance.now() + 50
  const sending = Array.from({ length: count }, (_, index) => runShard({ plan, index, count }, { startAt }))
  const shards = await Promise.all(sending)
  const machine = { cpu: 'x', cores: 2, os: 'linux', node: '24' }
  const fingerprint = { plan: plan.hash, generator: '1', machine }
  const context = { id: 'run', plan, executor: 'inline', fingerprint, commit: undefined, lost: [] }
  const read = shards.map(fromElsewhere)
  expect(read.map((shard, index) => flawOf(shard, plan, { index, count }))).toEqual(shards.map(() => undefined))
  return { shards, result: mergeResults(read, context) }
}

const RUN = 'abcdefghij234567abcd'

/** As it comes from a worker on another machine. */
function fromElsewhere(result: ShardResult, index: number): ShardResult {
  const outcome = { kind: 'loadgate-outcome', runId: RUN, index, generation: 0, clock: { low: 0, high: 0 }, result }
  return readOutcome(gzipSync(JSON.stringify(outcome))).result
}

const countOf = (server: CountingServer, name: string) =>
  server.requests.filter(({ url }) => url.startsWith(`/${name}/`)).length

test.each([1, 3])('what %i shards say of each group is what the server saw', async (count) => {
  await using server = await startCountingServer(slowly)
  const plan = groupPlan(server.port, [LATER, NOISE])
  const { shards, result } = await sendAll(plan, count)
  expect(shards.flatMap(unaccounted)).toEqual([])
  expect(result.shards).toEqual({ expected: count, reported: count, lost: [] })

  const [main, later, noise] = result.groups!
  expect(main).toMatchObject({ scenarios: ['only'], model: 'open', background: false, curve: [flat(50, 1_000)] })
  expect([main!.iterations.planned, noise!.iterations.planned]).toEqual([50, 40])
  expect(later!.iterations.planned).toBe(countOf(server, 'later'))
  for (const { iterations } of result.groups!) expect(iterations.planned).toBe(iterations.started + iterations.dropped)
  expect(result.iterations.planned).toBe(main!.iterations.planned + later!.iterations.planned)

  // The background is in no figure of the whole run.
  expect(result.steps.map(({ scenario, sent }) => [scenario, sent])).toEqual([
    ['only', 50],
    ['later', countOf(server, 'later')],
  ])
  expect(result.background?.steps.map(({ scenario, sent }) => [scenario, sent])).toEqual([['noise', 40]])
  expect([result.warmUp.sent, result.background?.warmUp.sent]).toEqual([4, 8])
  expect([countOf(server, 'main'), countOf(server, 'noise')]).toEqual([54, 48])
  expect(result.plan).toMatchObject({ model: 'mixed', measured: 1_000, warmUp: 200 })
  expect(result.plan.curve).toBeUndefined()
})

test('a group begins when it is to begin, and the numbers of all groups are their own', async () => {
  await using server = await startCountingServer(slowly)
  const { shards } = await sendAll(groupPlan(server.port, [LATER, NOISE]), 2)
  const start = shards[0]!.startedAt - performance.timeOrigin
  const seen = server.requests.map(({ url, at }) => {
    const [, name, user, iteration] = url.split('/')
    return { name, user: Number(user), iteration: Number(iteration), at: at - start }
  })
  const later = seen.filter(({ name }) => name === 'later')
  expect(later.length).toBeGreaterThanOrEqual(3)
  expect(Math.min(...later.map(({ at }) => at))).toBeGreaterThanOrEqual(599)
  expect(new Set(seen.map(({ iteration }) => iteration)).size).toBe(seen.length)
  const users = (name: string) => new Set(seen.flatMap((one) => (one.name === name ? [one.user] : [])))
  expect([...users('later')].toSorted((a, b) => a - b)).toEqual([103, 104, 105])
  expect([...users('main'), ...users('noise')].toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 102 }, (_, n) => n + 1),
  )
})

test('the warm-up of a group that begins later is sent and not measured', async () => {
  await using server = await startCountingServer()
  const warm = {
    ...LATER,
    model: 'open',
    curve: [flat(0, 500), flat(50, 200), flat(50, 500)],
    measureFrom: 700,
  } as const
  const { result } = await sendAll(groupPlan(server.port, [warm]), 2)
  expect(result.groups?.[1]?.iterations.planned).toBe(25)
  expect(countOf(server, 'later')).toBe(35)
  expect(result.warmUp.sent).toBe(4 + 10)
  // Arrivals only: what is planned of them all together is known.
  expect(result.plan).toMatchObject({
    model: 'open',
    curve: [flat(50, 300), flat(100, 200), flat(100, 500)],
  })
})

test('a background that fails or has to wait is no failure of the run', async () => {
  await using server = await startCountingServer((request, response) => {
    if (request.url.startsWith('/noise')) response.writeHead(503).end()
    else response.end()
  })
  const { shards, result } = await sendAll(groupPlan(server.port, [NOISE]), 1)
  expect(shards.flatMap(unaccounted)).toEqual([])
  expect([result.steps[0]?.failed, result.iterations.failed]).toEqual([0, 0])
  expect(result.background?.steps).toMatchObject([{ sent: 40, failed: 40, causes: { 'unexpected-status': 40 } }])
  expect(result.groups?.[1]?.iterations).toMatchObject({ planned: 40, started: 40, failed: 40 })
})

test('live progress is of what is measured, and counts all that is under way', async () => {
  await using server = await startCountingServer(slowly)
  const plan = groupPlan(server.port, [NOISE])
  const seen: { sent: number; dropped: number }[] = []
  const result = await runShard({ plan, index: 0, count: 1 }, { onProgress: (progress) => void seen.push(progress) })
  expect(seen.at(-1)).toMatchObject({ sent: 54, dropped: 0, failed: 0 })
  expect(result.steps).toHaveLength(1)
})

test('both sides of a comparison get the same of each group', async () => {
  await using server = await startCountingServer()
  const plan = groupPlan(server.port, [NOISE, { ...LATER, model: 'open' }])
  const sides = await Promise.all((['base', 'head'] as const).map((side) => sendAll({ ...plan, side }, 2)))
  for (const at of groupsOf(plan).keys()) {
    const [base, head] = sides.map(({ result }) => result.groups![at]!.iterations.planned)
    expect(Math.abs(base! - head!)).toBeLessThanOrEqual(2)
  }
  expect(sides.map(({ result }) => result.shards.lost)).toEqual([[], []])
})

test('a result with groups is read as it was written, also of several rounds, and not when it does not add up', async () => {
  await using server = await startCountingServer()
  const { result } = await sendAll(groupPlan(server.port, [LATER, NOISE]), 1)
  expect(readResult(writeResult(result))).toEqual(result)
  const rounds = mergeRounds([result, result])
  expect(readResult(writeResult(rounds))).toEqual(rounds)
  expect(rounds.groups?.[2]?.iterations.planned).toBe(80)
  expect(rounds.background?.steps[0]?.sent).toBe(80)
  const [main, ...others] = result.groups!
  const wrong = {
    ...main!,
    iterations: { ...main!.iterations, planned: 49, started: 49, finished: main!.iterations.finished - 1 },
  }
  expect(() => readResult(writeResult({ ...result, groups: [wrong, ...others] }))).toThrow(/sum of the groups/)
})

test('a shard whose groups do not add up is evidence of nothing', async () => {
  await using server = await startCountingServer()
  const plan = groupPlan(server.port, [NOISE])
  const shard = await runShard({ plan, index: 0, count: 1 })
  const lostBy = (changes: object) => {
    const fingerprint = { plan: plan.hash, generator: '1', machine: { cpu: 'x', cores: 2, os: 'linux', node: '24' } }
    const context = { id: 'run', plan, executor: 'inline', fingerprint, commit: undefined, lost: [] }
    return mergeResults([{ ...shard, ...changes }], context).shards.lost.join()
  }
  expect(lostBy({})).toBe('')
  const [main, noise] = shard.groups!
  expect(lostBy({ groups: [main] })).toMatch(/every group/)
  expect(lostBy({ groups: [noise, main] })).toMatch(/add up/)
  expect(lostBy({ groups: [main, { ...noise, planned: 39, started: 39, finished: 39 }] })).toMatch(
    /39 of its 40 arrivals/,
  )
  expect(lostBy({ background: undefined })).toMatch(/every step/)
})
