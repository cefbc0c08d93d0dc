// The built command line and the built worker, from nothing to nothing, with AWS's stand-in between them.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type CountingServer, startCountingServer } from '../support/counting-server.ts'
import { type FargatePlace, SEND_FLAGS, startFargatePlace } from '../support/fargate-place.ts'
import {
  type GateRun,
  gateOnce,
  onlyStarved,
  type RunningCli,
  reported,
  type Workspace,
  workspace,
} from '../support/run-cli.ts'

const WORKERS = 3
const FLAGS = [...SEND_FLAGS, '--fargate-workers', String(WORKERS)]
const MOST_TRIES = 5

let fargate: FargatePlace
let place: Workspace
beforeAll(async () => {
  place = workspace()
  fargate = await startFargatePlace()
})
afterAll(async () => {
  await fargate[Symbol.asyncDispose]()
  place[Symbol.dispose]()
})

function profile(changes: object = {}) {
  return {
    name: 'large',
    target: fargate.target,
    load: { rate: '60/s', for: '3s' },
    scenarios: [{ name: 'shop', steps: [{ get: '/' }] }],
    budgets: ['errors < 5 %', 'p95 < 5 s'],
    ...changes,
  }
}

/** Again where all that is wrong is that the workers got too little of this machine; counted is the last try alone. */
async function runThere(
  changes: object = {},
  server: CountingServer = fargate.server,
): Promise<{ readonly run: GateRun; readonly received: number }> {
  const call = { cwd: place.path, env: fargate.cloud.env, flags: FLAGS, limit: 120_000 }
  for (let left = MOST_TRIES - 1; ; left--) {
    const before = server.requests.length
    const run = await gateOnce(profile(changes), call)
    if (left === 0 || !onlyStarved(run)) return { run, received: server.requests.length - before }
  }
}

test('the load is sent from elsewhere, counted to the last request, and nothing is left', async () => {
  const { run, received } = await runThere()
  const { verdict, result, run: about } = reported(run)
  expect([run.exitCode, verdict.outcome, result.shards]).toEqual([
    0,
    'pass',
    { expected: WORKERS, reported: WORKERS, lost: [] },
  ])
  const sent = result.steps.reduce((sum, step) => sum + step.sent, 0)
  expect([sent, received]).toEqual([180, 180])
  expect(about.fargate).toMatchObject({ regions: ['eu-central-1'], left: [], skew: expect.any(Number) })
  expect(fargate.cloud.ecs.executing).toEqual([])
  expect(run.log).toContain(`${WORKERS} of ${WORKERS} workers`)
}, 300_000)

test('what Ctrl-C leaves is nothing', async () => {
  const before = fargate.server.requests.length
  const interrupt = async (cli: RunningCli) => {
    await fargate.sentMoreThan(before)
    cli.kill('SIGINT')
  }
  const call = { cwd: place.path, env: fargate.cloud.env, flags: FLAGS, limit: 120_000, meanwhile: interrupt }
  expect((await gateOnce(profile({ load: { rate: '60/s', for: '10m' } }), call)).exitCode).toBe(130)
  await sleep(5_000)
  expect([await fargate.sentInASecond(), fargate.cloud.ecs.executing]).toEqual([0, []])
}, 180_000)

test('a run that breaks a limit "or abort" is ended everywhere, with what its workers measured', async () => {
  await using failing = await startCountingServer((_, response, n) => response.writeHead(n > 300 ? 500 : 200).end('ok'))
  const { run, received } = await runThere(
    {
      target: fargate.target.replace(/\d+$/, String(failing.port)),
      load: { rate: '60/s', for: '10m' },
      budgets: ['errors < 20 % or abort'],
    },
    failing,
  )
  const { verdict, result } = reported(run)
  expect([run.exitCode, verdict.outcome, result.shards.reported]).toEqual([1, 'fail', WORKERS])
  expect(verdict.reason).toContain('the run was ended after')
  expect(result.steps[0]!.sent).toBe(received)
  expect(fargate.cloud.ecs.executing).toEqual([])
}, 300_000)
