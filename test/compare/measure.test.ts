import { expect, test } from '@jest/globals'
import { measure, paceOf } from '../../src/compare/measure.ts'
import { scopeOf, WHOLE } from '../../src/compare/scope.ts'
import { madeRun, normal, seeded, storedRun } from '../baseline/made-run.ts'

test('a pace has the intervals that lie in the window from end to end', () => {
  const times = new Array<number>(1230).fill(5)
  expect(paceOf(madeRun({ seconds: 1230, endWithin: 1300, steps: [{ times }] }))).toEqual({
    length: 60_000,
    successes: new Array(20).fill(expect.closeTo((60 * 1230) / 1300, -0.5)),
  })
})

test('how sure a throughput is does not depend on the length of the intervals', () => {
  const gauss = normal(seeded(3))
  const seconds = Array.from({ length: 600 }, () => Math.round(10 + 3 * gauss()))
  const minutes = Array.from({ length: 10 }, (_, minute) =>
    seconds.slice(60 * minute, 60 * (minute + 1)).reduce((sum, count) => sum + count, 0),
  )
  const all = seconds.reduce((sum, count) => sum + count, 0)
  const scope = scopeOf(storedRun({ seconds: 600, steps: [{ times: new Array(all).fill(5) }] }), WHOLE)
  const width = (length: number, successes: readonly number[]) => {
    const { value, low, high } = measure('throughput', scope, { length, successes })!
    expect(value).toBe(all / 600)
    return high! - low
  }
  // Both are of a mean whose standard error is 3 / √600; ten intervals say so less surely than 600.
  expect(width(1_000, seconds)).toBeCloseTo(2 * 1.645 * 0.122, 1)
  expect(width(60_000, minutes) / width(1_000, seconds)).toBeGreaterThan(0.5)
  expect(width(60_000, minutes) / width(1_000, seconds)).toBeLessThan(2)
})
