import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { chooseScenario, randomAt, rowFor, wholeNumber } from '../../src/plan/choice.ts'

const whole = fc.maxSafeInteger()
const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

test('the same arguments give the same number, and each of them matters', () => {
  fc.assert(
    fc.property(whole, whole, whole, (seed, n, salt) => {
      const u = randomAt(seed, n, salt)
      expect(u).toBeGreaterThanOrEqual(0)
      expect(u).toBeLessThan(1)
      expect(randomAt(seed, n, salt)).toBe(u)
      const others = [
        randomAt(seed ^ 1, n, salt),
        randomAt(seed, n + 1, salt),
        randomAt(seed, n, salt + 1),
        // Beyond the 32 bits of the hash's own words.
        randomAt(seed + 2 ** 40, n, salt),
        randomAt(seed, n + 2 ** 40, salt),
      ]
      for (const other of others) expect(other).not.toBe(u)
    }),
  )
})

test('the numbers never change: a stored baseline was made with them', () => {
  expect([randomAt(1, 0, 0), randomAt(1, 1, 0), randomAt(-7, 123_456_789_012, 3)]).toMatchInlineSnapshot(`
[
  0.6021918592664243,
  0.7198310030218855,
  0.07753045682847115,
]
`)
})

test('they are even, and neighbours are unrelated', () => {
  const count = 200_000
  const tens = new Array<number>(10).fill(0)
  const pairs = new Array<number>(100).fill(0)
  let product = 0
  for (let n = 0; n < count; n++) {
    const [u, next, other] = [randomAt(5, n, 2), randomAt(5, n + 1, 2), randomAt(5, n, 3)]
    tens[Math.floor(u * 10)]! += 1
    pairs[Math.floor(u * 10) * 10 + Math.floor(other * 10)]! += 1
    product += (u - 0.5) * (next - 0.5)
  }
  // Five standard deviations of a fair draw.
  for (const found of tens) expect(Math.abs(found - count / 10)).toBeLessThan(5 * Math.sqrt(count * 0.1 * 0.9))
  for (const found of pairs) expect(Math.abs(found - count / 100)).toBeLessThan(5 * Math.sqrt(count * 0.01 * 0.99))
  expect(Math.abs(product / count)).toBeLessThan(5 / (12 * Math.sqrt(count)))
})

test('scenarios are chosen by their weight', () => {
  const scenarios = [{ weight: 30 }, { weight: 0 }, { weight: 70 }]
  expect([0, 0.2999, 0.3, 0.5, 0.9999999999].map((u) => chooseScenario(scenarios, u))).toEqual([0, 0, 2, 2, 2])
  expect(chooseScenario([{ weight: 1 }, { weight: 0 }], 1 - 2 ** -53)).toBe(0)
})

test('a choice is one of the scenarios that have a weight, whatever the weights', () => {
  const weights = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 1e6, noNaN: true })), { minLength: 1 })
  fc.assert(
    fc.property(weights, share, (given, u) => {
      fc.pre(given.some((weight) => weight > 0))
      const chosen = chooseScenario(
        given.map((weight) => ({ weight })),
        u,
      )
      expect(given[chosen]).toBeGreaterThan(0)
    }),
  )
})

test('whole numbers stay within their ends, and reach both', () => {
  expect([0, 0.34, 0.67, 1 - 2 ** -53].map((u) => wholeNumber(1, 3, u))).toEqual([1, 2, 3, 3])
  fc.assert(
    fc.property(whole, whole, share, (a, b, u) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)]
      const number = wholeNumber(from, to, u)
      expect(number >= from && number <= to && Number.isInteger(number)).toBe(true)
    }),
  )
})

test('rows by their weights: as often as they say, and none of no weight', () => {
  const rows = [['a'], ['b'], ['c'], ['d']]
  const table = { columns: ['x'], rows, pick: 'weighted' as const, cumulative: [0, 1, 4, 4] }
  expect([0, 0.24, 0.25, 0.999].map((u) => rowFor(table, 5, u))).toEqual([1, 1, 2, 2])
  const counts = [0, 0, 0, 0]
  for (let n = 0; n < 10_000; n++) counts[rowFor(table, n, randomAt(1, n, 1))]!++
  expect([counts[0], counts[3]]).toEqual([0, 0])
  // A quarter, give or take five standard errors.
  expect(Math.abs(counts[1]! - 2_500)).toBeLessThan(5 * Math.sqrt(10_000 * 0.25 * 0.75))
})

test('rows: one after the other, at random, or each once', () => {
  const rows = [['a'], ['b'], ['c']]
  const table = (pick: 'sequential' | 'random' | 'unique') => ({ columns: ['x'], rows, pick })
  expect([0, 1, 2, 3, 7].map((n) => rowFor(table('sequential'), n, 0.99))).toEqual([0, 1, 2, 0, 1])
  expect([0, 0.34, 0.99].map((u) => rowFor(table('random'), 7, u))).toEqual([0, 1, 2])
  expect([0, 1, 2].map((n) => rowFor(table('unique'), n, 0.99))).toEqual([0, 1, 2])
})
