import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { commentsOf } from '../../src/publish/github.ts'
import { type CommentTarget, githubPublisher, type RunnerDoor } from '../../src/publish/github-publisher.ts'
import type { Annotation } from '../../src/report/annotations.ts'
import type { Report } from '../../src/report/report.ts'
import { FAIL, HUGE, PASS } from '../report/reports.ts'
import { GitHubContract, ISSUE } from '../support/github-contract.ts'
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

const same = (text: string) => text
async function publish(
  report: Report,
  { comment = target() as CommentTarget | undefined, failing = {} as Partial<RunnerDoor>, redact = same } = {},
) {
  const { runner, told } = keepingRunner(failing)
  const published = await githubPublisher({ runner, comment, redact }, manualWaiting()).publish(report)
  return { ...published, ...told }
}

test('a failing run is told everywhere', async () => {
  const { commentUrl, notices, outputs, summary, annotations } = await publish(FAIL)
  expect(notices).toEqual([])
  expect(outputs).toMatchObject({ verdict: 'fail', 'comment-url': commentUrl })
  expect(commentUrl).toMatch(/#issuecomment-\d+$/)
  expect(summary).toContain(FAIL.verdict.reason.slice(0, 3))
  expect(github.comments.map(({ body }) => body.split('\n').slice(2).join('\n'))).toEqual([summary])
  expect(annotations[0]).toMatchObject({ level: 'error', file: 'loadgate.yml' })
  expect(github.violations).toEqual([])
})

test('without a pull request nothing is asked of GitHub', async () => {
  const { runner, told } = keepingRunner()
  const published = await githubPublisher({ runner, comment: undefined, redact: same }).publish(PASS)
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

test.each([
  { kind: 'status', status: 403, message: 'Resource not accessible by integration' },
  { kind: 'status', status: 404 },
  { kind: 'status', status: 422 },
  { kind: 'status', status: 429 },
  { kind: 'status', status: 429, headers: { 'retry-after': '30' } },
  { kind: 'status', status: 500 },
  { kind: 'html' },
  { kind: 'reset' },
  { kind: 'truncated' },
] as const)('while GitHub answers $kind $status $message, all the rest is published', async (fault) => {
  for (const call of ['users/get-authenticated', 'issues/list-comments', 'issues/create-comment'])
    github.inject({ call, times: 1_000, ...fault })
  const { commentUrl, notices, outputs, summary, annotations } = await publish(FAIL)
  expect(commentUrl).toBeUndefined()
  expect(notices).toEqual([expect.stringMatching(/^The comment on #7 was not posted: /)])
  expect([outputs.verdict, outputs['comment-url'], summary !== '', annotations.length > 0]).toEqual([
    'fail',
    undefined,
    true,
    true,
  ])
  expect(github.requests.length).toBeLessThanOrEqual(16)
  expect(github.comments).toEqual([])
})

test('a fork: no comment, one notice, everything else', async () => {
  const { notices, outputs } = await publish(FAIL, { comment: target({ token: 'fork' }) })
  expect(notices).toEqual([expect.stringContaining('pull request from a fork')])
  expect(outputs.verdict).toBe('fail')
})

test('a report of any size fits into the comment', async () => {
  const { notices } = await publish(HUGE)
  expect(notices).toEqual([])
  expect(github.comments[0]?.body.length).toBeLessThanOrEqual(65_536)
  expect(github.comments[0]?.body).toContain('412 ms')
})

test('the comment of a newer run stays, and its address is the output', async () => {
  const first = await publish(FAIL, { comment: target({ runId: 200 }) })
  const late = await publish(PASS, { comment: target({ runId: 199 }) })
  expect(late.notices).toEqual(['The comment on #7 is by a newer run and was left as it is.'])
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
  const told = await publish(leaky, { redact: (text) => text.replaceAll(secret, '***') })
  expect(JSON.stringify([told, github.comments[1]])).not.toContain(secret)
})
