import { once } from 'node:events'
import { expect, test } from '@jest/globals'
import { LoadgateError } from '../../src/errors.ts'
import { failureOf, PATIENCE, realWaiting, signalWithin, withRetry } from '../../src/github/retry.ts'
import { manualWaiting } from '../support/manual-waiting.ts'

/** As octokit throws: status, and the response unless there was none. */
function answered(status: number, headers: Readonly<Record<string, string>> = {}, data: unknown = {}): Error {
  return Object.assign(new Error('from octokit'), { status, response: { headers, data } })
}
const broken = Object.assign(new Error('read ECONNRESET'), { status: 500 })

async function tries(...failures: readonly unknown[]) {
  const waiting = manualWaiting()
  let calls = 0
  const call = async () => {
    const failure = failures[calls++]
    if (failure !== undefined) throw failure
    return 'answer'
  }
  const result = await withRetry(call, { waiting, until: PATIENCE }).catch((error: unknown) => error)
  return { result, calls, pauses: waiting.pauses }
}

test('what passes is tried again, each time after twice the pause', async () => {
  const failures = [answered(502), broken, new LoadgateError('infrastructure', 'half an answer')]
  expect(await tries(...failures)).toEqual({ result: 'answer', calls: 4, pauses: [1_000, 2_000, 4_000] })
})

test('four tries and no more; the last failure is thrown', async () => {
  const last = answered(503)
  expect(await tries(answered(500), answered(501), answered(502), last, undefined)).toEqual({
    result: last,
    calls: 4,
    pauses: [1_000, 2_000, 4_000],
  })
})

test.each([400, 401, 403, 404, 409, 410, 422])('%i is an answer and is not asked for again', async (status) => {
  expect(await tries(answered(status))).toMatchObject({ calls: 1, pauses: [] })
})

test('a mistake of ours is not tried again', async () => {
  expect(await tries(new TypeError('x is not a function'))).toMatchObject({ calls: 1 })
  expect(failureOf('text')).toEqual({ kind: 'unexpected' })
  expect(failureOf(new LoadgateError('usage', 'no'))).toEqual({ kind: 'unexpected' })
})

const NOW = 'Wed, 21 Oct 2026 07:28:00 GMT'
const reset = (seconds: number) => String(Date.parse(NOW) / 1_000 + seconds)
test.each([
  ['retry-after', 403, { 'retry-after': '7' }, 7_000],
  ['retry-after of 429', 429, { 'retry-after': '7' }, 7_000],
  ['retry-after that is no number', 429, { 'retry-after': 'soon' }, 60_000],
  ['a negative retry-after', 429, { 'retry-after': '-5' }, 60_000],
  [
    'the reset, by the clock of GitHub',
    403,
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset(20), date: NOW },
    21_000,
  ],
  ['a reset that is past', 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset(-9), date: NOW }, 1_000],
  ['no reset', 403, { 'x-ratelimit-remaining': '0' }, 60_000],
  ['nothing but 429', 429, {}, 60_000],
])('a limit with %s is waited for', async (_, status, headers, pause) => {
  expect(await tries(answered(status, headers))).toEqual({ result: 'answer', calls: 2, pauses: [pause] })
})

test('403 with requests left is a refusal, 403 that speaks of a limit is a limit', async () => {
  expect(failureOf(answered(403, { 'x-ratelimit-remaining': '12' })).kind).toBe('refused')
  const said = { message: 'You have exceeded a secondary rate limit.' }
  expect(failureOf(answered(403, {}, said))).toEqual({ kind: 'limited', pause: 60_000 })
})

test.each([['3600'], ['99999999999999'], ['91']])('a limit of %s s is longer than anybody waits', async (seconds) => {
  expect(await tries(answered(403, { 'retry-after': seconds }))).toMatchObject({ calls: 1, pauses: [] })
})

test('all pauses together stay within the patience', async () => {
  const slow = answered(429, { 'retry-after': '40' })
  expect(await tries(slow, slow, slow, slow)).toMatchObject({ result: slow, calls: 3, pauses: [40_000, 40_000] })
})

test("GraphQL's errors come with 200", () => {
  const graphql = (type: string) => Object.assign(new Error('x'), { errors: [{ type, message: 'No.' }], response: {} })
  expect(failureOf(graphql('FORBIDDEN'))).toEqual({ kind: 'refused', status: 403, said: 'No.' })
  expect(failureOf(graphql('RATE_LIMITED')).kind).toBe('limited')
})

test('what GitHub said is one short line, and no page of HTML', () => {
  const said = (data: unknown) => failureOf(answered(422, {}, data))
  expect(said({ message: `a\n::error::b\u0007${'x'.repeat(500)}` })).toEqual({
    kind: 'refused',
    status: 422,
    said: `a ::error::b ${'x'.repeat(187)}`,
  })
  expect(said('<html>Unicorn</html>')).toEqual({ kind: 'refused', status: 422, said: '' })
})

test('a cancelled job waits no longer, also when it is cancelled while it waits', async () => {
  const over = new AbortController()
  let calls = 0
  const call = async () => {
    if (++calls === 2) setTimeout(() => over.abort(), 20)
    throw answered(429, { 'retry-after': calls === 1 ? '0' : '60' })
  }
  const retrying = { waiting: realWaiting, until: realWaiting.now() + PATIENCE, signal: over.signal }
  await expect(withRetry(call, retrying)).rejects.toThrow('from octokit')
  await expect(withRetry(call, retrying)).rejects.toThrow('from octokit')
  expect(calls).toBe(3)
})

test('a call ends with its own limit, with the patience of all of them, or with the job', async () => {
  const [waiting, over] = [{ ...realWaiting, now: () => 1_000.5 }, new AbortController()]
  const inTime = signalWithin(60_000, { waiting, until: 61_000, signal: over.signal })
  expect(inTime.aborted).toBe(false)
  over.abort(new Error('enough'))
  expect(inTime.reason).toEqual(new Error('enough'))
  for (const [limit, until] of [
    [20, 61_000],
    [60_000, 1_020.7],
    [60_000, 900],
  ] as const) {
    const late = signalWithin(limit, { waiting, until })
    if (!late.aborted) await once(late, 'abort')
    expect(late.reason).toMatchObject({ name: 'TimeoutError' })
  }
})
