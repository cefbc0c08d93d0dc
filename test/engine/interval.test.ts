import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { blockLength, intervalAt, intervalLength, isWithinWindow } from '../../src/engine/interval.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

test.each([
  [1, SECOND],
  [10 * MINUTE, SECOND],
  [10 * MINUTE + 1, MINUTE],
  [10 * HOUR, MINUTE],
  [10 * HOUR + 1, HOUR],
  [24 * HOUR, HOUR],
])('a window of %d ms has intervals of %d ms', (measured, length) => {
  expect(intervalLength(measured)).toBe(length)
})

test('the last interval ends with the window, and the next one begins there', () => {
  const cut = { measured: 650 * SECOND, length: MINUTE }
  const at = (seconds: number) => intervalAt(seconds * SECOND, cut)
  expect([0, 59.9, 60, 649.9, 650, 709.9, 710].map(at)).toEqual([0, 0, 1, 10, 11, 11, 12])
  expect([0, 10, 11, 12].map((index) => isWithinWindow(index, cut))).toEqual([true, true, false, false])
  const even = { measured: 10 * SECOND, length: SECOND }
  expect([9, 10].map((index) => isWithinWindow(index, even))).toEqual([true, false])
})

test.each([
  [1, 5 * SECOND],
  [60 * SECOND, 5 * SECOND],
  [61 * SECOND, 6 * SECOND],
  [10 * MINUTE, 50 * SECOND],
  [11 * MINUTE + 30 * SECOND, MINUTE],
  [10 * HOUR, 50 * MINUTE],
  [24 * HOUR, 2 * HOUR],
])('a step has blocks in a window of %d ms of %d ms', (measured, length) => {
  expect(blockLength(measured)).toBe(length)
})

test('every block begins where an interval begins', () => {
  const measured = fc.integer({ min: 1, max: 24 * HOUR })
  const into = fc.double({ min: 0, max: 25 * HOUR, noNaN: true })
  fc.assert(
    fc.property(measured, into, into, (measured, a, b) => {
      const at = (length: number) => intervalAt(a, { measured, length }) === intervalAt(b, { measured, length })
      expect(at(blockLength(measured)) || !at(intervalLength(measured))).toBe(true)
    }),
  )
})

test('no interval holds both sides of the end of a window, and no window has more than 600', () => {
  const measured = fc.integer({ min: 1, max: 24 * HOUR })
  const into = fc.double({ min: 0, max: 25 * HOUR, noNaN: true })
  fc.assert(
    fc.property(measured, into, into, (measured, a, b) => {
      const cut = { measured, length: intervalLength(measured) }
      expect(isWithinWindow(intervalAt(a, cut), cut)).toBe(a < measured)
      expect(intervalAt(Math.min(a, b), cut)).toBeLessThanOrEqual(intervalAt(Math.max(a, b), cut))
      expect(intervalAt(measured, cut)).toBeLessThanOrEqual(600)
    }),
  )
})
