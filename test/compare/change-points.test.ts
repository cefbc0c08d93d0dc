import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { changePoints, type Level } from '../../src/compare/change-points.ts'
import { studentAbove } from '../../src/compare/distributions.ts'
import { levelOf, scaleOf } from '../../src/compare/scales.ts'
import { normal, seeded } from '../baseline/made-run.ts'

const always = () => true
const levels = (values: readonly number[], variance = 0): readonly Level[] =>
  values.map((value) => ({ value, variance }))
const found = (values: readonly number[], variance = 0) =>
  changePoints(levels(values, variance), always).map(({ at }) => at)

test.each([
  ['nothing', [], []],
  ['too few runs', [1, 1, 1, 9, 9], []],
  ['one level', [1, 2, 1, 2, 1, 2, 1, 2], []],
  ['one odd run', [1, 1.1, 1, 9, 1, 1.1, 1, 1], []],
  ['two odd runs at the end', [1, 1.1, 1, 1.1, 1, 9, 9], []],
  ['three runs of another level', [1, 1.1, 1, 1.1, 1, 9, 9.1, 9], [5]],
  ['a step down', [9, 9.1, 9, 1, 1.1, 1], [3]],
  ['two steps up', [1, 1.1, 1, 1.1, 5, 5.1, 5, 5.1, 9, 9.1, 9, 9.1], [4, 8]],
])('%s', (_, values, splits) => {
  expect(found(values)).toEqual(splits)
})

test('runs that agree to the digit prove no less than what their own samples leave open', () => {
  const step = [1, 1, 1, 1, 1.01, 1.01, 1.01, 1.01]
  expect(found(step)).toEqual([4])
  expect(found(step, 0.01 ** 2)).toEqual([])
  expect(found(step, 0.001 ** 2)).toEqual([4])
})

test('a change that does not matter is none, and does not hide one that does', () => {
  const large = (before: number, after: number) => Math.abs(after - before) > 0.5
  expect(changePoints(levels([1, 1, 1, 1.1, 1.1, 1.1]), large)).toEqual([])
  const both = levels([1, 1.001, 1, 9, 9.001, 9, 9.2, 9.201, 9.2])
  expect(changePoints(both, large).map(({ at }) => at)).toEqual([3])
})

test('the split is the one with the largest t, as a slow search has it', () => {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const chance = (values: readonly number[], at: number) => {
    const [left, right] = [values.slice(0, at), values.slice(at)]
    let squares = 0
    for (const side of [left, right]) for (const value of side) squares += (value - mean(side)) ** 2
    const variance = squares / (values.length - 2)
    const t = Math.abs(mean(left) - mean(right)) / Math.sqrt(variance / left.length + variance / right.length)
    return 2 * studentAbove(t, values.length - 2)
  }
  const value = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 6, maxLength: 20 }),
      fc.nat(19),
      fc.constantFrom(0, 1, 3),
      (noise, at, step) => {
        // Different values, so that there is a variance.
        const values = noise.map((value, n) => value + n * 1e-4 + (n >= at ? step : 0))
        const chances = values.map((_, n) => (n < 3 || n > values.length - 3 ? 1 : chance(values, n)))
        const smallest = Math.min(...chances)
        const splits = changePoints(levels(values), always)
        if (smallest > 0.0011) expect(splits).toEqual([])
        if (smallest < 0.0009)
          expect(Math.min(...splits.map((split) => split.chance))).toBeLessThanOrEqual(smallest * 1.000001)
      },
    ),
  )
})

test('of twenty runs without a change about one in a hundred shows one; a change of 30 % ten runs ago nearly all', () => {
  const gauss = normal(seeded(7))
  const shown = (change: number) => {
    let count = 0
    for (let series = 0; series < 300; series++) {
      const values = Array.from({ length: 20 }, (_, n) => 0.1 * gauss() + (n < 10 ? 0 : change))
      if (found(values).length > 0) count++
    }
    return count / 300
  }
  expect(shown(0)).toBeLessThan(0.03)
  expect(shown(Math.log(1.3))).toBeGreaterThan(0.9)
})

test('latencies and throughputs are ratios, errors are shares', () => {
  const p95 = scaleOf('p95')
  expect(p95.from(p95.to(123))).toBeCloseTo(123, 9)
  expect([p95.to(0), p95.to(200) - p95.to(100)]).toEqual([Math.log(0.001), expect.closeTo(Math.log(2), 12)])
  expect([p95.matters(p95.to(100), p95.to(100.9)), p95.matters(p95.to(100), p95.to(98.9))]).toEqual([false, true])
  const errors = scaleOf('errors')
  for (const share of [0, 0.001, 0.5, 1]) expect(errors.from(errors.to(share))).toBeCloseTo(share, 12)
  expect([errors.matters(0, errors.to(0.0009)), errors.matters(0, errors.to(0.0011))]).toEqual([false, true])
})

test('the bounds of a run are the standard error of its level', () => {
  const scale = scaleOf('p95')
  const point = { run: 0, value: 100, low: 100 * Math.exp(-1.6449 * 0.02), high: 100 * Math.exp(1.6449 * 0.02) }
  expect(levelOf(point, scale)).toEqual({ value: Math.log(100), variance: expect.closeTo(0.02 ** 2, 7) })
  expect(levelOf({ ...point, high: undefined }, scale)).toBeUndefined()
})
