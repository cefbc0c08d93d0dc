// One issue while a profile breaks its budgets: opened, kept up to date, closed, and never two of it.
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { Outcome } from '../../src/compare/verdict.ts'
import { issuesOf } from '../../src/publish/issues.ts'
import { nightlyPublisher } from '../../src/publish/nightly-publisher.ts'
import type { Report } from '../../src/report/report.ts'
import { HOSTILE, HUGE, hostile, PASS } from '../report/reports.ts'
import { REPOSITORY } from '../support/github-answers.ts'
import type { Fault } from '../support/github-contract.ts'
import { troubles } from '../support/github-page.ts'
import { GitHubTracker } from '../support/github-tracker.ts'
import { manualWaiting } from '../support/manual-waiting.ts'

const [GOOD, FIRST, SECOND, THIRD] = ['1', '2', '3', '4'].map((digit) => digit.repeat(40)) as [
  string,
  string,
  string,
  string,
]
const BOT = 'github-actions[bot]'

let github: GitHubTracker
beforeAll(async () => {
  github = await GitHubTracker.start({
    workflow: { login: 'github-actions', kind: 'actions', write: true },
    reader: { login: 'github-actions', kind: 'actions', write: false },
  })
})
beforeEach(() => github.reset())
afterAll(() => github.contract.close())

function night(outcome: Outcome, commit: string, { good = GOOD, name = 'storefront', at = 15 } = {}): Report {
  return {
    ...PASS,
    verdict: { outcome, reason: `It is a ${outcome}.`, also: [] },
    comparison: {
      ...PASS.comparison,
      baseline: { ...PASS.comparison.baseline, commits: ['0'.repeat(40), good] } as never,
    },
    result: { ...PASS.result, profile: name, commit, startedAt: Date.UTC(2026, 0, at) },
    run: { ...PASS.run, commit },
  }
}

async function publish(report: Report, runId: number, { token = 'workflow', attempt = 1 } = {}) {
  const said: string[] = []
  const publishing = {
    issues: issuesOf(REPOSITORY, { token, apiUrl: github.contract.url }),
    stamp: { runId, attempt },
    repositoryUrl: 'https://github.com/octo-org/shop',
    say: (sentence: string) => void said.push(sentence),
  }
  const { notices } = await nightlyPublisher(publishing, manualWaiting()).publish(report)
  return { notices, said }
}

const open = () => github.issues.filter(({ state }) => state === 'open')
const shown = (at = 0) => github.issues[at]?.body.split('\n').slice(2).join('\n') ?? ''

test('a month of nights: opened once, updated while it lasts, closed when it holds, and opened anew', async () => {
  await publish(night('pass', GOOD), 1)
  expect(github.contract.calls('issues/create')).toBe(0)

  expect((await publish(night('fail', FIRST), 2)).said).toEqual([
    expect.stringMatching(/^The issue was opened: https:.*\/issues\/10$/),
  ])
  expect(github.issues).toMatchObject([{ title: 'Loadgate: storefront breaks its budgets', login: BOT, state: 'open' }])
  expect(shown()).toContain('`storefront` breaks its budgets since 2026-01-15.')
  const range = `[\`${GOOD.slice(0, 12)}...${FIRST.slice(0, 12)}\`](https://github.com/octo-org/shop/compare/${GOOD}...${FIRST})`
  expect(shown()).toContain(`The commits in question are ${range}.`)
  expect(shown()).toContain('## ❌ Loadgate: fail — It is a fail')

  expect((await publish(night('fail', SECOND, { at: 16 }), 3)).said).toEqual([expect.stringContaining('updated')])
  await publish(night('inconclusive', SECOND, { at: 17 }), 4)
  await publish(night('invalid', SECOND, { at: 18 }), 5)
  await publish(night('fail', THIRD, { at: 19 }), 6)
  expect(github.issues).toHaveLength(1)
  // The range is the one of its beginning: what came later did not break it.
  expect(shown()).toContain('`storefront` breaks its budgets for 3 nights, since 2026-01-15.')
  expect(shown()).toContain(range)
  expect(shown()).toContain(`The latest night, of commit \`${THIRD.slice(0, 12)}\``)

  expect((await publish(night('pass', THIRD, { at: 20 }), 7)).said).toEqual([expect.stringContaining('closed')])
  expect(github.issues).toMatchObject([{ state: 'closed', reason: 'completed' }])
  expect(shown()).toContain(
    `holds its budgets again with commit \`${THIRD.slice(0, 12)}\`, as of 2026-01-20. It was broken for 3 nights`,
  )
  await publish(night('pass', THIRD, { at: 21 }), 8)
  expect(github.issues).toHaveLength(1)

  await publish(night('fail', FIRST, { at: 22 }), 9)
  expect(github.issues.map(({ state }) => state)).toEqual(['closed', 'open'])
  expect(github.contract.violations).toEqual([])
})

test('a night that is run again is the same night, and an older one changes nothing', async () => {
  await publish(night('fail', FIRST), 5)
  await publish(night('fail', FIRST), 5, { attempt: 2 })
  expect(shown()).toContain('breaks its budgets since')
  const before = github.issues[0]?.body
  expect((await publish(night('pass', GOOD), 4)).said).toEqual([expect.stringContaining('left to a newer run')])
  expect((await publish(night('fail', GOOD), 5)).said).toEqual([expect.stringContaining('left to a newer run')])
  expect([github.issues[0]?.body, open().length]).toEqual([before, 1])
})

test('each profile has an issue of its own', async () => {
  await publish(night('fail', FIRST), 1)
  await publish(night('fail', FIRST, { name: 'other' }), 1)
  await publish(night('pass', SECOND), 2)
  expect(github.issues.map(({ title, state }) => [title, state])).toEqual([
    ['Loadgate: storefront breaks its budgets', 'closed'],
    ['Loadgate: other breaks its budgets', 'open'],
  ])
})

test('only what we have opened is ours: not what somebody writes, nor a pull request', async () => {
  await publish(night('fail', FIRST), 1)
  const [{ body } = { body: '' }] = github.issues
  github.issues.length = 0
  github.open('mallory', body)
  github.open('github-actions', body)
  github.open('other[bot]', body, { bot: true })
  github.open(BOT, body, { bot: true, isPullRequest: true })
  github.open(BOT, `quoted: ${body}`, { bot: true })
  await publish(night('pass', SECOND), 2)
  expect(open()).toHaveLength(5)
  await publish(night('fail', SECOND), 3)
  expect([open().length, github.contract.calls('issues/update')]).toEqual([6, 0])
})

test('of many issues all pages are looked at', async () => {
  for (let n = 0; n < 230; n++) github.open('mona', `Issue ${n}`)
  await publish(night('fail', FIRST), 1)
  await publish(night('fail', SECOND), 2)
  expect(open()).toHaveLength(231)
  expect(github.contract.calls('issues/list-for-repo')).toBe(9)
})

test('of two there should not be, the first is kept', async () => {
  await publish(night('fail', FIRST), 1)
  github.open(BOT, github.issues[0]!.body, { bot: true })
  await publish(night('fail', SECOND), 2)
  expect(github.issues.map(({ state, reason }) => [state, reason])).toEqual([
    ['open', null],
    ['closed', 'not_planned'],
  ])
})

test('nights at once leave one', async () => {
  for (let round = 0; round < 10; round++) {
    github.reset()
    const nights = [1, 2, 3].map((n) => publish(night('fail', FIRST), n))
    for (const { notices } of await Promise.all(nights)) expect(notices).toEqual([])
    expect(open()).toHaveLength(1)
    // Whichever it is, the next night finds it and no other.
    await publish(night('pass', SECOND), 9)
    expect(open()).toEqual([])
  }
})

test('an issue that was edited in a browser keeps its nights, CR LF or not', async () => {
  await publish(night('fail', FIRST), 1)
  github.issues[0]!.body = github.issues[0]!.body.replaceAll('\n', '\r\n')
  await publish(night('fail', SECOND, { at: 16 }), 2)
  expect(shown()).toContain('breaks its budgets for 2 nights, since 2026-01-15.')
  github.issues[0]!.body = github.issues[0]!.body.replaceAll('\n', '\r\n')
  await publish(night('pass', FIRST), 1)
  expect(github.issues).toMatchObject([{ state: 'open' }])
})

test('where somebody has edited our lines away, it is kept up all the same', async () => {
  await publish(night('fail', FIRST), 1)
  const [first = ''] = github.issues[0]!.body.split('\n')
  github.issues[0]!.body = `${first}\n<!-- loadgate-nights:x -->\nMine now.`
  await publish(night('fail', SECOND, { at: 16 }), 2)
  expect(shown()).toContain('breaks its budgets since 2026-01-16.')
  github.issues[0]!.body = `${first}`
  await publish(night('pass', SECOND), 3)
  expect(github.issues).toMatchObject([{ state: 'closed' }])
})

test.each<[string, Partial<Parameters<typeof night>[2]>, string, string]>([
  [
    'none is stored',
    { good: '***' },
    FIRST,
    `The first commit that broke them is \`${FIRST.slice(0, 12)}\`; none is stored that held them.`,
  ],
  ['it is the same commit', { good: FIRST }, FIRST, 'held them the night before, so it is not the code alone.'],
  ['the commit is not known', {}, 'unknown', 'The commit is not known.'],
])('where %s, no range is told', async (_, options, commit, sentence) => {
  await publish(night('fail', commit, options), 1)
  expect(shown()).toContain(sentence)
  expect(shown()).not.toContain('/compare/')
})

test('nothing of a hostile report is alive in it, and a huge one fits', async () => {
  const evil = { ...hostile(HOSTILE), verdict: { outcome: 'fail', reason: HOSTILE[2], also: [] } } as Report
  await publish(evil, 1)
  expect(troubles(shown().replaceAll(/\[[^\]]*\]\(https:\/\/github\.com\/octo-org[^)]*\)/g, ''))).toEqual([])
  await publish({ ...HUGE, run: { ...HUGE.run, commit: FIRST } }, 2)
  expect([...github.issues[1]!.body].length).toBeLessThanOrEqual(65_536)
  expect(github.contract.violations).toEqual([])
})

const CALLS = ['issues/list-for-repo', 'issues/create', 'issues/update']
const PASSING: readonly Omit<Fault, 'call' | 'times'>[] = [
  { kind: 'status', status: 500 },
  { kind: 'reset' },
  { kind: 'html', status: 200 },
  { kind: 'torn' },
  { kind: 'lost' },
  { kind: 'lost-html' },
  { kind: 'status', status: 403, headers: { 'retry-after': '60' }, message: 'secondary rate limit' },
]

test.each(CALLS.flatMap((call) => PASSING.map((fault) => ({ call, times: 1, ...fault }))))(
  'a hiccup leaves one issue: %j',
  async (fault) => {
    if (fault.call === 'issues/update') await publish(night('fail', FIRST), 1)
    github.contract.inject(fault)
    expect((await publish(night('fail', SECOND), 2)).notices).toEqual([])
    expect(open()).toHaveLength(1)
    expect(shown()).toContain(SECOND.slice(0, 12))
  },
)

test.each<[string, Partial<Fault>, RegExp]>([
  [
    'may not write',
    { status: 403, message: 'Resource not accessible by integration' },
    /^The issue was not posted: GitHub answered 403.*`permissions: issues: write`\.$/,
  ],
  [
    'has no issues',
    { status: 410, message: 'Issues are disabled for this repo' },
    /^The issue was not posted: GitHub answered 410/,
  ],
  ['refuses it', { status: 422 }, /answered 422/],
  ['is down', { status: 503 }, /answered 503 again and again/],
  ['is limited for an hour', { status: 429, headers: { 'retry-after': '3600' } }, /rate limit asks to wait/],
])('a GitHub that %s costs a notice', async (_, fault, why) => {
  github.contract.inject({ call: 'issues/create', times: 99, kind: 'status', ...fault })
  expect((await publish(night('fail', FIRST), 1)).notices).toEqual([expect.stringMatching(why)])
  expect(github.issues).toEqual([])
})
