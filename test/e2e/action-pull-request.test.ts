// The life of a pull request: a baseline from the default branch, one comment that is kept up to date, a check that fails.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { freePort } from '../support/free-port.ts'
import { EVENTS, type GateRun, gateAction, installAction, shopProfile } from '../support/gate-action.ts'
import { GitHubContract, ISSUE } from '../support/github-contract.ts'
import { type Workspace, workspace } from '../support/run-cli.ts'
import { commandsIn, type RunnerCommand } from '../support/runner-commands.ts'

const MINUTES = 120_000
const STORE = 'kept/baseline.json'
const PROFILE = shopProfile({
  budgets: ['p95 < 450 ms', 'errors < 5 %', 'p95 of "GET /products" < baseline + 100 % and + 5 ms'],
})

let action: Workspace
let checkout: Workspace
let github: GitHubContract
let port: number

beforeAll(async () => {
  action = installAction()
  checkout = workspace()
  github = await GitHubContract.start({ ghs_workflow: { login: 'github-actions', kind: 'actions', write: true } })
  port = await freePort()
})
afterAll(async () => {
  await github.close()
  for (const place of [action, checkout]) place[Symbol.dispose]()
})

function run(
  eventName: 'push' | 'pull_request',
  { runId = 100, delay = 150, threads = 'auto' } = {},
): Promise<GateRun> {
  return gateAction({
    action: action.path,
    workspace: checkout.path,
    profile: PROFILE,
    inputs: { baseline: `file:${STORE}`, threads },
    eventName,
    event: eventName === 'push' ? EVENTS.pushToMain : EVENTS.pullRequest,
    env: {
      GITHUB_API_URL: github.url,
      GITHUB_RUN_ID: String(runId),
      PORT: String(port),
      DELAY: String(delay),
    },
  })
}

const store = () => readFileSync(checkout.at(STORE), 'utf8')
/** Without the hidden lines that begin it, and without what only a comment knows: the runs before. */
const shown = (comment = github.comments[0]) =>
  comment?.body.replace(/^(?:<!--.*-->\n){3}/, '').replace(/^Runs here, .*\n\n/m, '')

test(
  'three pushes to the default branch make a baseline, and nobody is written to',
  async () => {
    for (const runId of [1, 2, 3]) {
      const push = await run('push', { runId })
      // One or two runs are too few to compare with, which does not hold anybody up.
      expect([push.log, push.exitCode]).toEqual([push.log, 0])
      expect(push.outputs.verdict).toBe(runId === 1 ? 'pass' : 'inconclusive')
      expect(push.summary).toContain('Added to the baseline')
    }
    expect(github.requests).toEqual([])
  },
  MINUTES,
)

test(
  'the first run of a pull request passes, comments, and tells later steps its figures',
  async () => {
    const before = store()
    const { exitCode, log, outputs, summary, report } = await run('pull_request', { threads: '2' })

    expect([log, exitCode]).toEqual([log, 0])
    expect(report?.comparison.baseline).toMatchObject({ comparable: 3, refused: [] })
    expect(report?.result.shards).toMatchObject({ expected: 2, reported: 2 })
    expect(report?.comparison.budgets.map(({ judgement }) => judgement.kind)).toEqual(['holds', 'holds', 'holds'])
    expect(store()).toBe(before)

    expect(github.violations).toEqual([])
    expect(github.comments).toMatchObject([{ issue: ISSUE, login: 'github-actions[bot]' }])
    expect(summary).toMatch(/^## ✅ Loadgate: pass — /)
    expect(shown()).toBe(summary)

    expect(Object.keys(outputs).sort()).toEqual(declaredOutputs())
    expect(outputs.verdict).toBe('pass')
    expect(outputs['comment-url']).toMatch(/^https:\/\/github\.com\/octo-org\/shop\/pull\/7#issuecomment-\d+$/)
    const [whole] = report?.comparison.scopes ?? []
    expect(Number(outputs['p95-ms'])).toBeCloseTo(whole?.p95 ?? 0, 2)
    expect(Number(outputs['p95-ms'])).toBeGreaterThanOrEqual(150)
    expect(Number(outputs['error-rate'])).toBe(0)
    expect(Number(outputs.throughput)).toBeCloseTo(whole?.throughput ?? 0, 2)
    expect(readFileSync(checkout.at(outputs['report-path'] ?? ''), 'utf8')).toBe(summary)
    expect(JSON.parse(readFileSync(checkout.at(outputs['result-path'] ?? ''), 'utf8'))).toEqual(report)
  },
  MINUTES,
)

test(
  'a slower version fails the check, on the line of its budget and in the same comment',
  async () => {
    const [first] = github.comments
    const before = store()
    const { exitCode, log, outputs, summary } = await run('pull_request', { runId: 101, delay: 600 })

    expect([log, exitCode]).toEqual([log, 1])
    expect(outputs).toMatchObject({ verdict: 'fail', 'comment-url': expect.stringContaining(`-${first?.id}`) })
    expect(github.comments).toMatchObject([{ id: first?.id }])
    expect(shown()).toBe(summary)
    expect(store()).toBe(before)

    expect(summary.split('\n')[0]).toMatch(
      /^## ❌ Loadgate: fail — p95 of .*GET \/products.* \+[23]\d\d(?:\.\d)? % \(limit \+100 %\)$/,
    )
    const findings = commandsIn(log).filter(({ command, properties }) => command === 'error' && properties.file)
    expect(findings.map(({ properties }) => budgetAt(properties))).toEqual(
      expect.arrayContaining([PROFILE.budgets[0], PROFILE.budgets[2]]),
    )
    expect(findings.map(({ data }) => data)).toContainEqual(expect.stringMatching(/^p95: 6\d\d ms .*limit 450 ms$/))
  },
  MINUTES,
)

test(
  'a run that is older than the comment leaves it as it is, but for the line of its runs',
  async () => {
    const before = github.comments.map((comment) => ({ ...comment }))
    const { exitCode, log, outputs } = await run('pull_request', { runId: 99 })
    expect([log, exitCode]).toEqual([log, 0])
    expect(github.comments).toHaveLength(before.length)
    expect(shown()).toBe(shown(before[0]))
    expect(github.comments[0]?.body.match(/✅ pass p95 .* ✅ pass p95 .* ❌ fail p95 /)).not.toBeNull()
    expect(outputs['comment-url']).toContain(`-${before[0]?.id}`)
    expect(log).toContain('by a newer run')
  },
  MINUTES,
)

function declaredOutputs(): string[] {
  const [, outputs = ''] = /^outputs:\n((?: .*\n)+)/m.exec(readFileSync(action.at('action.yml'), 'utf8')) ?? []
  return [...outputs.matchAll(/^ {2}(\S+):$/gm)].map(([, name]) => name ?? '').sort()
}

/** What stands at the place that an annotation names. */
function budgetAt({ file = '', line, col }: RunnerCommand['properties']): unknown {
  const text = readFileSync(checkout.at(file), 'utf8').split('\n')[Number(line) - 1] ?? ''
  return JSON.parse(text.slice(Number(col) - 1).replace(/,$/, ''))
}
