import { expect, test } from '@jest/globals'
import { type Attempt, findRate, tryRate } from '../../src/sizing/find-rate.ts'
import { UNSEEN } from '../../src/sizing/size-load.ts'
import { startStandIn } from '../../src/sizing/stand-in.ts'
import { countingServer } from '../executor/counting-server.ts'
import { fullPlan } from './profiles.ts'

const NEVER = new AbortController().signal

/** Lets one expect 8,000 requests/s. */
const measure = async () => ({ perRequest: (UNSEEN * 1_000_000) / 8_000, atFullLoad: 20, requests: 5_000, took: 1_200 })

/** Says of each attempt in turn what was wrong with it, and of those behind the last that it was sound. */
const scripted = (...reasons: readonly string[]) => {
  const tried: number[] = []
  const attemptAt: typeof tryRate = async ({ rate }) => {
    const unfit = reasons[tried.length]
    tried.push(rate)
    return { rate, cpu: 0.4, unfit }
  }
  return { tried, attemptAt }
}

test('the first sound rate is taken, at or below what the cost lets one expect, and each is told of', async () => {
  await using target = await countingServer()
  const { tried, attemptAt } = scripted('held up', 'late')
  const told: [number, Attempt | undefined][] = []
  const onAttempt = (...attempt: [number, Attempt | undefined]) => void told.push(attempt)
  const found = await findRate(fullPlan(target.origin), { signal: NEVER, onAttempt }, { measure, attemptAt })
  if ('unmeasured' in found) throw new Error(found.unmeasured)
  expect(tried).toEqual([8_000, 8_000, 6_400].map((rate) => expect.closeTo(rate, 3)))
  expect(found.rate).toBe(tried[2])
  expect(found.attempts.map(({ unfit }) => unfit)).toEqual(['held up', 'late', undefined])
  expect(told).toEqual(
    found.attempts.flatMap((attempt) => [
      [attempt.rate, undefined],
      [attempt.rate, attempt],
    ]),
  )
  expect(target.requests).toBe(0)
})

test('where none is sound, the last reason is told', async () => {
  const { tried, attemptAt } = scripted('a', 'b', 'c', 'd', 'e', 'f')
  const watch = { signal: NEVER, onAttempt: () => {} }
  expect(await findRate(fullPlan('http://127.0.0.1:1'), watch, { measure, attemptAt })).toEqual({
    unmeasured: 'no load was sound: e',
  })
  expect(tried).toHaveLength(5)
})

test('an attempt asks the stand-in alone, for the warm-up and the measured seconds, and is judged as a run is', async () => {
  await using target = await countingServer()
  const plan = fullPlan(target.origin)
  const standIn = await startStandIn(plan, NEVER)
  try {
    const attempt = await tryRate({ plan, origin: standIn.origin, rate: 40, signal: NEVER })
    // Whether this machine was at rest is not asked; that the counts add up is.
    expect(attempt.unfit ?? '').toMatch(/^$|generator|Requests left|kept back/)
    expect(attempt).toMatchObject({ rate: 40, cpu: expect.any(Number) })
    expect(standIn.asked).toBeGreaterThan(100)
    expect(standIn.asked).toBeLessThan(180)
  } finally {
    await standIn.close()
  }
  expect(target.requests).toBe(0)
})

test('where nobody answers, that is what was wrong', async () => {
  const attempt = await tryRate({
    plan: fullPlan('http://127.0.0.1:1'),
    origin: 'http://127.0.0.1:1',
    rate: 10,
    signal: NEVER,
  })
  // Or that this machine was not at rest, which is looked at first.
  expect(attempt.unfit).toMatch(/answer|reached|contact|generator|kept back/)
})

test('it ends when it is stopped, in an attempt or before', async () => {
  const stop = new AbortController()
  const watch = { signal: stop.signal, onAttempt: () => stop.abort() }
  const stopped = { unmeasured: 'it was stopped before its end' }
  expect(await findRate(fullPlan('http://127.0.0.1:1'), watch, { measure })).toEqual(stopped)
  expect(await findRate(fullPlan('http://127.0.0.1:1'), watch)).toEqual(stopped)
})

test('where the cost is not known, nothing is tried', async () => {
  const { tried, attemptAt } = scripted()
  const unmeasured = { unmeasured: 'only 3 requests came back in time' }
  const watch = { signal: NEVER, onAttempt: () => {} }
  const doors = { measure: async () => unmeasured, attemptAt }
  expect([await findRate(fullPlan('http://127.0.0.1:1'), watch, doors), tried]).toEqual([unmeasured, []])
})
