import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { meanRequest, sentAtPeak } from '../../../src/fargate/setup/bandwidth.ts'
import { ROOM_SIZES, roomOf, shareOut, workerRate, workersFor } from '../../../src/fargate/setup/workers.ts'
import { mixedPlan } from '../../plan/mixed.ts'
import { onePlan, requestStep } from '../../support/plans.ts'

const rate = (level: number, limit = 100_000) =>
  onePlan({ port: 1, steps: [requestStep(), requestStep()], level, connections: { limit } })
const users = (level: number) =>
  onePlan({ port: 1, steps: [requestStep()], model: 'closed', level, connections: { use: 'per-user', limit: 50_000 } })
const auto = { given: 'auto', cpu: 1_024 } as const

const upload = (level: number) =>
  onePlan({
    port: 1,
    steps: [requestStep({ method: 'PUT', body: { type: 'text/plain', content: ['x'.repeat(1_000_000)] } })],
    level,
  })
const { rate: ONE, users: USERS, bandwidth: LINK } = roomOf(1_024)

// Two requests an arrival.
test.each([
  [10, 1],
  [ONE / 2, 1],
  [ONE / 2 + 1, 2],
  [5 * ONE, 10],
  [10_000_000, 1_000],
])('%s arrivals/s take %s workers', (level, count) => {
  expect(workersFor(rate(level), auto).count).toBe(count)
})

test('the reason is said, and what it would take', () => {
  const [all, each] = [10 * ONE, ONE].map((requests) => `${requests.toLocaleString('en-US')} requests/s`)
  expect(workersFor(rate(5 * ONE), auto).why).toBe(`${all}, ${each} from each worker`)
  expect(workersFor(rate(5 * ONE, 4), auto)).toEqual({
    count: 4,
    why: `${all}, ${each} from each worker; it would take 10`,
  })
})

test('users, bandwidth, what was measured, and what was given', () => {
  expect(workersFor(users(2 * USERS + 1), auto).count).toBe(3)
  expect(workersFor(users(2 * USERS), auto).why).toMatch(/^[\d,]+ users, [\d,]+ on each worker$/)
  expect(workersFor(users(2), auto).count).toBe(1)
  // A megabyte each, and the headers around it.
  const megabytes = LINK / 1_000_000
  expect(workersFor(upload(3 * megabytes), auto)).toEqual({
    count: 4,
    why: `${3 * megabytes + 1} MB/s, ${megabytes} MB/s through each worker`,
  })
  expect(workersFor(upload(megabytes / 2), auto).count).toBe(1)
  expect(workersFor(rate(1_000), { ...auto, rate: 500 })).toEqual({
    count: 4,
    why: '2,000 requests/s, 500 requests/s from each worker, as `fargate-worker-rate` says',
  })
  expect(workersFor(users(USERS), { ...auto, rate: ONE / 3 }).count).toBe(3)
  expect(workersFor(rate(1_000), { given: 7, cpu: 256, rate: 1 })).toEqual({
    count: 7,
    why: 'as `fargate-workers` says',
  })
})

test('what a core was measured to send is scaled as the table is, and never upwards', () => {
  const ofCore = roomOf(2_048).rate
  for (const cpu of ROOM_SIZES) {
    const { rate: own } = roomOf(cpu)
    expect(workerRate(cpu, ofCore)).toBeLessThanOrEqual(own)
    expect(workerRate(cpu, ofCore)).toBeGreaterThan(0.9 * own)
  }
  expect(workerRate(2_048, 12_999)).toBe(12_000)
  expect(workerRate(16_384, 12_999)).toBe(12_000)
  expect(workerRate(2_048, 3.19)).toBe(3.1)
  // A binary fraction below 290.
  expect(workerRate(2_048, 290)).toBe(290)
})

test('the table of the manual is the one that is used', () => {
  const manual = readFileSync(join(import.meta.dirname, '../../../docs/fargate.md'), 'utf8')
  for (const cpu of ROOM_SIZES) {
    const { rate: own, users: most, bandwidth } = roomOf(cpu)
    const [shownRate, shownUsers] = [own, most].map((value) => value.toLocaleString('en-US'))
    expect(manual).toMatch(
      new RegExp(`^\\| ${cpu / 1_024}\\b[^|]*\\| ${shownRate} \\| ${shownUsers} \\| ${bandwidth / 1e6} MB/s \\|$`, 'm'),
    )
  }
})

test('a larger worker never sends less, and beyond two vCPUs no more', () => {
  const rates = [256, 512, 1_024, 2_048, 4_096, 16_384].map((cpu) => roomOf(cpu).rate)
  expect(rates).toEqual([...rates].sort((a, b) => a - b))
  expect(roomOf(16_384)).toEqual(roomOf(2_048))
})

test.each([
  [10, [1], [10]],
  [10, [1, 1], [5, 5]],
  [10, [2, 1], [7, 3]],
  [1, [1, 1, 1], [1, 0, 0]],
  [5, [3, 3, 4], [2, 1, 2]],
])('%s workers by %j', (count, shares, wanted) => {
  expect(
    shareOut(
      count,
      shares.map((share) => ({ share })),
    ),
  ).toEqual(wanted)
})

test('no worker is lost in the division, and none is more than one off its share', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000 }),
      fc.array(fc.integer({ min: 1, max: 999 }), { minLength: 1, maxLength: 16 }),
      (count, shares) => {
        const out = shareOut(
          count,
          shares.map((share) => ({ share })),
        )
        const weight = shares.reduce((sum, share) => sum + share, 0)
        expect(out.reduce((sum, each) => sum + each, 0)).toBe(count)
        out.forEach((each, at) => {
          expect(Math.abs(each - (count * shares[at]!) / weight)).toBeLessThan(1)
        })
      },
    ),
  )
})

test('what leaves the workers is the requests, not the answers', () => {
  const body = { type: 'text/plain', content: ['x'.repeat(1_000)] }
  const small = onePlan({ port: 1, steps: [requestStep()], level: 100 })
  const large = onePlan({ port: 1, steps: [requestStep({ method: 'POST', body })], level: 100 })
  expect(meanRequest(large) - meanRequest(small)).toBe(1_001)
  expect(sentAtPeak(large)).toBe(100 * meanRequest(large))
  expect(sentAtPeak(users(10))).toBeUndefined()
})

test('arrivals and users at once take workers for both', () => {
  const both = mixedPlan(ONE / 2, 2 * USERS)
  expect(workersFor(both, auto)).toMatchObject({
    count: 3,
    why: expect.stringMatching(/requests\/s.* each worker; and .* users/),
  })
  expect(sentAtPeak(both)).toBe(ONE * meanRequest(both))
})
