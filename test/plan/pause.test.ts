import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { randomAt } from '../../src/plan/choice.ts'
import { meanPause, pauseTime } from '../../src/plan/pause.ts'
import type { Pause } from '../../src/profile/profile.ts'

const COUNT = 20_000

/** The pauses of so many users, in order of their length. */
function pauses(pause: Pause): readonly number[] {
  let n = 0
  const source = { draw: () => randomAt(1, n++, 7) }
  return Array.from({ length: COUNT }, () => pauseTime(pause, source)).sort((a, b) => a - b)
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const below = (values: readonly number[], limit: number) => values.filter((value) => value < limit).length / COUNT

// The bounds are five standard errors wide: of a share p it is √(p (1 − p) / 20,000), at most 0.0036.
test('between two times, any is as likely as any other', () => {
  const found = pauses({ from: 1_000, to: 3_000 })
  expect(found[0]).toBeGreaterThanOrEqual(1_000)
  expect(found.at(-1)).toBeLessThan(3_000)
  for (const share of [0.25, 0.5, 0.75])
    expect(Math.abs(below(found, 1_000 + 2_000 * share) - share)).toBeLessThan(0.018)
})

test('a pause of one length is that', () => {
  expect(new Set(pauses({ from: 500, to: 500 }))).toEqual(new Set([500]))
})

test('normal: 68.3 % within one deviation, 95.4 % within two', () => {
  const found = pauses({ shape: 'normal', mean: 5_000, deviation: 1_000 })
  expect(Math.abs(mean(found) - 5_000)).toBeLessThan(5 * (1_000 / Math.sqrt(COUNT)))
  expect(Math.abs(below(found, 6_000) - below(found, 4_000) - 0.6827)).toBeLessThan(0.018)
  expect(Math.abs(below(found, 7_000) - below(found, 3_000) - 0.9545)).toBeLessThan(0.008)
})

test('exponential: half of them are shorter than 0.693 of the mean, and none is ten times as long', () => {
  const found = pauses({ shape: 'exponential', mean: 2_000 })
  expect(Math.abs(mean(found) - 2_000)).toBeLessThan(5 * (2_000 / Math.sqrt(COUNT)))
  expect(Math.abs(below(found, 2_000 * Math.LN2) - 0.5)).toBeLessThan(0.018)
  expect(Math.abs(below(found, 6_000) - (1 - Math.exp(-3)))).toBeLessThan(0.008)
  expect(pauseTime({ shape: 'exponential', mean: 2_000 }, { draw: () => 1 - 2 ** -53 })).toBe(20_000)
})

test('whatever is drawn, a pause is a time', () => {
  const time = fc.double({ min: 0, max: 3_600_000, noNaN: true })
  const pause = fc.oneof(
    fc.tuple(time, time).map(([a, b]): Pause => ({ from: Math.min(a, b), to: Math.max(a, b) })),
    fc
      .tuple(time, fc.double({ min: 0, max: 0.5, noNaN: true }))
      .map(([mean, part]): Pause => ({ shape: 'normal', mean, deviation: mean * part })),
    time.map((mean): Pause => ({ shape: 'exponential', mean })),
  )
  const share = fc.double({ min: 0, max: 1 - 2 ** -53, noNaN: true })
  fc.assert(
    fc.property(pause, fc.tuple(share, share), (given, drawn) => {
      let n = 0
      const taken = pauseTime(given, { draw: () => drawn[n++ % 2]! })
      expect(taken).toBeGreaterThanOrEqual(0)
      expect(taken).toBeLessThanOrEqual(36_000_000)
      expect(meanPause(given)).toBeLessThanOrEqual(3_600_000)
    }),
  )
})
