// A coordinator that is killed: what is left of its run is ended by those who come after it.
import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { type FargatePlace, PLACE_FLAGS, SEND_FLAGS, startFargatePlace } from '../support/fargate-place.ts'
import { EVENTS, type GateCall, gateAction, installAction } from '../support/gate-action.ts'
import { OWN_NETWORK } from '../support/own-name.ts'
import { runAction } from '../support/run-action.ts'
import { runCli, startCli, type Workspace, workspace } from '../support/run-cli.ts'

const WORKERS = 2
const LIMIT = 120_000

let place: FargatePlace
let here: Workspace
let before: number
beforeAll(async () => {
  place = await startFargatePlace()
})
afterAll(async () => {
  await place[Symbol.asyncDispose]()
})
beforeEach(() => {
  here = workspace()
  before = place.server.requests.length
})
afterEach(() => {
  here[Symbol.dispose]()
  place.cloud.ecs.heal()
})

/** Too long for any test: somebody has to end it. */
function profile() {
  return {
    name: 'long',
    target: place.target,
    load: { rate: '40/s', for: '10m' },
    scenarios: [{ name: 'shop', steps: [{ get: '/' }] }],
    budgets: ['errors < 5 %'],
  }
}

/** Resolves to the run's id. */
async function killWhileItSends(): Promise<string> {
  writeFileSync(here.at('loadgate.yml'), JSON.stringify(profile()))
  const flags = [...SEND_FLAGS, '--fargate-workers', String(WORKERS)]
  const cli = startCli(['run', ...flags], { cwd: here.path, env: place.cloud.env, limit: LIMIT })
  await Promise.race([place.sentMoreThan(before), cli.ended])
  cli.kill('SIGKILL')
  const { signal, log } = await cli.ended
  expect([log, signal]).toEqual([log, 'SIGKILL'])
  expect(stillRunning()).toHaveLength(WORKERS)
  return place.runs().at(-1)!
}

const stillRunning = () => place.cloud.ecs.started.filter(({ task }) => task.status !== 'STOPPED')
const stops = () => place.cloud.ecs.calls.filter(({ operation }) => operation === 'StopTask').length

test('`sweep` with its name ends a run at once', async () => {
  const run = await killWhileItSends()
  const stopsBefore = stops()
  const end = await runCli(['sweep', run, ...PLACE_FLAGS], { cwd: here.path, env: place.cloud.env, limit: LIMIT })
  expect([end.log, end.exitCode]).toEqual([expect.stringContaining('1 run ended, 2 tasks stopped'), 0])
  expect(stops() - stopsBefore).toBeGreaterThanOrEqual(WORKERS)
  expect([stillRunning(), await place.sentInASecond()]).toEqual([[], 0])
}, 200_000)

test('`sweep` finds a run that nobody watches over, and stops tasks that do not end by themselves', async () => {
  place.cloud.ecs.injectIntoTasks({ tasks: 'all', kind: 'ignores exit' })
  const run = await killWhileItSends()
  const end = await runCli(['sweep', ...PLACE_FLAGS], { cwd: here.path, env: place.cloud.env, limit: LIMIT })
  expect([end.log, end.exitCode]).toEqual([expect.stringContaining(`Ending what is left of the run ${run}`), 0])
  expect(end.log).toContain('1 run ended, 2 tasks stopped')
  expect([stillRunning(), await place.sentInASecond()]).toEqual([[], 0])
}, 200_000)

test('tasks whose start was never answered are found by the name of their run', async () => {
  const { ecs } = place.cloud
  const known = ecs.started.length
  ecs.inject({ operation: 'RunTask', kind: { answeredAfter: 60_000 } })
  writeFileSync(here.at('loadgate.yml'), JSON.stringify(profile()))
  const flags = [...SEND_FLAGS, '--fargate-workers', String(WORKERS)]
  const cli = startCli(['run', ...flags], { cwd: here.path, env: place.cloud.env, limit: LIMIT })
  while (ecs.started.length === known) await Promise.race([sleep(50), cli.ended])
  cli.kill('SIGKILL')
  await cli.ended
  const run = place.runs().at(-1)!
  const end = await runCli(['sweep', run, ...PLACE_FLAGS], { cwd: here.path, env: place.cloud.env, limit: LIMIT })
  expect([end.log, end.exitCode]).toEqual([expect.stringContaining('1 run ended, 2 tasks stopped'), 0])
  expect([stillRunning(), place.server.requests.length]).toEqual([[], before])
}, 200_000)

/** The main step, ended in this way while it sends, and the post step behind it. */
async function endedJob(how: Pick<GateCall, 'cancelWith'>) {
  const action = installAction()
  try {
    const workers = { 'fargate-stack': 'load', 'fargate-workers': String(WORKERS) }
    const inputs = { 'run-on': 'fargate', 'allow-targets': OWN_NETWORK, ...workers }
    const { env } = place.cloud
    const main = await gateAction({
      ...{ action: action.path, workspace: here.path, profile: profile(), inputs, env, ...how },
      event: EVENTS.pushToMain,
      cancelWhen: () => place.server.requests.length > before,
    })
    const running = stillRunning().length
    const { state, log } = main
    expect([log, state.fargate]).toEqual([log, expect.any(String)])
    const post = await runAction({ action: action.path, entry: 'post', state, workspace: here.path, env })
    expect([post.log, post.exitCode]).toEqual([
      expect.stringContaining(`run ${place.runs().at(-1)} on Fargate was ended`),
      0,
    ])
    expect(post.log).not.toContain('::warning')
    expect([stillRunning(), await place.sentInASecond()]).toEqual([[], 0])
    return { main, running, post }
  } finally {
    action[Symbol.dispose]()
  }
}

test('the post step of the action ends the run of a main step that was killed', async () => {
  const { main, running, post } = await endedJob({ cancelWith: 'SIGKILL' })
  expect([main.signal, running]).toEqual(['SIGKILL', WORKERS])
  expect(post.log).toContain('2 of its tasks have stopped')
}, 200_000)

test('a job that is cancelled ends its run in the time that it has, and the post step verifies it', async () => {
  const { main, post } = await endedJob({})
  // The runner's SIGTERM would have come after 7.5 s.
  expect([main.log, main.exitCode]).toEqual([
    expect.stringContaining('What is not finished is neither published nor kept'),
    130,
  ])
  expect(main.tookToEnd).toBeLessThan(7_500)
  expect(post.log).toContain('2 of its tasks have stopped')
  expect([main.outputs, main.summary, main.report]).toEqual([{}, '', undefined])
}, 200_000)
