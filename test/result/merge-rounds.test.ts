import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { intervalsIn, isWithinWindow } from '../../src/engine/interval.ts'
import type { Intervals } from '../../src/engine/shard-result.ts'
import { mergeRounds } from '../../src/result/merge-rounds.ts'
import type { RunResult } from '../../src/result/result.ts'
import { readResult, writeResult } from '../../src/result/result-file.ts'
import { histogram, type MadeRun, madeRun, sum } from '../baseline/made-run.ts'

const round = (more: MadeRun = {}): RunResult =>
  madeRun({ seconds: 10, steps: [{ times: [1, 2, 3] }, { step: 'GET /next', times: [4, 5] }], ...more })

test('one round is itself', () => {
  expect(mergeRounds([round()])).toEqual(round())
})

test('counts and histograms add up, and so does the window', () => {
  const [first, second] = [
    round({ dropped: 2 }),
    round({
      steps: [
        { times: [7], causes: { timeout: 2 } },
        { step: 'GET /next', times: [] },
      ],
      cut: 3,
    }),
  ]
  const merged = mergeRounds([first, second])
  expect(merged.plan).toEqual({ ...first.plan, measured: 20_000 })
  expect(merged.iterations).toEqual({ planned: 13, started: 11, dropped: 2, finished: 6, failed: 2, cut: 3 })
  expect(merged.shards).toEqual({ expected: 2, reported: 2, lost: [] })
  expect(merged.steps[0]).toMatchObject({
    sent: 6,
    succeeded: 4,
    failed: 2,
    succeededInWindow: 4,
    causes: { timeout: 2 },
    statuses: { 200: 4 },
    response: histogram([1, 2, 3, 7]),
  })
  expect([merged.id, merged.startedAt, merged.commit]).toEqual([first.id, first.startedAt, first.commit])
})

test('of the health it is the sum where it adds up, and the worst round where it does not', () => {
  const connections = { opened: 10, peak: 4, cap: 8, connect: histogram([1]), tls: undefined, short: false }
  const fit = {
    lateness: histogram([1]),
    loopDelayP99: 3,
    cpu: 0.2,
    pauses: { count: 1, total: 2, longest: 2 },
    machine: { stolen: 0.1, idle: 0.5 },
    link: undefined,
    connections,
  }
  const other = {
    lateness: histogram([2]),
    loopDelayP99: 1,
    cpu: 0.4,
    pauses: { count: 2, total: 9, longest: 8 },
    machine: { stolen: 0, idle: 0.2 },
    link: 0.3,
    connections: { ...connections, opened: 3, peak: 6, connect: histogram([2]), short: true },
  }
  expect(mergeRounds([round({ health: fit }), round({ health: other })]).health).toMatchObject({
    lateness: histogram([1, 2]),
    loopDelayP99: 3,
    cpu: 0.4,
    pauses: { count: 3, total: 11, longest: 8 },
    machine: { stolen: 0.1, idle: 0.2 },
    link: 0.3,
    // Rounds come one after the other, and so do their connections.
    connections: { opened: 13, peak: 6, cap: 8, connect: histogram([1, 2]), tls: undefined, short: true },
  })
  expect(mergeRounds([round(), round({ health: other })]).health.pauses).toBeUndefined()
})

test('a broken number of one round is one of the whole', () => {
  expect(mergeRounds([round(), round({ health: { cpu: Number.NaN } })]).health.cpu).toBeNaN()
})

test('one round that was cancelled, or lost a worker, makes the whole so', () => {
  expect(mergeRounds([round(), { ...round(), complete: false }]).complete).toBe(false)
  const lost = { ...round(), shards: { expected: 1, reported: 0, lost: ['gone'] } }
  expect(mergeRounds([round(), lost]).shards).toEqual({ expected: 2, reported: 1, lost: ['gone'] })
})

test('blocks that one round does not have, the whole does not have', () => {
  const bare = { ...round(), steps: round().steps.map((step) => ({ ...step, blocks: undefined })) }
  expect(mergeRounds([round(), bare]).steps.map(({ blocks }) => blocks)).toEqual([undefined, undefined])
  expect(mergeRounds([round(), round()]).steps[0]?.blocks?.records.map(({ index }) => index)).toEqual([0, 1, 2, 3])
})

const within = (intervals: Intervals, measured: number) =>
  intervals.records.filter(({ index }) => isWithinWindow(index, { measured, length: intervals.length }))
const successes = (records: Intervals['records']) => records.reduce((sum, { succeeded }) => sum + succeeded, 0)

test('pieces of later rounds lie behind those of earlier ones; within the window is what was within one', () => {
  const rounds = fc.array(fc.record({ times: fc.integer({ min: 0, max: 60 }), late: fc.integer({ min: 0, max: 9 }) }), {
    minLength: 1,
    maxLength: 5,
  })
  fc.assert(
    fc.property(rounds, fc.constantFrom(1, 5, 6.5, 7, 7.5, 10, 12, 15.5), (made, seconds) => {
      const results = made.map(({ times, late }) =>
        round({
          seconds,
          endWithin: seconds + late,
          steps: [{ times: Array.from({ length: times }, (_, n) => n + 1) }],
        }),
      )
      const active = Array.from({ length: Math.ceil(seconds) }, () => 1)
      const merged = mergeRounds(results.map((result) => ({ ...result, active })))
      const { measured } = merged.plan
      expect(merged.active).toHaveLength(intervalsIn({ measured, length: merged.intervals.length }))
      const [step] = merged.steps
      for (const of of [
        { whole: merged.intervals, each: results.map(({ intervals }) => intervals) },
        { whole: step!.blocks!, each: results.map(({ steps }) => steps[0]!.blocks!) },
      ]) {
        const indexes = of.whole.records.map(({ index }) => index)
        expect(indexes).toEqual([...new Set(indexes)].sort((a, b) => a - b))
        expect(sum(of.whole.records.map(({ response }) => response))).toBe(
          sum(of.each.flatMap(({ records }) => records.map(({ response }) => response))),
        )
        expect(successes(within(of.whole, merged.plan.measured))).toBe(
          of.each.reduce((sum, own) => sum + successes(within(own, seconds * 1000)), 0),
        )
      }
    }),
  )
})

test('a window that its pieces do not fill: the shorter last one joins the one before', () => {
  const at = (index: number, ms: number) => ({ index, succeeded: 1, failed: 0, response: histogram([ms]) })
  const cut: RunResult = {
    ...round({ seconds: 12 }),
    intervals: { length: 5_000, records: [at(0, 1), at(1, 2), at(2, 3), at(3, 9)] },
  }
  const { intervals } = mergeRounds([cut, cut])
  // Two pieces of 6 s each, then what ended after the windows.
  expect(intervals.length).toBe(6_000)
  expect(intervals.records).toEqual([
    at(0, 1),
    { index: 1, succeeded: 2, failed: 0, response: histogram([2, 3]) },
    at(2, 1),
    { index: 3, succeeded: 2, failed: 0, response: histogram([2, 3]) },
    at(5, 9),
    at(6, 9),
  ])
})

test('what was under way follows round by round; of pieces that are joined it is the mean over both', () => {
  const cut: RunResult = { ...round({ seconds: 12 }), intervals: { length: 5_000, records: [] }, active: [4, 6, 13] }
  expect(mergeRounds([cut, { ...cut, active: [1, 0, 7] }]).active).toEqual([4, 8, 1, 2])
  expect(mergeRounds([{ ...cut, intervals: { length: 1_000, records: [] }, active: [1, 2] }]).active).toHaveLength(12)
  expect(mergeRounds([cut, { ...cut, active: undefined }]).active).toBeUndefined()
})

test('the whole is a result that can be stored and read again', () => {
  const merged = mergeRounds([round(), round(), round()])
  expect(readResult(writeResult(merged))).toEqual(merged)
})

test('workers of a number are one, failures move to their round, and curves follow each other', () => {
  const worker = {
    ...{ number: 1, sent: 5, failed: 1, p95: 3, latenessP99: undefined, loopDelayP99: 1 },
    ...{ loopUtilisation: 0.1, cpu: 0.2, longestPause: 4, startedAfter: 0 },
  }
  const example = { step: 0, cause: 'timeout', at: 500, took: 9, status: undefined, bytes: 0, detail: 'x' } as const
  const curve = [{ from: 1, to: 2, over: 10_000 }]
  const first = { ...round(), workers: [worker], examples: [], plan: { ...round().plan, curve } }
  const slower = { ...worker, p95: undefined, latenessP99: 2, cpu: 0.1, longestPause: 5 }
  const second = { ...first, workers: [slower, { ...worker, number: 2 }], examples: [example, { ...example, step: 1 }] }
  const merged = mergeRounds([first, second])
  expect(merged.workers).toEqual([
    { ...worker, sent: 10, failed: 2, latenessP99: 2, longestPause: 5 },
    { ...worker, number: 2 },
  ])
  expect(merged.examples).toEqual([
    { ...example, at: 10_500 },
    { ...example, at: 10_500, step: 1 },
  ])
  expect(merged.plan.curve).toEqual([...curve, ...curve])
  // What one round does not tell is not known of all.
  expect(mergeRounds([round(), second])).toMatchObject({ workers: undefined, examples: undefined })
})
