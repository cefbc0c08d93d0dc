import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { commentsOf } from '../../src/publish/github.ts'
import { readRuns, withRun, writeRuns } from '../../src/publish/kept-runs.ts'
import { putStickyComment } from '../../src/publish/sticky-comment.ts'
import { FIGURE, type RecentRun, recentRunOf, recentRunsLine } from '../../src/report/recent-runs.ts'
import { HOSTILE } from '../report/reports.ts'
import { SITUATIONS } from '../report/situations.ts'
import { GitHubContract, ISSUE } from '../support/github-contract.ts'
import { troubles } from '../support/github-page.ts'
import { manualWaiting } from '../support/manual-waiting.ts'

const BOT = 'github-actions[bot]'
let github: GitHubContract

beforeAll(async () => {
  github = await GitHubContract.start({ workflow: { login: 'github-actions', kind: 'actions', write: true } })
})
beforeEach(() => github.reset())
afterAll(() => github.close())

function run(runId: number, changes: Partial<RecentRun> = {}): RecentRun {
  const commit = runId.toString(16).padStart(7, 'a')
  return { runId, attempt: 1, commit, outcome: 'pass', figure: 'p95 +1 %', ...changes }
}

async function put(one: RecentRun): Promise<readonly string[]> {
  const comments = commentsOf(
    { owner: 'octo-org', repo: 'shop', number: ISSUE },
    { token: 'workflow', apiUrl: github.url },
  )
  const render = ({ recent = 'the first' }) => `## text of ${one.runId}.${one.attempt}\n\n${recent}`
  const waiting = manualWaiting()
  await putStickyComment(comments, { key: 'k', run: one, render }, { waiting, until: 90_000 })
  return shown()
}

/** The last comment without its hidden lines, one line each. */
const shown = () => (github.comments.at(-1)?.body ?? '').split('\n').slice(3).filter(Boolean)
const ids = (line = '') => [...line.matchAll(/`a+([0-9a-f]+)`/g)].map(([, id]) => Number.parseInt(id ?? '', 16))

test('a comment tells of its runs, the newest last, and of no more than five', async () => {
  expect(await put(run(1))).toEqual(['## text of 1.1', 'the first'])
  expect(await put(run(2, { outcome: 'fail', figure: 'p95 +31 %' }))).toEqual([
    '## text of 2.1',
    'Runs here, the newest last: `aaaaaa1` ✅ pass p95 +1 % · `aaaaaa2` ❌ fail p95 +31 %',
  ])
  for (const id of [3, 4, 5, 6, 7]) await put(run(id))
  expect(ids(shown()[1])).toEqual([3, 4, 5, 6, 7])
  expect(github.comments).toHaveLength(1)
})

test('a run that ends late has its place in the line, and changes nothing else', async () => {
  await put(run(1))
  await put(run(4))
  expect(await put(run(3, { outcome: 'invalid', figure: undefined }))).toEqual([
    '## text of 4.1',
    'Runs here, the newest last: `aaaaaa1` ✅ pass p95 +1 % · `aaaaaa3` 🚫 invalid · `aaaaaa4` ✅ pass p95 +1 %',
  ])
  await put(run(5))
  expect(ids(shown()[1])).toEqual([1, 3, 4, 5])
})

test('also where the newer one was the first to speak: then the next one tells of both', async () => {
  await put(run(2))
  expect(await put(run(1))).toEqual(['## text of 2.1', 'the first'])
  expect(ids((await put(run(3)))[1])).toEqual([1, 2, 3])
})

test('a run that is older than all five is not told, and nothing is written', async () => {
  for (const id of [11, 12, 13, 14, 15]) await put(run(id))
  const before = github.comments[0]?.body
  await put(run(10))
  expect(github.comments[0]?.body).toBe(before)
  expect(github.calls('issues/update-comment')).toBe(4)
})

test('another attempt of a run takes the place of the one before, whichever ends first', async () => {
  await put(run(1, { outcome: 'fail' }))
  await put(run(2))
  await put(run(1, { attempt: 2, outcome: 'pass' }))
  expect(shown()[1]).toBe(
    'Runs here, the newest last: `aaaaaa1` (attempt 2) ✅ pass p95 +1 % · `aaaaaa2` ✅ pass p95 +1 %',
  )
  await put(run(1, { attempt: 1, outcome: 'invalid' }))
  expect(shown()[1]).toContain('`aaaaaa1` (attempt 2) ✅ pass')
})

test('what others write about runs is not read', async () => {
  await put(run(1))
  const spoofed = github.comments[0]?.body.replace('pass', 'fail') ?? ''
  github.say('mallory', spoofed)
  github.say('dependabot[bot]', spoofed, { bot: true })
  await put(run(2))
  const [ours] = github.comments.filter(({ login }) => login === BOT)
  expect(ours?.body).toContain('`aaaaaa1` ✅ pass p95 +1 % · `aaaaaa2`')
})

test('a comment that was edited in a browser keeps its runs, CR LF or not', async () => {
  await put(run(1))
  const [comment] = github.comments
  if (comment) comment.body = comment.body.replaceAll('\n', '\r\n')
  expect(ids((await put(run(2)))[1])).toEqual([1, 2])
})

const anyRun = fc.record({
  runId: fc.integer({ min: 1, max: 1e15 - 1 }),
  attempt: fc.integer({ min: 1, max: 999_999 }),
  commit: fc.option(fc.stringMatching(/^[0-9a-f]{7}$/), { nil: undefined }),
  outcome: fc.constantFrom('pass', 'fail', 'inconclusive', 'invalid' as const),
  figure: fc.option(fc.stringMatching(FIGURE), { nil: undefined }),
}) as fc.Arbitrary<RecentRun>

test('what is kept is read as it was written, in the order of the runs, five at most', () => {
  fc.assert(
    fc.property(fc.uniqueArray(anyRun, { selector: ({ runId }) => runId, maxLength: 8 }), (runs) => {
      const kept = runs.reduce<readonly RecentRun[]>(withRun, [])
      const line = writeRuns(kept)
      expect(line.slice(4, -3)).not.toContain('--')
      expect(readRuns(line)).toEqual(kept)
      expect(kept).toEqual([...runs].sort((a, b) => a.runId - b.runId).slice(-5))
      expect(troubles(recentRunsLine(kept) ?? '')).toEqual([])
    }),
  )
})

test.each([
  ...HOSTILE,
  '<!-- loadgate-runs:1.1;aaaaaa1;pass;@octo-org/everyone -->',
  '<!-- loadgate-runs:1.1;aaaaaa1;pass;www.evil.example 5 % -->',
  '<!-- loadgate-runs:1.1;aaaaaa1;passed; -->',
  '<!-- loadgate-runs:1.1;nothex1;pass; -->',
  '<!-- loadgate-runs:-1.1;aaaaaa1;pass; -->',
  '<!-- loadgate-runs:1e9.1;aaaaaa1;pass; -->',
  '<!-- loadgate-runs:1111111111111111.1;aaaaaa1;pass; -->',
  `<!-- loadgate-runs:${'1.1;aaaaaa1;pass; / '.repeat(100)} -->`,
  '<!-- loadgate-runs:1.1;aaaaaa1;pass; --> <img src=x>',
])('%j is no run', (line) => {
  expect(readRuns(line)).toEqual([])
  expect(readRuns(`<!-- loadgate-runs:${line} -->`)).toEqual([])
})

test('one entry that is wrong takes no other with it, and a line of many is cut to five', () => {
  const entry = (id: number) => `${id}.1;aaaaaa1;pass;p95 +1 %`
  expect(readRuns(`<!-- loadgate-runs:${entry(1)} / x / ${entry(2)} -->`).map(({ runId }) => runId)).toEqual([1, 2])
  const many = Array.from({ length: 20 }, (_, n) => entry(n + 1)).join(' / ')
  expect(readRuns(`<!-- loadgate-runs:${many} -->`).map(({ runId }) => runId)).toEqual([16, 17, 18, 19, 20])
})

test.each(SITUATIONS.filter(([name]) => name !== 'hostile'))('of a run like %s its number is kept', (name, report) => {
  const { outcome, figure } = recentRunOf(report, { runId: 1, attempt: 1 })
  expect(outcome).toBe(report.verdict.outcome)
  if (outcome === 'invalid') expect(figure).toBeUndefined()
  else expect(figure).toMatch(FIGURE)
  if (name === 'slower') expect(figure).toBe('p95 +64.8 %')
  if (name === 'fail') expect(figure).toBe('errors 2.1 %')
})
