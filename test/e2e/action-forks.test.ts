// The two workflows for pull requests from forks, as the examples have them: one measures without any right, the other comments.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { ArtifactService } from '../support/artifact-service.ts'
import type { CountingServer } from '../support/counting-server.ts'
import { briefProfile, EVENTS, gateAction, installAction } from '../support/gate-action.ts'
import { digestOf, GitHubActions, REPOSITORY_ID, WORKFLOW } from '../support/github-actions.ts'
import { runAction } from '../support/run-action.ts'
import { type Workspace, workspace } from '../support/run-cli.ts'
import { commandsIn } from '../support/runner-commands.ts'
import { startSlowServer } from '../support/slow-server.ts'
import { zipOf } from '../support/zips.ts'

const MINUTES = 120_000
const FORK = 2
const RUN = 100
const HEAD = EVENTS.fromFork.pull_request.head.sha

let action: Workspace
let checkout: Workspace
let artifacts: ArtifactService
let github: GitHubActions
let server: CountingServer

beforeAll(async () => {
  action = installAction()
  artifacts = await ArtifactService.start()
  github = await GitHubActions.start()
  server = await startSlowServer()
})
beforeEach(() => {
  checkout = workspace()
  artifacts.reset()
  github.reset()
  const run = {
    ...{ id: RUN, attempt: 1, event: 'pull_request', conclusion: 'success', branch: 'topic', commit: HEAD },
    ...{ repository: REPOSITORY_ID, headRepository: FORK, workflow: WORKFLOW.id, path: WORKFLOW.path },
    startedAt: '2026-01-01T00:00:00Z',
  }
  github.runs.set(RUN, run)
  github.pulls.push({ number: 7, headOwner: `owner-${FORK}`, branch: 'topic', commit: HEAD, headRepository: FORK })
})
afterEach(() => checkout[Symbol.dispose]())
afterAll(async () => {
  await Promise.all([github.close(), artifacts.close(), server[Symbol.asyncDispose]()])
  action[Symbol.dispose]()
})

/** What an example gives the action. */
function inputsOf(example: string): Record<string, string> {
  const text = readFileSync(join(import.meta.dirname, '../../examples/workflows', example), 'utf8')
  const jobs: Record<string, { steps: { uses?: string; with?: Record<string, string> }[] }> = parse(text).jobs
  const inputs = Object.values(jobs)[0]?.steps.find(({ uses }) => uses === './')?.with
  return Object.fromEntries(
    Object.entries(inputs ?? {}).map(([name, value]) => [
      name,
      value.replace('${{ github.event.workflow_run.id }}', String(RUN)),
    ]),
  )
}

/** The first workflow, with a token that may only read. */
function measure(budgets?: readonly string[]) {
  const { comment = '' } = inputsOf('fork-measure.yml')
  const profile = briefProfile(server.port)
  return gateAction({
    action: action.path,
    workspace: checkout.path,
    profile: { ...profile, budgets: budgets ?? profile.budgets },
    inputs: { comment, 'github-token': 'blind' },
    eventName: 'pull_request',
    event: EVENTS.fromFork,
    env: { ...artifacts.env, GITHUB_API_URL: github.contract.url },
  })
}

function store(zip: Buffer, name = 'loadgate-comment-loadgate'): void {
  github.artifacts.push({
    ...{ id: 9_000 + github.artifacts.length, name, zip, digest: digestOf(zip), expired: false, listedRun: {} },
    ...{ createdAt: '2026-01-01T00:10:00Z', run: github.runs.get(RUN)!, storage: 'sound' },
  })
}

/** The second one, in a workspace where a profile of somebody lies. */
function publish({ runId = RUN, eventName = 'workflow_run' } = {}) {
  return runAction({
    action: action.path,
    workspace: checkout.path,
    inputs: { ...inputsOf('fork-publish.yml'), 'github-token': 'reader' },
    eventName,
    event: { workflow_run: { id: runId, event: 'pull_request', head_sha: HEAD }, repository: { id: REPOSITORY_ID } },
    env: { GITHUB_API_URL: github.contract.url },
  })
}

test.each([
  ['pass', ['p95 < 900 ms', 'errors < 5 %'], 0],
  ['fail', ['p95 < 1 ms'], 1],
])(
  'a run that ends with %s asks GitHub for nothing, and its report is commented by the other workflow',
  async (outcome, budgets, code) => {
    const measured = await measure(budgets)
    expect([measured.log, measured.exitCode]).toEqual([measured.log, code])
    expect(github.contract.requests).toEqual([])
    const stored = artifacts.stored.filter(({ name }) => name.startsWith('loadgate-comment'))
    expect(stored.length).toBe(measured.tries)
    store(stored.at(-1)!.zip, stored.at(-1)!.name)

    const before = server.requests.length
    const { exitCode, log, outputs } = await publish()
    expect([log, exitCode]).toEqual([log, 0])
    expect(server.requests).toHaveLength(before)
    expect(github.contract.comments).toMatchObject([{ issue: 7, login: 'github-actions[bot]' }])
    const [{ body } = { body: '' }] = github.contract.comments
    expect(body).toContain(`Loadgate: ${outcome}`)
    expect(body).toContain(`in the fork \`owner-${FORK}/shop\``)
    expect(outputs).toEqual({ 'comment-url': expect.stringContaining('/pull/7#issuecomment-') })
    expect([github.leaked, github.contract.violations]).toEqual([0, []])
  },
  MINUTES,
)

test(
  'without an artifact service the report is not stored, which is told and changes nothing',
  async () => {
    const { comment = '' } = inputsOf('fork-measure.yml')
    const { exitCode, log } = await gateAction({
      action: action.path,
      workspace: checkout.path,
      profile: briefProfile(server.port),
      inputs: { comment },
      eventName: 'pull_request',
      event: EVENTS.fromFork,
    })
    expect([log, exitCode]).toEqual([log, 0])
    expect(log).toContain('warning: The report was not stored for the comment: there is no artifact service here.')
  },
  MINUTES,
)

test(
  'what is stored instead of a report is refused, and fails the workflow',
  async () => {
    const evil = '::error::gotcha'
    store(zipOf([{ name: 'report.json', content: Buffer.from(`{"kind":"${evil}"}`) }]))
    const { exitCode, log, outputs } = await publish()
    expect([log, exitCode]).toEqual([log, 4])
    expect(log).toContain('What run 100 has stored is refused: artifact 9000: It is no report of Loadgate')
    expect(log).not.toContain(evil)
    expect(outputs).toEqual({})
    expect(github.contract.comments).toEqual([])
  },
  MINUTES,
)

test.each([
  ['another run', { runId: 101 }],
  ['no workflow_run', { eventName: 'schedule' }],
])(
  'the id of %s is refused before GitHub is asked',
  async (_, call) => {
    const { exitCode, log } = await publish(call)
    expect([log, exitCode]).toEqual([log, 2])
    expect(commandsIn(log).filter(({ command }) => command === 'error').length).toBeGreaterThan(0)
    expect(github.contract.requests).toEqual([])
    expect(existsSync(checkout.at('loadgate-report'))).toBe(false)
  },
  MINUTES,
)
