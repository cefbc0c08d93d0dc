import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { onThisProcessor } from '../../src/compare/calibration.ts'

/** Stored figures that follow the loop with a slope, as logarithms, each of a processor of its own. */
const following = (slope: number, loops: readonly number[]) =>
  loops.map((loop) => ({ y: slope * Math.log(loop), loop, processor: `of ${loop}` }))

test('figures that follow the loop are those of this processor afterwards', () => {
  for (const y of onThisProcessor(12, following(1, [8, 10, 16, 20])).y) expect(y).toBeCloseTo(Math.log(12), 2)
})

test.each([
  ['equally fast processors tell nothing, so 70 % it is', following(0, [10, 10, 10]), 0.7],
  ['a service that waits for others does not follow', following(0, [5, 10, 20, 40]), 0],
  ['one that is quicker on a slower processor is not helped further', following(-1, [5, 10, 20]), 0],
  ['no slope is larger than 1.5', following(4, [5, 10, 20]), 1.5],
])('%s', (_, before, theta) => {
  const { y: moved } = onThisProcessor(30, before)
  for (const [at, { y, loop }] of before.entries()) expect(moved[at]).toBeCloseTo(y + theta * Math.log(30 / loop), 2)
})

test('the slope is the one with the least squares and the least distance from 70 %', () => {
  const stored = fc.record({
    y: fc.double({ min: 3, max: 6, noNaN: true }),
    loop: fc.double({ min: 8, max: 20, noNaN: true }),
  })
  fc.assert(
    fc.property(fc.array(stored, { minLength: 3, maxLength: 12 }), (runs) => {
      const before = runs.map((run, n) => ({ ...run, processor: `${n}` }))
      const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
      const [x, y] = [before.map(({ loop }) => Math.log(loop)), before.map((one) => one.y)]
      const cost = (theta: number) =>
        x.reduce((sum, value, at) => sum + (y[at]! - mean(y) - theta * (value - mean(x))) ** 2, 0) +
        0.0016 * (theta - 0.7) ** 2
      const thetas = Array.from({ length: 1501 }, (_, n) => n / 1000)
      const best = thetas.reduce((a, b) => (cost(b) < cost(a) ? b : a))
      const [moved] = onThisProcessor(100, before).y
      const theta = (moved! - y[0]!) / (Math.log(100) - x[0]!)
      expect(cost(theta)).toBeLessThanOrEqual(cost(best) + 1e-9)
    }),
  )
})

test('what the loop varies by on one processor is not taken for a difference of speed', () => {
  const jitter = [9.7, 10.3, 9.9, 10.1].map((loop) => ({ y: 5, loop, processor: 'one' }))
  const { y } = onThisProcessor(13, jitter)
  for (const moved of y) expect(moved).toBeCloseTo(5 + 0.7 * Math.log(13 / 10), 2)
})

test('how far the service follows is the less known the farther it is from what was seen', () => {
  const seen = onThisProcessor(14, following(1, [10, 10, 10, 14, 14, 14]))
  const beyond = onThisProcessor(28, following(1, [10, 10, 10, 14, 14, 14]))
  const unseen = onThisProcessor(14, following(1, [10, 10, 10, 10, 10, 10]))
  expect([seen.se < 0.01, beyond.se > 2 * seen.se]).toEqual([true, true])
  // Of one processor nothing is known but the prior: 35 %, give or take, of how much slower this one is.
  expect(unseen.se).toBeCloseTo(0.35 * Math.log(1.4), 6)
})
