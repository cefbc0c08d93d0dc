import { expect, test } from '@jest/globals'
import { mean, sd } from '../../../bench/gate/moments.ts'
import { normalQuantile } from '../../../bench/gate/normal-quantile.ts'
import { QuantileTable } from '../../../bench/gate/quantile-table.ts'
import { Random } from '../../../bench/gate/random.ts'

const DRAWS = 200_000
const drawn = (random: Random, draw: (random: Random) => number) => Array.from({ length: DRAWS }, () => draw(random))

test.each([
  [0.5, 0],
  [0.95, 1.6448536269514722],
  [0.98, 2.0537489106318225],
  [0.99, 2.3263478740408408],
  [0.001, -3.090232306167813],
  [1e-9, -5.997807015007687],
])('the normal quantile of %f', (p, z) => {
  expect(normalQuantile(p)).toBeCloseTo(z, 7)
})

test('a normal variable has the mean, the spread and the tails of one', () => {
  const values = drawn(new Random(1), (random) => random.normal())
  expect(Math.abs(mean(values))).toBeLessThan(0.01)
  expect(sd(values)).toBeCloseTo(1, 2)
  expect(mean(values.map((value) => value ** 4))).toBeCloseTo(3, 1)
  const beyond3 = values.filter((value) => Math.abs(value) > 3).length / DRAWS
  expect(Math.abs(beyond3 - 0.0027)).toBeLessThan(0.0004)
})

test('uniform and exponential variables have their means and spreads', () => {
  const uniform = drawn(new Random(2), (random) => random.uniform())
  expect(mean(uniform)).toBeCloseTo(0.5, 2)
  expect(sd(uniform)).toBeCloseTo(Math.sqrt(1 / 12), 2)
  expect(uniform.every((value) => value > 0 && value < 1)).toBe(true)
  const exponential = drawn(new Random(3), (random) => random.exponential())
  expect(Math.abs(mean(exponential) - 1)).toBeLessThan(0.01)
  expect(Math.abs(sd(exponential) - 1)).toBeLessThan(0.02)
})

test('neighbours have nothing to do with each other', () => {
  const values = drawn(new Random(4), (random) => random.normal())
  const products = values.slice(1).map((value, at) => value * values[at]!)
  expect(Math.abs(mean(products))).toBeLessThan(0.01)
})

test('a choice is made as often as it weighs', () => {
  const chosen = drawn(new Random(5), (random) => random.choice([0.5, 0.3, 0.2]))
  const shares = [0, 1, 2].map((index) => chosen.filter((choice) => choice === index).length / DRAWS)
  for (const [index, weight] of [0.5, 0.3, 0.2].entries()) expect(Math.abs(shares[index]! - weight)).toBeLessThan(0.005)
})

test('the same seeds give the same numbers, and any other seeds others', () => {
  const first = (...seeds: readonly number[]) => Array.from({ length: 3 }, () => new Random(...seeds).word()).join()
  expect(first(1, 2, 3)).toBe(first(1, 2, 3))
  const all = [
    [1, 2, 3],
    [1, 3, 2],
    [1, 2, 4],
    [2, 2, 3],
    [1, 2],
    [0, 1, 2, 3],
    [1, 2, 3, 0],
  ].map((seeds) => first(...seeds))
  expect(new Set(all).size).toBe(all.length)
})

test('seeds that follow each other begin with unlike numbers', () => {
  const firsts = Array.from({ length: 5_000 }, (_, seed) => new Random(7, seed).uniform())
  expect(Math.abs(mean(firsts) - 0.5)).toBeLessThan(0.015)
  const products = firsts.slice(1).map((value, at) => (value - 0.5) * (firsts[at]! - 0.5))
  expect(Math.abs(mean(products))).toBeLessThan(0.004)
})

test('a table draws what the quantile function says, tails included', () => {
  const quantile = (p: number) => Math.exp(0.45 * normalQuantile(p))
  const table = new QuantileTable(quantile)
  const random = new Random(6)
  const words = [0, 1, 1_000, 2 ** 31, 2 ** 32 - 1, ...drawn(random, () => random.word())]
  const worst = Math.max(
    ...words.slice(0, 50_000).map((word) => Math.abs(table.at(word) / quantile((word + 0.5) / 2 ** 32) - 1)),
  )
  expect(worst).toBeLessThan(0.001)
})
