// Where there is no pull request there is no comment, and everything else; and where the action must not run at all.
import { existsSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { CountingServer } from '../support/counting-server.ts'
import { briefProfile, EVENTS, type GateCall, gateAction, installAction } from '../support/gate-action.ts'
import { GitHubContract } from '../support/github-contract.ts'
import { type Workspace, workspace } from '../support/run-cli.ts'
import { commandsIn } from '../support/runner-commands.ts'
import { startSlowServer } from '../support/slow-server.ts'

const MINUTE = 60_000

let action: Workspace
let checkout: Workspace
let github: GitHubContract
let server: CountingServer

beforeAll(async () => {
  action = installAction()
  github = await GitHubContract.start({ ghs_workflow: { login: 'github-actions', kind: 'actions', write: true } })
  server = await startSlowServer()
})
beforeEach(() => {
  checkout = workspace()
})
afterEach(() => checkout[Symbol.dispose]())
afterAll(async () => {
  await github.close()
  await server[Symbol.asyncDispose]()
  action[Symbol.dispose]()
})

function run(call: Pick<GateCall, 'eventName' | 'event' | 'env'> & { profile?: GateCall['profile'] }) {
  return gateAction({
    action: action.path,
    workspace: checkout.path,
    profile: briefProfile(server.port),
    ...call,
    env: { GITHUB_API_URL: github.url, ...call.env },
  })
}

test.each<[string, unknown, boolean]>([
  ['schedule', {}, true],
  ['workflow_dispatch', { inputs: {} }, false],
  ['release', { action: 'published', release: { tag_name: 'v1' } }, false],
  ['merge_group', { merge_group: { head_sha: 'b'.repeat(40), base_ref: 'main', base_sha: 'c'.repeat(40) } }, false],
  ['push', { ref: 'refs/heads/topic', repository: { default_branch: 'main' } }, false],
])(
  'on %s there is a verdict, a summary and a report, and GitHub is asked for nothing',
  async (eventName, event, kept) => {
    const { exitCode, log, outputs, summary } = await run({ eventName, event })
    expect([log, exitCode]).toEqual([log, 0])
    expect(outputs).toMatchObject({ verdict: 'pass', 'report-path': expect.any(String) })
    expect(outputs['comment-url'] ?? '').toBe('')
    expect(summary).toContain('## ✅ Loadgate: pass')
    expect(existsSync(checkout.at('loadgate-report/report.md'))).toBe(true)
    expect(existsSync(checkout.at('.loadgate/baseline.json'))).toBe(kept)
    expect(github.requests).toEqual([])
  },
  MINUTE,
)

test.each<[string, unknown]>([
  ['pull_request_target', EVENTS.fromFork],
  ['workflow_run', { workflow_run: { event: 'pull_request' } }],
])(
  'under %s nothing is started, sent or published',
  async (eventName, event) => {
    const before = server.requests.length
    const marker = checkout.at('started')
    const profile = { ...briefProfile(server.port), service: { start: `touch ${marker}; sleep 60` } }
    const { exitCode, log, outputs, summary } = await run({ eventName, event, profile })
    expect([log, exitCode]).toEqual([log, 2])
    expect(existsSync(marker)).toBe(false)
    expect(server.requests).toHaveLength(before)
    expect(github.requests).toEqual([])
    expect([outputs, summary]).toEqual([{}, ''])
    expect(errorsIn(log)).toEqual([expect.stringContaining(eventName)])
  },
  MINUTE,
)

test(
  'a broken profile is told whole, annotated on its lines, and sends nothing',
  async () => {
    const before = server.requests.length
    const profile = [
      'name: shop',
      `target: http://127.0.0.1:${server.port}`,
      'load: { rate: 60/s, for: 10 sek }',
      'scenarios:',
      '  - name: browse',
      '    weigth: 3',
      '    steps: [ { get: / } ]',
      'budgets:',
      '  - p95 < 250',
    ].join('\n')
    const { exitCode, log, outputs, summary } = await run({
      eventName: 'pull_request',
      event: EVENTS.pullRequest,
      profile,
    })
    expect([log, exitCode]).toEqual([log, 2])
    const places = [...log.matchAll(/^(?:error: )?loadgate\.yml:(\d+):(\d+) {2}([\w-]+) {2}\S/gm)]
    expect(places.map(([, line, column, code]) => [line, column, code])).toEqual([
      ['3', '26', 'unknown-unit'],
      ['6', '5', 'unknown-key'],
      ['9', '5', 'unknown-unit'],
    ])
    expect(log).toContain('did you mean "weight"')
    const annotated = commandsIn(log).filter(({ command }) => command === 'error')
    expect(new Set(annotated.map(({ properties: { file, line, col } }) => `${file}:${line}:${col}`))).toEqual(
      new Set(['loadgate.yml:3:26', 'loadgate.yml:6:5', 'loadgate.yml:9:5']),
    )
    expect(server.requests).toHaveLength(before)
    expect([outputs, summary, github.requests]).toEqual([{}, '', []])
  },
  MINUTE,
)

test(
  'so is a broken list of accepted regressions',
  async () => {
    const before = server.requests.length
    const entry = ['  - metric: p59x', '    limit: + 15 %', '    reason: more checks', '    expires: soon']
    writeFileSync(checkout.at('loadgate-accept.yml'), ['accept:', ...entry].join('\n'))
    const { exitCode, log } = await run({ eventName: 'push', event: EVENTS.pushToMain })
    expect([log, exitCode]).toEqual([log, 2])
    expect(log).toContain('2 mistakes in loadgate-accept.yml')
    const annotated = commandsIn(log).filter(({ command }) => command === 'error')
    expect(new Set(annotated.map(({ properties: { file, line, col } }) => `${file}:${line}:${col}`))).toEqual(
      new Set(['loadgate-accept.yml:2:13', 'loadgate-accept.yml:5:14']),
    )
    expect(server.requests).toHaveLength(before)
  },
  MINUTE,
)

/** What the page of the run shows, each once: the reader of commands sees a line also without what is invisible. */
function errorsIn(log: string): string[] {
  return [...new Set(commandsIn(log).flatMap(({ command, data }) => (command === 'error' ? [data] : [])))]
}
