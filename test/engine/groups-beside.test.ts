// Pages of several loads at once, of whose parts some fail: each failure is counted once, and where it belongs.
import { expect, test } from '@jest/globals'
import { runShard } from '../../src/engine/run-shard.ts'
import type { LoadPlan, PlannedStep, Segment } from '../../src/plan/plan.ts'
import type { Reference } from '../../src/profile/profile.ts'
import { mergeResults } from '../../src/result/merge-results.ts'
import type { StepResult } from '../../src/result/result.ts'
import { readResult, writeResult } from '../../src/result/result-file.ts'
import { type CountingServer, startCountingServer } from '../support/counting-server.ts'
import { onePlan, requestStep } from '../support/plans.ts'
import { unaccounted } from '../support/shard-figures.ts'

const NAMES = ['main', 'later', 'users', 'noise'] as const
/** Of a page and what it brings along, in the order of their steps. */
const PARTS = ['page', 'style', 'photo'] as const

const iteration: Reference = { encode: 'none', value: { kind: 'iteration' } }
const flat = (level: number, over: number): Segment => ({ from: level, to: level, over })

const stepsOf = (name: string, at: number): readonly PlannedStep[] =>
  PARTS.map((part, n) => ({
    ...requestStep({ name: part, path: [`/${name}/${part}/`, iteration], ...(n > 0 && { also: true }) }),
    id: at * PARTS.length + n,
    timeout: 10_000,
  }))

/** Arrivals from the beginning, others that come later, users, and arrivals in the background. */
function plan(port: number): LoadPlan {
  const base = onePlan({ port, curve: [flat(20, 2_000)], steps: [], connections: { parallel: 2 } })
  const own = { use: 'shared', measureFrom: 0 } as const
  return {
    ...base,
    hash: 'a'.repeat(64),
    scenarios: NAMES.map((name, at) => ({ name, weight: 1, steps: stepsOf(name, at) })),
    groups: [
      { ...own, scenario: 1, model: 'open', curve: [flat(0, 500), flat(20, 1_500)], measureFrom: 500 },
      { ...own, scenario: 2, model: 'closed', curve: [flat(4, 2_000)] },
      { ...own, scenario: 3, model: 'open', curve: [flat(15, 2_000)], background: true },
    ],
  }
}

/** Of the photos every third is broken, and of the later ones the style of every fourth page as well. */
function isBroken(url: string): boolean {
  const [, name, part, n] = url.split('/')
  return (part === 'photo' && Number(n) % 3 === 0) || (name === 'later' && part === 'style' && Number(n) % 4 === 0)
}

async function send(port: number, count: number) {
  const whole = plan(port)
  const startAt = performance.timeOrigin + performance.now() + 1_000
  const shards = await Promise.all(
    Array.from({ length: count }, (_, index) => runShard({ plan: whole, index, count }, { startAt })),
  )
  const machine = { cpu: 'x', cores: 2, os: 'linux', node: '24' }
  const fingerprint = { plan: whole.hash, generator: '1', machine }
  const context = { id: 'run', plan: whole, executor: 'inline', fingerprint, commit: undefined, lost: [] }
  return { shards, result: mergeResults(JSON.parse(JSON.stringify(shards)), context) }
}

const urlsOf = ({ requests }: CountingServer, prefix: string) =>
  requests.map(({ url }) => url).filter((url) => url.startsWith(prefix))

/** As the server saw them. */
const seen = (server: CountingServer, names: readonly string[]) =>
  names.flatMap((scenario) =>
    PARTS.map((step) => {
      const urls = urlsOf(server, `/${scenario}/${step}/`)
      const failed = urls.filter(isBroken).length
      const causes = failed > 0 ? { 'unexpected-status': failed } : {}
      return { scenario, step, sent: urls.length, succeeded: urls.length - failed, failed, causes }
    }),
  )

const told = (steps: readonly StepResult[]) =>
  steps.map(({ scenario, step, sent, succeeded, failed, causes }) => ({
    scenario,
    step,
    sent,
    succeeded,
    failed,
    causes,
  }))

test.each([1, 2, 3])('parts that fail, of %i shards', async (count) => {
  await using server = await startCountingServer(({ url }, response) => {
    setTimeout(() => response.writeHead(isBroken(url) ? 503 : 200).end(), 5)
  })
  const { shards, result } = await send(server.port, count)
  expect(shards.flatMap(unaccounted)).toEqual([])
  expect(result.shards).toEqual({ expected: count, reported: count, lost: [] })
  expect(result.complete).toBe(true)

  expect(told(result.steps)).toEqual(seen(server, ['main', 'later', 'users']))
  expect(told(result.background!.steps)).toEqual(seen(server, ['noise']))
  // Of each load of arrivals there were enough.
  const failing = [...result.steps, ...result.background!.steps].flatMap(({ scenario, step, failed }) =>
    failed > 0 && scenario !== 'users' ? [`${scenario} › ${step}`] : [],
  )
  expect(failing).toEqual(['main › photo', 'later › style', 'later › photo', 'noise › photo'])

  for (const [at, name] of NAMES.entries()) {
    const { iterations, background } = result.groups![at]!
    expect(background).toBe(name === 'noise')
    const pages = [...Map.groupBy(urlsOf(server, `/${name}/`), (url) => url.split('/')[3]).values()]
    // A page of which two parts failed has failed once; of a user that had to go, the last parts were not begun.
    const failed = pages.filter((urls) => urls.some(isBroken)).length
    const finished = pages.filter((urls) => urls.length === PARTS.length && !urls.some(isBroken)).length
    const cut = pages.length - failed - finished
    expect(iterations).toMatchObject({ started: pages.length, finished, failed, cut })
    expect(iterations.planned).toBe(iterations.started + iterations.dropped)
  }
  const [main, later, users, noise] = result.groups!.map(({ iterations }) => iterations)
  expect([main!.planned, later!.planned, noise!.planned]).toEqual([40, 30, 30])
  expect(result.iterations.failed).toBe(main!.failed + later!.failed + users!.failed)
  const examples = result.examples?.map(({ step }) => Math.floor(step / PARTS.length)) ?? []
  expect([0, 1, 3].filter((at) => examples.includes(at))).toEqual([0, 1])
  expect(readResult(writeResult(result))).toEqual(result)
})
