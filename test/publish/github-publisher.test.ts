import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { commentsOf } from '../../src/publish/github.ts'
import { type CommentTarget, githubPublisher, type RunnerDoor } from '../../src/publish/github-publisher.ts'
import { SUMMARY_LIMIT } from '../../src/publish/limits.ts'
import type { Annotation } from '../../src/report/annotations.ts'
import { MARKDOWN_LIMIT } from '../../src/report/forms.ts'
import { keptReport } from '../../src/report/json.ts'
import type { Report } from '../../src/report/report.ts'
import { FAIL, HUGE, PASS } from '../report/reports.ts'
import { type Fault, GitHubContract, ISSUE } from '../support/github-contract.ts'
import { expectGolden } from '../support/golden.ts'
import { manualWaiting } from '../support/manual-waiting.ts'

let github: GitHubContract

beforeAll(async () => {
  github = await GitHubContract.start({
    workflow: { login: 'github-actions', kind: 'actions', write: true },
    fork: { login: 'github-actions', kind: 'actions', write: false },
  })
})
beforeEach(() => github.reset())
afterAll(() => github.close())

/** A runner that keeps what it is told. */
function keepingRunner(failing: Partial<RunnerDoor> = {}) {
  const told = { outputs: {} as Record<string, string>, summary: '', annotations: [] as Annotation[] }
  const runner: RunnerDoor = {
    setOutput: (name, value) => {
      told.outputs[name] = value
    },
    writeSummary: async (markdown) => {
      told.summary = markdown
      return undefined
    },
    annotate: (annotation) => void told.annotations.push(annotation),
    ...failing,
  }
  return { runner, told }
}

function target({ token = 'workflow', runId = 100 } = {}): CommentTarget {
  const comments = commentsOf({ owner: 'octo-org', repo: 'shop', number: ISSUE }, { token, apiUrl: github.url })
  return { comments, number: ISSUE, stamp: { runId, attempt: 1 } }
}

async function publish(
  report: Report,
  { comment = target() as CommentTarget | undefined, failing = {} as Partial<RunnerDoor> } = {},
) {
  const { runner, told } = keepingRunner(failing)
  const published = await githubPublisher({ runner, comment }, manualWaiting()).publish(report)
  return { ...published, ...told }
}

test('the Markdown in the report directory is the job summary', () => {
  expect(MARKDOWN_LIMIT).toBe(SUMMARY_LIMIT)
})

test('a failing run is told everywhere', async () => {
  const { commentUrl, notices, outputs, summary, annotations } = await publish(FAIL)
  expect(notices).toEqual([])
  expect(outputs).toMatchObject({ verdict: 'fail', 'comment-url': commentUrl })
  expect(commentUrl).toMatch(/#issuecomment-\d+$/)
  expect(summary).toContain(FAIL.verdict.reason.slice(0, 3))
  expect(github.comments.map(({ body }) => body.split('\n').slice(3).join('\n'))).toEqual([summary])
  expect(annotations[0]).toMatchObject({ level: 'error', file: 'loadgate.yml' })
  expect(github.violations).toEqual([])
})

test('without a pull request nothing is asked of GitHub', async () => {
  const { runner, told } = keepingRunner()
  const published = await githubPublisher({ runner, comment: undefined }).publish(PASS)
  expect(published).toEqual({ commentUrl: undefined, notices: [] })
  expect(told.outputs.verdict).toBe('pass')
  expect(github.requests).toEqual([])
})

const breaks = () => {
  throw new Error('Missing file at path')
}
test.each([
  ['The outputs', { setOutput: breaks }, ['The outputs could', 'The output `comment-url` could']],
  ['The job summary', { writeSummary: async () => breaks() }, ['The job summary could not be published: Missing file']],
  ['The annotations', { annotate: breaks }, ['The annotations could']],
])('%s fail alone', async (_, failing, expected) => {
  const { notices, outputs, summary, annotations } = await publish(FAIL, { failing })
  expect(notices).toEqual(expected.map((text) => expect.stringContaining(text)))
  expect(github.comments).toHaveLength(1)
  const reached = [Object.keys(outputs).length > 0, summary !== '', annotations.length > 0]
  expect(reached.filter((one) => !one)).toHaveLength(1)
})

test('a summary that was cut says so', async () => {
  const { notices } = await publish(FAIL, { failing: { writeSummary: async () => 'The job summary was cut.' } })
  expect(notices).toEqual(['The job summary was cut.'])
})

const CALLS = [
  'users/get-authenticated',
  'graphql',
  'issues/list-comments',
  'issues/create-comment',
  'issues/update-comment',
] as const
const REFUSALS: readonly Omit<Fault, 'call' | 'times'>[] = [
  { kind: 'status', status: 401, message: 'Bad credentials' },
  { kind: 'status', status: 403, message: 'Resource not accessible by integration' },
  { kind: 'status', status: 404, message: 'Not Found' },
  { kind: 'status', status: 410, message: 'Gone' },
  { kind: 'status', status: 422, message: 'Validation Failed' },
]
const BREAKDOWNS: readonly Omit<Fault, 'call' | 'times'>[] = [
  { kind: 'status', status: 403, headers: { 'retry-after': '30' } },
  { kind: 'status', status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '99999999999' } },
  { kind: 'status', status: 429 },
  { kind: 'status', status: 429, headers: { 'retry-after': '30' } },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 502 },
  { kind: 'status', status: 503 },
  { kind: 'html' },
  { kind: 'html', status: 200 },
  { kind: 'html', status: 404 },
  { kind: 'reset' },
  { kind: 'truncated' },
  { kind: 'torn' },
]
const everyCell = CALLS.flatMap((call) => [...REFUSALS, ...BREAKDOWNS].map((fault) => ({ call, ...fault })))

// Who may not be asked for a name is taken for the workflow's own bot; every other call must be answered.
const isOptional = ({ call, kind, status }: Omit<Fault, 'times'>) =>
  ['users/get-authenticated', 'graphql'].includes(call) &&
  (kind === 'status' ? REFUSALS.some((refusal) => refusal.status === status) : status === 404)

test.each(everyCell)(
  '$call answers $kind $status $headers $message for ever: the verdict and all else is told',
  async (fault) => {
    if (fault.call === 'issues/update-comment') await publish(PASS)
    const before = github.comments.map(({ body }) => body)
    github.requests.length = 0
    github.inject({ ...fault, times: 1_000 })
    const { commentUrl, notices, outputs, summary, annotations } = await publish(FAIL, {
      comment: target({ runId: 101 }),
    })

    expect(outputs).toMatchObject({ verdict: 'fail', 'error-rate': '0.0105' })
    expect(summary).toContain('## ❌ Loadgate: fail')
    expect(annotations).toHaveLength(3)
    expect(github.requests.length).toBeLessThanOrEqual(16)
    const isPosted = isOptional(fault) && !('headers' in fault)
    if (isPosted) {
      expect([notices, github.comments.length]).toEqual([[], 1])
      expect(outputs['comment-url']).toBe(commentUrl)
    } else {
      expect(notices).toEqual([expect.stringMatching(/^The comment on #7 was not posted: /)])
      expect(notices[0]).not.toMatch(/Unicorn|<|::/)
      expect([commentUrl, outputs['comment-url']]).toEqual([undefined, undefined])
      expect(github.comments.map(({ body }) => body)).toEqual(before)
    }
  },
)

test('a fork: no comment, one notice, everything else', async () => {
  const { notices, outputs, summary, annotations } = await publish(FAIL, { comment: target({ token: 'fork' }) })
  expect(notices).toEqual([expect.stringContaining('pull request from a fork')])
  expect(outputs.verdict).toBe('fail')
  const remarks = annotations.map(({ file, line, title, message }) => `${file}:${line} ${title}\n  ${message}`)
  expectGolden('report/fork.md', [...notices, ...remarks, summary].join('\n\n'))
})

test('a report of any size fits into the comment', async () => {
  const { notices } = await publish(HUGE)
  expect(notices).toEqual([])
  expect(github.comments[0]?.body.length).toBeLessThanOrEqual(65_536)
  expect(github.comments[0]?.body).toMatch(/250\sms → 412\sms/)
})

test('the comment of a newer run stays, and its address is the output', async () => {
  const first = await publish(FAIL, { comment: target({ runId: 200 }) })
  const late = await publish(PASS, { comment: target({ runId: 199 }) })
  expect(late.notices).toEqual([
    'The comment on #7 is by a newer run, which stays: this one has its place in its line of runs.',
  ])
  expect(late.outputs['comment-url']).toBe(first.commentUrl)
  expect(late.outputs.verdict).toBe('pass')
})

test('profiles of one name in two files keep a comment each', async () => {
  await publish(PASS)
  await publish({ ...PASS, run: { ...PASS.run, profilePath: 'copy/loadgate.yml' } })
  await publish(FAIL)
  expect(github.comments).toHaveLength(2)
})

test('a secret in the report reaches nothing', async () => {
  const secret = 's3cr3t-value'
  const leaky: Report = {
    ...FAIL,
    verdict: { ...FAIL.verdict, reason: `the target said ${secret}` },
    run: { ...FAIL.run, profilePath: `${secret}.yml` },
    comparison: {
      ...FAIL.comparison,
      budgets: FAIL.comparison.budgets.map((row) => ({ ...row, scope: `scope ${secret}` })),
    },
  }
  expect(JSON.stringify(await publish(leaky))).toContain(secret)
  const told = await publish(keptReport(leaky, (text) => text.replaceAll(secret, '***')))
  expect(JSON.stringify([told, github.comments[1]])).not.toContain(secret)
})
