import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { arrivalAt, arrivalsIn, curveFrom, lengthOf, levelAt, peakLevel, userSpans } from '../../src/plan/curve.ts'
import type { Segment } from '../../src/plan/plan.ts'

const flat = (level: number, over: number): Segment => ({ from: level, to: level, over })
const ramp = (from: number, to: number, over: number): Segment => ({ from, to, over })

test.each([
  // 2 per second for 3 s: six arrivals, half a second apart
  [[flat(2, 3000)], [0, 500, 1000, 1500, 2000, 2500]],
  // a ramp from nothing starts slowly: the first half of the time sees a quarter of the arrivals
  [[ramp(0, 4, 2000)], [0, 1000, 1414.214, 1732.051]],
  // and one to nothing ends slowly, the same way back
  [[ramp(4, 0, 2000)], [0, 267.949, 585.786, 1000]],
  // silence first: the first arrival comes when the load does
  [
    [flat(0, 5000), flat(1, 2000)],
    [5000, 6000],
  ],
  // silence in between keeps the half arrival that was under way
  [
    [flat(1, 1500), flat(0, 1000), flat(1, 1500)],
    [0, 1000, 3000],
  ],
  // what is begun counts: 2.5 arrivals are those at 0, 1 and 2
  [[flat(1, 2500)], [0, 1000, 2000]],
  // 0.1 · 30 is 3.0000000000000004 in parts of a second, and still three
  [
    [flat(0.1, 10_000), flat(0.1, 10_000), flat(0.1, 10_000)],
    [0, 10_000, 20_000],
  ],
  [[flat(0, 1000)], []],
  [[], []],
])('arrivals of %j', (curve: Segment[], due: number[]) => {
  expect(arrivalsIn(curve)).toBe(due.length)
  const found = due.map((_, n) => arrivalAt(curve, n))
  expect(found.map((ms) => Number(ms!.toFixed(3)))).toEqual(due)
  expect(arrivalAt(curve, due.length)).toBeUndefined()
})

test('rounding adds no arrival', () => {
  // 4.4 · 12.5 is 55.00000000000001.
  expect(arrivalsIn([flat(4.4, 12_500)])).toBe(55)
  expect(arrivalsIn([flat(4.4, 12_500), flat(15, 16_600)])).toBe(55 + 249)
  expect(arrivalAt([flat(4.4, 12_500)], 55)).toBeUndefined()
  // The 56th is the first of the next piece, and due when that begins.
  expect(arrivalAt([flat(4.4, 12_500), flat(15, 16_600)], 55)).toBe(12_500)
})

const level = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 200 }), fc.double({ min: 0, max: 200, noNaN: true }))
const over = fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.double({ min: 0.5, max: 5_000, noNaN: true }))
const segment = fc
  .tuple(level, level, over, fc.boolean())
  .map(([from, to, over, isFlat]) => (isFlat ? flat(from, over) : ramp(from, to, over)))
const curves = fc.array(segment, { maxLength: 8 })

test('there are as many arrivals as the curve says, in order, each within it and none while it is silent', () => {
  fc.assert(
    fc.property(curves, (curve) => {
      const count = arrivalsIn(curve)
      let last = -1
      for (let n = 0; n < count; n++) {
        const due = arrivalAt(curve, n)!
        expect(due).toBeGreaterThan(last)
        expect(due).toBeLessThanOrEqual(lengthOf(curve))
        last = due
      }
      for (const n of [count, count + 1, count + 1000]) expect(arrivalAt(curve, n)).toBeUndefined()
    }),
  )
})

/** The slow and obvious way: add up the level in small steps. */
function areaUntil(curve: readonly Segment[], t: number): number {
  const steps = 20_000
  let area = 0
  for (let step = 0; step < steps; step++) area += (levelAt(curve, ((step + 0.5) / steps) * t) * t) / steps / 1000
  return area
}

test('arrival n is due when the area under the curve has reached n', () => {
  fc.assert(
    fc.property(curves, fc.nat(), (curve, which) => {
      const count = arrivalsIn(curve)
      fc.pre(count > 0)
      const n = which % count
      expect(Math.abs(areaUntil(curve, arrivalAt(curve, n)!) - n)).toBeLessThan(0.5)
    }),
    { numRuns: 200 },
  )
})

test('the highest rates lose nothing and stay in order', () => {
  const curve = [ramp(0, 50_000, 3_600_000), ramp(50_000, 0, 3_600_000)]
  const count = 180_000_000
  expect(arrivalsIn(curve)).toBe(count)
  for (const start of [0, count / 2 - 500, count - 1000])
    for (let n = start + 1; n < start + 1000; n++)
      expect(arrivalAt(curve, n)!).toBeGreaterThan(arrivalAt(curve, n - 1)!)
})

test('a thousand segments are found as well as one', () => {
  const curve = Array.from({ length: 1000 }, () => flat(1, 1000))
  expect([0, 1, 500, 999].map((n) => arrivalAt(curve, n))).toEqual([0, 1000, 500_000, 999_000])
  expect(arrivalAt(curve, 1000)).toBeUndefined()
})

test('the level is straight in a piece, jumps to the new one, and is 0 outside', () => {
  const curve = [ramp(0, 10, 1000), flat(5, 1000)]
  expect([-1, 0, 500, 999, 1000, 1999, 2000].map((t) => levelAt(curve, t))).toEqual([0, 0, 5, 9.99, 5, 5, 0])
  expect(peakLevel(curve)).toBe(10)
  expect(lengthOf(curve)).toBe(2000)
  expect([levelAt([], 0), peakLevel([]), lengthOf([])]).toEqual([0, 0, 0])
})

test.each([
  ['a constant number of users', [flat(2, 1000)], [[[0, 1000]], [[0, 1000]], []]],
  [
    'users come one by one, and go in the other order',
    [ramp(0, 2, 1000), ramp(2, 0, 1000)],
    [[[0, 2000]], [[500, 1500]], []],
  ],
  [
    'away in between',
    [flat(1, 1000), flat(0, 1000), flat(2, 1000)],
    [
      [
        [0, 1000],
        [2000, 3000],
      ],
      [[2000, 3000]],
    ],
  ],
  ['a jump within one span', [flat(1, 500), flat(3, 500), flat(1, 500)], [[[0, 1500]], [[500, 1000]], [[500, 1000]]]],
  ['nobody', [flat(0, 1000)], [[]]],
])('spans of users: %s', (_, curve: Segment[], spans: number[][][]) => {
  const found = spans.map((_, user) => userSpans(curve, user).map(({ from, to }) => [from, to]))
  expect(found).toEqual(spans)
})

test('a user is active exactly while the level is above its number', () => {
  fc.assert(
    fc.property(
      curves,
      fc.integer({ min: 0, max: 200 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (curve, user, share) => {
        const spans = userSpans(curve, user)
        const t = share * lengthOf(curve)
        // At the moment of a crossing the last digit decides; a hair beside it, it must be right.
        fc.pre(Math.abs(levelAt(curve, t) - user) > 1e-6)
        expect(spans.some(({ from, to }) => from <= t && t < to)).toBe(levelAt(curve, t) > user)
        for (const [index, { from, to }] of spans.entries()) {
          expect(from).toBeLessThan(to)
          if (index > 0) expect(from).toBeGreaterThan(spans[index - 1]!.to)
        }
      },
    ),
    { numRuns: 1000 },
  )
})

test.each([
  [0, [flat(5, 1_000), ramp(5, 15, 2_000)]],
  [400, [flat(5, 600), ramp(5, 15, 2_000)]],
  [1_000, [ramp(5, 15, 2_000)]],
  [1_500, [ramp(7.5, 15, 1_500)]],
  [3_000, []],
])('from %s ms on', (t, left) => {
  expect(curveFrom([flat(5, 1_000), ramp(5, 15, 2_000)], t)).toEqual(left)
})
