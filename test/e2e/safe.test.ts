// Load that stays where it may be, and ends where it does harm: as the built command line and the action do it.
import { existsSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { userAgent } from '../../src/user-agent.ts'
import { type CountingServer, startCountingServer } from '../support/counting-server.ts'
import { EVENTS, gateAction, installAction } from '../support/gate-action.ts'
import { defectsOf, gateOnce, reported, type Workspace, workspace } from '../support/run-cli.ts'

const MINUTE = 60_000

let place: Workspace
let server: CountingServer
beforeAll(async () => {
  place = workspace()
  server = await startCountingServer()
})
afterAll(async () => {
  place[Symbol.dispose]()
  await server[Symbol.asyncDispose]()
})

const shop = (target: string, more: object = {}) => ({
  name: 'safe',
  target,
  load: { rate: '50/s', for: '1s' },
  scenarios: [{ name: 'only', steps: [{ get: '/' }] }],
  budgets: ['errors < 50 %'],
  ...more,
})
const here = () => `http://127.0.0.1:${server.port}`

test('a target of the environment is told, with its line, before anything is sent', async () => {
  const env = { TARGET: 'http://shop.example/' }
  const run = await gateOnce(shop('${env.TARGET}'), { cwd: place.path, env })
  expect(run.exitCode).toBe(2)
  expect(run.log).toContain('the target: shop.example is not allowed; the environment says it')
  expect(run.log).toMatch(/loadgate\.yml:1:\d+ the target/)
  expect(run.log).toContain('allow-targets')
})

test(
  'this machine is allowed by whatever way, and requests say who sends them',
  async () => {
    const env = { TARGET: here(), GITHUB_RUN_ID: '4711' }
    // What the verdict is hangs on how busy this machine is; that it was sent does not.
    const run = await gateOnce(shop('${env.TARGET}'), { cwd: place.path, env })
    expect(reported(run).result.steps[0]?.sent).toBe(50)
    const agents = new Set(server.requests.map(({ headers }) => headers['user-agent']))
    expect([...agents]).toEqual([userAgent('4711', 'safe')])
  },
  MINUTE,
)

test(
  'a pull request whose profile nobody has reviewed sends nowhere but to this machine',
  async () => {
    using action = installAction()
    using checkout = workspace()
    const call = { action: action.path, workspace: checkout.path, eventName: 'pull_request', event: EVENTS.pullRequest }
    const inputs = { baseline: 'none', comment: 'false' }
    const refused = await gateAction({ ...call, inputs, profile: shop('http://shop.example') })
    expect(refused.exitCode).toBe(2)
    expect(refused.log).toContain('the profile that has been reviewed does not name it')
    const allowed = await gateAction({ ...call, inputs, profile: shop(here()) })
    expect([allowed.log, allowed.report?.result.steps[0]?.sent]).toEqual([allowed.log, 50])
  },
  2 * MINUTE,
)

test(
  'a guard that is down before the load: nothing is sent',
  async () => {
    await using neighbour = await startCountingServer((_, response) => void response.writeHead(503).end())
    await using target = await startCountingServer()
    const guards = [{ name: 'neighbour', get: `http://127.0.0.1:${neighbour.port}/health`, failures: 2 }]
    const run = await gateOnce(shop(`http://127.0.0.1:${target.port}`, { guards }), { cwd: place.path })
    expect(run.exitCode).toBe(4)
    expect(run.log).toMatch(
      /The guard "neighbour" is down before the load, which is not sent: status 503 .*; status 503/,
    )
    expect([neighbour.requests.length, target.requests.length]).toEqual([2, 0])
  },
  MINUTE,
)

test(
  'a guard that goes down ends the run at once; the report says which, when and how, and it is not kept',
  async () => {
    let down = false
    await using neighbour = await startCountingServer(
      (_, response) => void response.writeHead(down ? 500 : 200).end('up'),
    )
    await using target = await startCountingServer((_, response, n) => {
      if (n > 50) down = true
      response.end('ok')
    })
    const guards = [{ name: 'neighbour', get: `http://127.0.0.1:${neighbour.port}/health`, every: '1s', failures: 2 }]
    const profile = shop(`http://127.0.0.1:${target.port}`, { guards, load: { rate: '50/s', for: '5m' } })
    const flags = ['--save-baseline', 'true', '--baseline', 'file:kept.json', '--report', 'report']
    const run = await gateOnce(profile, { cwd: place.path, flags })
    const { verdict, result, comparison } = reported(run)
    expect([run.exitCode, verdict.outcome, result.complete]).toEqual([4, 'invalid', false])
    expect(verdict.reason).toMatch(
      /^The guard "neighbour" ended the run \d+ s after the load began: 2 failures in a row \(status 500 .*; status 500 .*\)\.$/,
    )
    expect(defectsOf(run)).toContain('guard-failed')
    expect(defectsOf(run)).not.toContain('cancelled')
    expect(comparison.budgets.map(({ judgement }) => judgement.kind)).toEqual(['undecided'])
    expect(existsSync(place.at('kept.json'))).toBe(false)
    expect(target.requests.length).toBeLessThan(2_000)
    expect(result.steps[0]?.sent).toBeGreaterThan(50)
  },
  2 * MINUTE,
)

test(
  'side by side a guard ends both sides, and every further round',
  async () => {
    let down = false
    await using neighbour = await startCountingServer(
      (_, response) => void response.writeHead(down ? 500 : 200).end('up'),
    )
    await using base = await startCountingServer()
    await using head = await startCountingServer((_, response, n) => {
      if (n > 20) down = true
      response.end('ok')
    })
    const guards = [{ name: 'neighbour', get: `http://127.0.0.1:${neighbour.port}/health`, every: '1s', failures: 1 }]
    const load = { rate: '50/s', for: '1m' }
    const budgets = ['p50 < baseline + 30 %']
    const flags = ['--base-target', `http://127.0.0.1:${base.port}`, '--rounds', '4']
    const run = await gateOnce(shop(`http://127.0.0.1:${head.port}`, { guards, load, budgets }), {
      cwd: place.path,
      flags,
    })
    expect([run.log, run.exitCode]).toEqual([run.log, 4])
    expect(reported(run).verdict.reason).toMatch(
      /^The guard "neighbour" ended the run .* 1 failure in a row \(status 500/,
    )
    expect(defectsOf(run)).not.toContain('cancelled')
    expect(base.requests.length + head.requests.length).toBeLessThan(2_000)
  },
  2 * MINUTE,
)

test('a run that is left to itself has nobody to watch', async () => {
  const guards = [{ name: 'neighbour', get: here() }]
  const flags = ['--detach', '--run-on', 'fargate']
  const run = await gateOnce(shop('https://shop.example', { guards }), { cwd: place.path, flags })
  expect([run.exitCode, run.log]).toEqual([
    2,
    expect.stringMatching(/nothing would end the load for "neighbour" before somebody collects the run/),
  ])
})
