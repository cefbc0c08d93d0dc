import { expect, test } from '@jest/globals'
import { renderSizing, renderUnsized } from '../../src/report/sizing.ts'
import type { RateNeed, Sizing, UserNeed } from '../../src/sizing/size-load.ts'

const sizing = (need: RateNeed | UserNeed, changes: Partial<Sizing> = {}): Sizing => ({
  machine: { cores: 4, shared: true, cpu: 'AMD EPYC' },
  threads: 1,
  mostThreads: 2,
  cost: { perRequest: 61.234, atFullLoad: 22, requests: 7_648, took: 1_200 },
  perThread: 6_532,
  need,
  ...changes,
})
const rate = (changes: Partial<RateNeed>): RateNeed => ({
  peak: 200,
  fits: 'as-is',
  threads: 1,
  share: 0.0123,
  ceiling: 77_300,
  ...changes,
})
const users = (changes: Partial<UserNeed>): UserNeed => ({
  users: 50,
  fastest: undefined,
  answersFrom: 7.65,
  ports: 25_000,
  ...changes,
})
/** The verdict, and from where on it is another. */
const verdict = (need: RateNeed | UserNeed, changes?: Partial<Sizing>) =>
  renderSizing(sizing(need, changes)).split('\n').slice(-2)

test('what was measured, what follows from it, and whether it is enough', () => {
  expect(renderSizing(sizing(rate({}))).split('\n')).toEqual([
    'A request costs about 61 µs of CPU (mean of 7,648; long answers, TLS and HTTP/2 cost more).',
    'One thread sends up to 6,500 requests/s, at 40 % of a core, without showing in the response times.',
    'This machine has 4 cores (AMD EPYC) and room for 2 threads, which leaves the rest to the target.',
    '',
    'The peak of 200 requests/s takes 1 thread at about 1.2 % of a core: this machine can send it.',
    'Beyond 13,000 requests/s, one machine like this is not enough.',
  ])
  const alone = { machine: { cores: 1, shared: false, cpu: 'AMD EPYC' }, mostThreads: 1 }
  expect(renderSizing(sizing(rate({}), alone))).toContain(
    '1 core (AMD EPYC) and room for 1 thread, which leaves the rest to the system.',
  )
})

test.each<[RateNeed, string]>([
  [rate({ share: 0.004 }), 'takes 1 thread at less than 1 % of a core: this machine can send it.'],
  [
    rate({ peak: 9_012.5, fits: 'threads', threads: 2, share: 0.28 }),
    'The peak of 9,012.5 requests/s takes 2 threads at about 28 % of a core each: this machine can send it, with `--threads 2`.',
  ],
  [
    rate({ peak: 20_000, fits: 'seen', threads: 2, share: 1.2 }),
    'The peak of 20,000 requests/s is more than that: this machine may send it, but may show in the response times, or make the run invalid. Lower the peak, or use a larger machine.',
  ],
  [
    rate({ peak: 80_000, fits: 'beyond', threads: 2, share: 4.8 }),
    'This machine cannot send it: the peak is 80,000 requests/s, and at about 77,000 requests/s 2 threads can do no more. Lower the peak, or use a larger machine.',
  ],
])('arrivals: %#', (need, words) => {
  expect(verdict(need)[0]).toContain(words)
})

test('users', () => {
  expect(verdict(users({ fastest: 58.3, answersFrom: 0 }))).toEqual([
    '50 users on 1 thread send at most 58 requests/s, however fast the answers are, at less than 1 % of a core: this machine can send it.',
    'Beyond 25,000 users or 13,000 requests/s, one machine like this is not enough.',
  ])
  const slow =
    '50 users on 1 thread send as many requests as the answers let them: this machine can send it where an answer takes 7.7 ms or more on average.'
  expect(verdict(users({}), { mostThreads: 1 })[0]).toBe(slow)
  expect(verdict(users({}))[0]).toBe(`${slow} With faster ones, more \`--threads\` help, up to 2.`)
  expect(verdict(users({ ports: undefined }))[1]).toBe('Beyond 13,000 requests/s, one machine like this is not enough.')
})

test('without a measurement it says why, and what a run does', () => {
  expect(renderUnsized(2, 'nothing listens')).toBe(
    'Whether this machine can send it is not known: nothing listens. A run takes 2 threads.',
  )
})

test('with redirects, the most that there may be have a verdict of their own', () => {
  const redirected = rate({ peak: 2_200, share: 0.1348 })
  expect(
    renderSizing(sizing(rate({}), { redirected }))
      .split('\n')
      .slice(4, 6),
  ).toEqual([
    'The peak of 200 requests/s takes 1 thread at about 1.2 % of a core: this machine can send it.',
    'With 10 redirects to each request that follows them: The peak of 2,200 requests/s takes 1 thread at about 13 % of a core: this machine can send it.',
  ])
})
