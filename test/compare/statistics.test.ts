import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  binomialAtMost,
  fisherAbove,
  incompleteBeta,
  logGamma,
  studentAbove,
  studentQuantile,
} from '../../src/compare/distributions.ts'
import {
  holm,
  logChange,
  meanError,
  median,
  newcombe,
  quantileBounds,
  samplesToBound,
  wilson,
  windowNoise,
} from '../../src/compare/statistics.ts'
import { Histogram } from '../../src/histogram.ts'
import { histogram, normal, seeded } from '../baseline/made-run.ts'

// --- slow and obvious oracles ---------------------------------------------------------------------------------------

/** ln n! by adding logarithms. */
const logFactorials = [0]
function logFactorial(n: number): number {
  for (let i = logFactorials.length; i <= n; i++) logFactorials.push(logFactorials[i - 1]! + Math.log(i))
  return logFactorials[n]!
}

const choose = (n: number, k: number) => Math.exp(logFactorial(n) - logFactorial(k) - logFactorial(n - k))

function binomialByTerms(k: number, n: number, p: number): number {
  let sum = 0
  for (let i = 0; i <= k; i++) sum += choose(n, i) * p ** i * (1 - p) ** (n - i)
  return sum
}

function fisherByTerms(x: number, n: number, y: number, m: number): number {
  let sum = 0
  for (let i = x; i <= Math.min(n, x + y); i++)
    if (x + y - i <= m) sum += (choose(n, i) * choose(m, x + y - i)) / choose(n + m, x + y)
  return sum
}

/** The density of Student's T integrated by the midpoint rule. */
function studentByIntegral(t: number, freedom: number): number {
  const density = (u: number) => (1 + (u * u) / freedom) ** (-(freedom + 1) / 2)
  // u = v / (1 - v) maps the half-line onto [0, 1).
  const above = (from: number) => {
    const steps = 20_000
    let sum = 0
    for (let i = 0; i < steps; i++) {
      const v = (i + 0.5) / steps
      sum += density(from + v / (1 - v)) / (1 - v) ** 2 / steps
    }
    return sum
  }
  return above(t) / (2 * above(0))
}

// --- distributions --------------------------------------------------------------------------------------------------

test.each([
  [6, { 0.95: 1.9432, 0.986: 2.8816, 0.99: 3.1427 }],
  [9, { 0.95: 1.8331, 0.986: 2.6159, 0.99: 2.8214, 0.9976: 3.716 }],
  [15, { 0.95: 1.7531, 0.986: 2.4323, 0.99: 2.6025 }],
])('quantiles of Student with %d degrees', (freedom, quantiles) => {
  for (const [p, t] of Object.entries(quantiles)) expect(studentQuantile(Number(p), freedom)).toBeCloseTo(t, 4)
})

test('Student: the tail is the integral, and the quantile turns it round', () => {
  for (const freedom of [2, 4, 6, 7.5, 8, 40])
    for (const t of [0, 0.3, 1, 2.5, 6]) {
      expect(studentAbove(t, freedom)).toBeCloseTo(studentByIntegral(t, freedom), 6)
      expect(studentAbove(-t, freedom)).toBeCloseTo(1 - studentByIntegral(t, freedom), 6)
    }
  for (const p of [0.6, 0.95, 0.999]) expect(studentAbove(studentQuantile(p, 6), 6)).toBeCloseTo(1 - p, 12)
  expect([studentAbove(Number.POSITIVE_INFINITY, 6), studentAbove(Number.NEGATIVE_INFINITY, 6)]).toEqual([0, 1])
})

test('ln Γ is the logarithm of the factorial', () => {
  for (const n of [1, 2, 3, 10, 100, 5000]) expect(logGamma(n + 1)).toBeCloseTo(logFactorial(n), 8)
  expect(Math.exp(logGamma(0.5)) ** 2).toBeCloseTo(Math.PI, 10)
})

test('the binomial sum agrees with adding its terms', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (n, p, part) => {
        const k = Math.floor(part * n)
        expect(binomialAtMost(k, n, p)).toBeCloseTo(Math.min(1, binomialByTerms(k, n, p)), 9)
      },
    ),
  )
  expect([binomialAtMost(-1, 10, 0.5), binomialAtMost(10, 10, 0.5)]).toEqual([0, 1])
  expect(incompleteBeta(0, 2, 3)).toBe(0)
  expect(incompleteBeta(1, 2, 3)).toBe(1)
})

test('a hundred million requests are as good as ten', () => {
  // By the central limit theorem half of the sum lies at or below the mean, and 95 % within 1.645 standard deviations.
  const [n, p] = [1e8, 0.95]
  const sd = Math.sqrt(n * p * (1 - p))
  expect(binomialAtMost(n * p, n, p)).toBeCloseTo(0.5, 3)
  expect(binomialAtMost(Math.round(n * p + 1.645 * sd), n, p)).toBeCloseTo(0.95, 3)
})

test('Fisher agrees with adding the terms, and with the published numbers', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 60 }),
      fc.nat(60),
      fc.nat(60),
      (n, m, a, b) => {
        const [x, y] = [Math.min(a, n), Math.min(b, m)]
        expect(fisherAbove(x, n, y, m)).toBeCloseTo(fisherByTerms(x, n, y, m), 9)
      },
    ),
  )
  expect(fisherAbove(30, 6000, 0, 6000)).toBeCloseTo(8.981e-10, 13)
  expect(fisherAbove(8, 1500, 0, 1500)).toBeCloseTo(3.87e-3, 6)
  expect(fisherAbove(12, 6000, 3, 6000)).toBeCloseTo(1.752e-2, 5)
  expect(fisherAbove(0, 100, 0, 100)).toBe(1)
})

// --- intervals ------------------------------------------------------------------------------------------------------

test.each([
  [30, 6000, 0, 6000, 0.003633, 0.006737],
  [8, 1500, 0, 1500, 0.002392, 0.00944],
  [12, 6000, 3, 6000, 0.000439, 0.002736],
])('Newcombe: %d of %d against %d of %d', (x, n, y, m, low, high) => {
  expect(newcombe(x, n, y, m).low).toBeCloseTo(low, 6)
  expect(newcombe(x, n, y, m).high).toBeCloseTo(high, 6)
})

test('no failures on either side bound the difference by what the requests can show', () => {
  expect(newcombe(0, 3000, 0, 3000).high).toBeCloseTo(0.000901, 6)
  // 0.1 percentage points are shown from 2,710 requests on.
  expect([2700, 2710].map((n) => newcombe(0, n, 0, n).high < 0.001)).toEqual([false, true])
})

test('Wilson bounds are where the count would just not surprise', () => {
  for (const [x, n] of [
    [0, 50],
    [3, 50],
    [25, 50],
    [50, 50],
    [7, 9000],
  ] as const) {
    const { low, high } = wilson(x, n)
    // The score test at each bound: |x/n - p| = 1.645 standard errors under p.
    for (const p of [low, high].filter((p) => p > 0 && p < 1))
      expect(Math.abs(x / n - p) / Math.sqrt((p * (1 - p)) / n)).toBeCloseTo(1.644854, 5)
    expect([low <= x / n, high >= x / n]).toEqual([true, true])
  }
  expect([wilson(0, 50).low, wilson(50, 50).high]).toEqual([0, 1])
})

test('bounds of a quantile are the outermost ranks that the binomial allows', () => {
  for (const q of [0.5, 0.9, 0.95, 0.99])
    for (const n of [1, 5, 58, 59, 60, 150, 298, 299, 300]) {
      const ranks = Histogram.of(histogram(Array.from({ length: n }, (_, i) => (i + 1) / 1000)))
      const bounds = quantileBounds(ranks, q)
      let low = 0
      while (low < n && binomialByTerms(low, n, q) <= 0.05) low++
      let high = n
      while (high > 0 && 1 - binomialByTerms(high - 1, n, q) <= 0.05) high--
      // Values are ranks in microseconds; above `n` there is none.
      expect(bounds).toEqual({ low, high: high + 1 > n ? undefined : high + 1 })
    }
})

test('an upper bound exists from the count that is named', () => {
  expect([0.5, 0.9, 0.95, 0.99, 0.999].map((q) => samplesToBound(q))).toEqual([5, 29, 59, 299, 2995])
})

test('each bound of a quantile is wrong about once in twenty', () => {
  const gauss = normal(seeded(1))
  const truth = Math.exp(1.6448536)
  let above = 0
  let below = 0
  const runs = 2000
  for (let i = 0; i < runs; i++) {
    const times = Histogram.of(histogram(Array.from({ length: 200 }, () => Math.exp(gauss()))))
    const { low, high } = quantileBounds(times, 0.95)
    if (low > truth * 1000) above++
    if (high !== undefined && high < truth * 1000) below++
  }
  expect(above / runs).toBeLessThan(0.065)
  expect(below / runs).toBeLessThan(0.065)
  expect(above + below).toBeGreaterThan(runs * 0.02)
})

test('the error of a mean per second is that of its noise, also while the load rises', () => {
  const gauss = normal(seeded(2))
  for (const slope of [0, 5]) {
    let inside = 0
    const runs = 1000
    let squares = 0
    for (let run = 0; run < runs; run++) {
      const counts = Array.from({ length: 60 }, (_, i) => 100 + slope * i + 10 * gauss())
      const { se, freedom } = meanError(counts)!
      squares += se * se
      const mean = counts.reduce((sum, count) => sum + count, 0) / 60
      if (Math.abs(mean - (100 + slope * 29.5)) < studentQuantile(0.95, freedom) * se) inside++
    }
    // sd of a mean of 60 with sd 10 is 1.29; a rise of 5 per second adds 5²/2 to a variance of 100.
    expect(Math.sqrt(squares / runs)).toBeCloseTo(slope === 0 ? 1.29 : 1.37, 1)
    expect(inside / runs).toBeGreaterThan(0.88)
  }
  expect(meanError([1, 2, 3, 4])).toBeUndefined()
  expect(meanError([7, 7, 7, 7, 7, 7])?.se).toBe(0)
})

// --- the rule for stored baselines ----------------------------------------------------------------------------------

test('a run against ten stored ones: the published numbers', () => {
  const noise = windowNoise([[100, 104, 97, 101, 110, 95, 103, 99, 106, 98].map(Math.log)], 0.12)
  const { estimate, low, chance } = logChange(Math.log(130) - noise.centre, noise, 0, 0)
  expect(estimate).toBeCloseTo(0.257389, 6)
  expect(noise.se).toBeCloseTo(0.0818155, 6)
  expect(noise.freedom).toBe(8)
  expect(low).toBeCloseTo(0.10525, 5)
  expect(chance).toBeCloseTo(6.841e-3, 6)
})

test('three quiet runs leave a margin of 0.24', () => {
  const noise = windowNoise([[98, 100, 102].map(Math.log)], 0.12)
  const { low, high } = logChange(0, noise, 0, 0)
  expect([low, high].map((bound) => bound?.toFixed(2))).toEqual(['-0.24', '0.24'])
})

test('a level that has passed still tells how much runs differ, and nothing of where they lie now', () => {
  const calm = [98, 100, 102, 99, 101, 100, 98, 102, 100, 101]
  const present = [49, 50, 51].map(Math.log)
  const [alone, behind] = [windowNoise([present], 0.12), windowNoise([calm.map(Math.log), present], 0.12)]
  expect(behind.centre).toBe(alone.centre)
  expect(behind.se).toBeLessThan(0.7 * alone.se)
  expect([alone.freedom, behind.freedom]).toEqual([6, 8])
  // By hand: squares about each level's own mean, over ν₀ + 13 - 2 degrees.
  const squares = (values: readonly number[]) => {
    const mean = values.reduce((sum, value) => sum + value) / values.length
    return values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  }
  const variance = (4 * 0.12 ** 2 + squares(calm.map(Math.log)) + squares(present)) / (4 + 11)
  expect(behind.se).toBeCloseTo(Math.sqrt(variance * (1 + 1.57 / 3)), 10)
})

test('what a run leaves open itself widens its side only, and no bound is no bound', () => {
  const noise = windowNoise([[98, 100, 102].map(Math.log)], 0.12)
  const sharp = logChange(0.1, noise, 0, 0)
  const vague = logChange(0.1, noise, 0.05, 0.3)
  expect(vague.low).toBeLessThan(sharp.low)
  expect(vague.high! - sharp.high!).toBeGreaterThan(sharp.low - vague.low)
  expect(vague.chance).toBeGreaterThan(sharp.chance)
  expect(logChange(0.1, noise, Number.POSITIVE_INFINITY, undefined)).toEqual({
    estimate: 0.1,
    low: Number.NEGATIVE_INFINITY,
    high: undefined,
    chance: 1,
    luck: 1,
    se: Number.POSITIVE_INFINITY,
  })
})

test('Holm: the smallest chance has the hardest level, and the first that fails ends it', () => {
  expect(holm([0.004, 0.2, 0.003], 0.01)).toEqual([true, false, true])
  expect(holm([0.004, 0.2, 0.0034], 0.01)).toEqual([false, false, false])
  expect(holm([0.01], 0.01)).toEqual([true])
  expect(holm([Number.NaN, 0.001], 0.01)).toEqual([false, true])
  expect(holm([], 0.01)).toEqual([])
})

test('the median', () => {
  expect([median([3]), median([3, 1]), median([9, 1, 5]), median([4, 1, 3, 2])]).toEqual([3, 2, 5, 2.5])
})
