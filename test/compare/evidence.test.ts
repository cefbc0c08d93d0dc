import { expect, test } from '@jest/globals'
import type { BaselineRun } from '../../src/baseline/baseline.ts'
import type { DefectCode } from '../../src/compare/comparison.ts'
import { defectsOf } from '../../src/compare/evidence.ts'
import { partNamed } from '../../src/compare/scope.ts'
import type { IntervalRecord } from '../../src/engine/shard-result.ts'
import type { RunResult, StepResult } from '../../src/result/result.ts'
import { histogram, type MadeRun, madeRun, spread, storedRun } from '../baseline/made-run.ts'

const codes = (result: RunResult, more: Parameters<typeof defectsOf>[1] = {}) =>
  defectsOf(result, more).map(({ code }) => code)
const sound = madeRun()
const withStep = (change: Partial<StepResult>): RunResult => ({ ...sound, steps: [{ ...sound.steps[0]!, ...change }] })

test('a sound run has no defect', () => {
  expect(defectsOf(sound)).toEqual([])
  expect(defectsOf(madeRun({ dropped: 9, cut: 3, steps: [{ times: spread(9), causes: { timeout: 4 } }] }))).toEqual([])
})

// --- the sums -------------------------------------------------------------------------------------------------------

const iterations = sound.iterations
const [first, ...others] = sound.intervals.records
const withIntervals = (...records: readonly IntervalRecord[]): RunResult => ({
  ...sound,
  intervals: { ...sound.intervals, records },
})
test.each<[string, RunResult]>([
  ['an iteration planned too many', { ...sound, iterations: { ...iterations, planned: iterations.planned + 1 } }],
  ['an iteration that did not end', { ...sound, iterations: { ...iterations, finished: iterations.finished - 1 } }],
  ['counts that are none', { ...sound, iterations: { ...iterations, planned: Number.NaN, started: Number.NaN } }],
  ['a request sent too many', withStep({ sent: 6001 })],
  ['a failure without a cause', withStep({ sent: 6001, failed: 1, failures: histogram([1]) })],
  ['a cause without a failure', withStep({ causes: { timeout: 1 } })],
  ['a response time too few', withStep({ response: histogram(spread(100, 5999)) })],
  ['a service time too few', withStep({ service: histogram(spread(100, 5999)) })],
  ['a failure time too many', withStep({ failures: histogram([1]) })],
  ['a success without a status', withStep({ statuses: { 200: 5999 } })],
  ['more statuses than requests', withStep({ statuses: { 200: 6001 } })],
  ['a histogram that is none', withStep({ response: 'h1:!' })],
  ['half a request', withStep({ sent: 6000.5, succeeded: 6000.5 })],
  ['a success in the window too few', withStep({ succeededInWindow: 5999 })],
  ['an interval that is missing', withIntervals(...others)],
  ['an interval twice', withIntervals(first!, first!, ...others)],
  ['an interval with other times', withIntervals({ ...first!, response: 'h1:' }, ...others)],
  ['intervals of another length', { ...sound, intervals: { ...sound.intervals, length: 2_000_000 } }],
  ['intervals of no length', { ...sound, intervals: { ...sound.intervals, length: Number.NaN } }],
])('%s does not add up', (_, result) => {
  expect(codes(result)).toEqual(['counts-disagree'])
})

test('what does not add up is named, a few of many', () => {
  const broken = {
    ...withStep({ sent: 7000, causes: { tls: 2 }, statuses: {} }),
    intervals: { length: 1_000, records: [] },
  }
  const [defect] = defectsOf(broken)
  expect(defect?.message).toMatch(
    /^The result does not add up: requests of "store › GET \/": 7,000 sent, but 6,000 .*; .* and \d+ more$/,
  )
})

// --- workers, stop, target ------------------------------------------------------------------------------------------

test.each<[DefectCode, Partial<RunResult>, RegExp]>([
  [
    'worker-lost',
    { shards: { expected: 2, reported: 1, lost: ['worker 2: died'] }, complete: false },
    /1 of 2 .*: worker 2: died/,
  ],
  ['worker-lost', { shards: { expected: 2, reported: 1, lost: [] } }, /^1 of 2 workers reported$/],
  [
    'worker-lost',
    { shards: { expected: 1, reported: 1, lost: ['worker 1: odd'] } },
    /^1 of 1 worker ended early: worker 1: odd$/,
  ],
  ['cancelled', { complete: false }, /stopped/],
])('%s', (code, change, message) => {
  expect(defectsOf({ ...sound, ...change })).toEqual([
    { code, message: expect.stringMatching(message), remedy: expect.stringMatching(/\.$/) },
  ])
})

test('a run without a request has no samples', () => {
  const nothing = madeRun({ steps: [{ times: [] }], dropped: 7 })
  expect(defectsOf(nothing)).toContainEqual(
    expect.objectContaining({ code: 'no-samples', message: 'No request was sent, with 7 arrivals dropped' }),
  )
})

test('one is one', () => {
  const messages = (result: RunResult) => defectsOf(result).map(({ message }) => message)
  const refused = madeRun({ steps: [{ times: [], causes: { 'connection-refused': 1 } }] })
  expect(messages(refused)).toEqual([
    '"http://127.0.0.1:8080" was never reached: 1 request ended with connection-refused',
  ])
  expect(messages({ ...sound, shards: { expected: 1, reported: 0, lost: [] } })).toEqual(['0 of 1 worker reported'])
  expect(messages(madeRun({ steps: [{ times: [] }], dropped: 1 }))).toContain(
    'No request was sent, with 1 arrival dropped',
  )
  expect(messages(madeRun({ steps: [{ times: [5], statuses: {} }] }))).toEqual([
    'The result does not add up: 0 status codes of "store › GET /" for 1 success of 1',
  ])
})

test.each([
  ['connection-refused'],
  ['connection-reset'],
  ['connection-closed'],
  ['connect-timeout'],
  ['unresolved-host'],
  ['unreachable'],
  ['tls'],
] as const)('nothing but %s: the target was never reached', (cause) => {
  const [defect, ...others] = defectsOf(madeRun({ steps: [{ times: [], causes: { [cause]: 50 } }] }))
  expect(others).toEqual([])
  expect(defect).toMatchObject({
    code: 'target-unreached',
    message: expect.stringMatching(new RegExp(`127.0.0.1:8080.*50.*${cause}`)),
  })
})

test.each<[string, MadeRun]>([
  ['one success', { steps: [{ times: [5], causes: { 'connection-refused': 50 } }] }],
  ['one error page', { steps: [{ times: [], causes: { 'connection-refused': 50, 'unexpected-status': 1 } }] }],
  ['a target that takes the requests and never answers', { steps: [{ times: [], causes: { timeout: 50 } }] }],
])('%s is a target that was reached', (_, made) => {
  expect(codes(madeRun(made))).toEqual([])
})

test('an address that is not allowed is a defect of its own, also beside others', () => {
  const causes = { 'address-not-allowed': 50 } as const
  for (const times of [[], spread(9)]) {
    const [defect, ...others] = defectsOf(madeRun({ steps: [{ times, causes }] }))
    expect(others).toEqual([])
    expect(defect).toMatchObject({
      code: 'target-not-allowed',
      message: expect.stringMatching(
        /led to an address that is not allowed.*50 requests ended with address-not-allowed/,
      ),
    })
  }
})

// --- steps that nobody got to ---------------------------------------------------------------------------------------

test('a step without requests is a defect, unless the end of the run or failures before it explain it', () => {
  const two = (
    first: Partial<MadeRun['steps'] & object>[number] & { times: readonly number[] },
    cut = 0,
    scenario = 'store',
  ) => codes(madeRun({ cut, steps: [first, { scenario, step: 'GET /next', times: [] }] }))
  expect(two({ times: spread(10, 100) })).toEqual(['step-missing'])
  expect(two({ times: spread(10, 100) }, 99)).toEqual(['step-missing'])
  expect(two({ times: spread(10, 100) }, 100)).toEqual([])
  expect(two({ times: [], causes: { timeout: 100 } })).toEqual([])
  // The first step of another scenario has nobody before it.
  expect(two({ times: [], causes: { timeout: 100 } }, 100, 'other')).toEqual(['step-missing'])
})

// --- the generator --------------------------------------------------------------------------------------------------

// The p50, p95 and p99 of the 6,000 answers are about 48, 100 and 136 ms.
const full = { opened: 900, peak: 100, cap: 100, connect: undefined, tls: undefined, short: false }

test.each<[readonly DefectCode[], string, Partial<RunResult['health']>]>([
  [[], 'a tenth of the p95 late', { lateness: histogram(new Array(6_000).fill(9.9)) }],
  [['generator-late'], 'more than a tenth of the p95 late', { lateness: histogram(new Array(6_000).fill(10.3)) }],
  [[], '4 % are 20 ms late', { lateness: histogram(new Array(240).fill(20)) }],
  [['generator-late'], '4 % are 26 ms late', { lateness: histogram(new Array(240).fill(26)) }],
  [[], 'ten users begin late, and are not late again', { lateness: histogram(new Array(10).fill(200)) }],
  [[], 'one request in a hundred is late', { lateness: histogram(new Array(60).fill(200)) }],
  [['generator-late'], 'more than one in a hundred', { lateness: histogram(new Array(61).fill(200)) }],
  [[], 'a pause of 24 ms', { loopDelayP99: 24 }],
  [['generator-busy'], 'pauses of 26 ms', { loopDelayP99: 26 }],
  [[], 'busy, but quick', { loopUtilisation: 0.94, cpu: 0.94, loopDelayP99: 4 }],
  [['generator-busy'], 'busy and slow', { loopUtilisation: 0.86, loopDelayP99: 6 }],
  [[], 'as slow, but idle', { loopUtilisation: 0.84, loopDelayP99: 6 }],
  [['generator-busy'], 'a loop that never rests', { loopUtilisation: 0.96 }],
  [['generator-busy'], 'a core used up', { cpu: 0.96 }],
  [['generator-busy'], 'a number that is none', { cpu: Number.NaN }],
  [['generator-busy'], 'a number that is none', { loopUtilisation: Number.NaN }],
  [['generator-busy'], 'a number that is none', { loopDelayP99: Number.NaN }],
  [[], 'a tenth of the machine stolen', { machine: { stolen: 0.1, idle: 0 } }],
  [['generator-busy'], 'more than a tenth of the machine stolen', { machine: { stolen: 0.101, idle: 0.8 } }],
  [['generator-busy'], 'a number that is none', { machine: { stolen: Number.NaN, idle: 0 } }],
  [[], 'a machine that does not tell', { machine: undefined }],
  [[], 'a machine that is all at work', { machine: { stolen: 0, idle: 0 } }],
  [[], 'every connection in use', { connections: full }],
  [['generator-busy'], 'and users left', { connections: { ...full, short: true } }],
])('%j: %s', (expected, _, health) => {
  expect(codes(madeRun({ health }))).toEqual(expected)
})

test('where functions of the profile make it late, they are the reason', () => {
  const lateness = histogram(new Array(6_000).fill(30))
  const remedy = (share: number) => {
    const functions = { calls: 6_000, total: 12_000, longest: 5, share }
    return defectsOf(madeRun({ health: { lateness, functions } })).map((defect) => defect.remedy)
  }
  expect(remedy(0.2)).toEqual([
    "The reason: the profile's functions took 20 % of a worker's time, 2 ms for each call, bound 10 %. Make them quicker, use more workers, or send less.",
  ])
  expect(remedy(0.05)[0]).toMatch(/larger machine, or send less\.$/)
  expect(codes(madeRun({ health: { functions: { calls: 1, total: 1, longest: 1, share: 0.9 } } }))).toEqual([])
})

test('where others use the machine up, that is what is to be mended, and not the number of threads', () => {
  const remedy = (cpu: number, idle: number, more: Partial<RunResult> = {}) => {
    const health = { lateness: histogram(new Array(6_000).fill(30)), cpu, machine: { stolen: 0, idle } }
    return defectsOf({ ...madeRun({ health }), ...more }).map((defect) => defect.remedy)
  }
  const [others] = remedy(0.0375, 0.001)
  expect(others).toMatch(
    /^Other processes use this machine: 0\.1 % of its CPU time was left, and the generator took \d/,
  )
  expect(others).toContain('where the service itself takes it all, send less.')
  const { plan } = madeRun()
  expect(remedy(0.0375, 0.001, { plan: { ...plan, target: 'https://shop.example' } })[0]).toMatch(/larger machine\.$/)
  for (const [cpu, idle] of [
    [0.0375, 0.5],
    [0.94, 0.001],
  ] as const) {
    const cores = madeRun().fingerprint.machine.cores
    expect(remedy(cpu * cores, idle)[0]).toMatch(/larger machine, or send less\.$/)
  }
})

test('slow answers forgive a late generator, quick ones do not', () => {
  const health = { lateness: histogram(new Array(6_000).fill(30)), loopDelayP99: 30 }
  expect(codes(madeRun({ health, steps: [{ times: spread(1000) }] }))).toEqual([])
  expect(codes(madeRun({ health, steps: [{ times: spread(1) }] }))).toEqual(['generator-late', 'generator-busy'])
  // Without an answer only the floors count.
  expect(codes(madeRun({ health, steps: [{ times: [], causes: { timeout: 9 } }] }))).toEqual([
    'generator-late',
    'generator-busy',
  ])
})

// An engine that starts is busy with itself: of the time of one request that is nearly all.
test.each<[readonly DefectCode[], string, MadeRun]>([
  [[], 'a plan of a second', { seconds: 1, steps: [{ times: [10] }], health: { loopUtilisation: 0.98, cpu: 0.98 } }],
  [
    [],
    'a load that is soon spent',
    { endWithin: 1, steps: [{ times: [10] }], health: { loopUtilisation: 0.98, cpu: 1 } },
  ],
  [[], 'with a delay', { seconds: 1, health: { loopUtilisation: 0.98, loopDelayP99: 24 } }],
  [['generator-busy'], 'with harm done', { seconds: 1, health: { loopUtilisation: 0.98, loopDelayP99: 26 } }],
  [['generator-late'], 'and late', { seconds: 1, health: { lateness: histogram(new Array(6_000).fill(26)) } }],
  [['generator-busy'], 'with a number that is none', { seconds: 1, health: { loopUtilisation: Number.NaN } }],
  [['generator-busy'], 'with a number that is none', { seconds: 1, health: { cpu: Number.POSITIVE_INFINITY } }],
  [[], 'and stolen from', { seconds: 1, health: { machine: { stolen: 0.5, idle: 0 } } }],
  [['generator-busy'], 'two seconds are enough', { seconds: 2, health: { loopUtilisation: 0.98 } }],
  [['generator-busy'], 'so are two of a minute', { endWithin: 2, health: { cpu: 0.98 } }],
  [['generator-busy'], 'two seconds busy and slow', { seconds: 2, health: { loopUtilisation: 0.86, loopDelayP99: 6 } }],
])('%j: brief and busy, %s', (expected, _, made) => {
  expect(codes(madeRun(made))).toEqual(expected)
})

test.each<[readonly DefectCode[], string, number | undefined]>([
  [[], 'http://shop.example', 0.9],
  [['generator-busy'], 'http://shop.example', 0.91],
  [['generator-busy'], 'http://10.0.0.7:8080', Number.NaN],
  [[], 'http://shop.example', undefined],
  [[], 'http://localhost:8080', 0.99],
  [[], 'http://127.0.0.2', 0.99],
  [[], 'http://[::1]:8080', 0.99],
  [['generator-busy'], 'http://localhost.example', 0.99],
])('%j: %s behind a link that is full to %d', (expected, target, link) => {
  const run = madeRun({ health: { link } })
  expect(codes({ ...run, plan: { ...run.plan, target } })).toEqual(expected)
})

test.each([
  [1, 'Use more threads or a larger machine, or send less.'],
  [3, 'Use more threads or a larger machine, or send less.'],
  [4, 'Use a larger machine, or send less.'],
  [5, 'Use a larger machine, or send less.'],
])('what helps a generator with %d threads on four cores', (threads, remedy) => {
  const run = madeRun({ health: { lateness: histogram(new Array(6_000).fill(30)), cpu: 0.99 } })
  const shards = { expected: threads, reported: threads, lost: [] }
  expect(defectsOf({ ...run, shards }).map((defect) => defect.remedy)).toEqual([remedy, remedy])
})

test('one request that failed in the generator is one too many', () => {
  const made = madeRun({ steps: [{ times: spread(100), causes: { generator: 1 } }] })
  expect(defectsOf(made)).toEqual([
    expect.objectContaining({ code: 'generator-failed', message: '1 request failed in the generator itself' }),
  ])
})

// --- the baseline ---------------------------------------------------------------------------------------------------

test('why the baseline could not be read is told as it was said', () => {
  const baselineProblem = { message: 'The baseline x is damaged', remedy: 'Restore it.' }
  expect(defectsOf(sound, { baselineProblem })).toEqual([{ code: 'baseline-damaged', ...baselineProblem }])
})

const answered = (
  statuses: Record<string, number>,
  causes: MadeRun['steps'] extends undefined ? never : object = {},
): MadeRun => ({
  steps: [
    {
      times: spread(
        100,
        Object.values(statuses).reduce((sum, count) => sum + count, 0),
      ),
      statuses,
      causes,
    },
  ],
})
const before = (statuses: Record<string, number>): readonly BaselineRun[] => [storedRun(answered(statuses))]

test.each<[readonly DefectCode[], Record<string, number>, Record<string, number>]>([
  [[], { 200: 6000 }, { 200: 6000 }],
  [['different-answers'], { 302: 6000 }, { 200: 6000 }],
  [['different-answers'], { 200: 5500, 302: 500 }, { 200: 6000 }],
  [[], { 200: 5800, 302: 200 }, { 200: 6000 }],
  // Fifty-fifty by chance: 40 of 100 is no surprise, 40 % of 6,000 is.
  [[], { 200: 40, 304: 60 }, { 200: 50, 304: 50 }],
  [['different-answers'], { 200: 2400, 304: 3600 }, { 200: 3000, 304: 3000 }],
  // A profile may expect an error.
  [['different-answers'], { 200: 6000 }, { 404: 6000 }],
])('%j: answers %j after %j', (expected, now, then) => {
  expect(codes(madeRun(answered(now)), { comparable: before(then) })).toEqual(expected)
})

test('error pages are errors, not other answers', () => {
  const now = answered({ 200: 5000 }, { 'unexpected-status': 1000 })
  expect(codes(madeRun(now), { comparable: before({ 200: 6000 }) })).toEqual([])
})

test('only the parts that budgets read must be answered alike', () => {
  const steps = (status: number) => [
    { times: spread(100) },
    { step: 'GET /moved', times: spread(100), statuses: { [status]: 6000 } },
  ]
  const now = madeRun({ steps: steps(302) })
  const comparable = [storedRun({ steps: steps(200) })]
  const of = (name: string) => ({ comparable, gated: [partNamed(name, now.steps)!] })
  expect(codes(now, of('GET /moved'))).toEqual(['different-answers'])
  expect(codes(now, of('GET /'))).toEqual([])
})
