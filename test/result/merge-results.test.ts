import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Cause, IntervalRecord, ShardResult } from '../../src/engine/shard-result.ts'
import { Histogram } from '../../src/histogram.ts'
import { mergeResults } from '../../src/result/merge-results.ts'
import { readResult, writeResult } from '../../src/result/result-file.ts'
import { contextOf, planOf, type Sample, shardOf, textOf } from './shards.ts'

const plan = planOf('closed')
const sample: fc.Arbitrary<Sample> = fc.record({
  step: fc.integer({ min: 0, max: 2 }),
  second: fc.integer({ min: 0, max: 12 }),
  us: fc.integer({ min: 1, max: 10_000_000 }),
  cause: fc.constantFrom<Cause | undefined>(undefined, undefined, 'timeout', 'unexpected-status'),
})
const samples = fc.array(sample, { maxLength: 60 })

const ok = (step: number, second: number, us: number): Sample => ({ step, second, us, cause: undefined })
const bad = (step: number, second: number, us: number): Sample => ({ step, second, us, cause: 'timeout' })

const oneBlock = (succeeded: number, failed: number, us: readonly number[]) => ({
  length: 5_000,
  records: [{ index: 0, succeeded, failed, response: textOf(us) }],
})

test('two workers are one run', () => {
  const shards = [
    shardOf(plan, 0, 2, [ok(0, 0, 1_000), ok(0, 2, 3_000), bad(1, 2, 9_000)]),
    shardOf(plan, 1, 2, [ok(0, 0, 2_000), ok(2, 1, 5_000)]),
  ]
  expect(mergeResults(shards, contextOf(plan))).toEqual({
    kind: 'loadgate-result',
    schema: 1,
    id: 'run-1',
    startedAt: 1_700_000_000_000,
    profile: 'shop',
    fingerprint: contextOf(plan).fingerprint,
    commit: 'a'.repeat(40),
    plan: {
      model: 'closed',
      target: 'http://127.0.0.1:8080',
      measured: 10_000,
      warmUp: 1_000,
      seed: 1,
      executor: 'inline',
      curve: [{ from: 10, to: 10, over: 10_000 }],
    },
    workers: [expect.objectContaining({ number: 1, sent: 3 }), expect.objectContaining({ number: 2, sent: 2 })],
    active: [0.125, 0.375, 0.625, 0.875, 1.125, 1.375, 1.625, 0.875, 0.125, 0.375],
    examples: [],
    shards: { expected: 2, reported: 2, lost: [] },
    complete: true,
    iterations: { planned: 7, started: 5, dropped: 2, finished: 4, failed: 1, cut: 0 },
    warmUp: { sent: 6, succeeded: 4, failed: 2 },
    steps: [
      {
        id: 0,
        scenario: 'buy',
        step: 'GET /list',
        sent: 3,
        succeeded: 3,
        failed: 0,
        succeededInWindow: 3,
        causes: {},
        statuses: { 200: 3 },
        bytesReceived: 300,
        bytesSent: 3,
        response: textOf([1_000, 2_000, 3_000]),
        service: textOf([999, 1_999, 2_999]),
        firstByte: textOf([998, 1_998, 2_998]),
        failures: 'h1:',
        blocks: oneBlock(3, 0, [1_000, 2_000, 3_000]),
      },
      {
        id: 1,
        scenario: 'buy',
        step: 'GET /buy',
        sent: 1,
        succeeded: 0,
        failed: 1,
        succeededInWindow: 0,
        causes: { timeout: 1 },
        statuses: {},
        bytesReceived: 100,
        bytesSent: 1,
        response: 'h1:',
        service: 'h1:',
        firstByte: 'h1:',
        failures: textOf([9_000]),
        blocks: oneBlock(0, 1, []),
      },
      {
        id: 2,
        scenario: 'look',
        step: 'GET /list',
        sent: 1,
        succeeded: 1,
        failed: 0,
        succeededInWindow: 1,
        causes: {},
        statuses: { 200: 1 },
        bytesReceived: 100,
        bytesSent: 1,
        response: textOf([5_000]),
        service: textOf([4_999]),
        firstByte: textOf([4_998]),
        failures: 'h1:',
        blocks: oneBlock(1, 0, [5_000]),
      },
    ],
    intervals: {
      length: 1_000,
      records: [
        { index: 0, succeeded: 2, failed: 0, response: textOf([1_000, 2_000]) },
        { index: 1, succeeded: 1, failed: 0, response: textOf([5_000]) },
        { index: 2, succeeded: 1, failed: 1, response: textOf([3_000]) },
      ],
    },
    health: {
      lateness: textOf([10, 30, 90, 20, 50]),
      loopDelayP99: 1,
      loopUtilisation: 0.1,
      cpu: 0.5,
      pauses: { count: 1, total: 2, longest: 4 },
      machine: { stolen: 0.1, idle: 0.5 },
      link: 0.1,
      connections: { opened: 10, peak: 8, cap: 20, connect: textOf([200, 200]), tls: 'h1:', short: false },
      staleRetries: 1,
    },
  })
})

test.each<[boolean, string, 'open' | 'closed', number, number, number | undefined]>([
  [false, 'more users than connections, which are enough', 'closed', 30_000, 9, undefined],
  [true, 'more users than connections, all in use', 'closed', 30_000, 10, undefined],
  [false, 'users with a connection each', 'closed', 25_000, 10, undefined],
  [false, 'users who share fewer, as the profile chooses', 'closed', 30_000, 10, 20],
  [false, 'arrivals that a target lets pile up', 'open', 30_000, 10, undefined],
])('short of connections: %j for %s', (short, _, model, level, peak, limit) => {
  const plan = planOf(model, level, limit)
  const shards = [shardOf(plan, 0, 2, []), shardOf(plan, 1, 2, [])].map((shard) => ({ ...shard, complete: false }))
  const [first, last] = shards
  const full = {
    ...last!,
    health: { ...last!.health, connections: { ...last!.health.connections, opened: 50, peak, cap: 10 } },
  }
  expect(mergeResults([first, full], contextOf(plan)).health.connections.short).toBe(short)
})

test('what ended after the window is not within it, of each step for itself', () => {
  const plan = planOf('closed')
  const samples = [9, 10, 11].map((second) => ({ step: 0, second, us: 1_000, cause: undefined }))
  const result = mergeResults(
    [shardOf(plan, 0, 1, [...samples, { step: 2, second: 9, us: 1_000, cause: undefined }])],
    contextOf(plan),
  )
  expect(result.steps.map(({ succeeded, succeededInWindow }) => [succeeded, succeededInWindow])).toEqual([
    [3, 1],
    [0, 0],
    [1, 1],
  ])
})

test('it does not matter which worker saw what', () => {
  fc.assert(
    fc.property(
      samples,
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.nat(5), { minLength: 60, maxLength: 60 }),
      (all, count, places) => {
        const shards = Array.from({ length: count }, (_, index) =>
          shardOf(
            plan,
            index,
            count,
            all.filter((_, at) => places[at]! % count === index),
          ),
        )
        const merged = mergeResults(shards, contextOf(plan))
        const whole = mergeResults([shardOf(plan, 0, 1, all)], contextOf(plan))
        expect(merged.shards).toEqual({ expected: count, reported: count, lost: [] })
        // As text, so that not even the order of keys may differ.
        expect(JSON.stringify([merged.steps, merged.intervals])).toBe(JSON.stringify([whole.steps, whole.intervals]))
        expect(merged.health.lateness).toBe(whole.health.lateness)
        const successes = all.filter(({ cause }) => cause === undefined)
        expect(Histogram.of(...merged.steps.map(({ response }) => response)).toText()).toBe(
          textOf(successes.map(({ us }) => us)),
        )
      },
    ),
  )
})

test('a long run is merged minute by minute', () => {
  const hour = { ...plan, duration: plan.measureFrom + 3_600_000 }
  const shards = [
    shardOf(hour, 0, 2, [ok(0, 0, 1_000), ok(1, 119, 2_000)]),
    shardOf(hour, 1, 2, [ok(0, 59, 3_000), ok(2, 3_600, 4_000)]),
  ]
  expect(mergeResults(shards, contextOf(hour))).toMatchObject({
    intervals: {
      length: 60_000,
      records: [
        { index: 0, succeeded: 2, response: textOf([1_000, 3_000]) },
        { index: 1, succeeded: 1, response: textOf([2_000]) },
        { index: 60, succeeded: 1, response: textOf([4_000]) },
      ],
    },
    steps: [{ succeededInWindow: 2 }, { succeededInWindow: 1 }, { succeededInWindow: 0 }],
  })
})

test('a worker that left by itself is named, and what it had measured counts', () => {
  const shards = [0, 1].map((index) => ({ ...shardOf(plan, index, 2, [ok(0, 0, 1_000)]), complete: index === 0 }))
  const result = mergeResults(shards, contextOf(plan, { early: ['Worker 2 of 2: interrupted by SIGTERM'] }))
  expect(result).toMatchObject({
    shards: { expected: 2, reported: 2, lost: ['Worker 2 of 2: interrupted by SIGTERM'] },
    complete: false,
  })
  expect(result.steps[0]!.sent).toBe(2)
  const written = writeResult(result)
  expect(writeResult(readResult(written))).toBe(written)
})

test('a lost worker is named, and the run is not complete', () => {
  const shards = [shardOf(plan, 0, 3, [ok(0, 0, 1_000)]), undefined, undefined]
  const result = mergeResults(shards, contextOf(plan, { lost: ['Worker 2 of 3: out of memory'] }))
  expect(result).toMatchObject({
    shards: { expected: 3, reported: 1, lost: ['Worker 2 of 3: out of memory', 'A worker gave no result'] },
    complete: false,
    iterations: { planned: 2 },
  })
})

test('no worker at all is still a result, of nothing', () => {
  expect(mergeResults([undefined], contextOf(plan))).toMatchObject({
    shards: { expected: 1, reported: 0 },
    complete: false,
    startedAt: 0,
    iterations: { planned: 0 },
    intervals: { length: 1_000, records: [] },
    health: { lateness: 'h1:', cpu: 0 },
    steps: [{ sent: 0, response: 'h1:' }, { sent: 0 }, { sent: 0 }],
  })
})

test('a run that was stopped is not complete', () => {
  const shards = [{ ...shardOf(plan, 0, 1, []), complete: false }]
  expect(mergeResults(shards, contextOf(plan))).toMatchObject({ shards: { lost: [] }, complete: false })
})

const sound = shardOf(plan, 0, 1, [ok(0, 0, 1_000), bad(0, 1, 2_000)])
const withStep = (changes: Partial<ShardResult['steps'][number]>): ShardResult => ({
  ...sound,
  steps: [{ ...sound.steps[0]!, ...changes }, ...sound.steps.slice(1)],
})

const late = shardOf(plan, 0, 1, [ok(0, 0, 1_000), bad(0, 1, 2_000), ok(0, 11, 1_000)])
const [success, failure] = sound.intervals.records
const withIntervals = (...records: readonly IntervalRecord[]): ShardResult => ({
  ...sound,
  intervals: { ...sound.intervals, records },
})

test.each<[string, ShardResult, RegExp]>([
  ['another plan', { ...sound, planHash: 'f'.repeat(64) }, /another plan/],
  ['another place', { ...sound, index: 1 }, /another plan/],
  ['a step missing', { ...sound, steps: sound.steps.slice(1) }, /does not report on every step/],
  ['a request without outcome', withStep({ sent: 3 }), /2 outcomes of 3 requests/],
  ['a failure without cause', withStep({ causes: {} }), /0 causes of 1 failures/],
  ['a success without a response time', withStep({ response: 'h1:' }), /0 times of 1 successes/],
  ['a success without a service time', withStep({ service: 'h1:' }), /0 times of 1 successes/],
  [
    'a success that ended in no interval of the window',
    withStep({ succeededInWindow: 0 }),
    /do not add up to its steps/,
  ],
  ['a failure without time', withStep({ failures: 'h1:' }), /0 times of 1 failures/],
  ['a damaged histogram', withStep({ failures: 'h1:!' }), /histogram is damaged/],
  ['an interval missing', withIntervals(failure!), /do not add up to its steps/],
  ['an interval after the window missing', { ...late, intervals: sound.intervals }, /do not add up to its steps/],
  [
    'an interval without its failure',
    withIntervals(success!, { ...failure!, failed: 0 }),
    /do not add up to its steps/,
  ],
  [
    'an interval without its times',
    withIntervals({ ...success!, response: 'h1:' }, failure!),
    /intervals that do not add up/,
  ],
  [
    'intervals of another length',
    { ...sound, intervals: { ...sound.intervals, length: 60_000 } },
    /intervals of 1 min/,
  ],
  [
    'an iteration neither started nor dropped',
    { ...sound, iterations: { ...sound.iterations, planned: 9 } },
    /2 started and 1 dropped of 9/,
  ],
  ['blocks of another length', withStep({ blocks: { length: 1_000, records: [] } }), /intervals of 1 s/],
  ['a block missing', withStep({ blocks: { length: 5_000, records: [] } }), /do not add up to its steps/],
  [
    'an interval without what was under way',
    { ...sound, active: sound.active.slice(1) },
    /under way in 9 of 10 intervals/,
  ],
  ['more users than it had', { ...sound, active: sound.active.map(() => 10.5) }, /10.5 of its 10 users/],
  ['an iteration without end', { ...sound, iterations: { ...sound.iterations, cut: 1 } }, /3 ends of 2 iterations/],
])('a worker whose numbers do not add up is lost: %s', (_, shard, reason) => {
  expect(mergeResults([sound], contextOf(plan)).shards.lost).toEqual([])
  const result = mergeResults([shard], contextOf(plan))
  expect(result.shards).toMatchObject({ reported: 0, lost: [expect.stringMatching(reason)] })
  expect(result.complete).toBe(false)
  expect(result.steps[0]?.sent).toBe(0)
})

test('in the open model a complete worker must account for each of its arrivals', () => {
  // 10/s: 10 in the warm-up, 100 measured, which are numbers 10 to 109; of three workers the first has the 33 from 12.
  const open = planOf('open')
  const shard = (index: number, planned: number, complete = true): ShardResult => ({
    ...shardOf(open, index, 3, []),
    complete,
    iterations: { planned, started: 0, dropped: planned, finished: 0, failed: 0, cut: 0 },
  })
  const lost = (...shards: ShardResult[]) => mergeResults(shards, contextOf(open)).shards.lost
  expect(lost(shard(0, 33), shard(1, 34), shard(2, 33))).toEqual([])
  expect(lost(shard(0, 33), shard(1, 33), shard(2, 33))).toEqual(['Worker 2 of 3: reports 33 of its 34 arrivals'])
  expect(lost(shard(0, 33), shard(1, 12, false), shard(2, 33))).toEqual([])
})

test('each worker is kept with its own figures, and the first failure of a kind among all', () => {
  const example = { step: 1, cause: 'timeout', took: 9, status: undefined, bytes: 0, detail: undefined } as const
  const shards = [
    { ...shardOf(plan, 0, 3, [ok(0, 0, 1_000), bad(1, 2, 9_000)]), examples: [{ ...example, at: 2_000 }] },
    undefined,
    {
      ...shardOf(plan, 2, 3, [ok(0, 0, 2_000)]),
      startedAt: 1_700_000_000_004,
      examples: [
        { ...example, at: 1_500 },
        { ...example, at: 3_000, cause: 'tls' as const },
      ],
    },
  ]
  const { workers, examples, plan: summary } = mergeResults(shards, contextOf(plan))
  expect(workers).toEqual([
    {
      ...{ number: 1, sent: 2, failed: 1, p95: expect.closeTo(1, 2), latenessP99: expect.closeTo(0.09, 2) },
      ...{ loopDelayP99: 0, loopUtilisation: 0, cpu: 0.5, longestPause: 4, startedAfter: 0 },
    },
    {
      ...{ number: 3, sent: 1, failed: 0, p95: expect.closeTo(2, 2), latenessP99: expect.closeTo(0.02, 2) },
      ...{ loopDelayP99: 2, loopUtilisation: 0.2, cpu: 0.3, longestPause: 2, startedAfter: 4 },
    },
  ])
  expect(examples).toEqual([
    { ...example, at: 1_500 },
    { ...example, at: 3_000, cause: 'tls' },
  ])
  expect(summary.curve).toEqual([{ from: 10, to: 10, over: 10_000 }])
})
