// What another step's generator has written, judged by a profile: the same baseline, verdict, comment and history as of a run
// of Loadgate's own, in a job of GitHub and on a laptop, and nothing is sent.
import { readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { jtl, type MadeRequest } from '../foreign/files.ts'
import { EVENTS, gateAction, installAction } from '../support/gate-action.ts'
import { GitHubContract } from '../support/github-contract.ts'
import { gateOnce, reported, type Workspace, workspace } from '../support/run-cli.ts'

const MINUTES = 120_000
const STORE = 'file:kept/baseline.json'
const profile = (more = {}) => ({
  name: 'shop',
  target: 'https://shop.example',
  engine: { results: 'now.jtl' },
  budgets: ['p50 of "GET /pay" < baseline + 50 %', 'errors < 5 %'],
  ...more,
})

let action: Workspace
let place: Workspace
let github: GitHubContract
beforeAll(async () => {
  action = installAction()
  github = await GitHubContract.start({ ghs_workflow: { login: 'github-actions', kind: 'actions', write: true } })
})
afterAll(async () => {
  await github.close()
  action[Symbol.dispose]()
})
beforeEach(() => {
  place = workspace()
})
afterEach(() => place[Symbol.dispose]())

/** Some seconds of a load, an hour ago: pages in 10 ms, and what is paid in so many. */
function write(ms: number, { ago = 3_600_000, failures = 0, file = 'now.jtl' } = {}): void {
  const begin = Date.now() - ago
  const rows = Array.from({ length: 4_000 }, (_, n): MadeRequest => {
    const pays = n % 2 === 1
    const failed = n < failures
    return {
      at: begin + n * 10,
      ms: (pays ? ms : 10) + (n % 5),
      label: pays ? 'GET /pay' : 'GET /',
      ...(failed ? { code: '503', success: false } : {}),
    }
  })
  writeFileSync(place.at(file), jtl(rows))
}

const inJob = (eventName: 'push' | 'pull_request', runId: number) =>
  gateAction({
    action: action.path,
    workspace: place.path,
    profile: profile(),
    inputs: { baseline: STORE },
    eventName,
    event: eventName === 'push' ? EVENTS.pushToMain : EVENTS.pullRequest,
    env: { GITHUB_API_URL: github.url, GITHUB_RUN_ID: String(runId) },
  })

test(
  'pushes make a baseline, and a slower pull request gets a comment and a red check',
  async () => {
    for (const runId of [1, 2, 3]) {
      write(20 + runId / 10)
      const push = await inJob('push', runId)
      expect([push.log, push.exitCode]).toEqual([push.log, 0])
      expect(push.summary).toContain('Added to the baseline')
    }
    expect(github.comments).toEqual([])
    write(60)
    const pull = await inJob('pull_request', 4)
    expect([pull.exitCode, pull.outputs.verdict]).toEqual([1, 'fail'])
    expect(github.comments[0]?.body).toMatch(/p50 of .*GET \/pay/s)
    expect(github.comments[0]?.body).toMatch(/Sent by JMeter/)
    expect(JSON.parse(readFileSync(place.at('kept/baseline.json'), 'utf8')).runs).toHaveLength(3)
  },
  MINUTES,
)

const run = (more = {}, flags: readonly string[] = []) => gateOnce(profile(more), { cwd: place.path, flags })

test('the same file is the same run: it joins the baseline once', async () => {
  write(20)
  const once = await run({}, ['--save-baseline'])
  expect([once.exitCode, once.log]).toEqual([0, expect.stringMatching(/Added to the baseline/)])
  const again = await run({}, ['--save-baseline'])
  expect([again.exitCode, reported(again).result.id]).toEqual([0, reported(once).result.id])
  expect(JSON.parse(readFileSync(place.at('.loadgate/baseline.json'), 'utf8')).runs).toHaveLength(1)
})

test('what fails in it fails', async () => {
  write(20, { failures: 1_000 })
  const end = await run()
  expect([end.exitCode, end.log]).toEqual([1, expect.stringMatching(/FAIL\s+errors are 25 %/)])
  expect(reported(end).result).toMatchObject({
    profile: 'shop',
    plan: { target: 'https://shop.example' },
    source: { tool: 'JMeter' },
  })
})

test('a summary of k6 is read as well, and what it cannot tell is undecided', async () => {
  const times = { avg: 20, min: 1, med: 18, max: 90, 'p(90)': 30, 'p(95)': 40 }
  const metrics = {
    http_req_duration: times,
    http_reqs: { count: 2_000, rate: 100 },
    http_req_failed: { passes: 0, fails: 2_000, value: 0 },
    iterations: { count: 2_000, rate: 100 },
  }
  writeFileSync(place.at('now.jtl'), JSON.stringify({ metrics, root_group: { name: '' } }))
  const end = await run({ budgets: ['p95 < 250 ms', 'errors < 5 %'] })
  expect(end.exitCode).toBe(0)
  expect(reported(end).result.source?.tool).toBe('k6')
})

test.each([
  ['is not there', () => {}, /now\.jtl is not there/],
  [
    'is cut off',
    () => writeFileSync(place.at('now.jtl'), jtl([{ at: Date.now(), ms: 5 }]).slice(0, -20)),
    /now\.jtl:2: /,
  ],
  [
    'is of nothing known',
    () => writeFileSync(place.at('now.jtl'), 'hello\n'),
    /neither a result of Loadgate nor of a generator/,
  ],
  [
    'is old',
    () => write(20, { ago: 3 * 86_400_000 }),
    /now\.jtl is of a run that began 3 d(?:ays)?.* ago|now\.jtl is of a run that began 72 h/,
  ],
  [
    'is of the future',
    () => write(20, { ago: -3 * 3_600_000 }),
    /now\.jtl is of a run that begins in .*its clock is ahead/,
  ],
])('a file that %s is refused, and nothing is judged', async (_, prepare, message) => {
  prepare()
  const end = await run()
  expect([end.exitCode, end.log]).toEqual([2, expect.stringMatching(message)])
})

test.each([
  [
    { service: { start: 'node server.mjs' } },
    [],
    /"?service"?.*results; remove one of them|a service is started for a load/,
  ],
  [{ engine: { results: 'now.jtl', jmeter: 'shop.jmx' } }, [], /either a script is run or results are read/],
  [{ engine: { results: 'now.jtl', timeout: '5m' } }, [], /"timeout" is of a script; remove it/],
  [{}, ['--run-on', 'fargate'], /results are of a load that has been sent/],
  [{}, ['--base-target', 'http://127.0.0.1:9'], /results are of a load that has been sent/],
])('%j with %j is refused', async (more, flags, message) => {
  write(20)
  const end = await run(more, flags)
  expect([end.exitCode, end.log]).toEqual([2, expect.stringMatching(message)])
})

test('its date is of no matter where the file tells when it was', async () => {
  write(20)
  utimesSync(place.at('now.jtl'), new Date(0), new Date(0))
  expect((await run()).exitCode).toBe(0)
})
