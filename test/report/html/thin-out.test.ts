import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Column, thinnedOut } from '../../../src/report/html/thin-out.ts'

const value = fc.option(fc.integer({ min: -1_000, max: 1_000 }))

test('however few values are left, the least and the greatest of each column are among them, in their order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value), { maxLength: 300 }), fc.integer({ min: 2, max: 40 }), (rows, most) => {
      const columns = [rows.map(([one]) => one), rows.map(([, other]) => other)]
      const [at = [], ...thin] = thinnedOut([rows.map((_, n) => n), ...columns], most)
      expect(at.length).toBeLessThanOrEqual(Math.max(most, 0))
      expect(at).toEqual([...at].sort((a, b) => a! - b!))
      for (const [n, column] of columns.entries()) {
        expect(thin[n]).toHaveLength(at.length)
        expect(extremes(thin[n]!)).toEqual(extremes(column))
        expect(isPartOf(thin[n]!, column)).toBe(true)
      }
    }),
  )
})

test('what fits is left as it is', () => {
  const columns: [number[], ...Column[]] = [
    [0, 1, 2],
    [5, null, 7],
  ]
  expect(thinnedOut(columns, 3)).toEqual(columns)
})

function extremes(column: Column): readonly number[] {
  const values = column.filter((one) => one !== null)
  return values.length === 0 ? [] : [Math.min(...values), Math.max(...values)]
}

/** Whether the one is the other with some left out; one that is alone in its group stands there twice. */
function isPartOf(thin: Column, column: Column): boolean {
  let at = 0
  for (const [n, one] of thin.entries()) {
    if (one === null || (n % 2 === 1 && one === thin[n - 1])) continue
    at = column.indexOf(one, at)
    if (at < 0) return false
  }
  return true
}
