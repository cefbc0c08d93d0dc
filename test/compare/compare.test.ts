import { expect, test } from '@jest/globals'
import type { Baseline } from '../../src/baseline/baseline.ts'
import { baselineRun } from '../../src/baseline/baseline-run.ts'
import { compare } from '../../src/compare/compare.ts'
import type { BudgetRow } from '../../src/compare/comparison.ts'
import type { Budget } from '../../src/profile/profile.ts'
import type { RunResult } from '../../src/result/result.ts'
import { histogram, type MadeRun, madeRun, NOW, spread, storedRun } from '../baseline/made-run.ts'
import { budget } from './made-budget.ts'

const DAY = 24 * 3_600_000
const stored = (...runs: MadeRun[]): Baseline => ({
  store: 'file:x',
  runs: runs.map((run, n) => storedRun({ id: `run-${n}`, startedAt: NOW - (n + 1) * DAY, ...run })),
})
const withP95 = (p95: number, more: MadeRun = {}): MadeRun => ({ ...more, steps: [{ times: spread(p95) }] })
const quiet = stored(withP95(98), withP95(100), withP95(102))

function row(run: RunResult | MadeRun, limit: Budget, baseline?: Baseline): BudgetRow {
  const result = 'kind' in run ? run : madeRun(run)
  const { budgets, defects } = compare(result, baseline, [limit])
  expect(defects).toEqual([])
  return budgets[0]!
}
const kindOf = (run: RunResult | MadeRun, limit: Budget, baseline?: Baseline) =>
  row(run, limit, baseline).judgement.kind

test.each([
  ['well below', 250, 'holds'],
  ['just below, within what 6,000 samples leave open', 101, 'undecided'],
  ['just above', 99, 'undecided'],
  ['well above', 80, 'exceeded'],
])('p95 of 100 ms against a limit %s', (_, limit, kind) => {
  expect(kindOf(withP95(100), budget('p95', limit))).toBe(kind)
})

test('an undecided number says between what it lies and how much longer would tell', () => {
  const { judgement, measured, limit, change, baseline, resolution } = row(withP95(100), budget('p95', 101))
  expect(measured).toMatchObject({
    value: expect.closeTo(100, 0),
    low: expect.closeTo(98, 0),
    high: expect.closeTo(102, 0),
  })
  expect([limit, change, baseline, resolution]).toEqual([101, undefined, undefined, undefined])
  expect(judgement).toEqual({
    kind: 'undecided',
    reason: expect.stringMatching(
      /^anything from 9\d.* ms to 10\d.* ms is possible, and the limit of 101 ms lies in between$/,
    ),
    remedy: expect.stringMatching(/^Measure about \d.* longer\.$/),
  })
})

test('one sample, one second and one arrival are spoken of as one', () => {
  const reasonOf = (run: MadeRun, limit: Budget) => {
    const { judgement } = row(run, limit)
    return judgement.kind === 'undecided' ? judgement.reason : judgement.kind
  }
  const one: MadeRun = { seconds: 1, steps: [{ times: [9] }] }
  expect(reasonOf(one, budget('p95', 10))).toBe('only 1 of the 59 successes it takes to bound p95')
  expect(reasonOf(one, budget('throughput', 1))).toBe('1 s is too short to tell how steady the throughput is')
  expect(reasonOf({ ...withP95(9), dropped: 1 }, budget('errors', 0.0001, 'store'))).toBe(
    'it is not known whether 1 dropped arrival of the run would have belonged here',
  )
})

test('as much longer as is asked for does tell', () => {
  const short = row({ steps: [{ times: spread(100, 2000) }] }, budget('p95', 103)).judgement
  if (short.kind !== 'undecided') throw new Error(short.kind)
  const seconds = /about (?:(\d+) min ?)?(?:(\d+) s)? ?longer/.exec(short.remedy)!
  const longer = 60 + Number(seconds[1] ?? 0) * 60 + Number(seconds[2] ?? 0)
  // A little more, since the widths of the bounds move in whole ranks.
  const count = Math.ceil(((2000 * longer) / 60) * 1.1)
  expect(kindOf({ seconds: longer, steps: [{ times: spread(100, count) }] }, budget('p95', 103))).toBe('holds')
})

test('too few samples hold nothing, but may exceed', () => {
  const few = (p95: number): MadeRun => ({ seconds: 5, steps: [{ times: spread(p95, 50) }] })
  const { judgement, measured } = row(few(100), budget('p95', 10_000))
  expect(measured?.high).toBeUndefined()
  expect(judgement).toMatchObject({ kind: 'undecided', reason: 'only 50 of the 59 successes it takes to bound p95' })
  expect(kindOf(few(100), budget('p95', 10))).toBe('exceeded')
})

test('a bound that is exactly the limit keeps it', () => {
  const same = { steps: [{ times: new Array(6000).fill(100) }] }
  const value = row(same, budget('p95', 1)).measured!.value
  expect(kindOf(same, budget('p95', value))).toBe('holds')
  expect(kindOf(same, budget('p95', value - 1e-9))).toBe('exceeded')
})

const failing = (failed: number, n = 6000): MadeRun => ({
  steps: [{ times: spread(100, n - failed), causes: failed > 0 ? { 'unexpected-status': failed } : {} }],
})

test.each([
  [0, 0.005, 'holds'],
  [27, 0.005, 'undecided'],
  [33, 0.005, 'undecided'],
  [60, 0.005, 'exceeded'],
  [0, 0, 'holds'],
  [1, 0, 'exceeded'],
])('%d errors of 6,000 against %d', (failed, limit, kind) => {
  expect(kindOf(failing(failed), budget('errors', limit))).toBe(kind)
})

test('dropped arrivals count against the errors of the whole run; of a part nobody knows, so nothing holds by them', () => {
  const run = { ...withP95(100), dropped: 600 }
  expect(row(run, budget('errors', 0.01))).toMatchObject({
    judgement: { kind: 'exceeded' },
    measured: { value: 600 / 6600 },
  })
  expect(row(run, budget('errors', 0.01, 'store'))).toMatchObject({
    measured: { value: 0, low: 0 },
    judgement: { kind: 'undecided', reason: expect.stringMatching(/whether 600 dropped arrivals of the run would/) },
  })
  expect(kindOf(run, budget('errors', 0, 'store'))).toBe('undecided')
  expect(kindOf(run, budget('p95', 1000, 'store'))).toBe('undecided')
  expect(kindOf(run, budget('p50', 1000, 'store'))).toBe('holds')
  expect(kindOf({ ...run, dropped: 6 }, budget('errors', 0.01, 'store'))).toBe('holds')
  expect(kindOf({ ...failing(600), dropped: 6 }, budget('errors', 0.01, 'store'))).toBe('exceeded')
})

test.each([
  [90, 'holds'],
  [100, 'holds'],
  [110, 'exceeded'],
])('a steady throughput of 100/s against %d/s', (limit, kind) => {
  expect(kindOf(withP95(100), budget('throughput', limit))).toBe(kind)
})

test('a target that falls behind does not get the throughput of the load', () => {
  const behind = { ...withP95(100), endWithin: 80 }
  expect(row(behind, budget('throughput', 90))).toMatchObject({
    measured: { value: 75 },
    judgement: { kind: 'exceeded' },
  })
})

test('a few seconds do not tell a throughput', () => {
  const judgement = row({ ...withP95(100), seconds: 3 }, budget('throughput', 1)).judgement
  expect(judgement).toMatchObject({ kind: 'undecided', remedy: 'Measure for at least 5 s.' })
})

// --- against stored runs --------------------------------------------------------------------------------------------

test.each([
  [100, { share: 0.5 }, 'holds'],
  [104, { share: 0.5 }, 'holds'],
  [100, { share: 0.1 }, 'undecided'],
  [135, { share: 0.1 }, 'undecided'],
  [250, { share: 0.5 }, 'exceeded'],
  [200, { share: 0.1 }, 'exceeded'],
  // Both must be exceeded: a floor of 200 ms makes 250 of 100 acceptable.
  [250, { share: 0.5, amount: 400 }, 'holds'],
  [50, { share: 0 }, 'holds'],
])('p95 of %d ms against three runs of about 100 and %j', (p95, limit, kind) => {
  expect(kindOf(withP95(p95), budget('p95', limit), quiet)).toBe(kind)
})

test('the row shows baseline, limit, change and what could have been told from noise', () => {
  const shown = row(withP95(250), budget('p95', { share: 0.1, amount: 5 }), quiet)
  expect(shown.baseline).toEqual({ value: expect.closeTo(100, 0), runs: 3 })
  expect(shown.limit).toBeCloseTo(shown.baseline!.value * 1.1, 9)
  expect(shown.change?.value).toBeCloseTo(2.5, 1)
  expect(shown.change!.low).toBeLessThan(2.5)
  expect(shown.change!.high).toBeGreaterThan(2.5)
  expect(shown.resolution).toBeGreaterThan(1.3)
  expect(shown.resolution).toBeLessThan(1.6)
})

test('no store and an empty store are no baseline', () => {
  const limit = budget('p95', { share: 0.1 })
  expect(kindOf(withP95(100), limit)).toBe('no-baseline')
  expect(kindOf(withP95(100), limit, stored())).toBe('no-baseline')
})

test('too few runs, or none that may be compared, decide nothing and say so', () => {
  const limit = budget('p95', { share: 0.5 })
  const early = row(withP95(100), limit, stored(withP95(100), withP95(100)))
  expect(early.judgement).toEqual({
    kind: 'undecided',
    reason: 'the baseline has 2 of 3 runs',
    remedy: 'Store 1 more run of this profile, made on this kind of machine.',
  })
  // What there is to see is shown all the same.
  expect(early.baseline?.runs).toBe(2)
  expect(early.baseline?.value).toBeCloseTo(100, 0)
  expect(early.limit).toBeCloseTo(1.5 * early.baseline!.value, 6)
  const old = stored(...[1, 2, 3].map((n) => withP95(100, { startedAt: NOW - 61 * DAY, id: `old-${n}` })))
  expect(row(withP95(100), limit, old).judgement).toMatchObject({
    kind: 'undecided',
    reason: 'the baseline has 0 of 3 runs (not comparable: older than 60 days)',
  })
})

test('more stored runs make the same change decidable', () => {
  const many = stored(...Array.from({ length: 10 }, (_, n) => withP95(98 + (n % 5))))
  expect(kindOf(withP95(100), budget('p95', { share: 0.2 }), quiet)).toBe('undecided')
  expect(kindOf(withP95(100), budget('p95', { share: 0.2 }), many)).toBe('holds')
})

test.each([
  [0, { amount: 0.002 }, 'holds'],
  [0, { share: 0.1 }, 'undecided'],
  [12, { amount: 0.002 }, 'undecided'],
  [60, { amount: 0.002 }, 'exceeded'],
  [60, { share: 0.1 }, 'exceeded'],
  // A floor of 2 % makes 1 % acceptable.
  [60, { share: 0.1, amount: 0.02 }, 'holds'],
])('%d errors of 6,000 against a baseline without any and %j', (failed, limit, kind) => {
  expect(kindOf(failing(failed), budget('errors', limit), stored(failing(0), failing(0), failing(0)))).toBe(kind)
})

// --- the typical block ----------------------------------------------------------------------------------------------

/** Twelve blocks of 500 with these p95; the run's own samples are theirs. */
const blocked = (p95: readonly number[], more: MadeRun = {}): RunResult => {
  const times = p95.map((p95) => spread(p95, 500))
  const run = madeRun({ ...more, steps: [{ times: times.flat() }] })
  const records = times.map((own, index) => ({ index, succeeded: 500, failed: 0, response: histogram(own) }))
  return { ...run, steps: run.steps.map((step) => ({ ...step, blocks: { length: 5_000, records } })) }
}
const flat = (p95: number) => new Array<number>(12).fill(p95)
const calm: Baseline = {
  store: 'file:x',
  runs: [98, 99, 100, 101, 102].map((p95, n) =>
    baselineRun(blocked(flat(p95), { id: `run-${n}`, startedAt: NOW - (n + 1) * DAY })),
  ),
}

test('a burst in a stored run does not make it another run', () => {
  const half = budget('p95', { share: 0.5 })
  const burst = (n: number) =>
    blocked([...flat(100).slice(3), 900, 900, 900], { id: `b-${n}`, startedAt: NOW - n * DAY })
  const noisy: Baseline = { ...calm, runs: [...calm.runs.slice(0, 4), baselineRun(burst(9))] }
  const change = (baseline: Baseline) => row(blocked(flat(180)), half, baseline)
  expect(change(noisy).judgement.kind).toBe('exceeded')
  // Without its blocks the whole run has some 500 ms, and the window the noise of that.
  const bare: Baseline = { ...noisy, runs: noisy.runs.map((run) => ({ ...run, blocks: undefined })) }
  expect(change(bare).judgement.kind).toBe('undecided')
})

test('a run that was slow for a part of the time is undecided: its typical block says one thing, all of it another', () => {
  const { judgement } = row(blocked([...flat(100).slice(3), 900, 900, 900]), budget('p95', { share: 0.5 }), calm)
  expect(judgement).toEqual({
    kind: 'undecided',
    reason: expect.stringMatching(
      /^the whole run changed by \+\d{3} %, its typical block by .{1,7} %, and the limit of \+50 % lies in between$/,
    ),
    remedy: expect.stringMatching(/slow for a part of the time/),
  })
})

test('blocks count only where every run has them', () => {
  const mixed: Baseline = { ...calm, runs: calm.runs.map((run, n) => (n === 2 ? { ...run, blocks: undefined } : run)) }
  const of = (baseline: Baseline) =>
    row(blocked([...flat(100).slice(3), 900, 900, 900]), budget('p95', { share: 0.5 }), baseline)
  expect(of(mixed).change!.value).toBeGreaterThan(3)
  expect(of(calm).change!.value).toBeLessThan(1.1)
})

test('an improvement over stored runs is shown, with the same care', () => {
  const limit = budget('p95', { share: 0.5 })
  expect(row(withP95(50), limit, quiet).improved).toBe(true)
  expect(row(withP95(90), limit, quiet).improved).toBe(false)
  expect(row(withP95(50), limit).improved).toBe(false)
  expect(
    row(failing(0), budget('errors', { amount: 0.01 }), stored(failing(30), failing(30), failing(30))).improved,
  ).toBe(true)
})

test('the errors of a baseline are pooled', () => {
  const shown = row(failing(30), budget('errors', { amount: 0.002 }), stored(failing(10), failing(20), failing(30)))
  expect(shown.baseline).toEqual({ value: 60 / 18_000, runs: 3 })
  expect(shown.change?.value).toBeCloseTo(1.5, 9)
})

test('nor do the errors of a part hold against a baseline by arrivals that were dropped', () => {
  const baseline = stored(failing(0), failing(0), failing(0))
  const limit = budget('errors', { amount: 0.01 }, 'store')
  expect(kindOf(failing(0), limit, baseline)).toBe('holds')
  expect(row({ ...failing(0), dropped: 600 }, limit, baseline).judgement).toMatchObject({
    kind: 'undecided',
    remedy: expect.stringMatching(/whole run/),
  })
})

const paced = (perSecond: number, more: MadeRun = {}): MadeRun => ({
  ...more,
  steps: [{ times: spread(100, perSecond * 60) }],
})

test.each([
  [100, {}, 'holds'],
  [99, {}, 'holds'],
  [50, {}, 'exceeded'],
  // Not keeping up, it is the machine that sets the pace, whose noise is ten times as large.
  [95, { endWithin: 62 }, 'undecided'],
  [100, { endWithin: 180 }, 'exceeded'],
])('a throughput of %d/s %j against a baseline of 100/s - 5 %', (perSecond, more, kind) => {
  const baseline = stored(paced(100), paced(100), paced(100))
  expect(kindOf(paced(perSecond, more), budget('throughput', { share: 0.05 }), baseline)).toBe(kind)
})

test('nothing but failures is no throughput at all', () => {
  const dead = { steps: [{ times: [], causes: { 'unexpected-status': 6000 } }] }
  const baseline = stored(paced(100), paced(100), paced(100))
  expect(kindOf(dead, budget('throughput', { share: 0.05 }), baseline)).toBe('exceeded')
  expect(kindOf(dead, budget('throughput', 1))).toBe('exceeded')
  expect(kindOf(dead, budget('p95', 1000))).toBe('no-samples')
  expect(kindOf(paced(100), budget('throughput', { share: 0.05 }), stored(dead, dead, dead))).toBe('undecided')
})

// --- failures hide slow requests ------------------------------------------------------------------------------------

test('a latency that left out its failures does not hold, unless errors have a budget of their own', () => {
  const timesOut = { steps: [{ times: spread(100, 5000), causes: { timeout: 1000 } }] }
  expect(row(timesOut, budget('p95', 500)).judgement).toMatchObject({
    kind: 'undecided',
    remedy: expect.stringMatching(/errors/),
  })
  const { budgets } = compare(madeRun(timesOut), undefined, [budget('p95', 500), budget('errors', 0.25)])
  expect(budgets.map(({ judgement }) => judgement.kind)).toEqual(['holds', 'holds'])
})

test('more failures than the baseline has make no latency hold, and take back no excess', () => {
  const some = (p95: number): MadeRun => ({ steps: [{ times: spread(p95, 5880), causes: { timeout: 120 } }] })
  expect(row(some(100), budget('p95', { share: 0.5 }), quiet).judgement).toMatchObject({
    kind: 'undecided',
    reason: '2 % of the requests failed, 0 % in the baseline, so p95 is not of the same requests',
  })
  expect(kindOf(some(300), budget('p95', { share: 0.5 }), quiet)).toBe('exceeded')
  // The other way round slow successes may be back that used to fail.
  const bad = stored(some(100), some(100), some(100))
  expect(kindOf(withP95(300), budget('p95', { share: 0.5 }), bad)).toBe('undecided')
  expect(kindOf(withP95(100), budget('p95', { share: 0.5 }), bad)).toBe('holds')
})

// --- the whole comparison -------------------------------------------------------------------------------------------

test('rows come worst first: by judgement, then by how near the limit is', () => {
  const limits = [
    budget('p95', 5000),
    budget('p95', { share: 0.5 }),
    budget('p95', 10),
    budget('p99', 900, 'nowhere'),
    budget('p95', 101),
    budget('p95', 400),
    budget('p95', 50),
  ]
  const { budgets } = compare(madeRun(withP95(100)), undefined, limits)
  expect(
    budgets.map(({ judgement, budget }) => [judgement.kind, budget.limit.kind === 'absolute' && budget.limit.value]),
  ).toEqual([
    ['exceeded', 10],
    ['exceeded', 50],
    ['no-samples', 900],
    ['undecided', 101],
    ['no-baseline', false],
    ['holds', 400],
    ['holds', 5000],
  ])
})

test('scopes: the whole run first, then every step, with the medians of the baseline', () => {
  const steps = [
    { step: 'GET /', times: spread(100) },
    { step: 'GET /x', times: spread(50), causes: { timeout: 3, tls: 5 } },
    { step: 'GET /y', times: [], causes: { timeout: 60 } },
  ]
  const { scopes } = compare(madeRun({ steps, dropped: 4 }), stored({ steps }, { steps }, { steps }), [])
  expect(scopes.map(({ scope }) => scope)).toEqual(['all', 'store › GET /', 'store › GET /x', 'store › GET /y'])
  expect(scopes[0]).toMatchObject({
    requests: 12_068,
    failed: 68,
    causes: [
      ['timeout', 63],
      ['tls', 5],
      ['dropped', 4],
    ],
  })
  expect(scopes[2]).toMatchObject({
    errors: 8 / 6008,
    throughput: 100,
    p95: expect.closeTo(50, 0),
    baseline: { throughput: 100 },
  })
  expect(scopes[3]).toMatchObject({
    p50: undefined,
    p95: undefined,
    serviceP95: undefined,
    errors: 1,
    baseline: undefined,
  })
})

test('the baseline is described: runs, refusals and commits', () => {
  const baseline = stored(withP95(100), withP95(100), withP95(100, { startedAt: NOW - 90 * DAY }))
  expect(compare(madeRun(), baseline, []).baseline).toEqual({
    corrected: false,
    kind: 'stored',
    store: 'file:x',
    comparable: 2,
    refused: [{ runs: 1, reason: 'older than 60 days' }],
    commits: ['c'.repeat(40)],
  })
  expect(compare(madeRun(), undefined, []).baseline).toEqual({
    corrected: false,
    kind: 'stored',
    store: undefined,
    comparable: 0,
    refused: [],
    commits: [],
  })
})

test('the whole comparison survives JSON', () => {
  const comparison = compare(madeRun(withP95(100)), quiet, [
    budget('p95', { share: 0.5 }),
    budget('throughput', { share: 0.05 }),
  ])
  expect(JSON.parse(JSON.stringify(comparison))).toEqual(
    JSON.parse(JSON.stringify(comparison, (_, value) => (value === undefined ? undefined : value))),
  )
  expect(JSON.stringify(comparison)).not.toContain(':null')
})

/** Runs of another processor, on which the calibration loop took 40 % longer, and so did the service. */
const onSlower = (p95s: readonly number[]): Baseline => ({
  store: 'file:x',
  runs: p95s.map((p95, n) => {
    const run = storedRun({ id: `run-${n}`, startedAt: NOW - (p95s.length - n) * DAY, ...withP95(1.4 * p95) })
    const { fingerprint } = run
    const calibration = { before: 14, after: 14 }
    return { ...run, calibration, fingerprint: { ...fingerprint, machine: { ...fingerprint.machine, cpu: 'Slow 1' } } }
  }),
})
const here = (p95: number): RunResult => ({ ...madeRun(withP95(p95)), calibration: { before: 10, after: 10 } })
const elsewhere = onSlower([98, 100, 102, 99, 101])

test('runs of another processor are compared with by its speed', () => {
  const { baseline, change } = row(here(100), budget('p95', { share: 1 }), elsewhere)
  // 30 % of a service's time do not follow the processor, as long as the runs do not show otherwise.
  expect(baseline).toMatchObject({ runs: 5, value: expect.closeTo(140 * (10 / 14) ** 0.7, 0) })
  expect(change!.value).toBeCloseTo((100 / 140) * 1.4 ** 0.7, 1)
  expect(kindOf(here(100), budget('p95', { share: 1 }), elsewhere)).toBe('holds')
  expect(compare(here(100), elsewhere, []).baseline).toMatchObject({ comparable: 5, corrected: true, refused: [] })
})

test('where they scatter with their processors, how far is learnt from them', () => {
  const { runs } = onSlower([70, 100, 140, 100])
  const loops = [0.7, 1, 1.4, 1]
  const following = {
    store: 'file:x',
    runs: runs.map((run, at) => ({
      ...run,
      calibration: { before: 14 * loops[at]!, after: 14 * loops[at]! },
      fingerprint: { ...run.fingerprint, machine: { ...run.fingerprint.machine, cpu: `Slow ${loops[at]}` } },
    })),
  }
  expect(row(here(100), budget('p95', { share: 1 }), following).baseline!.value).toBeCloseTo(100, 0)
})

test('what is corrected by speed proves no regression and no improvement', () => {
  const { judgement } = row(here(400), budget('p95', { share: 1 }), elsewhere)
  expect(judgement).toEqual({
    kind: 'undecided',
    reason: expect.stringMatching(/^\+\d+ % is beyond the limit, but next to runs of other processors/),
    remedy: 'Store 3 runs of this processor, or compare both versions side by side.',
  })
  expect(row(here(20), budget('p95', { share: 1 }), elsewhere)).toMatchObject({
    improved: false,
    judgement: { kind: 'holds' },
  })
})

test('a throughput that the load sets is the same on any processor, and errors are', () => {
  expect(row(here(100), budget('throughput', { share: 0.2 }), elsewhere).change!.value).toBeCloseTo(1)
  const failing = {
    ...madeRun({ steps: [{ times: spread(100), causes: { timeout: 900 } }] }),
    calibration: { before: 10, after: 10 },
  }
  expect(kindOf(failing, budget('errors', { amount: 0.01 }), elsewhere)).toBe('exceeded')
})

test('a run is held to the level since it last changed', () => {
  const days = [200, 204, 198, 201, 197, 50, 51, 49]
  const risen: Baseline = {
    store: 'file:x',
    runs: days.map((p95, n) =>
      storedRun({ id: `run-${n}`, startedAt: NOW - (days.length - n) * DAY, ...withP95(p95) }),
    ),
  }
  const { baseline, judgement } = row(withP95(150), budget('p95', { share: 0.5 }), risen)
  expect(judgement).toEqual({ kind: 'exceeded' })
  expect(baseline).toMatchObject({
    runs: 3,
    value: expect.closeTo(50, 0),
    since: { before: expect.closeTo(200, 0), after: expect.closeTo(50, 0) },
  })
})

const failingBy = (perBlock: readonly number[]): RunResult => {
  const run = madeRun({ steps: [{ times: spread(100), causes: { timeout: 240 } }] })
  const [step] = run.steps
  const nothing = { succeeded: 0, response: histogram([]) }
  const records = Array.from({ length: 13 }, (_, index) => {
    const record = step!.blocks!.records.find((one) => one.index === index) ?? nothing
    return { ...record, index, failed: perBlock[index] ?? 0 }
  })
  return { ...run, steps: [{ ...step!, blocks: { ...step!.blocks!, records } }] }
}

test('errors of one burst are not those of the code', () => {
  const errors = budget('errors', { amount: 0.01 })
  expect(row(failingBy([120, 120]), errors, quiet).judgement).toEqual({
    kind: 'undecided',
    reason: 'this run failed more often in only 2 blocks, which may be one burst of errors',
    remedy: 'Measure again: what comes again is no burst.',
  })
  expect(kindOf(failingBy([80, 80, 80]), errors, quiet)).toBe('exceeded')
  expect(kindOf({ seconds: 4, steps: [{ times: spread(100, 400), causes: { timeout: 40 } }] }, errors, quiet)).toBe(
    'exceeded',
  )
})

test('failures that no block saw are no burst: those that came after the window, and arrivals that were dropped', () => {
  const errors = budget('errors', { amount: 0.01 })
  // Requests that hang until the window is over, and arrivals that found no connection.
  const window = new Array<number>(12).fill(0)
  expect(kindOf(failingBy([...window, 240]), errors, quiet)).toBe('exceeded')
  expect(kindOf(failingBy([2, ...window.slice(1), 238]), errors, quiet)).toBe('exceeded')
  // One of them does not make a steady failure of a burst.
  expect(kindOf(failingBy([239, ...window.slice(1), 1]), errors, quiet)).toBe('undecided')
  expect(kindOf(failingBy([180, ...window.slice(1), 60]), errors, quiet)).toBe('undecided')
  expect(kindOf({ ...withP95(100), dropped: 600 }, errors, quiet)).toBe('exceeded')
})

test('where the load goes up and down, the whole runs are compared, not their typical blocks', () => {
  /** Half of the requests come in the last two of twelve blocks. */
  const peaked = (made: MadeRun, p95: number, slower: number): RunResult => {
    const [calm, peak] = [spread(p95, 300), spread(p95 * slower, 1500)]
    const times = Array.from({ length: 12 }, (_, at) => (at < 10 ? calm : peak))
    const run = madeRun({ ...made, steps: [{ times: times.flat() }] })
    const [step] = run.steps
    const records = step!.blocks!.records.map((record, at) => {
      const own = times[at] ?? []
      return { ...record, succeeded: own.length, response: histogram(own) }
    })
    return { ...run, steps: [{ ...step!, blocks: { ...step!.blocks!, records } }] }
  }
  const window = {
    store: 'file:x',
    runs: [98, 100, 102].map((p95, n) => baselineRun(peaked({ id: `p-${n}`, startedAt: NOW - DAY }, p95, 1))),
  }
  expect(row(peaked({}, 100, 4), budget('p95', { share: 0.3 }), window).judgement.kind).toBe('exceeded')
})
