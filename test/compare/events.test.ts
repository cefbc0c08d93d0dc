// Times of streams of events against their limits: the times of one stream may all be alike, so it tells no more than one.
import { expect, test } from '@jest/globals'
import { compare } from '../../src/compare/compare.ts'
import { clusteredBounds, quantileBounds } from '../../src/compare/statistics.ts'
import { Histogram, Recorder } from '../../src/histogram.ts'
import { randomAt } from '../../src/plan/choice.ts'
import type { RunResult } from '../../src/result/result.ts'
import { readResult, writeResult } from '../../src/result/result-file.ts'
import { histogram, madeRun } from '../baseline/made-run.ts'
import { budget } from './made-budget.ts'

/** As many streams as there are lists, and the time between their events. */
function runOf(streams: readonly (readonly number[])[]): RunResult {
  const run = madeRun({
    steps: [
      { step: 'answer', times: streams.map(() => 50) },
      { step: 'page', times: [9, 9] },
    ],
  })
  const [answer, page] = run.steps as [RunResult['steps'][number], RunResult['steps'][number]]
  const last = streams.map((gaps) => 50 + gaps.reduce((sum, gap) => sum + gap, 0))
  const received = streams.length + streams.flat().length
  const several = streams.filter((gaps) => gaps.length > 0).length
  const events = { received, several, between: histogram(streams.flat()), last: histogram(last) }
  return { ...run, steps: [{ ...answer, events }, page] }
}

const alike = (streams: number, gap: (stream: number) => number, each = 20) =>
  runOf(Array.from({ length: streams }, (_, stream) => new Array<number>(each).fill(gap(stream))))

function judged(run: RunResult, ...given: Parameters<typeof budget>) {
  const { budgets, defects } = compare(run, undefined, [budget(...given)])
  expect(defects).toEqual([])
  return budgets[0]!
}

test.each([
  ['p95 between events', 60, 'holds'],
  ['p95 between events', 40, 'exceeded'],
  ['p95 between events', 50.9, 'undecided'],
  ['p50 to last event', 2_000, 'holds'],
  ['p50 to last event', 500, 'exceeded'],
  // To the first.
  ['p95', 60, 'holds'],
  ['p95', 40, 'exceeded'],
] as const)('%s < %i ms: %s', (metric, limit, kind) => {
  const run = alike(200, (stream) => 49 + (stream % 21) / 10)
  expect(judged(run, metric, limit, 'store › answer').judgement.kind).toBe(kind)
  expect(judged(run, metric, limit, 'answer').judgement.kind).toBe(kind)
})

test('a few streams prove nothing, however many events they have', () => {
  const row = judged(
    alike(20, () => 10, 5_000),
    'p95 between events',
    50,
    'answer',
  )
  expect(row.measured).toMatchObject({ value: expect.closeTo(10, 1), high: undefined })
  expect(row.judgement).toEqual({
    kind: 'undecided',
    reason: 'only 20 of the 59 streams of several events it takes to bound p95 between events',
    remedy: expect.stringMatching(/longer/),
  })
})

test('a stream of one event has no time between events, and makes none of the others surer', () => {
  const streams = Array.from({ length: 1_000 }, (_, n) => new Array<number>(n < 3 ? 300 : 0).fill(10))
  const run = runOf(streams)
  const undecided = (of: RunResult, count: number) =>
    expect(judged(of, 'p95 between events', 50, 'answer').judgement).toMatchObject({
      kind: 'undecided',
      reason: `only ${count} of the 59 streams of several events it takes to bound p95 between events`,
    })
  undecided(run, 3)
  expect(judged(run, 'p95 to last event', 3_100, 'answer').judgement.kind).toBe('holds')
  // Earlier versions did not count them.
  const [answer, page] = run.steps
  const { several, ...events } = answer!.events!
  undecided({ ...run, steps: [{ ...answer!, events }, page!] }, 1)
})

test('the whole run has the events of its steps, and a step without any has no samples of them', () => {
  const run = alike(200, () => 10)
  expect(judged(run, 'p95 between events', 50).judgement.kind).toBe('holds')
  const { scopes } = compare(run, undefined, [])
  expect(scopes.map(({ scope, events }) => [scope, events?.streams, events?.received])).toEqual([
    ['all', 200, 4_200],
    ['store › answer', 200, 4_200],
    ['store › page', undefined, undefined],
  ])
  expect(scopes[2]).not.toHaveProperty('events')
  expect(judged(run, 'p95 between events', 50, 'page').judgement.kind).toBe('no-samples')
})

test('counts of events that do not agree are refused', () => {
  const run = alike(10, () => 10)
  expect(readResult(writeResult(run))).toEqual(JSON.parse(JSON.stringify(run)))
  const [answer, page] = run.steps
  const wrong = (events: Partial<NonNullable<typeof answer>['events']>) => {
    const steps = [{ ...answer!, events: { ...answer!.events!, ...events } }, page!]
    return () => readResult(writeResult({ ...run, steps }))
  }
  expect(wrong({ received: 211 })).toThrow('steps[0].events.between is not a histogram of 201 samples but of 200')
  expect(wrong({ received: 9 })).toThrow('steps[0].events.received')
  for (const several of [0, 11]) expect(wrong({ several })).toThrow('steps[0].events.several')
  expect(wrong({ last: histogram([1]) })).toThrow('steps[0].events.last')
})

test('of clusters of one the bounds are those of samples', () => {
  const times = Histogram.of(histogram(Array.from({ length: 500 }, (_, n) => n + 1)))
  for (const q of [0.5, 0.95, 0.99]) expect(clusteredBounds(times, 500, q)).toEqual(quantileBounds(times, q))
})

test('each bound is wrong in one run of twenty at most, where each stream has a pace of its own', () => {
  // p90 of the paces, which are uniform from 0 to 1, is 0.9.
  let [tooHigh, tooLow] = [0, 0]
  const runs = 400
  for (let run = 0; run < runs; run++) {
    const recorder = new Recorder()
    for (let stream = 0; stream < 120; stream++) {
      const pace = randomAt(7, run, stream)
      for (let event = 0; event < 10; event++) recorder.record(100_000 * pace)
    }
    const { low, high } = clusteredBounds(Histogram.of(recorder.drain()), 120, 0.9)
    if (low > 90_100) tooHigh++
    if (high !== undefined && high < 89_900) tooLow++
  }
  expect(tooHigh / runs).toBeLessThan(0.07)
  expect(tooLow / runs).toBeLessThan(0.07)
  // And they are no wider than need be.
  expect(tooHigh + tooLow).toBeGreaterThan(0)
})
