import { expect, test } from '@jest/globals'
import { planLoad } from '../../src/plan/plan-load.ts'
import { sizeLoad } from '../../src/sizing/size-load.ts'
import { mixedPlan } from '../plan/mixed.ts'
import { profile, request, scenario } from '../plan/profiles.ts'

const two = [scenario('a', 1, request(['/1']), request(['/2']))]
const thinking = [scenario('a', 1, request(['/1']), { kind: 'think', from: 1_000, to: 3_000 }, request(['/2']))]

function size(
  model: 'open' | 'closed',
  level: number,
  { cores = 4, shared = false, perRequest = 100, scenarios = two } = {},
) {
  const shape = { kind: 'stages', stages: [{ from: 1, to: level, over: 1_000 }] } as const
  const plan = planLoad(profile({ load: { model, warmUp: 0, shape }, scenarios }), { data: {} })
  return sizeLoad(
    plan,
    { cores, shared, cpu: 'a processor' },
    { perRequest, atFullLoad: 25, requests: 5_000, took: 1_000 },
  )
}

test('a thread sends what keeps it busy for 40 % of a core', () => {
  expect(size('open', 10)).toMatchObject({ perThread: 4_000, threads: 1, mostThreads: 3 })
  expect(size('open', 10, { perRequest: 16 })).toMatchObject({ perThread: 25_000 })
})

test.each([
  ['it fits', 1_000, {}, { peak: 2_000, fits: 'as-is', threads: 1 }, 0.2],
  ['up to the very bound', 2_000, {}, { fits: 'as-is', threads: 1 }, 0.4],
  ['with more threads than a run chooses by itself', 2_400, {}, { peak: 4_800, fits: 'threads', threads: 2 }, 0.24],
  ['with the last of them', 2_400, { cores: 3 }, { fits: 'threads', threads: 2 }, 0.24],
  ['with all that there are', 6_000, {}, { fits: 'as-is', threads: 3 }, 0.4],
  ['only so that it shows', 9_000, {}, { peak: 18_000, fits: 'seen', threads: 3 }, 0.6],
  ['as long as full load leaves time', 51_000, {}, { peak: 102_000, fits: 'seen', ceiling: 102_000 }, 3.4],
  ['and then not at all', 51_001, {}, { fits: 'beyond', threads: 3 }, 3.400067],
  ['beside the target there are fewer', 4_500, { shared: true }, { fits: 'seen', threads: 2 }, 0.45],
  ['on one core there is one', 2_400, { cores: 1 }, { fits: 'seen', threads: 1 }, 0.48],
] as const)('arrivals: %s', (_, level, machine, need, share) => {
  const sized = size('open', level, machine)
  expect(sized.need).toMatchObject(need)
  expect(sized.need).toHaveProperty('share', expect.closeTo(share, 5))
})

test('users who think send no more than their pauses let them, and fit whatever the answers take', () => {
  // 100 users with a request per second of pause each.
  expect(size('closed', 100, { scenarios: thinking }).need).toEqual({
    users: 100,
    fastest: 100,
    answersFrom: 0,
    ports: 25_000,
  })
})

test('answers that come side by side are one wait, and need several of a machine’s ports', () => {
  const beside = Array.from({ length: 8 }, (_, n) => request([`/${n}`], { also: true }))
  const pages = [scenario('a', 1, request(['/']), ...beside)]
  // At 4,000/s, 40 users with 9 requests each come round once in 90 ms: the page, and one and a third of six at a time.
  expect(size('closed', 40, { scenarios: pages }).need).toMatchObject({
    answersFrom: expect.closeTo(90 / (1 + 8 / 6)),
    ports: 4_166,
  })
})

test('of others the answers decide from when on they do', () => {
  // At 4,000/s, 40 users come round once in 10 ms.
  expect(size('closed', 40).need).toMatchObject({ fastest: undefined, answersFrom: 10 })
  expect(size('closed', 6_000, { cores: 2, scenarios: thinking }).need).toMatchObject({
    fastest: 6_000,
    answersFrom: 500,
  })
})

test('redirects that are followed are more requests, and more answers to wait for', () => {
  const following = [scenario('a', 1, request(['/1']), request(['/2'], { redirects: 'follow' }))]
  const sized = size('open', 1_000, { scenarios: following })
  expect(sized.need).toMatchObject({ peak: 2_000, fits: 'as-is' })
  expect(sized.redirected).toMatchObject({ peak: 12_000, fits: 'threads', threads: 3 })
  expect(size('open', 1_000).redirected).toBeUndefined()
  // 6 times as many for each to send, and to wait for: an answer may be as fast as without.
  expect(size('closed', 40, { scenarios: following }).need).toMatchObject({ answersFrom: 10 })
  const idle = [scenario('a', 1, request(['/1'], { redirects: 'follow' }), { kind: 'think', from: 1_000, to: 1_000 })]
  expect(size('closed', 100, { scenarios: idle }).need).toMatchObject({ fastest: 1_100 })
})

test('users beside arrivals have what these leave', () => {
  const cost = { perRequest: 100, atFullLoad: 25, requests: 5_000, took: 1_000 }
  const sized = sizeLoad(mixedPlan(500, 10_000), { cores: 2, shared: false, cpu: 'a processor' }, cost)
  expect(sized).toMatchObject({
    threads: 1,
    need: { peak: 1_000, fits: 'as-is' },
    // A second of thinking each; of 4,000/s the arrivals take 1,000.
    beside: { users: 10_000, fastest: 10_000 },
  })
  expect(sized.beside?.answersFrom).toBeCloseTo((10_000 / 3_000) * 1_000 - 1_000, 6)
})
