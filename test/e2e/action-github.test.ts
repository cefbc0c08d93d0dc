// Whatever becomes of the comment, the verdict stands and the job summary has the report.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { createEmulator } from 'emulate'
import type { CountingServer } from '../support/counting-server.ts'
import { briefProfile, EVENTS, type GateRun, gateAction, installAction, pullRequest } from '../support/gate-action.ts'
import { type Fault, GitHubContract } from '../support/github-contract.ts'
import { type Workspace, workspace } from '../support/run-cli.ts'
import { startSlowServer } from '../support/slow-server.ts'

const MINUTES = 120_000

let action: Workspace
let checkout: Workspace
let github: GitHubContract
let server: CountingServer

beforeAll(async () => {
  action = installAction()
  github = await GitHubContract.start({
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
  await github.close()
  await server[Symbol.asyncDispose]()
  action[Symbol.dispose]()
})

function run({
  token = 'ghs_workflow',
  event = EVENTS.pullRequest as unknown,
  env = {},
  at = checkout,
} = {}): Promise<GateRun> {
  return gateAction({
    action: action.path,
    workspace: at.path,
    profile: briefProfile(server.port),
    inputs: { 'github-token': token },
    eventName: 'pull_request',
    event,
    env: { GITHUB_API_URL: github.url, ...env },
  })
}

/** The verdict of an undisturbed run, a summary, no comment, and one remark that says why. */
function expectOneNotice({ exitCode, log, outputs, summary }: GateRun, why: RegExp): void {
  expect([log, exitCode]).toEqual([log, 0])
  expect(outputs.verdict).toBe('pass')
  expect(outputs['comment-url'] ?? '').toBe('')
  expect(summary).toContain('## ✅ Loadgate: pass')
  const notices = log.split('\n').filter((line) => line.includes('The comment on #7'))
  expect(notices).toEqual([expect.stringMatching(why)])
}

test(
  'the token of a fork may not comment',
  async () => {
    expectOneNotice(
      await run({ token: 'ghs_fork', event: EVENTS.fromFork }),
      /403.*usual on a pull request from a fork/,
    )
    expect(github.comments).toEqual([])
    expect(github.violations).toEqual([])
  },
  MINUTES,
)

test(
  'a rate limit of an hour is not waited for',
  async () => {
    const limited: Fault = {
      call: 'issues/create-comment',
      times: 9,
      kind: 'status',
      status: 403,
      headers: { 'retry-after': '3600' },
      message: 'You have exceeded a secondary rate limit',
    }
    github.inject(limited)
    const ended = await run()
    expectOneNotice(ended, /rate limit asks to wait/)
    expect(github.calls('issues/create-comment')).toBe(ended.tries)
  },
  MINUTES,
)

test(
  'a GitHub that is down, or answers with its error page, is asked a few times and no more',
  async () => {
    github.inject({ call: 'issues/list-comments', times: 99, kind: 'html', status: 502 })
    using other = workspace()
    const [ill, down] = await Promise.all([run(), run({ env: { GITHUB_API_URL: 'http://127.0.0.1:9' }, at: other })])
    expectOneNotice(ill, /502 again and again/)
    expect(github.calls('issues/list-comments')).toBe(4 * ill.tries)
    expect(github.comments).toEqual([])
    expectOneNotice(down, /no usable answer/)
  },
  MINUTES,
)

test(
  'a hiccup of GitHub leaves one comment',
  async () => {
    github.inject({ call: 'issues/create-comment', times: 1, kind: 'lost' })
    const { exitCode, log, outputs } = await run()
    expect([log, exitCode]).toEqual([log, 0])
    expect(github.comments).toHaveLength(1)
    expect(outputs['comment-url']).toContain(`-${github.comments[0]?.id}`)
  },
  MINUTES,
)

test(
  'a GitHub by somebody else gets one comment, too',
  async () => {
    const emulator = await createEmulator({
      service: 'github',
      port: 0,
      seed: {
        tokens: { bot: { login: 'perf-bot', scopes: ['repo'] } },
        github: {
          users: [{ login: 'perf-bot' }],
          repos: [{ owner: 'perf-bot', name: 'shop', auto_init: true }],
        },
      },
    })
    try {
      const headers = { authorization: 'Bearer bot', 'content-type': 'application/json' }
      const at = `${emulator.url}/repos/perf-bot/shop/issues`
      const made = await fetch(at, { method: 'POST', headers, body: JSON.stringify({ title: 'A change' }) })
      const { number } = (await made.json()) as { number: number }
      const bodies = []
      for (const runId of ['10', '11']) {
        const { exitCode, log, summary } = await run({
          token: 'bot',
          event: pullRequest(1, number),
          env: { GITHUB_API_URL: emulator.url, GITHUB_REPOSITORY: 'perf-bot/shop', GITHUB_RUN_ID: runId },
        })
        expect([log, exitCode]).toEqual([log, 0])
        const comments = (await (await fetch(`${at}/${number}/comments`, { headers })).json()) as { body: string }[]
        expect(comments).toHaveLength(1)
        expect(comments[0]?.body.replace(/^Runs here, .*\n\n/m, '').endsWith(summary)).toBe(true)
        bodies.push(comments[0]?.body)
      }
      expect(bodies[1]).toContain('loadgate-run:11.1')
    } finally {
      await emulator.close()
    }
  },
  MINUTES,
)
