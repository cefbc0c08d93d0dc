// A profile whose load is a script of JMeter: run, judged, kept and refused as any load is. What runs it here is the stand-in
// of test/support/jmeter; the real one is in the heavy tests.
import { createSocket } from 'node:dgram'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { readReport } from '../../src/report/report-file.ts'
import { type CountingServer, startCountingServer } from '../support/counting-server.ts'
import { type MadePlan, testPlan } from '../support/jmeter/test-plan.ts'
import { defectsOf, type GateCall, gateOnce, isAlive, reported, type Workspace, workspace } from '../support/run-cli.ts'
import { serviceProfile } from '../support/service-profile.ts'

const JMETER_HOME = resolve(import.meta.dirname, '../support/jmeter')
const MINUTES = 120_000
const SECRET = 'tok-0123456789abcdef'
/** A person's patience, and half of a runner's. */
const SOON = 5_000

let place: Workspace
let server: CountingServer
let delay = 0
let status = 200
beforeEach(async () => {
  place = workspace()
  delay = 0
  status = 200
  server = await startCountingServer((_, response) => {
    response.statusCode = status
    setTimeout(() => response.end('ok'), delay)
  })
})
afterEach(async () => {
  const [directories, processes] = [left(), running()]
  await server[Symbol.asyncDispose]()
  place[Symbol.dispose]()
  expect([directories, processes]).toEqual([[], []])
})

interface Scripted extends Partial<GateCall> {
  readonly plan?: MadePlan
  readonly engine?: object
  readonly more?: object
}

function run({ plan = {}, engine = {}, more = {}, env, ...call }: Scripted = {}) {
  writeFileSync(place.at('shop.jmx'), testPlan(plan))
  const profile = {
    name: 'shop',
    target: `http://127.0.0.1:${server.port}`,
    engine: { jmeter: 'shop.jmx', ...engine },
    budgets: ['p95 < 5 s', 'errors < 5 %'],
    ...more,
  }
  return gateOnce(profile, {
    cwd: place.path,
    env: { JMETER_HOME, STAND_IN_NODE: process.execPath, TMPDIR: place.path, ...env },
    ...call,
  })
}

/** What a run lays out for JMeter, and what runs in it. */
const left = () => readdirSync(place.path).filter((name) => name.startsWith('loadgate-jmeter-'))
const running = () =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isAlive(Number(name)))
    .filter((pid) => commandOf(pid).includes(place.path) && commandOf(pid).includes('stand-in.mjs'))
function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
test(
  'every request that the server saw is counted, under its label',
  async () => {
    const end = await run({
      plan: { users: '${__P(users)}', loops: 30, paths: ['/', '/pay'] },
      engine: { properties: { users: 3 } },
    })
    expect([end.exitCode, end.stderr]).toEqual([0, ''])
    const { result, verdict } = reported(end)
    expect(verdict.outcome).toBe('pass')
    expect(result.steps.map(({ scenario, step, sent }) => [scenario, step, sent]).toSorted()).toEqual([
      ['JMeter', 'GET /', 90],
      ['JMeter', 'GET /pay', 90],
    ])
    expect(server.requests).toHaveLength(180)
    expect(result).toMatchObject({
      profile: 'shop',
      complete: true,
      fingerprint: { generator: 'JMeter 5.6.3' },
      source: { tool: 'JMeter', ran: { version: '5.6.3', script: 'shop.jmx' }, untold: ['intended-start'] },
    })
    expect(result.fingerprint.machine.cores).toBeGreaterThan(0)
    expect(end.log).toMatch(/Running shop\.jmx with JMeter 5\.6\.3\..*coordinated omission/s)
  },
  MINUTES,
)

test(
  'what it is given, and what it reads, is there and nowhere else',
  async () => {
    writeFileSync(place.at('rows.csv'), 'a\nb\n')
    const csv = { plan: { csv: 'rows.csv', loops: 5 } }
    const without = await run(csv)
    expect([without.exitCode, defectsOf(without)]).toEqual([4, ['worker-lost', 'no-samples']])
    expect(without.log).toMatch(/File rows\.csv must exist/)
    const given = await run({ ...csv, engine: { files: ['rows.csv'] } })
    expect(given.exitCode).toBe(0)
    const missing = await run({ ...csv, engine: { files: ['other.csv'] } })
    expect([missing.exitCode, missing.log]).toEqual([2, expect.stringMatching(/other\.csv is not there/)])
  },
  MINUTES,
)

test(
  'a stored baseline finds what became slower, for one label',
  async () => {
    const plan = { users: 4, loops: 40, paths: ['/', '/pay'] }
    const more = { budgets: ['p50 of "GET /pay" < baseline + 100 %', 'errors < 5 %'] }
    delay = 5
    for (let n = 0; n < 3; n++) {
      const end = await run({ plan, more, flags: ['--save-baseline'] })
      expect([end.exitCode, end.log]).toEqual([0, expect.stringMatching(/Added to the baseline/)])
    }
    delay = 60
    const slow = await run({ plan, more })
    expect([slow.exitCode, slow.log]).toEqual([1, expect.stringMatching(/FAIL\s+p50 of "JMeter › GET \/pay" is \d/)])

    const other = await run({ plan, more, env: { STAND_IN_VERSION: '5.5' } })
    expect([other.exitCode, other.log]).toEqual([
      0,
      expect.stringMatching(/another generator: JMeter 5\.6\.3, now JMeter 5\.5/),
    ])
    const changed = await run({ plan: { ...plan, loops: 41 }, more })
    expect([changed.exitCode, changed.log]).toEqual([
      0,
      expect.stringMatching(/another load: the script, or what it reads, has changed/),
    ])
  },
  2 * MINUTES,
)

test.each([
  ['exits', /JMeter exited with code 1; its last words:.*OutOfMemoryError/s, 'worker-lost'],
  ['silent', /JMeter measured nothing that can be read: its results cannot be read/, 'worker-lost'],
  ['header-only', /JMeter measured nothing that can be read: its results: there is no request in it/, 'worker-lost'],
  ['cut', /JMeter ended within a line of its results/, 'worker-lost'],
  ['dies', /A thread of JMeter died, and the others went on without it: Uncaught Exception/, 'worker-lost'],
  ['garbled', /JMeter measured nothing that can be read: its results:\d+: timeStamp is "nonsense"/, 'worker-lost'],
] as const)(
  'a JMeter that %s is no evidence, and joins no baseline',
  async (fault, words, code) => {
    const end = await run({
      plan: { loops: 20 },
      engine: { properties: { token: '${env.SHOP_TOKEN}' } },
      env: { STAND_IN_FAULT: fault, SHOP_TOKEN: SECRET },
      flags: ['--save-baseline', '--report', 'out'],
    })
    expect([end.exitCode, defectsOf(end)]).toEqual([4, expect.arrayContaining([code])])
    expect(end.log).toMatch(words)
    // Its last words have the secret and a command of the runner in them.
    expect(end.log).not.toMatch(new RegExp(`${SECRET}|##\\[error\\]`))
    for (const file of readdirSync(place.at('out')))
      expect(readFileSync(join(place.at('out'), file), 'utf8')).not.toContain(SECRET)
    expect(existsSync(place.at('.loadgate/baseline.json'))).toBe(false)
  },
  MINUTES,
)

test(
  'what was measured until it broke is shown',
  async () => {
    const end = await run({ plan: { loops: 20 }, env: { STAND_IN_FAULT: 'cut' } })
    expect(reported(end).result.steps).toMatchObject([{ step: 'GET /', sent: 40 }])
  },
  MINUTES,
)

test(
  'its time-out ends it, and all it has started',
  async () => {
    const began = performance.now()
    const end = await run({ plan: { loops: -1, pause: 10 }, engine: { timeout: '2s' } })
    expect(performance.now() - began).toBeLessThan(2_000 + 2 * SOON)
    expect([end.exitCode, defectsOf(end)]).toEqual([4, ['worker-lost']])
    expect(end.log).toMatch(/JMeter was stopped after 2 s, the time-out of its script/)
    expect(reported(end).result.steps[0]!.sent).toBeGreaterThan(20)
  },
  MINUTES,
)

test.each(['', 'stubborn'])(
  'Ctrl-C ends it soon, and shows what there is: %s',
  async (fault) => {
    let at = 0
    const end = await run({
      plan: { loops: -1, pause: 5 },
      env: { STAND_IN_FAULT: fault },
      flags: ['--save-baseline', '--report', 'out'],
      meanwhile: async (cli) => {
        await cli.until('Running shop.jmx')
        while (server.requests.length < 50) await sleep(20)
        await sleep(1_000)
        at = performance.now()
        cli.kill('SIGINT')
      },
    })
    expect(performance.now() - at).toBeLessThan(fault === '' ? 4_000 : 8_000)
    expect([end.exitCode, end.report]).toEqual([130, undefined])
    expect(end.log).toMatch(/JMeter › GET \//)
    expect(existsSync(place.at('.loadgate/baseline.json'))).toBe(false)
  },
  MINUTES,
)

test(
  'a limit marked "or abort" ends it, and is what it fails for',
  async () => {
    status = 503
    const end = await run({
      plan: { loops: -1, pause: 2 },
      more: { budgets: ['errors < 5 % or abort', 'throughput > 1/s'] },
    })
    expect([end.exitCode, end.log]).toEqual([
      1,
      expect.stringMatching(/errors are 100 % in the last .*the run was ended after \d+(?:\.\d+)? s\./s),
    ])
    const { comparison } = reported(end)
    expect(comparison.defects).toEqual([])
    expect(comparison.budgets.find(({ metric }) => metric === 'throughput')?.judgement.kind).toBe('undecided')
  },
  MINUTES,
)

test(
  'one that has ended by itself is not told to: its port may be of somebody else by then',
  async () => {
    const other = createSocket('udp4')
    const heard: string[] = []
    other.on('message', (word) => heard.push(String(word)))
    await new Promise<void>((bound) => other.bind(0, '127.0.0.1', bound))
    try {
      const says = { STAND_IN_SAYS: String(other.address().port) }
      expect((await run({ plan: { loops: 5 }, env: says })).exitCode).toBe(0)
      await sleep(100)
      expect(heard).toEqual([])
      await run({ plan: { loops: -1, pause: 10 }, engine: { timeout: '2s' }, env: says })
      expect(heard).toEqual(['Shutdown'])
    } finally {
      other.close()
    }
  },
  MINUTES,
)

test(
  'a service is started before it and stopped behind it',
  async () => {
    const profile = (await serviceProfile()) as { target: string; service: object }
    const end = await run({ plan: { loops: 10 }, more: { target: profile.target, service: profile.service } })
    expect([end.exitCode, end.log]).toEqual([0, expect.stringMatching(/It is ready after.*Running shop\.jmx/s)])
  },
  MINUTES,
)

test(
  'a service that does not start: a report of no requests, which says whose they would have been',
  async () => {
    const service = { start: 'exit 5', ready: '/', 'ready-within': '1s' }
    const { target } = (await serviceProfile()) as { target: string }
    const end = await run({ more: { target, service }, flags: ['--report', 'out'] })
    expect([end.exitCode, defectsOf(end)]).toEqual([4, ['not-started']])
    const { result } = readReport(readFileSync(place.at('out/report.json'), 'utf8'))
    expect(result).toMatchObject({
      ...{ profile: 'shop', steps: [], complete: false, plan: { target } },
      shards: { expected: 1, reported: 0, lost: ['Nothing was sent'] },
      source: { tool: 'JMeter', ran: { script: expect.stringMatching(/shop\.jmx$/) } },
    })
  },
  MINUTES,
)

test(
  'a label that a budget names and that is not there makes no verdict',
  async () => {
    const end = await run({ more: { budgets: ['p95 of "GET /gone" < 1 s'] } })
    expect([end.exitCode, end.log]).toEqual([4, expect.stringMatching(/Nothing was measured for p95 of "GET \/gone"/)])
  },
  MINUTES,
)

test(
  'without JMeter nothing is begun, and it is said what is missing',
  async () => {
    const end = await run({ env: { JMETER_HOME: place.path } })
    expect([end.exitCode, end.log]).toEqual([4, expect.stringMatching(/JMeter is not here.*set JMETER_HOME/s)])
    expect(server.requests).toHaveLength(0)
  },
  MINUTES,
)

test.each([
  [
    ['--base-target', 'http://127.0.0.1:9'],
    /loadgate\.yml:1:\d+ "engine": a script of JMeter is not measured side by side/,
  ],
])(
  '%j is refused, with place and reason',
  async (flags, message) => {
    const end = await run({ flags })
    expect([end.exitCode, end.log]).toEqual([2, expect.stringMatching(message)])
    expect(server.requests).toHaveLength(0)
  },
  MINUTES,
)

test(
  'properties are in a file of this user alone, and not on the command line',
  async () => {
    let seen: { command: string; mode: string | undefined } | undefined
    await run({
      plan: { loops: 100, pause: 10 },
      engine: { properties: { token: '${env.SHOP_TOKEN}' } },
      env: { SHOP_TOKEN: SECRET },
      meanwhile: async (cli) => {
        await cli.until('Running shop.jmx')
        while (running().length === 0) await sleep(20)
        const command = commandOf(running()[0]!)
        const file = command.split('\0').find((word) => word.endsWith('.properties'))!
        seen = { command, mode: (statSync(file).mode & 0o777).toString(8) }
        expect(readFileSync(file, 'utf8')).toContain(`token=${SECRET}`)
      },
    })
    expect(seen).toEqual({ command: expect.not.stringContaining(SECRET), mode: '600' })
  },
  MINUTES,
)
