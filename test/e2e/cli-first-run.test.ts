// The story of a baseline: none yet, three runs that seed it, a pass that compares, and a slower version that fails.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type CountingServer, startCountingServer } from '../support/counting-server.ts'
import { gate, gateOnce, type ReportFile, reported, runCli, type Workspace, workspace } from '../support/run-cli.ts'

let place: Workspace
let server: CountingServer
// Long enough that a busy machine adds little to it: three runs that differ by half would leave everything open.
const USUAL = 200
let delay = USUAL
const status = 200
beforeAll(async () => {
  place = workspace()
  server = await startCountingServer((_, response) => {
    setTimeout(() => response.writeHead(status).end('ok'), delay)
  })
})
afterAll(async () => {
  place[Symbol.dispose]()
  await server[Symbol.asyncDispose]()
})

const STORE = '.loadgate/baseline.json'
const RELATIVE = 'p95 of "shop › GET /" < baseline + 300 %'

function profile() {
  return {
    name: 'story',
    target: `http://127.0.0.1:${server.port}`,
    load: { rate: '100/s', for: '700ms' },
    scenarios: [{ name: 'shop', steps: [{ get: '/' }] }],
    budgets: ['errors < 5 %', RELATIVE],
  }
}
const run = (...flags: string[]) => gate(profile(), { cwd: place.path, flags })
const stored = () => JSON.parse(readFileSync(place.at(STORE), 'utf8')).runs.length

// Each step stands on the one before.
test('a baseline that is required and not there: refused before anything is sent', async () => {
  const { exitCode, stderr, log } = await gateOnce(profile(), { cwd: place.path, flags: ['--require-baseline'] })
  expect([exitCode, server.requests.length]).toEqual([2, 0])
  expect(stderr).toContain(`There is no baseline for "${RELATIVE}" (the store is empty), and require-baseline is set`)
  expect(log).toContain('Run the base version with `--save-baseline` first')
})

test('without a baseline: a pass that says so, and nothing is stored unasked', async () => {
  const { verdict, comparison, run: about } = reported(await run())
  expect(verdict.outcome).toBe('pass')
  expect(verdict.reason).toBe('One budget holds; 1 relative one was not judged, since there is no baseline yet.')
  expect(comparison.budgets.map(({ judgement }) => judgement.kind)).toEqual(['no-baseline', 'holds'])
  expect([comparison.baseline, about.baselineNote]).toEqual([
    { kind: 'stored', store: `file:${STORE}`, comparable: 0, corrected: false, refused: [], commits: [] },
    undefined,
  ])
  expect(() => readFileSync(place.at(STORE))).toThrow('ENOENT')
}, 60_000)

test('three runs seed it; one and two of them leave the budget undecided', async () => {
  const outcomes = []
  for (let n = 1; n <= 3; n++) {
    const seeding = await run('--save-baseline')
    expect([seeding.exitCode, stored()]).toEqual([0, n])
    outcomes.push(reported(seeding).verdict.outcome)
  }
  expect(outcomes).toEqual(['pass', 'inconclusive', 'inconclusive'])
}, 120_000)

test('the same version: compared, and a pass', async () => {
  const same = await run('--require-baseline', '--report', 'reports')
  const { verdict, comparison } = reported(same)
  expect([same.exitCode, verdict.outcome]).toEqual([0, 'pass'])
  expect(comparison.baseline).toMatchObject({ comparable: 3 })
  expect(comparison.budgets.find(({ budget }) => budget.text === RELATIVE)).toMatchObject({
    judgement: { kind: 'holds' },
    baseline: { runs: 3 },
    change: { value: expect.any(Number) },
    resolution: expect.any(Number),
  })
  expect(readFileSync(place.at('reports/report.json'), 'utf8')).toBe(readFileSync(place.at('report.json'), 'utf8'))
  expect(readFileSync(place.at('reports/report.md'), 'utf8')).toContain('shop › GET /')
}, 60_000)

test('what was accepted is marked in the history of the report', async () => {
  // Before the runs, which have no commit.
  const env = { ...process.env, GIT_COMMITTER_DATE: '2020-01-01T00:00:00Z' }
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.example', ...args], { cwd: place.path, env })
  const expires = new Date(Date.now() + 20 * 24 * 3_600_000).toISOString().slice(0, 10)
  const entry = `{ metric: p95, limit: + 15 %, reason: more checks, expires: ${expires} }`
  writeFileSync(place.at('loadgate-accept.yml'), `accept:\n  - ${entry}\n`)
  git('init', '-q')
  git('add', 'loadgate-accept.yml')
  git('commit', '-qm', 'accept')
  const { history } = reported(await run())
  rmSync(place.at('.git'), { recursive: true })
  rmSync(place.at('loadgate-accept.yml'))
  expect(history?.runs.map(({ accepted }) => accepted.length)).toEqual([1, 0, 0])
}, 60_000)

test('a slower version: a fail that names the step, its value, the limit and the change', async () => {
  delay = 10 * USUAL
  const slow = await run('--save-baseline')
  const { verdict, run: about } = reported(slow)
  expect([slow.exitCode, verdict.outcome]).toEqual([1, 'fail'])
  expect(verdict.reason).toMatch(
    /^p95 of "shop › GET \/" is 2\d\d\d ms, above the limit of \d+ ms \(baseline [\d.]+ ms \+ 300 %, \+\d+ %\)\.$/,
  )
  expect(slow.stdout.replace(/\s+/g, ' ')).toContain(`FAIL ${verdict.reason.replace(/\.$/, '')}`)
  expect([about.baselineNote, stored()]).toEqual([
    `Not added to the baseline in file:${STORE}: the verdict is fail.`,
    3,
  ])
}, 60_000)

test('judged again elsewhere, that result has the same verdict', async () => {
  using elsewhere = workspace()
  const { verdict }: ReportFile = JSON.parse(readFileSync(place.at('report.json'), 'utf8'))
  const compare = await runCli(
    ['compare', place.at('report.json'), `file:${place.at(STORE)}`, '--profile', place.at('loadgate.yml')],
    { cwd: elsewhere.path },
  )
  expect([verdict.outcome, compare.exitCode]).toEqual(['fail', 1])
  expect(compare.stdout.replace(/\s+/g, ' ')).toContain(`FAIL ${verdict.reason.replace(/\.$/, '')}`)
}, 60_000)

test.each([
  ['report.json file:nowhere.json', /There is no run in file:nowhere\.json\nCheck the path/],
  [`report.json file:${STORE} report.json`, /A store stands alone\nName either file:PATH, or/],
  [
    'report.json report.json --profile other.yml',
    /report\.json is of the profile "story", and other\.yml is "other"\nName the/,
  ],
  [`report.json ${STORE}`, /baseline\.json is a baseline, not a result\nWrite file:.*baseline\.json/],
])('compare %s is a mistake', async (args, words) => {
  writeFileSync(place.at('other.yml'), JSON.stringify({ ...profile(), name: 'other' }))
  const { exitCode, stderr } = await runCli(['compare', ...args.split(' ')], { cwd: place.path })
  expect([exitCode, stderr]).toEqual([2, expect.stringMatching(words)])
})

test('a baseline that is no file is refused before anything is sent', async () => {
  const before = server.requests.length
  mkdirSync(place.at('folder'))
  const { exitCode, stderr } = await gateOnce(profile(), { cwd: place.path, flags: ['--baseline', 'file:folder'] })
  expect([exitCode, server.requests.length]).toEqual([2, before])
  expect(stderr).toContain('folder is not a regular file')
})

test('one that cannot be written changes no verdict, and is told', async () => {
  delay = USUAL
  // A name so long that nothing can be written beside it.
  const name = 'b'.repeat(250)
  const saved = await run('--save-baseline', '--baseline', `file:${name}`)
  expect([saved.exitCode, reported(saved).verdict.outcome]).toEqual([0, 'pass'])
  expect(reported(saved).run.baselineNote).toMatch(
    /^Could not be added to the baseline in file:b+: .* cannot be written/,
  )
  expect(saved.stderr).toContain('warning: Could not be added to the baseline')
}, 60_000)

test('the report of an earlier run is not left for that of a run that sent nothing', async () => {
  const flags = ['--report', 'reports']
  const report = () => readFileSync(place.at('reports/report.md'), 'utf8')
  expect(report()).not.toContain('before it was ready')
  const service = { start: 'exit 3', ready: '/' }
  const { exitCode } = await gateOnce(
    { ...profile(), target: 'http://127.0.0.1:9', service },
    { cwd: place.path, flags },
  )
  expect([exitCode, report()]).toEqual([
    4,
    expect.stringContaining('The service exited with code 3 before it was ready'),
  ])
}, 60_000)

test('a run that is compared with nothing is kept where that is asked for', async () => {
  const apart = workspace()
  delay = USUAL
  const flags = ['--compare', 'none', '--save-baseline', 'true']
  const kept = await gate(profile(), { cwd: apart.path, flags })
  expect([kept.exitCode, reported(kept).run.baselineNote]).toEqual([0, `Added to the baseline in file:${STORE}.`])
  apart[Symbol.dispose]()
}, 60_000)

test('an invalid run does not enter it either', async () => {
  delay = USUAL
  const before = readFileSync(place.at(STORE), 'utf8')
  await server[Symbol.asyncDispose]()
  const { exitCode, report } = await gateOnce(profile(), { cwd: place.path, flags: ['--save-baseline'] })
  expect([exitCode, report?.run.baselineNote]).toEqual([
    4,
    `Not added to the baseline in file:${STORE}: the verdict is invalid.`,
  ])
  expect(readFileSync(place.at(STORE), 'utf8')).toBe(before)
}, 60_000)
