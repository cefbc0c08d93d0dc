// A profile whose load is a script of JMeter, with Debian's JMeter 2.13 behind the command line (jmeter-cli.bsh): the server
// counts what comes, a slower one is found, and what is stopped stops.
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type CountingServer, startCountingServer } from '../support/counting-server.ts'
import { type MadePlan, testPlan } from '../support/jmeter/test-plan.ts'
import { defectsOf, type GateCall, gateOnce, reported, type Workspace, workspace } from '../support/run-cli.ts'

const SHARE = join(process.env.GENERATORS_ROOT ?? '', 'usr/share')
const LIMIT = 120_000

let place: Workspace
let server: CountingServer
let delay: number
beforeEach(async () => {
  place = workspace()
  delay = 0
  server = await startCountingServer(({ url }, response, n) => {
    response.statusCode = url === '/pay' && n % 20 === 0 ? 503 : 200
    setTimeout(() => response.end('ok'), delay)
  })
  installJMeter(place.at('jmeter/bin/jmeter'))
})
afterEach(async () => {
  const left = readdirSync(place.path).filter((name) => name.startsWith('loadgate-jmeter-'))
  await server[Symbol.asyncDispose]()
  place[Symbol.dispose]()
  expect(left).toEqual([])
})

function installJMeter(program: string): void {
  const jars = ['jmeter/lib', 'jmeter/lib/ext', 'jmeter/bin', 'java'].flatMap((folder) =>
    readdirSync(join(SHARE, folder))
      .filter((file) => file.endsWith('.jar'))
      .map((file) => join(SHARE, folder, file)),
  )
  const script = resolve(import.meta.dirname, 'jmeter-cli.bsh')
  const java = `java -Djava.awt.headless=true '-Djmeter.home=${join(SHARE, 'jmeter')}' -cp '${jars.join(delimiter)}'`
  mkdirSync(resolve(program, '..'), { recursive: true })
  writeFileSync(program, `#!/bin/sh\nexec ${java} bsh.Interpreter '${script}' "$@"\n`)
  chmodSync(program, 0o755)
}

interface Scripted extends Partial<GateCall> {
  readonly plan: MadePlan
  readonly engine?: object
  readonly budgets?: readonly string[]
}

function run({ plan, engine = {}, budgets = ['p95 < 5 s', 'errors < 20 %'], ...call }: Scripted) {
  writeFileSync(place.at('shop.jmx'), testPlan(plan))
  const target = `http://127.0.0.1:${server.port}`
  const profile = { name: 'shop', target, engine: { jmeter: 'shop.jmx', ...engine }, budgets }
  const env = { JMETER_HOME: place.at('jmeter'), TMPDIR: place.path }
  return gateOnce(profile, { cwd: place.path, env, limit: LIMIT, ...call })
}

test(
  'counts are those of the server, by label and by status',
  async () => {
    const plan = { users: '${__P(users)}', loops: 100, paths: ['/', '/pay'] }
    const end = await run({ plan, engine: { properties: { users: 4 } } })
    expect([end.exitCode, end.log]).toEqual([0, expect.stringMatching(/Running shop\.jmx with JMeter 2\.13/)])
    const { result } = reported(end)
    expect(result.steps.map(({ step, sent }) => [step, sent]).toSorted()).toEqual([
      ['GET /', 400],
      ['GET /pay', 400],
    ])
    expect(server.requests).toHaveLength(800)
    const failed = server.requests.filter(({ url }, n) => url === '/pay' && n % 20 === 0).length
    expect(result.steps.find(({ step }) => step === 'GET /pay')).toMatchObject({
      failed,
      causes: failed > 0 ? { 'unexpected-status': failed } : {},
    })
    expect(result.source).toMatchObject({ users: 4, ran: { script: 'shop.jmx' } })
  },
  LIMIT,
)

test(
  'a slower service is found beside stored runs',
  async () => {
    const plan = { users: 4, loops: 80 }
    const budgets = ['p50 < baseline + 100 %', 'errors < 20 %']
    delay = 5
    for (let n = 0; n < 3; n++) {
      const end = await run({ plan, budgets, flags: ['--save-baseline'] })
      expect([end.exitCode, end.log]).toEqual([0, expect.stringMatching(/Added to the baseline/)])
    }
    delay = 400
    const slow = await run({ plan, budgets })
    expect([slow.exitCode, slow.log]).toEqual([1, expect.stringMatching(/FAIL\s+p50 is \d/)])
  },
  3 * LIMIT,
)

test(
  'it stops where it is told to, and at its time-out',
  async () => {
    let at = 0
    const stopped = await run({
      plan: { loops: -1, pause: 5 },
      meanwhile: async (cli) => {
        while (server.requests.length < 100) await sleep(50)
        await sleep(1_500)
        at = performance.now()
        cli.kill('SIGINT')
      },
    })
    expect(performance.now() - at).toBeLessThan(8_000)
    expect([stopped.exitCode, stopped.log]).toEqual([130, expect.stringMatching(/JMeter › GET \//)])
    const late = await run({ plan: { loops: -1, pause: 5 }, engine: { timeout: '30s' } })
    expect([late.exitCode, defectsOf(late)]).toEqual([4, ['worker-lost']])
    expect(late.log).toMatch(/JMeter was stopped after 30 s/)
    expect(reported(late).result.steps[0]!.sent).toBeGreaterThan(0)
  },
  2 * LIMIT,
)

test(
  'a plan that it cannot read is invalid, with its own words',
  async () => {
    const end = await run({ plan: { more: '<NoSuchThing testname="none"/>' } })
    expect([end.exitCode, defectsOf(end)]).toEqual([4, ['worker-lost', 'no-samples']])
    expect(end.log).toMatch(/JMeter exited with code 1; its last words:.*Error in NonGUIDriver/s)
  },
  LIMIT,
)
