import { expect, test } from '@jest/globals'
import { interquartileRange, mannWhitney, PEER_RULES, tPrediction, zScore } from '../../../bench/gate/peer-rules.ts'
import { Random } from '../../../bench/gate/random.ts'

test('limits drawn from five runs', () => {
  const before = [1, 2, 3, 4, 5]
  // mean 3, sd √2.5; z = 2.0537, t with 4 degrees = 2.9985.
  expect(zScore(before)).toBeCloseTo(3 + 2.0537489 * Math.sqrt(2.5), 5)
  expect(tPrediction(before)).toBeCloseTo(3 + 2.9985278 * Math.sqrt(2.5) * Math.sqrt(1.2), 4)
})

test.each([
  [[1, 2, 3, 4, 10], 2],
  [[4, 1, 3, 2], 1.5],
  [[7], 0],
])('the interquartile range of %j', (values, range) => {
  expect(interquartileRange(values)).toBeCloseTo(range, 12)
})

test('Mann and Whitney, by hand', () => {
  // All four pairs are for the second: U = 4 of 4, expected 2, variance 2·2·5/12.
  expect(mannWhitney(Float64Array.of(3, 4), [Float64Array.of(1, 2)])).toBeCloseTo(2 / Math.sqrt(20 / 12), 12)
  expect(mannWhitney(Float64Array.of(1, 2), [Float64Array.of(1, 2)])).toBe(0)
})

test('Mann and Whitney over several runs are the sum of all pairs', () => {
  const random = new Random(1)
  for (let round = 0; round < 50; round++) {
    const some = () => Float64Array.from({ length: 1 + (random.word() % 20) }, () => random.word() % 15).sort()
    const now = some()
    const before = [some(), some(), some()]
    const all = before.flatMap((run) => [...run])
    let u = 0
    for (const x of now) for (const y of all) u += x > y ? 1 : x === y ? 0.5 : 0
    const [n, m] = [now.length, all.length]
    expect(mannWhitney(now, before)).toBeCloseTo((u - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12), 9)
  }
})

const run = (p95: number) => ({ p95, sorted: Float64Array.of(p95) })
const rule = (name: string, runs: number) => PEER_RULES.find((rule) => rule.name === name && rule.runs === runs)!

test.each([
  ['ratio to last > 200 %', 1, [100], 200, false],
  ['ratio to last > 200 %', 1, [100], 201, true],
  ['ratio to last > 110 %', 1, [100], 110, false],
  ['ratio to last > 110 %', 1, [100], 111, true],
  ['ratio to median > 110 %', 20, [90, 100, 200], 111, true],
  ['ratio to median > 110 %', 20, [90, 100, 200], 110, false],
  // mean 3, sd 1.58
  ['z-score 0.98', 5, [1, 2, 3, 4, 5], 6.3, true],
  ['z-score 0.98', 5, [1, 2, 3, 4, 5], 6.2, false],
  ['t prediction interval 0.98', 5, [1, 2, 3, 4, 5], 8.1, false],
  ['t prediction interval 0.98', 5, [1, 2, 3, 4, 5], 8.3, true],
  // median 3, quartiles 2 and 4
  ['median + 2 IQR', 5, [1, 2, 3, 4, 5], 7, false],
  ['median + 2 IQR', 5, [1, 2, 3, 4, 5], 7.1, true],
  ['mean + 4 sd', 40, [1, 2, 3, 4, 5], 9.3, false],
  ['mean + 4 sd', 40, [1, 2, 3, 4, 5], 9.4, true],
])('%s of %i runs, %j and now %f', (name, runs, before, now, fails) => {
  expect(rule(name, runs).fails(run(now), before.map(run))).toBe(fails)
})

test('a test on all requests goes red for a shift that every request has, and not for a faster run', () => {
  const random = new Random(2)
  const requests = (shift: number) => {
    const sorted = Float64Array.from({ length: 2_000 }, () => shift + random.normal()).sort()
    return { p95: 0, sorted }
  }
  const { fails } = rule('Mann-Whitney on all requests, p < 0.01', 1)
  const before = [requests(0)]
  expect(fails(requests(0.2), before)).toBe(true)
  expect(fails(requests(-0.2), before)).toBe(false)
})
