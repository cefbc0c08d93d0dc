import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { commentsOf } from '../../src/publish/github.ts'
import { COMMENT_LIMIT } from '../../src/publish/limits.ts'
import { noticeOf } from '../../src/publish/notice.ts'
import { putStickyComment, type RunStamp, stickyHeader } from '../../src/publish/sticky-comment.ts'
import { type RecentRun, recentRunsLine } from '../../src/report/recent-runs.ts'
import { type Fault, GitHubContract, ISSUE } from '../support/github-contract.ts'
import { manualWaiting } from '../support/manual-waiting.ts'

const ACTIONS = 'github-actions[bot]'
let github: GitHubContract

beforeAll(async () => {
  github = await GitHubContract.start({
    workflow: { login: 'github-actions', kind: 'actions', write: true },
    nameless: { login: 'github-actions', kind: 'actions', write: true, graphql: false },
    fork: { login: 'github-actions', kind: 'actions', write: false },
    app: { login: 'perf-gate', kind: 'app', write: true },
    person: { login: 'mona', kind: 'user', write: true },
  })
})
beforeEach(() => github.reset())
afterAll(() => github.close())

const STAMP = { runId: 100, attempt: 1 }

function put({
  token = 'workflow',
  key = 'storefront',
  stamp = STAMP,
  text = 'pass',
  number = ISSUE,
  until = 90_000,
} = {}) {
  const waiting = manualWaiting()
  const comments = commentsOf({ owner: 'octo-org', repo: 'shop', number }, { token, apiUrl: github.url })
  const render = ({ recent }: { readonly recent: string | undefined }) => [text, ...(recent ? [recent] : [])].join('\n')
  const done = putStickyComment(comments, { key, run: runOf(stamp), render }, { waiting, until })
  return { waiting, done }
}
const bodies = () => github.comments.map(({ body }) => body)
const runOf = (stamp: RunStamp): RecentRun => ({ ...stamp, commit: undefined, outcome: 'pass', figure: undefined })
/** As the comment is that the last of these runs wrote. */
const ours = (text: string, { key = 'storefront', stamps = [STAMP] }: { key?: string; stamps?: RunStamp[] } = {}) => {
  const runs = stamps.map(runOf)
  const recent = recentRunsLine(runs)
  return stickyHeader(key, stamps.at(-1) ?? STAMP, runs) + text + (recent ? `\n${recent}` : '')
}

test.each([
  ['workflow', ACTIONS],
  ['nameless', ACTIONS],
  ['app', 'perf-gate[bot]'],
  ['person', 'mona'],
])('with the token of %s the comment is created once and then updated', async (token, author) => {
  const first = await put({ token, text: 'one' }).done
  const second = await put({ token, text: 'two', stamp: { runId: 101, attempt: 1 } }).done
  expect(github.comments).toMatchObject([{ login: author }])
  expect(bodies()).toEqual([ours('two', { stamps: [STAMP, { runId: 101, attempt: 1 }] })])
  expect(second).toEqual({ url: first.url, written: true })
  expect(github.violations).toEqual([])
})

test('the comment is found behind 250 others, on whatever page it is', async () => {
  for (let n = 0; n < 120; n++) github.say('mona', `comment ${n}`)
  const { url } = await put({ text: 'old' }).done
  for (let n = 0; n < 130; n++) github.say('mona', `comment ${n}`)
  github.requests.length = 0
  expect(await put({ text: 'new' }).done).toEqual({ url, written: true })
  expect(github.calls('issues/list-comments')).toBe(3)
  expect(bodies().filter((body) => body.startsWith('<!--'))).toEqual([ours('new')])
})

test.each([
  ['somebody else', 'mallory', false],
  ['another bot', 'dependabot[bot]', true],
  ['a person with the bot as a name', ACTIONS, false],
])('a marker written by %s is not ours', async (_, login, bot) => {
  github.say(login, ours('spoofed'), { bot })
  await put({ text: 'real' }).done
  expect(bodies()).toEqual([ours('spoofed'), ours('real')])
})

test('a marker inside a comment of ours, as one report may quote another, is not its marker', async () => {
  github.say(ACTIONS, `${ours('x', { key: 'other' })}\n${ours('quoted')}`, { bot: true })
  await put({ text: 'real' }).done
  expect(bodies()[1]).toBe(ours('real'))
})

test('two comments of ours: the newest is updated and the other left', async () => {
  github.say(ACTIONS, ours('older'), { bot: true })
  github.say(ACTIONS, ours('newer'), { bot: true })
  await put({ text: 'now' }).done
  expect(bodies()).toEqual([ours('older'), ours('now')])
})

test('each profile keeps its own comment', async () => {
  await put({ key: 'storefront', text: 's' }).done
  await put({ key: 'checkout', text: 'c' }).done
  await put({ key: 'storefront', text: 's2' }).done
  expect(bodies()).toEqual([ours('s2'), ours('c', { key: 'checkout' })])
})

test('a key cannot break out of its marker', () => {
  expect(stickyHeader('--> @everyone <!--', STAMP, [])).toMatch(
    /^<!-- loadgate:[0-9a-f]{16} -->\n<!-- loadgate-run:100\.1 -->\n<!-- loadgate-runs: -->\n$/,
  )
})

test.each([
  ['an older run', { runId: 99, attempt: 3 }, false],
  ['an earlier attempt of the same run', { runId: 1000, attempt: 1 }, false],
  ['a run whose id is greater as a number but not as a text', { runId: 1001, attempt: 1 }, true],
  ['the same attempt again', { runId: 1000, attempt: 2 }, true],
])('%s meets the comment of run 1000, attempt 2', async (_, stamp, written) => {
  const before = await put({ text: 'there', stamp: { runId: 1000, attempt: 2 } }).done
  expect(await put({ text: 'late', stamp }).done).toEqual({ url: before.url, written })
  expect(bodies()[0]?.split('\n')[3]).toBe(written ? 'late' : 'there')
})

test('a comment whose stamp somebody edited away is updated', async () => {
  github.say(ACTIONS, `${ours('x').split('\n')[0]}\nmeddled`, { bot: true })
  await put({ text: 'mended' }).done
  expect(bodies()).toEqual([ours('mended')])
})

test('a comment of the greatest length is accepted, one character more is refused', async () => {
  const room = COMMENT_LIMIT - ours('').length
  await put({ text: 'x'.repeat(room) }).done
  await expect(put({ text: 'x'.repeat(room + 1) }).done).rejects.toThrow('Body is too long')
})

// Every call meets every fault once: the comment is there afterwards, exactly once, and no try is wasted.
const CALLS = [
  'users/get-authenticated',
  'graphql',
  'issues/list-comments',
  'issues/create-comment',
  'issues/update-comment',
]
const PASSING: readonly Omit<Fault, 'call' | 'times'>[] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 429 },
  { kind: 'status', status: 403, headers: { 'retry-after': '5' } },
  { kind: 'status', status: 403, message: 'You have exceeded a secondary rate limit.' },
  { kind: 'html' },
  { kind: 'html', status: 200 },
  { kind: 'reset' },
  { kind: 'truncated' },
  { kind: 'torn' },
  { kind: 'lost' },
  { kind: 'lost-html' },
]
const cells = CALLS.flatMap((call) => PASSING.map((fault) => ({ call, times: 1, ...fault })))

test.each(cells)('$call meets $kind $status $headers $message once', async (fault) => {
  if (fault.call === 'issues/update-comment') github.say(ACTIONS, ours('old'), { bot: true })
  github.inject(fault)
  const { done, waiting } = put({ text: 'once' })
  expect(await done).toMatchObject({ written: true })
  expect(bodies()).toEqual([ours('once')])
  expect(github.requests.length).toBeLessThanOrEqual(8)
  expect(waiting.pauses).toHaveLength(1)
  expect(github.violations).toEqual([])
})

test.each(cells)('$call meets $kind $status $headers $message for ever', async (fault) => {
  if (fault.call === 'issues/update-comment') github.say(ACTIONS, ours('old'), { bot: true })
  github.inject({ ...fault, times: 1_000 })
  const { done, waiting } = put({ text: 'once' })
  const notice = await done.then(
    () => '',
    (error) => noticeOf('The comment on #7', error),
  )
  // A comment that was created while its answer got lost is found by the next try, and updated.
  const found = fault.call === 'issues/create-comment' && fault.kind.startsWith('lost')
  expect(notice).toMatch(
    found ? /^$/ : /^The comment on #7 was not posted: GitHub('s rate limit| gave no usable answer| answered 50\d)/,
  )
  expect(notice).not.toContain('Unicorn')
  expect(github.comments.length).toBeLessThanOrEqual(1)
  expect(github.requests.length).toBeLessThanOrEqual(16)
  expect(waiting.now()).toBeLessThanOrEqual(90_000)
})

const REFUSALS = [401, 403, 404, 410, 422].map((status) => ({ status, message: 'No.' }))
test.each(
  ['issues/list-comments', 'issues/create-comment', 'issues/update-comment'].flatMap((call) =>
    REFUSALS.map((refusal) => ({ call, ...refusal })),
  ),
)('$call is refused with $status: told once, never tried again', async ({ call, status, message }) => {
  if (call === 'issues/update-comment') github.say(ACTIONS, ours('old'), { bot: true })
  github.inject({ call, times: 1_000, kind: 'status', status, message })
  const { done, waiting } = put()
  const notice = await done.then(
    () => '',
    (error) => noticeOf('The comment on #7', error),
  )
  expect(notice).toContain(`The comment on #7 was not posted: GitHub answered ${status} "No."`)
  expect(github.calls(call)).toBe(1)
  expect(waiting.pauses).toEqual([])
})

test('the read-only token of a fork: a notice that says what it is', async () => {
  const notice = await put({ token: 'fork' }).done.then(
    () => '',
    (error) => noticeOf('The comment on #7', error),
  )
  expect(notice).toContain('403 "Resource not accessible by integration"')
  expect(notice).toContain('pull request from a fork')
  expect(github.comments).toEqual([])
})

test('a locked conversation and a bad token are named', async () => {
  github.locked = true
  await expect(put().done.catch((error) => noticeOf('It', error))).resolves.toContain('The conversation is closed')
  await expect(put({ token: 'nobody' }).done.catch((error) => noticeOf('It', error))).resolves.toContain('github-token')
})

test('GitHub cannot be reached at all', async () => {
  const comments = commentsOf({ owner: 'o', repo: 'r', number: 1 }, { token: 't', apiUrl: 'http://127.0.0.1:1' })
  const waiting = manualWaiting()
  const failed = putStickyComment(
    comments,
    { key: 'k', run: runOf(STAMP), render: () => '' },
    { waiting, until: 90_000 },
  )
  await expect(failed.catch((error) => noticeOf('The comment', error))).resolves.toMatch(
    /^The comment was not posted: GitHub gave no usable answer \(.+\)\.$/,
  )
  expect(waiting.pauses).toEqual([1_000, 2_000, 4_000])
})
