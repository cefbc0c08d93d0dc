// A check run is open from before the load on, and whatever happens it is ended.
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { type OpenCheck, openCheck } from '../../src/publish/check-run.ts'
import { type CheckEnd, checksOf } from '../../src/publish/checks.ts'
import { FAIL, HUGE, INCONCLUSIVE, INVALID, PASS } from '../report/reports.ts'
import { REPOSITORY } from '../support/github-answers.ts'
import type { Fault } from '../support/github-contract.ts'
import { GitHubTracker } from '../support/github-tracker.ts'
import { manualWaiting } from '../support/manual-waiting.ts'

const HEAD = 'b'.repeat(40)
const ABOUT = { name: 'Loadgate (loadgate.yml)', key: 'loadgate-100.1' }

let github: GitHubTracker
let left: (CheckEnd | undefined)[]
beforeAll(async () => {
  github = await GitHubTracker.start({
    workflow: { login: 'github-actions', kind: 'actions', write: true },
    reader: { login: 'github-actions', kind: 'actions', write: false },
  })
})
beforeEach(() => {
  github.reset()
  left = []
})
afterAll(() => github.contract.close())

const checks = (token = 'workflow') => checksOf(REPOSITORY, HEAD, { token, apiUrl: github.contract.url })

function open({
  token = 'workflow',
  onInconclusive = 'warn' as 'warn' | 'fail',
  signal = new AbortController().signal,
} = {}) {
  const url = 'https://github.com/octo-org/shop/actions/runs/100'
  const onLeft = (end: CheckEnd | undefined) => void left.push(end)
  return openCheck(checks(token), { ...ABOUT, url, onInconclusive, signal, onLeft }, manualWaiting())
}

async function opened(options = {}): Promise<OpenCheck> {
  const check = await open(options)
  if (typeof check === 'string') throw new Error(check)
  return check
}

test('it is open before anything else', async () => {
  await opened()
  expect(github.checks).toMatchObject([
    { name: ABOUT.name, commit: HEAD, key: ABOUT.key, status: 'in_progress', conclusion: null },
  ])
  // Should the process be killed now, or while it asked.
  expect(left).toMatchObject([{ conclusion: 'cancelled' }])
  expect(github.contract.violations).toEqual([])
})

test.each([
  ['pass', PASS, 'warn', 'success'],
  ['fail', FAIL, 'warn', 'failure'],
  ['invalid', INVALID, 'warn', 'failure'],
  ['inconclusive', INCONCLUSIVE, 'warn', 'neutral'],
  ['inconclusive, which fails here', INCONCLUSIVE, 'fail', 'failure'],
] as const)('%s', async (_, report, onInconclusive, conclusion) => {
  const check = await opened({ onInconclusive })
  expect(await check.publisher.publish(report)).toEqual({ commentUrl: undefined, notices: [] })
  expect(github.checks).toMatchObject([{ status: 'completed', conclusion }])
  expect(github.checks[0]?.title).toContain(`${report.verdict.outcome}: ${report.verdict.reason.slice(0, 20)}`)
  expect(github.checks[0]?.summary).toContain(`Loadgate: ${report.verdict.outcome}`)
  // There is nothing left, for the end of the process nor for the post step.
  expect([left.at(-1), await check.end('cancelled')]).toEqual([undefined, undefined])
  expect(github.contract.calls('checks/update')).toBe(1)
  expect(github.contract.violations).toEqual([])
})

test('a run that is cancelled, or fails, ends it', async () => {
  expect(await (await opened()).end('cancelled')).toBeUndefined()
  expect(await (await opened()).end({ failed: 'loadgate.yml:3:1\u0000 is "odd"' })).toBeUndefined()
  expect(github.checks).toMatchObject([
    { status: 'completed', conclusion: 'cancelled', title: 'Cancelled' },
    { status: 'completed', conclusion: 'failure', title: 'loadgate.yml:3:1 is "odd"' },
  ])
})

test('a report of thousands of steps fits', async () => {
  await (await opened()).publisher.publish(HUGE)
  expect(github.checks[0]?.summary?.length).toBeLessThanOrEqual(65_535)
  expect(github.contract.violations).toEqual([])
})

const PASSING: readonly Omit<Fault, 'call' | 'times'>[] = [
  { kind: 'status', status: 502 },
  { kind: 'reset' },
  { kind: 'html', status: 200 },
  { kind: 'torn' },
  { kind: 'lost' },
  { kind: 'lost-html' },
]

test.each(PASSING)('a hiccup at its opening leaves one: %j', async (fault) => {
  github.contract.inject({ call: 'checks/create', times: 1, ...fault })
  const check = await opened()
  expect(github.checks).toHaveLength(1)
  await check.publisher.publish(PASS)
  expect(github.checks).toMatchObject([{ conclusion: 'success' }])
})

test.each(PASSING)('a hiccup at its end leaves none open: %j', async (fault) => {
  const check = await opened()
  github.contract.inject({ call: 'checks/update', times: 1, ...fault })
  expect((await check.publisher.publish(FAIL)).notices).toEqual([])
  expect(github.checks).toMatchObject([{ status: 'completed', conclusion: 'failure' }])
})

test('without the right to it there is one notice, and nothing is left to do', async () => {
  expect(await open({ token: 'reader' })).toMatch(
    /^The check run was not posted: GitHub answered 403.*`permissions: checks: write`\.$/,
  )
  expect([left.at(-1), github.contract.calls('checks/create')]).toEqual([undefined, 1])
})

test('where nobody knows whether it was opened, the post step is to look', async () => {
  github.contract.inject({ call: 'checks/create', times: 99, kind: 'lost' })
  github.contract.inject({ call: 'checks/list-for-ref', times: 99, kind: 'status', status: 500 })
  expect(await open()).toMatch(/^The check run was not posted/)
  expect(left.at(-1)).toMatchObject({ conclusion: 'cancelled' })
  github.contract.inject()
  expect(github.checks.length).toBeGreaterThan(0)
})

test('a verdict that GitHub did not take is what it is ended with later', async () => {
  const check = await opened()
  github.contract.inject({ call: 'checks/update', times: 5, kind: 'status', status: 500 })
  const { notices } = await check.publisher.publish(FAIL)
  expect(notices).toEqual([expect.stringMatching(/^The verdict in the check run was not posted: GitHub answered 500/)])
  expect(await check.end('cancelled')).toMatch(/^The end of the check run was not posted/)
  expect(left.at(-1)).toMatchObject({ conclusion: 'failure', title: expect.stringMatching(/^fail: errors of/) })
  expect(JSON.stringify(left.at(-1)).length).toBeLessThan(1_000)
  expect(await check.end('cancelled')).toBeUndefined()
  expect(github.checks).toMatchObject([{ conclusion: 'failure' }])
})

test('it is found again by its name and its run, as long as it is open', async () => {
  const check = await opened()
  expect(await checks().find(ABOUT)).toBe(github.checks[0]?.id)
  expect(await checks().find({ ...ABOUT, key: 'loadgate-99.1' })).toBeUndefined()
  expect(await checks().find({ ...ABOUT, name: 'Loadgate (other.yml)' })).toBeUndefined()
  await check.end('cancelled')
  expect(await checks().find(ABOUT)).toBeUndefined()
})
