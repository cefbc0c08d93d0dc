// The built command line, the built image and Ceph: eight containers as the stack's task definition holds them, started by
// the stand-in for ECS, for whoever has the stack's policy and nothing else.
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { VERSION } from '../../src/version.ts'
import { madeStack, STACK } from '../support/aws/made-stack.ts'
import { type CountingServer, startCountingServer } from '../support/counting-server.ts'
import { OWN_NETWORK, ownName } from '../support/own-name.ts'
import { type GateRun, gateOnce, onlyStarved, type RunningCli, reported, workspace } from '../support/run-cli.ts'
import { until } from '../support/until.ts'
import { type ContainerCloud, startContainerCloud } from './container-cloud.ts'
import { type Held, holdOf, nameOf, podman } from './containers.ts'

const WORKERS = 8
const RATE = 80
const SECONDS = 8
const WARM_UP = 2
const LONG = 300_000

let world: ContainerCloud
let server: CountingServer
let target: string
beforeAll(async () => {
  world = await startContainerCloud()
  server = await startCountingServer((_, response) => void setTimeout(() => response.end('ok'), 5))
  target = `http://${await ownName()}:${server.port}`
}, LONG)
afterAll(async () => {
  await world?.close()
  await server?.[Symbol.asyncDispose]()
}, LONG)

interface Course {
  /** Of the profile. */
  readonly name: string
  /** With the warm-up. */
  readonly seconds?: number
  readonly workers?: number
  readonly flags?: readonly string[]
  /** When the first request has come. */
  readonly during?: (cli: RunningCli) => Promise<unknown>
}

interface Ran extends GateRun {
  readonly reportText: string
}

/** Each arrival takes a row of its own, and the row says whose it is: that of shard n mod 8. */
async function runThere({ name, seconds = 4, workers = WORKERS, flags = [], during }: Course): Promise<Ran> {
  using place = workspace()
  const rows = Array.from({ length: RATE * seconds }, (_, n) => n)
  writeFileSync(place.at('rows.csv'), ['n', ...rows].join('\n'))
  const profile = {
    name,
    target,
    // Eight processes that begin at once have the machine's few cores to share: what is measured comes after it.
    load: { 'warm-up': `${WARM_UP}s`, rate: `${RATE}/s`, for: `${seconds - WARM_UP}s` },
    data: { rows: { file: 'rows.csv', pick: 'unique' } },
    scenarios: [{ name: 'shop', steps: [{ get: `/${name}/\${rows.n}`, name: 'item' }] }],
    budgets: ['errors < 5 %', 'p95 < 5 s'],
  }
  const there = ['--run-on', 'fargate', '--fargate-stack', STACK, '--fargate-workers', String(workers)]
  const where = [...there, '--allow-targets', OWN_NETWORK]
  const run = await gateOnce(profile, {
    cwd: place.path,
    env: world.env,
    flags: [...where, '--report', 'report', ...flags],
    limit: 150_000,
    ...(during && { meanwhile: (cli) => afterFirstRequest(name, cli, during) }),
  })
  return { ...run, reportText: run.report ? readFileSync(place.at('report/report.md'), 'utf8') : '' }
}

/** What the target has seen of a profile, in the order in which it came. */
const seenOf = (name: string) =>
  server.requests
    .filter(({ url }) => url.startsWith(`/${name}/`))
    .map(({ url, at }) => ({ row: Number(url.split('/').at(-1)), at }))

async function afterFirstRequest(name: string, cli: RunningCli, act: (cli: RunningCli) => Promise<unknown>) {
  let over = false
  const end = () => {
    over = true
  }
  cli.ended.then(end, end)
  while (!over && seenOf(name).length === 0) await sleep(50)
  if (!over) await act(cli)
}

async function expectNothingLeft(name: string): Promise<void> {
  const tasks = world.tasksOf(name)
  await until(() => tasks.every(({ task }) => task.status === 'STOPPED'))
  const names = await podman('ps', '--all', '--format', '{{.Names}}')
  expect(tasks.filter(({ task }) => names.includes(nameOf(task.arn)))).toEqual([])
}

test(
  'eight containers: ready, one start, live figures, every request counted, nothing left',
  async () => {
    const tries: Ran[] = []
    let held: readonly Held[] = []
    const look = async () => {
      held = await Promise.all(world.cloud.ecs.executing.map(({ task }) => holdOf(task.arn)))
    }
    // Again where all that is wrong is that the generator got too little of this machine.
    do tries.push(await runThere({ name: `large-${tries.length}`, seconds: SECONDS, during: look }))
    while (tries.length < 4 && onlyStarved(tries.at(-1)!))
    const run = tries.at(-1)!
    const name = `large-${tries.length - 1}`
    const seen = seenOf(name)
    const { verdict, result, run: about } = reported(run)
    expect([verdict.outcome, run.exitCode]).toEqual(['pass', 0])
    expect(result.shards).toEqual({ expected: WORKERS, reported: WORKERS, lost: [] })

    const planned = RATE * SECONDS
    const sentIn = ({ steps, warmUp }: { readonly steps: readonly Sent[]; readonly warmUp: Sent }) =>
      [warmUp, ...steps].reduce((sum, { sent }) => sum + sent, 0)
    const handedIn = await world.outcomes(about.fargate?.runId ?? '')
    const rows = new Set(seen.map(({ row }) => row))
    expect([sentIn(result), seen.length, rows.size]).toEqual([planned, planned, planned])
    expect(handedIn.map((outcome) => sentIn(outcome.result))).toEqual(Array(WORKERS).fill(planned / WORKERS))

    const spread = (times: readonly number[]) => Math.max(...times) - Math.min(...times)
    expect(spread(handedIn.map((outcome) => outcome.result.startedAt))).toBeLessThanOrEqual(about.fargate?.skew ?? 0)
    const firsts = Array.from(
      { length: WORKERS },
      (_, shard) => seen.find(({ row }) => row % WORKERS === shard)?.at ?? 0,
    )
    // They are due within 0.1 s. Each of those who begin when they see the word does so up to 2 s later.
    expect(spread(firsts)).toBeLessThan(1_500)
    for (const text of [run.log, run.reportText]) expect(text).toContain(`${WORKERS} of ${WORKERS} workers`)
    expect(run.log).toMatch(
      /\d s of 8 s, .* sent · none failed · p50 .* · p95 .* · (\d of )?8 workers, worst p95 .* \(worker \d\)/,
    )

    expect(held).toHaveLength(WORKERS)
    for (const one of held) expectHeld(one)
    expect(about.fargate?.left).toEqual([])
    await expectNothingLeft(name)
    const told = /^.*begun within.*$/m.exec(run.log)?.[0]
    process.stdout.write(`${told}\nTheir first requests came within ${Math.round(spread(firsts))} ms.\n`)
  },
  LONG,
)

interface Sent {
  readonly sent: number
}

function expectHeld({ users, capabilities, writable, environment, fromOutside }: Held): void {
  expect(users).toEqual(['Uid: 1000 1000 1000 1000', 'Gid: 1000 1000 1000 1000'])
  expect(capabilities.filter((line) => !line.endsWith(': 0000000000000000'))).toEqual([])
  expect([writable, fromOutside]).toEqual([[], []])
  expect(Object.keys(environment).filter((name) => /SECRET|ACCESS_KEY|TOKEN|PROFILE|CONFIG/.test(name))).toEqual([])
  expect(JSON.stringify(environment)).not.toContain(world.cloud.account.credentials.secretAccessKey)
}

test(
  'a killed container, a mislabelled image and Ctrl-C, all at once',
  async () => {
    const kill = () => podman('kill', nameOf(world.tasksOf('killed')[3]?.task.arn ?? ''))
    const [killed, mislabelled, interrupted] = await Promise.all([
      runThere({ name: 'killed', during: kill }),
      runThere({ name: 'mislabelled', workers: 1, flags: ['--fargate-task-definition', world.mislabelled] }),
      runThere({ name: 'interrupted', workers: 2, seconds: 600, during: async (cli) => cli.kill('SIGINT') }),
    ])

    const { verdict, result, comparison } = reported(killed)
    expect([killed.exitCode, verdict.outcome]).toEqual([4, 'invalid'])
    expect(comparison.defects.map(({ code }) => code)).toContain('worker-lost')
    expect(result.shards).toMatchObject({ expected: WORKERS, reported: WORKERS - 1 })
    expect(killed.log).toContain(`${WORKERS - 1} of ${WORKERS} workers`)
    expect(result.shards.lost.join()).toMatch(/exit code 137/)

    expect([mislabelled.exitCode, seenOf('mislabelled')]).toEqual([4, []])
    expect(mislabelled.log).toMatch(/the worker refused its orders, .* of another version .*exit code 10/)
    const said = world.tasksOf('mislabelled').map(({ task }) => task.container?.output() ?? '')
    expect(said.filter((text) => !text.includes(`version is not 0.0.9 but ${VERSION}`))).toEqual([])

    expect(interrupted.exitCode).toBe(130)
    for (const name of ['killed', 'mislabelled', 'interrupted']) await expectNothingLeft(name)
    const then = seenOf('interrupted').length
    await sleep(1_000)
    expect(seenOf('interrupted')).toHaveLength(then)
  },
  LONG,
)

test(
  'an image that is named with another version is refused before anything starts',
  async () => {
    const { stack } = madeStack(world.image.replace(VERSION, '0.0.9'))
    const before = world.cloud.query.stacks
    world.cloud.query.stacks = [stack]
    const run = await runThere({ name: 'old' })
    world.cloud.query.stacks = before
    expect([run.exitCode, world.tasksOf('old')]).toEqual([2, []])
    expect(run.log).toContain(`image is version 0.0.9, and this is ${VERSION}`)
  },
  LONG,
)

test('nobody needed more than the policy, nor the policy more than was needed', () => {
  const { asked, unneeded } = world.cloud.account
  expect(asked.filter(({ decision }) => decision !== 'allowed')).toEqual([])
  expect(unneeded).toEqual([])
  // All of S3 went through the gate, of the coordinator and of its workers.
  const kinds = new Set(
    world.gate.calls.map(({ action, presigned }) => `${action}${presigned ? ' by an address' : ''}`),
  )
  expect([...kinds].sort()).toEqual([
    's3:GetObject',
    's3:GetObject by an address',
    's3:ListBucket',
    's3:PutObject',
    's3:PutObject by an address',
  ])
  expect(world.cloud.s3.calls).toEqual([])
})
