import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { onThisProcessor } from '../../src/compare/calibration.ts'

/** Stored figures that follow the loop with a slope, as logarithms. */
const following = (slope: number, loops: readonly number[]) =>
  loops.map((loop) => ({ y: slope * Math.log(loop), loop }))

test('figures that follow the loop are those of this processor afterwards', () => {
  for (const y of onThisProcessor(12, following(1, [8, 10, 16, 20]))) expect(y).toBeCloseTo(Math.log(12), 2)
})

test.each([
  ['equally fast processors tell nothing, so 70 % it is', following(0, [10, 10, 10]), 0.7],
  ['a service that waits for others does not follow', following(0, [5, 10, 20, 40]), 0],
  ['one that is quicker on a slower processor is not helped further', following(-1, [5, 10, 20]), 0],
  ['no slope is larger than 1.5', following(4, [5, 10, 20]), 1.5],
])('%s', (_, before, theta) => {
  const moved = onThisProcessor(30, before)
  for (const [at, { y, loop }] of before.entries()) expect(moved[at]).toBeCloseTo(y + theta * Math.log(30 / loop), 2)
})

test('the slope is the one with the least squares and the least distance from 70 %', () => {
  const stored = fc.record({
    y: fc.double({ min: 3, max: 6, noNaN: true }),
    loop: fc.double({ min: 8, max: 20, noNaN: true }),
  })
  fc.assert(
    fc.property(fc.array(stored, { minLength: 3, maxLength: 12 }), (before) => {
      const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
      const [x, y] = [before.map(({ loop }) => Math.log(loop)), before.map((one) => one.y)]
      const cost = (theta: number) =>
        x.reduce((sum, value, at) => sum + (y[at]! - mean(y) - theta * (value - mean(x))) ** 2, 0) +
        0.0016 * (theta - 0.7) ** 2
      const thetas = Array.from({ length: 1501 }, (_, n) => n / 1000)
      const best = thetas.reduce((a, b) => (cost(b) < cost(a) ? b : a))
      const [moved] = onThisProcessor(100, before)
      expect((moved! - y[0]!) / (Math.log(100) - x[0]!)).toBeCloseTo(best, 2)
    }),
  )
})
