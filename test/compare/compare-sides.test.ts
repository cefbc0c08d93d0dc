import { expect, test } from '@jest/globals'
import {
  compareSides,
  generatorWasUnfit,
  isDecided,
  type Round,
  type SidesOptions,
} from '../../src/compare/compare-sides.ts'
import type { BudgetRow } from '../../src/compare/comparison.ts'
import { judge } from '../../src/compare/judge.ts'
import { reasonOf } from '../../src/compare/reason.ts'
import type { Budget } from '../../src/profile/profile.ts'
import { histogram } from '../baseline/made-run.ts'
import { budget } from './made-budget.ts'
import { around, type MadeSide, madeRound, madeRounds, PAIRED } from './made-rounds.ts'

const AUTO: SidesOptions = { ...PAIRED, mostRounds: 10 }
const FIVE = budget('p95', { share: 0.05 })

/** Six blocks about a p95, a little up and down, so that all rounds are alike. */
const about = (p95: number, noise = 0.01): readonly number[] =>
  [-2, 1, 0, 2, -1, 0].map((step) => p95 * Math.exp(step * noise))
const same = (count: number, base: number, head: number): readonly Round[] =>
  madeRounds(count, () => madeRound(about(base), about(head)))

function row(rounds: readonly Round[], limit: Budget = FIVE, options = PAIRED): BudgetRow {
  const { budgets, defects } = compareSides(rounds, [limit], options)
  expect(defects).toEqual([])
  return budgets[0]!
}
const kindOf = (rounds: readonly Round[], limit: Budget = FIVE, options = PAIRED) =>
  row(rounds, limit, options).judgement.kind

// --- latency --------------------------------------------------------------------------------------------------------

test.each([
  [100, 'holds'],
  [102, 'holds'],
  [105, 'undecided'],
  [110, 'exceeded'],
  [130, 'exceeded'],
  [80, 'holds'],
])('four calm rounds, p95 of the base 100 ms, of the head %d ms, + 5 % allowed: %s', (head, kind) => {
  expect(kindOf(same(4, 100, head))).toBe(kind)
})

test('the row has both values, the limit, the change with its bounds, and what would have been told from none', () => {
  const { measured, baseline, limit, change, resolution, improved } = row(same(4, 100, 110))
  expect(measured?.value).toBeCloseTo(110, 0)
  expect(baseline).toEqual({ value: expect.closeTo(100, 0), runs: 4 })
  expect(limit).toBeCloseTo(1.05 * baseline!.value, 9)
  expect(change?.value).toBeCloseTo(1.1, 3)
  expect(change!.low).toBeLessThan(1.1)
  expect(change!.high).toBeGreaterThan(1.1)
  expect(resolution).toBeGreaterThan(1.01)
  expect(resolution).toBeLessThan(1.04)
  expect(improved).toBe(false)
})

test('one round tells nothing, whatever it shows, unless all rounds would share their processes', () => {
  const once = same(1, 100, 200)
  expect(row(once).judgement).toEqual({
    kind: 'undecided',
    reason: 'one round does not tell two versions from two processes of one version',
    remedy: 'Measure at least two rounds.',
  })
  expect(row(once)).toMatchObject({ measured: { value: expect.any(Number) }, limit: expect.any(Number) })
  for (const mostRounds of [0, 1, 2, 10]) expect(kindOf(once, FIVE, { ...PAIRED, mostRounds })).toBe('undecided')
  const shared = { ...PAIRED, freshProcesses: false }
  expect(kindOf(once, FIVE, shared)).toBe('exceeded')
  expect(kindOf(once, FIVE, { ...shared, mostRounds: 10 })).toBe('undecided')
})

test('processes that live through all rounds leave their difference open', () => {
  // Five calm rounds put + 7.5 % beyond + 5 %; but two processes of one version may differ by 2 %.
  const rounds = same(5, 100, 107.5)
  expect(kindOf(rounds)).toBe('exceeded')
  expect(kindOf(rounds, FIVE, { ...PAIRED, freshProcesses: false })).toBe('undecided')
})

test('rounds that disagree leave open what each of them is sure of', () => {
  const swinging = [-0.1, 0.1, 0.1, -0.1].map((shift) => madeRound(about(100), about(112 * Math.exp(shift))))
  expect(kindOf(same(4, 100, 112))).toBe('exceeded')
  expect(kindOf(swinging)).toBe('undecided')
})

test('a burst that hits both versions at once is none', () => {
  const burst = madeRounds(3, () =>
    madeRound(
      [100, 400, 100, 101, 99, 100],
      [101, 402, 99, 100, 100, 101].map((p95) => p95),
    ),
  )
  expect(kindOf(burst)).toBe('holds')
})

test('a burst in which the versions took turns moves the mean, and not the trimmed mean', () => {
  const hit = madeRounds(4, (round) => madeRound(about(100), round === 1 ? [100, 100, 500, 100, 100, 100] : about(100)))
  expect(kindOf(hit)).not.toBe('holds')
  expect(kindOf(hit, FIVE, { ...PAIRED, design: 'alternating' })).toBe('holds')
})

test.each([
  // Both must be exceeded: a floor of 20 ms makes 112 of 100 acceptable.
  [112, { share: 0.05, amount: 20 }, 'holds'],
  [112, { share: 0.05, amount: 1 }, 'exceeded'],
  [112, { amount: 20 }, 'holds'],
  [140, { amount: 20 }, 'exceeded'],
  [121, { share: 0.05, amount: 20 }, 'undecided'],
])('p95 of %d ms against 100 ms and %j', (head, limit, kind) => {
  expect(kindOf(same(4, 100, head), budget('p95', limit))).toBe(kind)
})

test('an undecided change says between what it lies, and how many rounds would tell', () => {
  const { judgement } = row(same(2, 100, 104))
  expect(judgement).toEqual({
    kind: 'undecided',
    reason: expect.stringMatching(
      /^the change of \+3\.99 % may be anything from \+.* %, and the limit of \+5 % lies in /,
    ),
    remedy: expect.stringMatching(/^Measure about \d+ more rounds?: set `rounds` to \d+\.$/),
  })
  const more = Number(/\d+/.exec(judgement.kind === 'undecided' ? judgement.remedy : '')?.[0])
  expect(kindOf(same(2 + more, 100, 104))).toBe('holds')
  expect(row(same(2, 100, 105)).judgement).toMatchObject({
    remedy: expect.stringMatching(/^It lies too near the limit/),
  })
})

test('absolute budgets are judged on the head, all rounds together', () => {
  const rounds = [madeRound(about(100), about(90)), madeRound(about(100), about(110))]
  const { budgets } = compareSides(rounds, [budget('p95', 500), budget('p95', 60), budget('throughput', 40)], PAIRED)
  expect(budgets.map(({ judgement }) => judgement.kind)).toEqual(['exceeded', 'holds', 'holds'])
  expect(budgets[0]).toMatchObject({
    measured: { value: expect.closeTo(100, -1) },
    baseline: undefined,
    change: undefined,
  })
})

test('a budget on nothing has no samples, whatever else there is', () => {
  expect(kindOf(same(2, 100, 100), budget('p95', { share: 0.05 }, 'nowhere'))).toBe('no-samples')
})

// --- several steps --------------------------------------------------------------------------------------------------

const steps = (...p95: readonly number[]): MadeSide => ({
  steps: p95.map((p95, n) => ({ step: `GET /${n}`, blocks: about(p95).map((p95) => around(p95)) })),
})

test('all steps together are the mean of their changes: a quick step that became slow is not hidden by a slow one', () => {
  const rounds = madeRounds(4, () => madeRound(steps(10, 1000), steps(15, 1000)))
  const shown = row(rounds)
  expect(shown.change?.value).toBeCloseTo(Math.sqrt(1.5), 2)
  expect(shown.judgement.kind).toBe('exceeded')
  // The requests of both together have hardly another p95, so the change is what is told.
  expect(shown.measured!.value).toBeLessThan(shown.limit!)
  expect(reasonOf(shown)).toMatch(
    /^p95 changed by \+22\.\d % block by block, which breaks "p95 .*" \(all together \d+ ms, baseline \d+ ms\)\.$/,
  )
  expect(kindOf(rounds, budget('p95', { share: 0.05 }, 'GET /1'))).toBe('holds')
  expect(kindOf(rounds, budget('p95', { share: 0.05 }, 'GET /0'))).toBe('exceeded')
})

test('a step with too few requests is undecided by itself, and part of the whole all the same', () => {
  const rare = (p95: number): MadeSide => ({
    steps: [
      { step: 'GET /often', blocks: about(100).map((p95) => around(p95)) },
      { step: 'GET /rare', blocks: about(p95).map((p95) => around(p95, 5)) },
    ],
  })
  const rounds = madeRounds(3, () => madeRound(rare(100), rare(100)))
  expect(row(rounds, budget('p95', { share: 0.05 }, 'GET /rare')).judgement).toEqual({
    kind: 'undecided',
    reason: 'only 30 of the 200 successes it takes in each round to compare p95',
    remedy: 'Send more of these requests, or limit a lower percentile.',
  })
  expect(kindOf(rounds, budget('p50', { share: 0.05 }, 'GET /rare'))).toBe('holds')
  expect(kindOf(rounds)).toBe('holds')
  // Thirty of 1,530 requests are 2 %, but ten times as slow they are no secret.
  const slow = madeRounds(3, () => madeRound(rare(100), rare(3000)))
  expect(row(slow).change!.value).toBeGreaterThan(1.01)
})

test('a version without a success leaves nothing to compare', () => {
  const dead: MadeSide = { steps: [{ blocks: [[], [], []], failed: [200, 200, 200] }] }
  const alive: MadeSide = { steps: [{ blocks: [around(10), around(10), around(10)] }] }
  const budgets = [FIVE, budget('throughput', { share: 0.05 }), budget('errors', { amount: 0.01 })]
  const kinds = (base: MadeSide, head: MadeSide) =>
    compareSides(
      madeRounds(3, () => madeRound(base, head)),
      budgets,
      PAIRED,
    ).budgets.map(({ metric, judgement }) => [metric, judgement.kind])
  expect(kinds(alive, dead)).toEqual([
    ['throughput', 'exceeded'],
    ['errors', 'exceeded'],
    ['p95', 'no-samples'],
  ])
  expect(kinds(dead, alive)).toEqual(
    expect.arrayContaining([
      ['p95', 'undecided'],
      ['throughput', 'undecided'],
      ['errors', 'holds'],
    ]),
  )
})

// --- throughput -----------------------------------------------------------------------------------------------------

const paced = (perBlock: number): MadeSide => ({
  model: 'closed',
  steps: [{ blocks: [0, 3, -3, 1, -1, 0].map((more) => around(100, perBlock + more)) }],
})

test.each([
  [500, 'holds'],
  [495, 'holds'],
  [475, 'undecided'],
  [440, 'exceeded'],
  [600, 'holds'],
])('%d answers in 5 s of users against 500, - 5 % allowed', (perBlock, kind) => {
  const rounds = madeRounds(4, () => madeRound(paced(500), paced(perBlock)))
  const shown = row(rounds, budget('throughput', { share: 0.05 }))
  expect(shown.judgement.kind).toBe(kind)
  expect(shown.change?.value).toBeCloseTo(perBlock / 500, 2)
  expect(shown.limit).toBeCloseTo(95, 0)
})

// --- errors ---------------------------------------------------------------------------------------------------------

const failing = (...failed: readonly number[]): MadeSide => ({
  steps: [{ blocks: failed.map((failures) => around(100, 500 - failures)), failed }],
})
const POINT1 = budget('errors', { amount: 0.001 })

test.each([
  ['none on either side', [0, 0, 0, 0, 0, 0], 'holds'],
  ['some, all the time', [5, 5, 4, 5, 5, 5], 'exceeded'],
  ['one here and there', [0, 1, 0, 0, 1, 0], 'undecided'],
])('errors of the head: %s', (_, failed, kind) => {
  const none = failing(0, 0, 0, 0, 0, 0)
  expect(
    kindOf(
      madeRounds(3, () => madeRound(none, failing(...failed))),
      POINT1,
    ),
  ).toBe(kind)
})

test('an excess in one or two blocks is one burst', () => {
  const none = failing(0, 0, 0, 0, 0, 0)
  const rounds = [madeRound(none, failing(0, 40, 40, 0, 0, 0)), madeRound(none, none)]
  expect(row(rounds, POINT1).judgement).toEqual({
    kind: 'undecided',
    reason: 'the head failed more often in only 2 blocks, which may be one burst of errors',
    remedy: 'Measure more rounds: what comes again is no burst.',
  })
  expect(kindOf([...rounds, madeRound(none, failing(0, 40, 0, 0, 0, 0))], POINT1)).toBe('exceeded')
})

test('errors that both versions have are no excess', () => {
  const both = failing(5, 4, 6, 5, 5, 5)
  expect(
    kindOf(
      madeRounds(6, () => madeRound(both, both)),
      budget('errors', { amount: 0.005 }),
    ),
  ).toBe('holds')
})

test('arrivals that the head dropped are failures of the whole, and no burst where they come again', () => {
  const none: MadeSide = { ...failing(0, 0, 0, 0, 0, 0), model: 'closed' }
  const dropping = (...dropped: readonly number[]) =>
    row(
      dropped.map((dropped) => madeRound(none, { ...none, dropped })),
      POINT1,
    )
  expect(dropping(300, 300)).toMatchObject({ judgement: { kind: 'exceeded' }, measured: { value: 300 / 3300 } })
  expect(dropping(300, 0).judgement).toMatchObject({ kind: 'undecided', reason: expect.stringMatching(/one burst/) })
})

test('a dropped arrival in each round makes no steady failure of a burst', () => {
  const none: MadeSide = { ...failing(0, 0, 0, 0, 0, 0), model: 'closed' }
  const burst: MadeSide = { ...failing(0, 240, 0, 0, 0, 0), model: 'closed', dropped: 1 }
  expect(row([madeRound(none, burst), madeRound(none, { ...none, dropped: 3 })], POINT1).judgement).toMatchObject({
    kind: 'undecided',
    reason:
      'the head dropped more arrivals in 2 rounds and failed more often in only 1 block, which may be one burst of errors',
  })
})

test('where one version fails more often, latency is not of the same requests', () => {
  const fast: MadeSide = {
    steps: [{ blocks: about(100).map((p95) => around(p95, 490)), failed: [10, 10, 10, 10, 10, 10] }],
  }
  const slow: MadeSide = { steps: [{ blocks: about(100).map((p95) => around(p95, 500)) }] }
  const rounds = madeRounds(3, () => madeRound(slow, fast))
  expect(row(rounds).judgement).toMatchObject({
    kind: 'undecided',
    reason: '2 % of the requests failed, 0 % on the base, so p95 is not of the same requests',
  })
})

// --- improvements ---------------------------------------------------------------------------------------------------

test('what became better is shown with the same care, and gated by nothing', () => {
  const better = row(same(4, 100, 90))
  expect([better.improved, better.judgement.kind]).toEqual([true, 'holds'])
  expect(row(same(4, 100, 99)).improved).toBe(false)
  expect(row(same(4, 100, 100)).improved).toBe(false)
  const rounds = same(4, 100, 95)
  expect(row(rounds).improved).toBe(true)
  // Of many budgets each must be surer.
  const many = Array.from({ length: 60 }, (_, n) => budget('p95', { share: 0.05 + n / 1000 }))
  expect(compareSides(rounds, many, PAIRED).budgets.filter(({ improved }) => improved)).toHaveLength(60)
  const quick = madeRounds(4, () => madeRound(paced(500), paced(600)))
  expect(row(quick, budget('throughput', { share: 0.05 })).improved).toBe(true)
})

test('fewer errors are an improvement, too', () => {
  const [many, none] = [failing(9, 9, 9, 9, 9, 9), failing(0, 0, 0, 0, 0, 0)]
  expect(
    row(
      madeRounds(3, () => madeRound(many, none)),
      POINT1,
    ).improved,
  ).toBe(true)
  expect(
    row(
      madeRounds(3, () => madeRound(many, many)),
      POINT1,
    ).improved,
  ).toBe(false)
})

// --- looks ----------------------------------------------------------------------------------------------------------

test('the first look that decides stands, with the figures it saw', () => {
  const early = same(3, 100, 100)
  const late = [...early, ...same(7, 100, 140)]
  const decided = row(early, FIVE, AUTO)
  expect(decided.judgement.kind).toBe('holds')
  expect(row(late, FIVE, AUTO)).toEqual(decided)
  expect(decided.baseline?.runs).toBeLessThanOrEqual(3)
  // One look at the same rounds sees the others, too.
  expect(kindOf(late)).not.toBe('holds')
})

test('what comes later changes nothing of what was decided before, whatever it is', () => {
  const rounds = madeRounds(10, (round) => madeRound(about(100), about(103 + (round % 3))))
  let before: BudgetRow | undefined
  for (let count = 2; count <= rounds.length; count++) {
    const now = row(rounds.slice(0, count), FIVE, AUTO)
    if (before && before.judgement.kind !== 'undecided') expect(now).toEqual(before)
    before = now
  }
})

test('looks are stricter the more may come', () => {
  const rounds = same(2, 100, 107.3)
  expect(kindOf(rounds)).toBe('exceeded')
  expect(kindOf(rounds, FIVE, { ...AUTO, mostRounds: 2 })).toBe('exceeded')
  expect(kindOf(rounds, FIVE, AUTO)).toBe('undecided')
})

test('beyond the last look that was planned none is taken', () => {
  const rounds = [...same(3, 100, 105), ...same(20, 100, 150)]
  expect(kindOf(rounds.slice(0, 3), FIVE, { ...AUTO, mostRounds: 3 })).toBe('undecided')
  expect(kindOf(rounds, FIVE, { ...AUTO, mostRounds: 3 })).toBe('undecided')
  expect(kindOf(rounds, FIVE, { ...AUTO, mostRounds: 23 })).toBe('exceeded')
})

test('absolute budgets are looked at as relative ones are: at stricter levels, and the first look that decides stands', () => {
  const percent = budget('errors', 0.01)
  const rounds = (count: number, failures: number) =>
    madeRounds(count, () => madeRound(failing(0, 0, 0, 0, 0, 0), failing(failures, 0, 0, 0, 0, 0)))
  for (const [failures, kind] of [
    [38, 'exceeded'],
    [23, 'holds'],
  ] as const) {
    expect(kindOf(rounds(2, failures), percent)).toBe(kind)
    expect(kindOf(rounds(2, failures), percent, { ...AUTO, mostRounds: 2 })).toBe(kind)
    expect(row(rounds(2, failures), percent, AUTO).judgement).toMatchObject({
      kind: 'undecided',
      reason: expect.stringMatching(
        /^anything from 0\.\d+ % to 1\.\d+ % is possible, and the limit of 1 % lies in between$/,
      ),
    })
    // The number is shown as any other is.
    expect(row(rounds(2, failures), percent, AUTO).measured).toEqual(row(rounds(2, failures), percent).measured)
  }
  const early = row(rounds(2, 0), percent, AUTO)
  expect(early.judgement.kind).toBe('holds')
  expect(row([...rounds(2, 0), ...rounds(4, 90)], percent, AUTO)).toEqual(early)
})

test('a p99.9 needs more samples the more looks may come', () => {
  const rounds = same(2, 100, 100)
  const p999 = budget('p99.9', 500)
  expect(kindOf(rounds, p999)).toBe('holds')
  expect(row(rounds, p999, AUTO).judgement).toMatchObject({
    reason: 'only 3,000 of the 4,284 successes it takes to bound p99.9',
  })
})

test('no errors at all are counted over all rounds', () => {
  const none = budget('errors', 0)
  const clean = madeRounds(2, () => madeRound(failing(0, 0, 0, 0, 0, 0), failing(0, 0, 0, 0, 0, 0)))
  const once = madeRound(failing(0, 0, 0, 0, 0, 0), failing(0, 0, 1, 0, 0, 0))
  expect(kindOf(clean, none, AUTO)).toBe('holds')
  expect(kindOf([...clean, once], none, AUTO)).toBe('exceeded')
})

test.each([
  [false, 'undecided', 105],
  [true, 'exceeded', 130],
  [true, 'holds', 100],
])('decided: %s, since it is %s', (decided, kind, head) => {
  const comparison = compareSides(same(3, 100, head), [FIVE], AUTO)
  expect(comparison.budgets[0]?.judgement.kind).toBe(kind)
  expect(isDecided(comparison)).toBe(decided)
})

test('one budget that is exceeded is enough, one that is undecided is not', () => {
  const open = budget('p95', { share: 0.3 })
  expect(isDecided(compareSides(same(3, 100, 130), [FIVE, open], AUTO))).toBe(true)
  const closed = budget('p95', { share: 0.5 })
  expect(isDecided(compareSides(same(3, 100, 130), [open, closed], AUTO))).toBe(false)
  expect(isDecided(compareSides(same(1, 100, 100), [budget('p95', 500)], AUTO))).toBe(true)
})

// --- evidence -------------------------------------------------------------------------------------------------------

const withHead = (round: Round, head: Partial<Round['head']>): Round => ({ ...round, head: { ...round.head, ...head } })

test('a flaw of one round on one side is one of the whole, told with its place', () => {
  const [first, second, third] = same(3, 100, 100) as [Round, Round, Round]
  const late = { ...second.base.health, lateness: histogram(new Array(6_000).fill(50)) }
  const rounds = [first, { ...second, base: { ...second.base, health: late } }, third]
  const comparison = compareSides(rounds, [FIVE], PAIRED)
  expect(comparison.defects).toEqual([
    expect.objectContaining({
      code: 'generator-late',
      message: expect.stringMatching(/, bound .* ms \(base, round 2\)$/),
    }),
  ])
  expect(isDecided(comparison)).toBe(true)
  expect(judge(comparison).outcome).toBe('invalid')
})

test('the same flaw in several rounds is told once', () => {
  const rounds = same(4, 100, 100).map((round, at) =>
    at === 0 ? round : withHead(round, { shards: { expected: 2, reported: 1, lost: ['Worker 2 of 2: gone'] } }),
  )
  expect(compareSides(rounds, [FIVE], PAIRED).defects.map(({ message }) => message)).toEqual([
    '1 of 2 workers reported: Worker 2 of 2: gone (head, round 2 and 2 others)',
  ])
})

test('from rounds that do not add up nothing is read', () => {
  const [first, second] = same(2, 100, 100) as [Round, Round]
  const [step] = second.head.steps
  const broken = withHead(second, { steps: [{ ...step!, blocks: { ...step!.blocks!, records: [] } }] })
  const comparison = compareSides([first, broken], [FIVE], PAIRED)
  expect(comparison.budgets).toEqual([])
  expect(comparison.defects[0]).toMatchObject({ code: 'counts-disagree', message: expect.stringMatching(/by block/) })
})

test('other answers than on the base are another service', () => {
  const rounds = same(3, 100, 100).map((round) =>
    withHead(round, { steps: round.head.steps.map((step) => ({ ...step, statuses: { 302: step.succeeded } })) }),
  )
  expect(compareSides(rounds, [FIVE], PAIRED).defects).toEqual([
    expect.objectContaining({
      code: 'different-answers',
      message: '"store › GET /" was answered with 302 (100 %), on the base with 200 (100 %)',
    }),
  ])
})

test('a step may be missing in a round, but not in all', () => {
  const rare = (count: number): MadeSide => ({
    steps: [
      { step: 'GET /', blocks: about(100).map((p95) => around(p95)) },
      { step: 'GET /rare', blocks: new Array(6).fill(around(100, count)) },
    ],
  })
  const without = (round: Round): Round => ({
    base: {
      ...round.base,
      steps: round.base.steps.map((step, at) => (at === 1 ? { ...step, scenario: 'other' } : step)),
    },
    head: {
      ...round.head,
      steps: round.head.steps.map((step, at) => (at === 1 ? { ...step, scenario: 'other' } : step)),
    },
  })
  const never = madeRounds(2, () => without(madeRound(rare(0), rare(0))))
  const comparison = compareSides(never, [FIVE], PAIRED)
  expect(comparison.defects.map(({ message }) => message)).toEqual([
    '"other › GET /rare" has no requests (base)',
    '"other › GET /rare" has no requests (head)',
  ])
  // It may still come.
  expect(isDecided(comparison)).toBe(false)
  const once = [...never, without(madeRound(rare(1), rare(1)))]
  expect(compareSides(once, [FIVE], PAIRED).defects).toEqual([])
})

test('arrivals are the same for both, users go at their own pace', () => {
  const more = (model: 'open' | 'closed') =>
    madeRounds(2, () =>
      madeRound(
        { model, steps: [{ blocks: about(100).map((p95) => around(p95, 250)) }] },
        { model, steps: [{ blocks: about(100).map((p95) => around(p95, 260)) }] },
      ),
    )
  expect(compareSides(more('open'), [FIVE], PAIRED).defects).toMatchObject([
    {
      code: 'unequal-load',
      message: 'The versions got different loads: 1,500 arrivals on the base, 1,560 on the head (round 1)',
    },
    { code: 'unequal-load', message: expect.stringMatching(/\(round 2\)$/) },
  ])
  expect(compareSides(more('closed'), [FIVE], PAIRED).defects).toEqual([])
})

test('of a round that a service ended in, that is the flaw, and not what follows from it', () => {
  const death = 'The service of the head version exited with code 7 while the load was running.'
  const [first, second] = same(2, 100, 100)
  const { base, head } = second!
  const late = { ...head.health, loopDelayP99: 80 }
  const stopped = [first!, { base: { ...base, complete: false }, head: { ...head, complete: false, health: late } }]
  const codes = (rounds: readonly Round[]) => compareSides(rounds, [FIVE], { ...PAIRED, death }).defects
  expect(compareSides(stopped, [FIVE], PAIRED).defects.length).toBeGreaterThan(1)
  expect(codes(stopped)).toEqual([
    {
      code: 'service-ended',
      message: 'The service of the head version exited with code 7 while the load was running (round 2)',
      remedy: 'Its last output is in the log.',
    },
  ])
  // What was wrong before stays, and so does what no end of a service explains.
  const unfit = { base: first!.base, head: { ...head, health: late } }
  expect(codes([unfit, stopped[1]!])).toMatchObject([{ code: 'service-ended' }, { code: 'generator-busy' }])
  const lost = { ...head, complete: false, shards: { ...head.shards, reported: 0 } }
  expect(codes([first!, { base: stopped[1]!.base, head: lost }])).toMatchObject([
    { code: 'service-ended' },
    { code: 'worker-lost' },
  ])
  // It ended when everything had been measured.
  expect(codes([first!, second!])).toEqual([])
})

// --- the whole comparison -------------------------------------------------------------------------------------------

test('what was compared with what', () => {
  expect(compareSides(same(4, 100, 100), [FIVE], PAIRED).baseline).toEqual({
    kind: 'side-by-side',
    rounds: 4,
    measured: 120_000,
    design: 'paired',
    freshProcesses: true,
    leftOut: 0,
    commit: 'b'.repeat(40),
  })
  expect(compareSides(same(2, 100, 100), [FIVE], { ...PAIRED, leftOut: 2 }).baseline).toMatchObject({ leftOut: 2 })
})

test('a pass needs more rounds that count than were left out, and nothing else does', () => {
  const after = (rounds: number, leftOut: number, head = 100) => {
    const comparison = compareSides(same(rounds, 100, head), [FIVE], { ...AUTO, leftOut })
    return { decided: isDecided(comparison), ...judge(comparison) }
  }
  expect(after(2, 1)).toMatchObject({ decided: true, outcome: 'pass' })
  expect(after(2, 2)).toEqual({
    decided: false,
    outcome: 'inconclusive',
    reason:
      '2 of 4 rounds were left out, since the generator got too little of the machine; those that count must outnumber them.',
    also: [],
  })
  expect(after(3, 2)).toMatchObject({ decided: true, outcome: 'pass' })
  expect(after(3, 3)).toMatchObject({ decided: false, outcome: 'inconclusive' })
  expect(after(3, 3, 130)).toMatchObject({ decided: true, outcome: 'fail' })
})

test('a round in which nothing but the generator is at fault says nothing of a version', () => {
  const [round] = same(1, 100, 100)
  const { base, head } = round!
  const late = { ...base, health: { ...base.health, loopDelayP99: 80 } }
  expect(generatorWasUnfit(round!)).toBe(false)
  expect(generatorWasUnfit({ base: late, head })).toBe(true)
  expect(generatorWasUnfit({ base: late, head: { ...head, complete: false } })).toBe(false)
})

test('the scopes are the head of all rounds beside the base', () => {
  const { scopes } = compareSides(same(3, 100, 110), [FIVE], PAIRED)
  expect(scopes.map(({ scope, requests }) => [scope, requests])).toEqual([
    ['all', 4500],
    ['store › GET /', 4500],
  ])
  expect(scopes[0]?.p95).toBeCloseTo(110, 0)
  expect(scopes[0]?.baseline?.p95).toBeCloseTo(100, 0)
  expect(scopes[0]).toMatchObject({ throughput: 50, baseline: { throughput: 50 } })
})
