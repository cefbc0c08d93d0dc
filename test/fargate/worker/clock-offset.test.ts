import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { agedTo, bestMoment, correctionOf, narrow, UNKNOWN } from '../../../src/fargate/worker/clock-offset.ts'

/** A server and an own clock; both begin somewhere, and the own one is too fast or too slow. */
const clocks = fc.record({
  offset: fc.integer({ min: -3_600_000, max: 3_600_000 }),
  drift: fc.integer({ min: -450, max: 450 }).map((parts) => parts * 1e-6),
  zero: fc.integer({ min: 1_600_000_000_000, max: 1_800_000_000_000 }),
})
const asks = fc.array(
  fc.record({
    pause: fc.integer({ min: 0, max: 5_000 }),
    there: fc.integer({ min: 0, max: 800 }),
    back: fc.integer({ min: 0, max: 800 }),
  }),
  { minLength: 1, maxLength: 60 },
)

test('the truth always lies within the bounds, and they only ever get wider with age', () => {
  fc.assert(
    fc.property(clocks, asks, ({ offset, drift, zero }, given) => {
      const server = (own: number) => zero + offset + own / (1 + drift)
      let bounds = UNKNOWN
      let now = 0
      for (const { pause, there, back } of given) {
        const sent = now + pause
        const received = sent + there + back
        const date = Math.floor(server(sent + there) / 1_000) * 1_000
        bounds = narrow(bounds, { date, sent, received }, zero)
        now = received
        const truth = server(now) - (zero + now)
        expect(bounds.low).toBeLessThanOrEqual(truth + 1e-3)
        expect(bounds.high).toBeGreaterThanOrEqual(truth - 1e-3)
        expect(bounds.high - bounds.low).toBeLessThanOrEqual(1_000 + there + back + 1e-3)
      }
      const later = agedTo(bounds, now + 60_000)
      const truth = server(now + 60_000) - (zero + now + 60_000)
      expect(later.low).toBeLessThanOrEqual(truth + 1e-3)
      expect(later.high).toBeGreaterThanOrEqual(truth - 1e-3)
    }),
  )
})

test('asked at its best moments, eight answers bound the clock to about what one of them takes', () => {
  fc.assert(
    fc.property(clocks, fc.integer({ min: 1, max: 60 }), ({ offset, zero }, turnaround) => {
      let bounds = UNKNOWN
      let now = 0
      for (let asked = 0; asked < 8; asked++) {
        const sent = bestMoment(agedTo(bounds, now), zero + now + 2_000, turnaround) - zero
        expect(sent).toBeGreaterThanOrEqual(now + 2_000 - 1e-3)
        expect(sent).toBeLessThanOrEqual(now + 3_000 + 1e-3)
        const date = Math.floor((zero + offset + sent + turnaround / 2) / 1_000) * 1_000
        now = sent + turnaround
        bounds = narrow(bounds, { date, sent, received: now }, zero)
      }
      expect(bounds.high - bounds.low).toBeLessThanOrEqual(Math.max(25, 2.2 * turnaround))
    }),
  )
})

test('a clock that may be right is not corrected, another by no more than it must be', () => {
  expect(correctionOf({ low: -400, high: 300 })).toBe(0)
  expect(correctionOf({ low: 200, high: 1_200 })).toBe(200)
  expect(correctionOf({ low: -3_600_900, high: -3_600_100 })).toBe(-3_600_100)
  expect(correctionOf(UNKNOWN)).toBe(0)
})

test('after a clock was set the newest answer is all that counts', () => {
  const before = narrow(UNKNOWN, { date: 10_000, sent: 0, received: 10 }, 10_000)
  expect(narrow(before, { date: 50_000, sent: 100, received: 110 }, 10_000)).toMatchObject({
    low: 39_890,
    high: 40_900,
  })
})

test('an answer without a date tells nothing', () => {
  expect(narrow(UNKNOWN, { date: undefined, sent: 0, received: 10 }, 10_000)).toBe(UNKNOWN)
})
