import { expect, test } from '@jest/globals'
import { knownBounds } from '../../src/compare/known-percentiles.ts'
import type { Scope } from '../../src/compare/scope.ts'
import { quantileRanks } from '../../src/compare/statistics.ts'
import { normal, seeded } from '../baseline/made-run.ts'

const PERCENTS = [50, 66, 75, 80, 90, 94, 95, 96, 99, 99.9, 100]
/** Times of any shape, also of two kinds of requests with nothing between them, which no curve between percentiles follows. */
function made(seed: number) {
  const random = seeded(seed)
  const gauss = normal(random)
  const slow = 0.2 * random()
  const count = Math.floor(20 + 5_000 * random() ** 2)
  return Array.from({ length: count }, () => (random() < slow ? 800 : 20) * Math.exp(0.3 * gauss()))
}

const scopeOf = (succeeded: number, failed: number) => ({ succeeded, failed }) as Scope
const pointsOf = (times: readonly number[], percents: readonly number[]) => {
  const sorted = [...times].sort((a, b) => a - b)
  return percents.map((percent) => ({
    percent,
    us: 1_000 * sorted[Math.ceil((percent / 100) * sorted.length) - 1]!,
    error: 0,
  }))
}

/** By all samples. */
function boundsOf(times: readonly number[]) {
  const sorted = [...times].sort((a, b) => a - b)
  const { low, high } = quantileRanks(sorted.length, 0.95, 0.05)
  const at = (rank: number) => (rank > sorted.length ? undefined : 1_000 * sorted[rank - 1]!)
  return { low: low < 1 ? 0 : at(low)!, high: at(high) }
}

test('whatever the times are, the bounds by a few percentiles hold those by all samples', () => {
  let bounded = 0
  for (let seed = 1; seed <= 150; seed++) {
    const times = made(seed)
    const percents = PERCENTS.filter((_, at) => (seed >> (at % 5)) % 2 === 0 || at === 6)
    const known = { count: times.length, points: pointsOf(times, percents) }
    const exact = boundsOf(times)
    const { low, high } = knownBounds(scopeOf(times.length, 0), known, 0.95, 0.05)
    expect(low).toBeLessThanOrEqual(exact.low)
    if (exact.high === undefined) expect(high).toBeUndefined()
    if (high !== undefined) expect(high).toBeGreaterThanOrEqual(exact.high!)
    if (high !== undefined && low > 0) bounded++
  }
  expect(bounded).toBeGreaterThan(50)
})

test('failures among the times, quick or slow, do not make the bounds of the successes too narrow', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const times = made(seed)
    const failures = Array.from({ length: Math.floor((times.length * (seed % 7)) / 40) }, () =>
      seed % 2 ? 0.5 : 60_000,
    )
    const all = [...times, ...failures]
    const known = { count: all.length, points: pointsOf(all, PERCENTS) }
    const exact = boundsOf(times)
    const { low, high } = knownBounds(scopeOf(times.length, failures.length), known, 0.95, 0.05)
    expect(low).toBeLessThanOrEqual(exact.low)
    if (high !== undefined) expect(high).toBeGreaterThanOrEqual(exact.high!)
  }
})

test('percentiles close by bound as well as samples do', () => {
  const times = Array.from({ length: 100_000 }, (_, n) => 100 * Math.exp((0.4 * ((n * 7919) % 100_000)) / 50_000))
  const points = pointsOf(times, [94, 95, 96])
  const { low, high } = knownBounds(scopeOf(times.length, 0), { count: times.length, points }, 0.95, 0.05)
  expect([low, high]).toEqual([points[0]!.us, points[2]!.us])
  expect(high! / low).toBeLessThan(1.02)
})
