// A run that is started by one process and judged by another, from another place.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type FargatePlace, PLACE_FLAGS, SEND_FLAGS, startFargatePlace } from '../support/fargate-place.ts'
import { type GateRun, onlyStarved, reported, runCli, type Workspace, workspace } from '../support/run-cli.ts'

const WORKERS = 2
const TRIES = 3
const LIMIT = 120_000

let place: FargatePlace
let here: Workspace
let there: Workspace
beforeAll(async () => {
  place = await startFargatePlace()
  here = workspace()
  there = workspace()
})
afterAll(async () => {
  await place[Symbol.asyncDispose]()
  here[Symbol.dispose]()
  there[Symbol.dispose]()
})

function profile(rate = '40/s') {
  return {
    name: 'large',
    target: place.target,
    load: { rate, for: '3s' },
    scenarios: [{ name: 'shop', steps: [{ get: '/' }] }],
    budgets: ['errors < 5 %', 'p95 < 5 s'],
  }
}

async function detach(): Promise<string> {
  writeFileSync(here.at('loadgate.yml'), JSON.stringify(profile()))
  const flags = [...SEND_FLAGS, '--fargate-workers', String(WORKERS)]
  const end = await runCli(['run', '--detach', ...flags], { cwd: here.path, env: place.cloud.env, limit: LIMIT })
  expect([end.log, end.exitCode]).toEqual([expect.stringContaining('needs nobody'), 0])
  return /loadgate collect (\S+)/.exec(end.log)![1]!
}

/** From another directory, which has nothing but a profile. */
async function collect(run: string, load: object = profile(), ...more: readonly string[]): Promise<GateRun> {
  const json = there.at(`${run}.json`)
  writeFileSync(there.at('loadgate.yml'), JSON.stringify(load))
  const args = ['collect', run, '--json', json, ...PLACE_FLAGS, ...more]
  const end = await runCli(args, { cwd: there.path, env: place.cloud.env, limit: LIMIT })
  return { ...end, report: existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')) : undefined }
}

test('a detached run is collected from elsewhere, to the last request, and again', async () => {
  for (let tries = 1; ; tries++) {
    const before = place.server.requests.length
    const run = await detach()

    // Whoever has another profile gets nothing, and does the run no harm.
    const other = await collect(run, profile('20/s'))
    expect([other.exitCode, other.report]).toEqual([2, undefined])
    expect(other.log).toMatch(/sent another load than this profile[\s\S]*"large"/)

    const first = await collect(run)
    const { result, run: about } = reported(first)
    const sent = result.steps.reduce((sum, step) => sum + step.sent, 0)
    expect([sent, place.server.requests.length - before]).toEqual([120, 120])
    expect(result.shards).toEqual({ expected: WORKERS, reported: WORKERS, lost: [] })
    expect(about.fargate).toMatchObject({ runId: run, left: [] })
    expect(place.cloud.ecs.started.map(({ task }) => task.status)).toEqual(Array(WORKERS * tries).fill('STOPPED'))
    if (onlyStarved(first) && tries < TRIES) continue
    expect([first.exitCode, reported(first).verdict.outcome]).toEqual([0, 'pass'])

    const again = reported(await collect(run))
    expect([again.result.steps, again.verdict]).toEqual([result.steps, reported(first).verdict])
    expect(place.server.requests.length - before).toBe(120)
    return
  }
}, 400_000)

test('what cannot be collected is refused in words', async () => {
  const unknown = await collect('a'.repeat(20))
  expect([unknown.exitCode, unknown.log]).toEqual([2, expect.stringContaining(`There is no run ${'a'.repeat(20)}`)])
  const nonsense = await collect('../etc')
  expect([nonsense.exitCode, nonsense.log]).toEqual([2, expect.stringContaining('"../etc" is not the name of a run')])
}, 120_000)

test('two versions side by side are not loaded from elsewhere', async () => {
  const started = place.cloud.ecs.started.length
  const base = ['--base-target', 'http://127.0.0.1:1']
  const words = expect.stringContaining('Two versions side by side are loaded from this machine')
  writeFileSync(here.at('loadgate.yml'), JSON.stringify(profile()))
  const args = ['run', ...SEND_FLAGS, ...base]
  const run = await runCli(args, { cwd: here.path, env: place.cloud.env, limit: LIMIT })
  expect([run.log, run.exitCode]).toEqual([words, 2])
  const collected = await collect('a'.repeat(20), profile(), ...base)
  expect([collected.log, collected.exitCode]).toEqual([words, 2])
  expect(place.cloud.ecs.started).toHaveLength(started)
}, 120_000)
