import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { normalExceededBy } from '../../src/compare/distributions.ts'
import { lookLevels } from '../../src/compare/look-levels.ts'
import {
  type RoundsDesign,
  type RoundsNoise,
  roundsBounds,
  roundsNoise,
  smallestChange,
} from '../../src/compare/paired-statistics.ts'
import { newcombe } from '../../src/compare/statistics.ts'
import { normal, seeded } from '../baseline/made-run.ts'

const PAIRED: RoundsDesign = { turns: false, fresh: true }

/** The published blocks, cut into so many rounds. */
const published = (rounds: number) => {
  const d = [0.06, 0.09, 0.04, 0.11, 0.07, 0.08, 0.05, 0.1, 0.03, 0.12, 0.06, 0.09]
  const each = d.length / rounds
  return Array.from({ length: rounds }, (_, round) => d.slice(round * each, (round + 1) * each))
}

// --- the published numbers ------------------------------------------------------------------------------------------

test.each([
  [1, 0.0163067, 6],
  [2, 0.0119251, 7],
  [3, 0.0099716, 8],
  [4, 0.0098658, 9],
])('twelve blocks in %d rounds', (rounds, se, freedom) => {
  const noise = roundsNoise(published(rounds), PAIRED)!
  expect(noise.estimate).toBeCloseTo(0.075, 10)
  expect(noise.se).toBeCloseTo(se, 7)
  expect(noise.freedom).toBe(freedom)
})

test.each([
  // ln 1.05 is 0.04879: one round leaves it open, two put it below.
  [1, 0.04331, 1.847e-3],
  [2, 0.05241, 2.042e-4],
])('bounds after %d rounds', (rounds, low, chance) => {
  const bounds = roundsBounds(roundsNoise(published(rounds), PAIRED)!, 0.05)
  expect(bounds.low).toBeCloseTo(low, 5)
  expect(bounds.chance / chance).toBeCloseTo(1, 3)
})

test('the chance after four rounds', () => {
  expect(roundsBounds(roundsNoise(published(4), PAIRED)!, 0.05).chance).toBeCloseTo(1.66e-5, 8)
})

test('processes that were not started afresh are one observation, however many rounds there are', () => {
  const shared = { turns: false, fresh: false } as const
  for (const rounds of [1, 2, 3, 4]) {
    const { estimate, se, freedom } = roundsNoise(published(rounds), shared)!
    const [oneRound] = [roundsNoise(published(1), PAIRED)!]
    expect([estimate, se, freedom]).toEqual([expect.closeTo(oneRound.estimate, 12), expect.closeTo(oneRound.se, 12), 6])
  }
})

test('one block, or none, tells nothing of its noise', () => {
  expect([roundsNoise([[0.1]], PAIRED), roundsNoise([], PAIRED), roundsNoise([[], []], PAIRED)]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

// --- slow and obvious oracles ---------------------------------------------------------------------------------------

/** By the text of the formulas, with loops. */
function slowNoise(rounds: readonly (readonly number[])[], { turns, fresh }: RoundsDesign): RoundsNoise {
  const d = rounds.flat()
  const n = d.length
  const k = fresh ? rounds.length : 1
  const spreadOf = (values: readonly number[]) => {
    let sum = 0
    for (const a of values) for (const b of values) sum += (a - b) ** 2
    return sum / (2 * values.length * (values.length - 1))
  }
  const location = (values: readonly number[]) => {
    const sorted = [...values].sort((a, b) => a - b)
    // A fifth at each end, counted up one by one.
    let out = 0
    while (turns && 5 * (out + 1) <= values.length) out++
    const kept = sorted.slice(out, values.length - out)
    let sum = 0
    for (const value of kept) sum += value
    const pulledIn = sorted.map((value, at) =>
      at < out ? kept[0]! : at >= values.length - out ? kept[kept.length - 1]! : value,
    )
    return { mean: sum / kept.length, pulledIn, kept: kept.length }
  }
  const all = location(d)
  const vw = k * spreadOf(all.pulledIn) * (n / all.kept ** 2)
  const means = rounds.map((round) => location(round).mean)
  const between = k > 1 ? (k - 1) * spreadOf(means) : 0
  const nu = 6 + k - 1
  return {
    estimate: all.mean,
    se: Math.sqrt((6 * (2 * (turns ? 0.04 : 0.01) ** 2 + vw) + between) / nu / k),
    freedom: nu,
  }
}

const change = fc.double({ min: -0.5, max: 0.5, noNaN: true })
const blocks = fc.array(fc.array(change, { minLength: 2, maxLength: 12 }), { minLength: 1, maxLength: 10 })

test.each<RoundsDesign>([
  { turns: false, fresh: true },
  { turns: false, fresh: false },
  { turns: true, fresh: true },
  { turns: true, fresh: false },
])('random rounds, %j: as by the text of the formulas', (design) => {
  fc.assert(
    fc.property(blocks, (rounds) => {
      const [fast, slow] = [roundsNoise(rounds, design)!, slowNoise(rounds, design)]
      expect(fast.estimate).toBeCloseTo(slow.estimate, 10)
      expect(fast.se).toBeCloseTo(slow.se, 10)
      expect(fast.freedom).toBe(slow.freedom)
    }),
  )
})

test('a burst in one block of ten moves the trimmed mean by less than its neighbours differ', () => {
  const calm = [0.01, -0.01, 0.02, -0.02, 0.01, -0.01, 0.02, -0.02, 0, 0]
  const burst = [...calm.slice(0, 9), 2]
  const trimmed = (d: readonly number[]) => roundsNoise([d], { turns: true, fresh: true })!.estimate
  expect(Math.abs(trimmed(burst) - trimmed(calm))).toBeLessThan(0.01)
  expect(roundsNoise([burst], PAIRED)!.estimate).toBeGreaterThan(0.19)
})

test('the bounds surround the estimate and are the wider the smaller the level; chance and luck are each other’s rest', () => {
  fc.assert(
    fc.property(blocks, fc.constantFrom(0.05, 0.0138, 0.0023), (rounds, level) => {
      const noise = roundsNoise(rounds, PAIRED)!
      const [wide, narrow] = [roundsBounds(noise, level / 2), roundsBounds(noise, level)]
      expect(wide.low).toBeLessThan(narrow.low)
      expect(narrow.low).toBeLessThan(noise.estimate)
      expect(narrow.high).toBeGreaterThan(noise.estimate)
      expect(wide.high).toBeGreaterThan(narrow.high)
      expect(narrow.chance + narrow.luck).toBeCloseTo(1, 10)
    }),
  )
})

test('a bound at a level is beyond zero exactly when the chance is below the level', () => {
  fc.assert(
    fc.property(blocks, fc.double({ min: 0.001, max: 0.3, noNaN: true }), (rounds, level) => {
      const { low, high, chance, luck } = roundsBounds(roundsNoise(rounds, PAIRED)!, level)
      fc.pre(Math.abs(chance - level) > 1e-9 && Math.abs(luck - level) > 1e-9)
      expect([low > 0, high < 0]).toEqual([chance < level, luck < level])
    }),
  )
})

test('each bound is wrong once in twenty, where blocks and processes are as noisy as is assumed', () => {
  const gauss = normal(seeded(7))
  const [truth, comparisons] = [0.03, 2000]
  let [above, below, told] = [0, 0, 0]
  for (let i = 0; i < comparisons; i++) {
    // Two processes per round, 1 % each, and six blocks of 5 % within.
    const round = () => {
      const processes = truth + 0.01 * Math.SQRT2 * gauss()
      return Array.from({ length: 6 }, () => processes + 0.05 * gauss())
    }
    const noise = roundsNoise([round(), round(), round(), round()], PAIRED)!
    const { low, high } = roundsBounds(noise, 0.05)
    if (low > truth) above++
    if (high < truth) below++
    // The true change is as large as what is called the smallest that is told from none.
    if (low - truth + smallestChange(noise, 0.05) > 0) told++
  }
  expect([above / comparisons, below / comparisons].map((share) => share > 0.025 && share < 0.06)).toEqual([true, true])
  expect(told / comparisons).toBeGreaterThan(0.93)
})

// --- levels ---------------------------------------------------------------------------------------------------------

/** The density of the normal distribution, summed up from z on. */
function tailBySum(z: number): number {
  let sum = 0
  for (let x = z + 5e-5; x < z + 12; x += 1e-4) sum += Math.exp((-x * x) / 2) * 1e-4
  return sum / Math.sqrt(2 * Math.PI)
}

test('the normal quantile is where the density above it sums up to the level', () => {
  for (const level of [0.05, 0.0138, 0.00229, 1e-5])
    expect(tailBySum(normalExceededBy(level)) / level).toBeCloseTo(1, 5)
  expect(normalExceededBy(0.05)).toBeCloseTo(1.6448536, 6)
})

test('nine looks, after rounds 2 to 10, err together as often as one would', () => {
  const { bound, slower } = lookLevels(9)
  expect([bound, slower]).toEqual([0.013768, 0.00229])
})

test('one look has the whole of it, and each further one leaves less to all', () => {
  expect(lookLevels(1)).toEqual({ bound: 0.05, slower: 0.01 })
  for (let looks = 2; looks < 80; looks++) {
    const [now, before] = [lookLevels(looks), lookLevels(looks - 1)]
    expect([now.bound < before.bound, now.slower < before.slower]).toEqual([true, true])
    // Never less than what would do if looks knew nothing of each other.
    expect(now.bound).toBeGreaterThanOrEqual(0.05 / looks)
  }
})

test('many walks cross one of the levels as often as they may', () => {
  const random = seeded(11)
  const gauss = normal(random)
  const walks = 30_000
  for (const looks of [2, 5, 9, 19, 29]) {
    const { bound, slower } = lookLevels(looks)
    const [z, z0] = [normalExceededBy(bound), normalExceededBy(slower)]
    let [beyond, beyondSlower] = [0, 0]
    for (let walk = 0; walk < walks; walk++) {
      let sum = gauss()
      let highest = Number.NEGATIVE_INFINITY
      for (let round = 2; round <= looks + 1; round++) {
        sum += gauss()
        highest = Math.max(highest, sum / Math.sqrt(round))
      }
      if (highest > z) beyond++
      if (highest > z0) beyondSlower++
    }
    // Four standard errors of so many walks.
    expect(Math.abs(beyond / walks - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / walks))
    expect(Math.abs(beyondSlower / walks - 0.01)).toBeLessThan(4 * Math.sqrt((0.01 * 0.99) / walks))
  }
})

// --- error rates at a level -----------------------------------------------------------------------------------------

test('a smaller level is a wider interval, and 5 % is what is left out', () => {
  const usual = newcombe(12, 6000, 3, 6000)
  expect(newcombe(12, 6000, 3, 6000, normalExceededBy(0.05))).toEqual({
    low: expect.closeTo(usual.low, 9),
    high: expect.closeTo(usual.high, 9),
  })
  const wide = newcombe(12, 6000, 3, 6000, normalExceededBy(0.0138))
  expect([wide.low < usual.low, wide.high > usual.high]).toEqual([true, true])
})

test('Newcombe at any level: both Wilson limits by halving of the score test, and their distances squared', () => {
  /** The share whose distance from x/n is z of its own standard errors, on one side. */
  const limit = (x: number, n: number, z: number, side: 1 | -1) => {
    let [inside, outside] = [x / n, side === 1 ? 1 : 0]
    for (let i = 0; i < 200; i++) {
      const p = (inside + outside) / 2
      if (Math.abs(x / n - p) < z * Math.sqrt((p * (1 - p)) / n)) inside = p
      else outside = p
    }
    return inside
  }
  fc.assert(
    fc.property(
      fc.integer({ min: 20, max: 5000 }),
      fc.integer({ min: 20, max: 5000 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      fc.constantFrom(0.05, 0.0138, 0.001),
      (n, m, a, b, level) => {
        const [x, y] = [Math.round(a * n), Math.round(b * m)]
        fc.pre(x > 0 && x < n && y > 0 && y < m)
        const z = normalExceededBy(level)
        const [p, r] = [x / n, y / m]
        const { low, high } = newcombe(x, n, y, m, z)
        expect((p - r - low) ** 2).toBeCloseTo((p - limit(x, n, z, -1)) ** 2 + (limit(y, m, z, 1) - r) ** 2, 8)
        expect((high - p + r) ** 2).toBeCloseTo((limit(x, n, z, 1) - p) ** 2 + (r - limit(y, m, z, -1)) ** 2, 8)
      },
    ),
  )
})
