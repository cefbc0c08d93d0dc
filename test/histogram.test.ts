import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from 'hdr-histogram-js'
import { LoadgateError } from '../src/errors.ts'
import { countIn, Histogram, quantileOf, quantilesOf, Recorder, SparseRecorder, sumOf } from '../src/histogram.ts'

const HOUR = 3_600_000_000
// Small values, every magnitude, and both sides of every power of two.
const time = fc.oneof(
  fc.integer({ min: 0, max: 5_000 }),
  fc.integer({ min: 0, max: HOUR }),
  fc.tuple(fc.integer({ min: 0, max: 31 }), fc.integer({ min: -1, max: 1 })).map(([bits, beside]) => {
    return Math.min(HOUR, Math.max(0, 2 ** bits + beside))
  }),
)
const times = fc.array(time, { maxLength: 300 })

function textOf(values: readonly number[]): string {
  const recorder = new Recorder()
  for (const value of values) recorder.record(value)
  return recorder.drain()
}

function hdrOf(values: readonly number[]) {
  const hdr = build({
    bitBucketSize: 64,
    lowestDiscernibleValue: 1,
    highestTrackableValue: HOUR,
    numberOfSignificantValueDigits: 3,
  })
  for (const value of values) hdr.recordValue(value)
  return hdr
}

test('counts what the library counts, and gives it back in its own format', () => {
  fc.assert(
    fc.property(times, (values) => {
      const ours = Histogram.of(textOf(values))
      const theirs = hdrOf(values)
      expect(ours.count).toBe(values.length)
      expect(ours.mean).toBe(theirs.mean)
      expect(decodeFromCompressedBase64(ours.toHdr(), 64).outputPercentileDistribution()).toBe(
        decodeFromCompressedBase64(encodeIntoCompressedBase64(theirs), 64).outputPercentileDistribution(),
      )
    }),
  )
})

test('every rank and quantile is the sorted sample of that rank, within 0.05 %', () => {
  fc.assert(
    fc.property(
      fc.array(time, { minLength: 1, maxLength: 100 }),
      fc.integer({ min: 0, max: 1000 }),
      (values, share) => {
        const sorted = values.toSorted((a, b) => a - b)
        const histogram = Histogram.of(textOf(values))
        for (const [index, value] of sorted.entries()) expectNear(histogram.quantileAtRank(index + 1), value)
        expectNear(histogram.quantileAtRank(-1), sorted[0]!)
        expectNear(histogram.quantileAtRank(values.length + 9), sorted.at(-1)!)
        // In whole numbers, so that no rounding can spoil the oracle.
        const rank = Math.max(1, Math.ceil((share * values.length) / 1000))
        expectNear(histogram.quantile(share / 1000)!, sorted[rank - 1]!)
        expectNear(histogram.min, sorted[0]!)
        expectNear(histogram.max, sorted.at(-1)!)
      },
    ),
  )
})

function expectNear(read: number, value: number) {
  expect(Math.abs(read - value)).toBeLessThanOrEqual(value < 2048 ? 0 : value / 2048)
}

test('the quantile of several texts is that of their sum, and leaves nothing behind', () => {
  fc.assert(
    fc.property(fc.array(times, { maxLength: 4 }), fc.double({ min: 0, max: 1, noNaN: true }), (parts, q) => {
      const texts = parts.map(textOf)
      expect(quantileOf(texts, q)).toBe(Histogram.of(...texts).quantile(q))
      expect(sumOf(texts)).toBe(Histogram.of(...texts).toText())
      expect(quantileOf([], q)).toBeUndefined()
      const several = [0, q / 2, q, 1]
      const all = Histogram.of(...texts)
      expect(quantilesOf(texts, several) ?? several.map(() => undefined)).toEqual(
        several.map((one) => all.quantile(one)),
      )
    }),
  )
})

test('every slot is read at its middle', () => {
  expect([2047, 2048, 2049, 4096, 4099].map((us) => Histogram.of(textOf([us])).max)).toEqual([
    2047, 2049, 2049, 4098, 4098,
  ])
})

test('a share that rounding carries past a rank is still of that rank', () => {
  // 0.07 * 100 is 7.000000000000001, of which the ceiling would be 8.
  const hundred = Histogram.of(textOf(Array.from({ length: 100 }, (_, index) => index + 1)))
  expect([0.07, 0.14, 0.55, 0.56, 0.57, 0.58].map((q) => hundred.quantile(q))).toEqual([7, 14, 55, 56, 57, 58])
  expect([0, 0.0701, 0.999, 1].map((q) => hundred.quantile(q))).toEqual([1, 8, 100, 100])
})

test('every slot at once is still a histogram', () => {
  const all = Array.from({ length: 2048 }, (_, us) => us)
  for (let width = 2; all.at(-1)! < HOUR - width; width *= 2)
    for (let slot = 1024; slot < 2048 && slot * width <= HOUR; slot++) all.push(slot * width)
  const text = textOf(all)
  const histogram = Histogram.of(text)
  expect(histogram.toText()).toBe(text)
  expect(histogram.count).toBe(all.length)
  for (let index = 0; index < all.length; index += 37) expectNear(histogram.quantileAtRank(index + 1), all[index]!)
})

test('a rank beyond 2^32 samples is still exact', () => {
  const big = Histogram.of('h1:AP////8/') // 2^34 - 1 at 0 µs
  big.add(textOf([10]))
  expect(big.count).toBe(2 ** 34)
  expect(big.quantileAtRank(2 ** 34 - 1)).toBe(0)
  expect(big.quantileAtRank(2 ** 34)).toBe(10)
})

test.each([
  ['fractions are rounded', 10.5, 11],
  ['below zero is zero', -3, 0],
  ['an hour is the end', HOUR, 3_599_761_408],
  ['and what is longer counts as an hour', 1e300, 3_599_761_408],
  ['even without an end', Number.POSITIVE_INFINITY, 3_599_761_408],
])('%s', (_, us, read) => {
  expect(Histogram.of(textOf([us])).max).toBe(read)
})

test('NaN is refused, not counted as something', () => {
  const recorder = new Recorder()
  expect(() => recorder.record(Number.NaN)).toThrow(RangeError)
  expect(recorder.count).toBe(0)
})

test('an empty histogram has one text, and no quantile', () => {
  const empty = new Histogram()
  expect([empty.toText(), new Recorder().drain(), Histogram.of('h1:').toText()]).toEqual(['h1:', 'h1:', 'h1:'])
  expect(empty).toMatchObject({ count: 0, min: 0, max: 0, mean: 0 })
  expect(empty.quantile(0.5)).toBeUndefined()
  expect(() => empty.quantileAtRank(1)).toThrow(RangeError)
  expect(() => empty.toHdr()).not.toThrow()
})

test('a drain empties the recorder, and what was recorded before and after is the whole', () => {
  fc.assert(
    fc.property(times, times, (before, after) => {
      const recorder = new Recorder()
      for (const value of before) recorder.record(value)
      const first = recorder.drain()
      expect(recorder.count).toBe(0)
      for (const value of after) recorder.record(value)
      expect(recorder.count).toBe(after.length)
      expect(recorder.drain()).toBe(textOf(after))
      expect(Histogram.of(first, textOf(after)).toText()).toBe(textOf([...before, ...after]))
    }),
  )
})

test('adding is the same in any order and any grouping, and the text is the identity', () => {
  fc.assert(
    fc.property(times, times, times, (a, b, c) => {
      const [x, y, z] = [textOf(a), textOf(b), textOf(c)]
      const whole = textOf([...a, ...b, ...c])
      expect(Histogram.of(x, y, z).toText()).toBe(whole)
      expect(Histogram.of(z, x, y).toText()).toBe(whole)
      expect(Histogram.of(Histogram.of(x, y).toText(), z).toText()).toBe(whole)
      expect(Histogram.of(x, Histogram.of(y, z).toText()).toText()).toBe(whole)
    }),
  )
})

test.each([
  ['nothing', ''],
  ['another version', 'h2:AAE='],
  ['the prefix of another case', 'H1:AAE='],
  ['not base64', 'h1:AAE!'],
  ['white space', 'h1:AAE=\n'],
  ['no padding', 'h1:AAE'],
  ['bits behind the end', 'h1:AAF='],
  ['an index without its count', 'h1:AA=='],
  ['a number cut off', 'h1:AIA='],
  ['a count of zero', 'h1:AAA='],
  ['a number with needless digits', 'h1:AIEA'],
  ['an index behind the last', 'h1:gLgBAQ=='],
  ['a count above 2^53', 'h1:AP////////8f'],
  ['a number without end', 'h1:AP//////////AQ=='],
  ['far more than any histogram', `h1:${'AAEB'.repeat(100_000)}`],
])('refused: %s', (_, text) => {
  const histogram = Histogram.of(textOf([5]))
  expect(() => histogram.add(text)).toThrow(LoadgateError)
  expect(histogram.toText()).toBe(textOf([5]))
})

test('a text longer than any histogram is not even read', () => {
  expect(() => countIn(`h1:${'!'.repeat(1_000_000)}`)).toThrow(/longer than any histogram/)
})

test('counts that are safe one by one must be safe together', () => {
  const most = 'h1:AP////////8P' // 2^53 - 1 at 0 µs is the most there can be
  const histogram = Histogram.of(most)
  expect(histogram.count).toBe(Number.MAX_SAFE_INTEGER)
  expect(() => histogram.add(textOf([1]))).toThrow(LoadgateError)
  // 2^52 twice.
  expect(() => countIn('h1:AICAgICAgIAIAICAgICAgIAI')).toThrow(LoadgateError)
  expect(histogram.toText()).toBe(most)
})

test('one wrong character is refused or gives another histogram that is sound', () => {
  const character = fc.constantFrom(...'ABCXYZabcxyz0189+/=-_ \n\0é')
  fc.assert(
    fc.property(times, fc.nat(), character, (values, place, wrong) => {
      const text = textOf(values)
      const at = place % text.length
      const corrupted = text.slice(0, at) + wrong + text.slice(at + 1)
      let histogram: Histogram
      try {
        histogram = Histogram.of(corrupted)
      } catch (error) {
        expect(error).toBeInstanceOf(LoadgateError)
        return
      }
      // Whatever is read is canonical: no two texts mean the same.
      expect(histogram.toText()).toBe(corrupted)
      expect(countIn(corrupted)).toBe(histogram.count)
      expect(Number.isSafeInteger(histogram.count)).toBe(true)
    }),
    { numRuns: 1000 },
  )
})

test('arbitrary text is refused or sound', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.uint8Array({ maxLength: 60 }).map(base64)), (text) => {
      try {
        expect(Histogram.of(text).toText()).toBe(text)
      } catch (error) {
        expect(error).toBeInstanceOf(LoadgateError)
      }
    }),
    { numRuns: 1000 },
  )
})

function base64(bytes: Uint8Array): string {
  return `h1:${Buffer.from(bytes).toString('base64')}`
}

test('what sparse recorders have counted is added as if it had been recorded at once', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.double({ min: -1, max: 4e9, noNaN: true }))), (parts) => {
      const [whole, sum] = [new Recorder(), new Recorder()]
      for (const part of parts) {
        const sparse = new SparseRecorder()
        for (const us of part) {
          whole.record(us)
          sparse.record(us)
        }
        sum.add(sparse)
      }
      expect(sum.count).toBe(whole.count)
      expect(sum.drain()).toBe(whole.drain())
    }),
  )
  expect(() => new SparseRecorder().record(Number.NaN)).toThrow(RangeError)
})
