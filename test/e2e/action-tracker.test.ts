// The issue of the nights and the check run, by the built action: whatever becomes of them, the verdict stands.
import { writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { CountingServer } from '../support/counting-server.ts'
import { briefProfile, EVENTS, type GateCall, type GateRun, gateAction, installAction } from '../support/gate-action.ts'
import { GitHubTracker } from '../support/github-tracker.ts'
import { runAction } from '../support/run-action.ts'
import { type Workspace, workspace } from '../support/run-cli.ts'
import { startSlowServer } from '../support/slow-server.ts'

const MINUTES = 120_000
const BROKEN = ['p95 < 1 ms']

let action: Workspace
let checkout: Workspace
let github: GitHubTracker
let server: CountingServer

beforeAll(async () => {
  action = installAction()
  github = await GitHubTracker.start({
    ghs_workflow: { login: 'github-actions', kind: 'actions', write: true },
    ghs_fork: { login: 'github-actions', kind: 'actions', write: false },
  })
  server = await startSlowServer()
})
beforeEach(() => {
  checkout = workspace()
  github.reset()
})
afterEach(() => checkout[Symbol.dispose]())
afterAll(async () => {
  await github.contract.close()
  await server[Symbol.asyncDispose]()
  action[Symbol.dispose]()
})

function run({
  budgets,
  ...call
}: Partial<GateCall> & { readonly budgets?: readonly string[] | undefined }): Promise<GateRun> {
  const profile = briefProfile(server.port)
  return gateAction({
    action: action.path,
    workspace: checkout.path,
    profile: { ...profile, budgets: budgets ?? profile.budgets },
    ...call,
    env: { GITHUB_API_URL: github.contract.url, ...call.env },
  })
}

const night = (runId: number, budgets?: readonly string[], commit = 'a') =>
  run({
    eventName: 'schedule',
    event: {},
    inputs: { issue: 'true' },
    budgets,
    env: { GITHUB_RUN_ID: String(runId), GITHUB_SHA: commit.repeat(40) },
  })

test(
  'nights that break a budget keep one issue, and the first that holds closes it',
  async () => {
    const first = await night(1, BROKEN)
    expect([first.log, first.exitCode]).toEqual([first.log, 1])
    expect(github.issues).toMatchObject([{ title: 'Loadgate: brief breaks its budgets', state: 'open' }])
    expect(first.log).toMatch(/The issue was (opened|updated): https:\/\/github\.com\/octo-org\/shop\/issues\/10/)
    const second = await night(2, BROKEN, 'b')
    expect([second.log, second.exitCode]).toEqual([second.log, 1])
    expect(github.issues[0]?.body).toContain('`brief` breaks its budgets for 2 nights, since ')
    const third = await night(3, undefined, 'c')
    expect([third.log, third.exitCode]).toEqual([third.log, 0])
    expect(github.issues).toMatchObject([{ state: 'closed', reason: 'completed' }])
    expect(github.contract.violations).toEqual([])
  },
  MINUTES,
)

test(
  'only schedules keep an issue, and a token that may not write one costs a remark',
  async () => {
    const push = await run({ budgets: BROKEN, event: EVENTS.pushToMain, inputs: { issue: 'true' } })
    expect([push.log, push.exitCode]).toEqual([push.log, 1])
    expect(github.contract.requests).toEqual([])
    const inputs = { issue: 'true', 'github-token': 'ghs_fork' }
    const night = await run({ budgets: BROKEN, eventName: 'schedule', event: {}, inputs })
    expect([night.log, night.exitCode]).toEqual([night.log, 1])
    expect(night.outputs.verdict).toBe('fail')
    expect(night.log.split('\n').filter((line) => line.includes('The issue'))).toEqual([
      expect.stringMatching(/warning: The issue was not posted: GitHub answered 403.*`permissions: issues: write`/),
    ])
  },
  MINUTES,
)

const checked = (call: Parameters<typeof run>[0] = {}) =>
  run({
    eventName: 'pull_request',
    event: EVENTS.pullRequest,
    ...call,
    inputs: { comment: 'false', 'check-run': 'true', ...call.inputs },
  })

test.each([
  ['success', undefined, 0],
  ['failure', BROKEN, 1],
])(
  'a check run is open before the load, and ends in %s',
  async (conclusion, budgets, code) => {
    const before = server.requests.length
    let openBeforeLoad = false
    const { exitCode, log, state, tries } = await checked({
      budgets,
      cancelWhen: () => {
        openBeforeLoad ||= server.requests.length === before && github.checks[0]?.status === 'in_progress'
        return false
      },
    })
    expect([log, exitCode]).toEqual([log, code])
    expect(openBeforeLoad).toBe(true)
    expect(github.checks).toHaveLength(tries)
    expect(github.checks.at(-1)).toMatchObject({
      ...{ name: 'Loadgate (loadgate.yml)', commit: 'b'.repeat(40), key: 'loadgate-100.1' },
      ...{ status: 'completed', conclusion },
    })
    expect(state.check).toBe('null')
    expect(github.contract.violations).toEqual([])
  },
  MINUTES,
)

test(
  'a mistake in the profile ends it as a failure',
  async () => {
    writeFileSync(checkout.at('loadgate.yml'), 'name: broken')
    const broken = await runAction({
      action: action.path,
      workspace: checkout.path,
      inputs: { comment: 'false', 'check-run': 'true' },
      eventName: 'pull_request',
      event: EVENTS.pullRequest,
      env: { GITHUB_API_URL: github.contract.url },
    })
    expect([broken.log, broken.exitCode]).toEqual([broken.log, 2])
    expect(github.checks.at(-1)).toMatchObject({ status: 'completed', conclusion: 'failure' })
  },
  MINUTES,
)

const LONG = { load: { rate: '50/s', for: '60s' } }

test.each([
  ['cancelled by the runner', undefined, 'cancelled'],
  ['killed', 'SIGKILL' as const, 'in_progress'],
])(
  'a run that is %s leaves none open once its post step has run',
  async (_, cancelWith, status) => {
    const before = server.requests.length
    writeFileSync(checkout.at('loadgate.yml'), JSON.stringify({ ...briefProfile(server.port), ...LONG }))
    const common = {
      action: action.path,
      workspace: checkout.path,
      inputs: { comment: 'false', 'check-run': 'true', baseline: 'none' },
      env: { GITHUB_API_URL: github.contract.url },
    }
    const main = await runAction({
      ...common,
      eventName: 'pull_request',
      event: EVENTS.pullRequest,
      cancelWhen: () => server.requests.length > before + 5,
      ...(cancelWith ? { cancelWith } : {}),
    })
    const [check] = github.checks
    expect([main.log, check?.conclusion ?? check?.status]).toEqual([main.log, status])
    const post = await runAction({ ...common, entry: 'post', state: main.state })
    expect([post.log, post.exitCode]).toEqual([post.log, 0])
    expect(post.log).toBe(cancelWith ? 'Ended the check run that the main step had left open.\n' : '')
    expect(github.checks).toMatchObject([{ status: 'completed', conclusion: 'cancelled' }])
    const again = await runAction({ ...common, entry: 'post', state: main.state })
    expect([again.log, github.contract.calls('checks/update')]).toEqual(['', 1])
    expect(github.contract.violations).toEqual([])
  },
  MINUTES,
)

test(
  'without the right to it there is one remark, and the verdict stands',
  async () => {
    const { exitCode, log, outputs, tries } = await checked({ inputs: { 'github-token': 'ghs_fork' } })
    expect([log, exitCode]).toEqual([log, 0])
    expect([outputs.verdict, tries > 0]).toEqual(['pass', true])
    expect(log.split('\n').filter((line) => line.includes('heck run'))).toEqual([
      expect.stringMatching(/warning: The check run was not posted: GitHub answered 403.*`permissions: checks: write`/),
    ])
  },
  MINUTES,
)
