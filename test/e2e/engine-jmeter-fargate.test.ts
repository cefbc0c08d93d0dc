// A script of JMeter on workers of Fargate: the built worker with the stand-in for JMeter in its image, and AWS's stand-in.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type FargatePlace, SEND_FLAGS, startFargatePlace } from '../support/fargate-place.ts'
import { type MadePlan, testPlan } from '../support/jmeter/test-plan.ts'
import { defectsOf, type GateCall, gateOnce, reported, runCli, type Workspace, workspace } from '../support/run-cli.ts'

const MINUTES = 240_000
const SECRET = 'tok-0123456789abcdef'
const IMAGE = { JMETER_HOME: resolve(import.meta.dirname, '../support/jmeter'), STAND_IN_NODE: process.execPath }

let place: Workspace
let fargate: FargatePlace | undefined
beforeEach(() => {
  place = workspace()
})
afterEach(async () => {
  const executing = fargate?.cloud.ecs.executing
  await fargate?.[Symbol.asyncDispose]()
  fargate = undefined
  const left = readdirSync(place.path).filter((name) => name.startsWith('loadgate-jmeter-'))
  place[Symbol.dispose]()
  expect([executing, left]).toEqual([[], []])
})

interface Scripted extends Partial<GateCall> {
  readonly plan?: MadePlan
  readonly more?: object
  readonly engine?: object
  /** What the workers' image has in its environment. */
  readonly image?: Readonly<Record<string, string>>
  readonly workers?: number
}

async function run({ plan = {}, more = {}, engine = {}, image = IMAGE, workers = 2, flags = [], ...call }: Scripted) {
  fargate ??= await startFargatePlace({ ...image, TMPDIR: place.path })
  writeFileSync(place.at('shop.jmx'), testPlan(plan))
  const profile = {
    name: 'shop',
    target: fargate.target,
    engine: { jmeter: 'shop.jmx', timeout: '5m', ...engine },
    budgets: ['p95 < 5 s', 'errors < 5 %'],
    ...more,
  }
  const all = [...SEND_FLAGS, '--fargate-workers', String(workers), ...flags]
  return gateOnce(profile, {
    cwd: place.path,
    limit: MINUTES,
    ...call,
    env: { ...fargate.cloud.env, ...call.env },
    flags: all,
  })
}

test(
  'each worker runs the whole script, and every request that the target got is counted',
  async () => {
    // A label of each worker's own tells that each has its number.
    const plan = { users: 3, loops: 40, paths: ['/', '/pay', '/of/${__P(loadgate.worker)}/${__P(loadgate.workers)}'] }
    const end = await run({ plan, flags: ['--report', 'out'] })
    expect([end.exitCode, defectsOf(end)]).toEqual([0, []])
    const { result, verdict, run: about } = reported(end)
    expect([verdict.outcome, result.shards]).toEqual(['pass', { expected: 2, reported: 2, lost: [] }])
    expect(result.steps.map(({ scenario, step, sent }) => [scenario, step, sent]).toSorted()).toEqual([
      ['JMeter', 'GET /', 240],
      ['JMeter', 'GET /of/1/2', 120],
      ['JMeter', 'GET /of/2/2', 120],
      ['JMeter', 'GET /pay', 240],
    ])
    expect(fargate!.server.requests).toHaveLength(720)
    expect(result).toMatchObject({
      complete: true,
      fingerprint: {
        generator: 'JMeter 5.6.3',
        machine: { cpu: 'Fargate X86_64', os: 'linux in eu-central-1 100 %, 2 workers' },
      },
      source: { tool: 'JMeter', ran: { version: '5.6.3', script: 'shop.jmx' }, users: 6, untold: ['intended-start'] },
    })
    expect(about.fargate).toMatchObject({ left: [] })
    expect(end.log).toMatch(/2 workers of .*each of which runs the whole script.*for at most 5 min/s)
    expect(end.log).toContain('2 of 2 workers')
  },
  MINUTES,
)

test(
  'without JMeter in the image nothing is sent, and it is said what to build',
  async () => {
    const end = await run({ image: { JMETER_HOME: place.path }, flags: ['--save-baseline'] })
    expect([end.exitCode, defectsOf(end)]).toEqual([4, expect.arrayContaining(['worker-lost'])])
    expect(end.log).toMatch(/Worker 1 of 2: JMeter is not here.*Workers need the image with JMeter/s)
    expect(end.log).toContain('Worker 2 of 2: JMeter is not here')
    expect(fargate!.server.requests).toHaveLength(0)
  },
  MINUTES,
)

test(
  'a JMeter that exits is no evidence: its worker is named, with its last words and no secret in them',
  async () => {
    const end = await run({
      image: { ...IMAGE, STAND_IN_FAULT: 'exits' },
      engine: { properties: { token: '${env.SHOP_TOKEN}' } },
      env: { SHOP_TOKEN: SECRET },
      flags: ['--report', 'out'],
    })
    expect([end.exitCode, defectsOf(end)]).toEqual([4, expect.arrayContaining(['worker-lost'])])
    expect(end.log).toMatch(/Worker 1 of 2: JMeter exited with code 1; its last words:.*OutOfMemoryError/s)
    expect(reported(end).result.steps[0]!.sent).toBeGreaterThanOrEqual(40)
    expect(end.log).not.toMatch(new RegExp(`${SECRET}|##\\[error\\]`))
    for (const file of readdirSync(place.at('out')))
      expect(readFileSync(join(place.at('out'), file), 'utf8')).not.toContain(SECRET)
  },
  MINUTES,
)

test(
  'Ctrl-C ends JMeter in all workers',
  async () => {
    const end = await run({
      plan: { loops: -1, pause: 10 },
      meanwhile: async (cli) => {
        while (fargate === undefined) await sleep(50)
        await fargate.sentMoreThan(100)
        cli.kill('SIGINT')
      },
    })
    expect(end.exitCode).toBe(130)
    await sleep(5_000)
    expect([await fargate!.sentInASecond(), fargate!.cloud.ecs.executing]).toEqual([0, []])
  },
  MINUTES,
)

test(
  'a limit marked "or abort" ends it in all workers, with what they measured',
  async () => {
    const end = await run({
      plan: { loops: -1, pause: 10 },
      more: { budgets: ['p50 < 1 ms or abort'] },
    })
    expect([end.exitCode, end.log]).toEqual([1, expect.stringMatching(/the run was ended after/)])
    const { result } = reported(end)
    expect(result.shards).toMatchObject({ reported: 2, lost: [] })
    expect(result.steps[0]!.sent).toBe(fargate!.server.requests.length)
  },
  MINUTES,
)

test(
  'runs of so many workers are compared with each other, and not with those of fewer',
  async () => {
    const more = { budgets: ['p50 of "GET /" < baseline + 300 %', 'errors < 5 %'] }
    const first = await run({ more, flags: ['--save-baseline'] })
    expect([first.exitCode, first.log]).toEqual([0, expect.stringMatching(/Added to the baseline/)])
    const same = await run({ more })
    expect(same.log).not.toMatch(/refused|another/)
    const fewer = await run({ more, workers: 1 })
    expect([fewer.exitCode, fewer.log]).toEqual([0, expect.stringMatching(/another machine/)])
  },
  2 * MINUTES,
)

test.each([
  [['--detach'], /loadgate\.yml:1:\d+ "engine": a script of JMeter is not left to itself/],
  [
    ['--require-baseline'],
    /loadgate\.yml:1:\d+ "engine": a script of JMeter is compared by the version of its generator/,
  ],
])(
  '%j is refused, with place and reason',
  async (flags, message) => {
    const end = await run({ flags })
    expect([end.exitCode, end.log]).toEqual([2, expect.stringMatching(message)])
    expect(fargate!.cloud.ecs.executing).toEqual([])
  },
  MINUTES,
)

test(
  'the plan says that each worker runs the whole script, and starts nothing',
  async () => {
    fargate = await startFargatePlace()
    writeFileSync(place.at('shop.jmx'), testPlan())
    const profile = { name: 'shop', target: fargate.target, engine: { jmeter: 'shop.jmx', timeout: '20m' } }
    writeFileSync(place.at('loadgate.yml'), JSON.stringify(profile))
    const options = { cwd: place.path, env: fargate.cloud.env }
    const [one, three] = await Promise.all([
      runCli(['plan', ...SEND_FLAGS], options),
      runCli(['plan', ...SEND_FLAGS, '--fargate-workers', '3'], options),
    ])
    expect([one.exitCode, one.stdout + one.stderr]).toEqual([0, expect.stringMatching(/1 worker of .*only it knows/)])
    expect([three.exitCode, three.stdout + three.stderr]).toEqual([
      0,
      expect.stringMatching(/3 workers of .*each of which runs the whole script\.\n.*for at most 20 min/),
    ])
    expect([fargate.cloud.ecs.executing, fargate.server.requests]).toEqual([[], []])
  },
  MINUTES,
)
