import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ActiveOverTime } from '../../src/engine/active-over-time.ts'

test('an iteration counts in each interval by the part of it in which it was under way', () => {
  const active = new ActiveOverTime(5_000, { measured: 3_500, length: 1_000 })
  active.add(5_250, 6_000)
  active.add(4_000, 8_250)
  expect(active.means()).toEqual([1.75, 1, 1, 0.5])
})

test('what ended before the window, or began behind it, is no part of it', () => {
  const active = new ActiveOverTime(1_000, { measured: 1_000, length: 1_000 })
  active.add(0, 900)
  active.add(2_100, 9_000)
  active.add(1_500, 1_500)
  expect(active.means()).toEqual([0])
})

test('the mean is the overlap of all iterations with the interval, over its length', () => {
  const span = fc.tuple(fc.nat(12_000), fc.nat(9_000)).map(([from, over]) => ({ from, to: from + over }))
  const spans = fc.array(span, { maxLength: 40 })
  fc.assert(
    fc.property(spans, fc.integer({ min: 1, max: 9_000 }), (spans, measured) => {
      const active = new ActiveOverTime(2_000, { measured, length: 1_000 })
      for (const { from, to } of spans) active.add(from, to)
      const means = active.means()
      expect(means).toHaveLength(Math.ceil(measured / 1_000))
      for (const [index, mean] of means.entries()) {
        const begin = 2_000 + index * 1_000
        const end = Math.min(begin + 1_000, 2_000 + measured)
        const overlaps = spans.map(({ from, to }) => Math.max(0, Math.min(to, end) - Math.max(from, begin)))
        const expected = overlaps.reduce((sum, one) => sum + one, 0) / (end - begin)
        expect(Math.abs(mean - expected)).toBeLessThanOrEqual(0.000_501)
      }
    }),
  )
})
