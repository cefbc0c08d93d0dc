// Which stored runs the action compares with, and whose runs it keeps.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { encodeRuns } from '../../src/baseline/file-format.ts'
import { NOW } from '../baseline/made-run.ts'
import { small } from '../baseline/store-laws.ts'
import type { CountingServer } from '../support/counting-server.ts'
import { briefProfile, EVENTS, type GateCall, gateAction, installAction } from '../support/gate-action.ts'
import { GitHubActions } from '../support/github-actions.ts'
import { type Workspace, workspace } from '../support/run-cli.ts'
import { startSlowServer } from '../support/slow-server.ts'

const MINUTE = 60_000
const [FIRST, SECOND, THIRD] = ['1'.repeat(40), '2'.repeat(40), '3'.repeat(40)] as const

let action: Workspace
let checkout: Workspace
let github: GitHubActions
let server: CountingServer

beforeAll(async () => {
  action = installAction()
  github = await GitHubActions.start()
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

function run(call: Pick<GateCall, 'eventName' | 'event' | 'env' | 'inputs'>) {
  return gateAction({
    action: action.path,
    workspace: checkout.path,
    profile: briefProfile(server.port),
    ...call,
    inputs: { 'github-token': 'reader', ...call.inputs },
    env: { GITHUB_API_URL: github.contract.url, ...call.env },
  })
}

test(
  'an old push that is run again is compared with what was stored before it, and says with what',
  async () => {
    for (const [commit, parents] of [
      [FIRST, []],
      [SECOND, [FIRST]],
      [THIRD, [SECOND]],
    ] as const)
      github.parents.set(commit, parents)
    mkdirSync(checkout.at('.loadgate'))
    writeFileSync(
      checkout.at('.loadgate/baseline.json'),
      encodeRuns([small('before', NOW, FIRST), small('after', NOW + 1, THIRD)]),
    )
    const call = { eventName: 'push', event: EVENTS.pushToMain, env: { GITHUB_SHA: SECOND } } as const
    const { log, exitCode, report, summary } = await run(call)
    expect([log, exitCode]).toEqual([log, 0])
    const asOf = { commit: SECOND, nearest: { commit: FIRST, distance: 1, startedAt: NOW }, leftOut: 1 }
    expect(report?.comparison.baseline).toMatchObject({ asOf, refused: [{ runs: 1 }] })
    expect(summary).toContain('1 commit before commit `2222222`')
    expect(github.contract.violations).toEqual([])
  },
  MINUTE,
)

test(
  'the run of a pull request is never kept, also where that is asked for',
  async () => {
    const before = server.requests.length
    const { log, exitCode } = await run({
      eventName: 'pull_request',
      event: EVENTS.pullRequest,
      inputs: { 'save-baseline': 'true' },
    })
    expect([log, exitCode]).toEqual([log, 2])
    expect(log).toContain('The run of a pull request joins no baseline')
    expect(existsSync(checkout.at('.loadgate/baseline.json'))).toBe(false)
    expect(server.requests).toHaveLength(before)
  },
  MINUTE,
)

test(
  'a token that is not there is no token: the label and the comment are off, and the gate judges',
  async () => {
    const labelled = {
      ...EVENTS.pullRequest,
      pull_request: { ...EVENTS.pullRequest.pull_request, labels: [{ name: 'loadgate-accepted' }] },
    }
    const inputs = { 'github-token': '', 'accept-label': '', 'report-dir': '' }
    const { log, exitCode, outputs } = await run({ eventName: 'pull_request', event: labelled, inputs })
    expect([log, exitCode]).toEqual([log, 0])
    expect(outputs.verdict).toBe('pass')
    expect(existsSync(checkout.at('loadgate-report'))).toBe(false)
    expect(github.contract.requests).toEqual([])
  },
  MINUTE,
)
