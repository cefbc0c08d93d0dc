// Several loads in one plan: when each is sent, and that nothing of one is another's.
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { lengthOf, levelAt, peakLevel, sumOfCurves } from '../../src/plan/curve.ts'
import { demandOf, mixOf } from '../../src/plan/demand.ts'
import { firstOwn, groupsOf, judgedScenarios, takersIn } from '../../src/plan/groups.ts'
import type { LoadPlan } from '../../src/plan/plan.ts'
import { planLoad } from '../../src/plan/plan-load.ts'
import type { Load, LoadProfile, OwnLoad, Scenario } from '../../src/profile/profile.ts'
import { profile, request, scenario } from './profiles.ts'

const flat = (level: number, over: number): Load['shape'] => ({
  kind: 'stages',
  stages: [{ from: level, to: level, over }],
})
const open = (level: number, over: number, warmUp = 0): Load => ({ model: 'open', warmUp, shape: flat(level, over) })
const closed = (level: number, over: number, warmUp = 0): Load => ({
  model: 'closed',
  warmUp,
  shape: flat(level, over),
})
const own = (name: string, load: Load, rest: { after?: number; background?: true } = {}): Scenario => {
  const { after = 0, ...flags } = rest
  return { ...scenario(name, 1, request([`/${name}`])), load: { ...load, after } satisfies OwnLoad, ...flags }
}
const plan = (changes: Partial<LoadProfile>) => planLoad(profile(changes), { data: {} })

test('a plan without groups has no word of them, and is a group by itself', () => {
  const plain = plan({})
  expect(Object.keys(plain)).not.toContain('groups')
  expect(groupsOf(plain)).toEqual([{ plan: plain, background: false, first: 0, users: 0 }])
  // As it was before there were groups.
  expect(plain.hash).toBe('8f44cac18c6c85045fe4768bf3a101bcbbe7f1e8d00a5d88e9bba0f05ebdd0d2')
})

test('loads that begin at once are warmed up together, and one that begins later right before it', () => {
  const { curve, measureFrom, duration, groups } = plan({
    load: open(10, 60_000, 5_000),
    scenarios: [
      scenario('a', 1, request(['/'])),
      own('b', closed(4, 60_000, 8_000)),
      own('c', closed(3, 20_000, 2_000), { after: 30_000 }),
      own('d', open(1, 10_000), { after: 50_000, background: true }),
    ],
  })
  const piece = (level: number, over: number) => ({ from: level, to: level, over })
  expect({ curve, measureFrom, duration }).toEqual({
    curve: [piece(10, 8_000), piece(10, 60_000)],
    measureFrom: 8_000,
    duration: 68_000,
  })
  expect(groups).toEqual([
    { scenario: 1, model: 'closed', curve: [piece(4, 8_000), piece(4, 60_000)], measureFrom: 8_000, use: 'per-user' },
    {
      scenario: 2,
      model: 'closed',
      curve: [piece(0, 36_000), piece(3, 2_000), piece(3, 20_000)],
      measureFrom: 38_000,
      use: 'per-user',
    },
    {
      scenario: 3,
      model: 'open',
      curve: [piece(0, 58_000), piece(1, 10_000)],
      measureFrom: 58_000,
      use: 'shared',
      background: true,
    },
  ])
})

test('without a load of the profile the measurement lasts until the last load that is measured ends', () => {
  const made = plan({
    load: undefined,
    scenarios: [
      own('noise', open(2, 30_000), { background: true }),
      own('b', open(5, 20_000)),
      own('c', closed(2, 10_000), { after: 25_000 }),
    ],
  })
  expect(made).toMatchObject({ model: 'open', measureFrom: 0, duration: 35_000 })
  expect(peakLevel(made.curve)).toBe(5)
  expect(groupsOf(made).map(({ plan }) => plan.scenarios.map(({ name }) => name))).toEqual([['b'], ['noise'], ['c']])
  expect(judgedScenarios(made).map(({ name }) => name)).toEqual(['b', 'c'])
})

/** Number of every arrival and user, and of the first iterations of these, as the shards of a plan take them. */
function numbersOf(made: LoadPlan, count: number) {
  return Array.from({ length: count }, (_, index) =>
    groupsOf(made).flatMap((group) => {
      const taken: { who: number; iterations: number[] }[] = []
      for (let n = firstOwn(group, { index, count }); n < takersIn(group.plan); n += count) {
        const who = group.first + n
        expect(who % count).toBe(index)
        const again = group.plan.model === 'closed' ? [0, 1, 2, 3, 4] : [0]
        taken.push({ who, iterations: again.map((time) => who + time * group.users) })
      }
      return taken
    }),
  ).flat()
}

const anyLoad = fc.record({
  model: fc.constantFrom('open' as const, 'closed' as const),
  level: fc.integer({ min: 1, max: 30 }),
  after: fc.constantFrom(0, 300, 900),
  background: fc.boolean(),
})

test('no two arrivals, users or iterations have the same number, for any groups and any number of shards', () => {
  fc.assert(
    fc.property(fc.array(anyLoad, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 9 }), (loads, count) => {
      const made = plan({
        load: open(7, 2_000),
        scenarios: [
          scenario('main', 1, request(['/'])),
          ...loads.map(({ model, level, after, background }, at) =>
            own(
              `s${at}`,
              { model, warmUp: 0, shape: flat(level, 1_000) },
              { after, ...(background && { background }) },
            ),
          ),
        ],
      })
      const numbers = numbersOf(made, count)
      const whole = groupsOf(made).reduce((sum, group) => sum + takersIn(group.plan), 0)
      expect(numbers.map(({ who }) => who).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: whole }, (_, n) => n),
      )
      const iterations = numbers.flatMap((one) => one.iterations)
      expect(new Set(iterations).size).toBe(iterations.length)
    }),
    { numRuns: 50 },
  )
})

const email = { encode: 'none', value: { kind: 'data', source: 'people', column: 'email' } } as const
const people = (rows: number) => ({
  people: { columns: ['email'], rows: Array.from({ length: rows }, (_, n) => [`row ${n}`]) },
})

test('of unique rows each group takes its own, and one that does not use them takes none', () => {
  const uses = (name: string, load: Load) => ({ ...own(name, load), steps: [request(['/', email])] })
  const shop = profile({
    load: open(10, 2_000),
    data: { people: { file: 'people.csv', format: 'csv', pick: 'unique' } },
    scenarios: [scenario('main', 1, request(['/'])), uses('users', closed(3, 2_000)), uses('arrivals', open(2, 2_000))],
  })
  // Three users and four arrivals; the twenty of the main load need none.
  const made = planLoad(shop, { data: people(7) })
  const rows = groupsOf(made).map(({ first, plan }) =>
    Array.from({ length: takersIn(plan) }, (_, n) => first + n - (plan.data.people!.from ?? 0)),
  )
  expect([...rows[1]!, ...rows[2]!].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6])
  expect(() => planLoad(shop, { data: people(6) })).toThrow(/7 arrivals and users/)
})

test('curves on top of each other are straight pieces once more', () => {
  const curve = fc.array(
    fc.record({
      from: fc.integer({ min: 0, max: 50 }),
      to: fc.integer({ min: 0, max: 50 }),
      over: fc.integer({ min: 1, max: 500 }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  fc.assert(
    fc.property(curve, curve, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, share) => {
      const sum = sumOfCurves([
        { curve: a, times: 2 },
        { curve: b, times: 1 },
      ])
      expect(lengthOf(sum)).toBeCloseTo(Math.max(lengthOf(a), lengthOf(b)), 6)
      const t = share * lengthOf(sum)
      expect(levelAt(sum, t)).toBeCloseTo(2 * levelAt(a, t) + levelAt(b, t), 6)
    }),
  )
})

test('what all loads ask for together, also where they do not meet', () => {
  const shop = { load: open(10, 60_000), connections: {} }
  const main = scenario('main', 1, request(['/']), request(['/more']))
  const first = own('first', open(30, 20_000))
  const meeting = plan({ ...shop, scenarios: [main, first, own('b', open(20, 20_000), { after: 10_000 })] })
  const apart = plan({ ...shop, scenarios: [main, first, own('b', open(20, 20_000), { after: 30_000 })] })
  expect([demandOf(meeting), demandOf(apart)]).toEqual([
    { rate: 70, users: 0, following: 0 },
    { rate: 50, users: 0, following: 0 },
  ])
  const mixed = plan({ ...shop, scenarios: [main, own('users', closed(40, 60_000))] })
  expect(demandOf(mixed)).toEqual({ rate: 20, following: 0, users: 40 })
  expect(mixOf(mixed).scenarios.map(({ weight }) => weight)).toEqual([10, 40])
  // Each user has a connection of its own, and the arrivals have theirs.
  expect(mixed.connections).toMatchObject({ use: 'shared', limit: 40 + 200 })
  expect(mixed.groups).toMatchObject([{ use: 'per-user' }])
})

test('a load without an arrival that is measured is refused, and so are too many together', () => {
  const main = scenario('main', 1, request(['/']))
  expect(() => plan({ scenarios: [main, own('b', open(0, 10_000))] })).toThrow(/no arrivals that are measured/)
  const long = (name: string) => own(name, open(1_000_000, 150_000))
  expect(() => plan({ load: open(1, 150_000), scenarios: [main, long('b')] })).not.toThrow()
  expect(() => plan({ load: open(1, 150_000), scenarios: [main, long('b'), long('c')] })).toThrow(
    /300,000,150 arrivals/,
  )
})

test('errors of scenarios in the background need no limit', () => {
  const main = scenario('main', 1, request(['/']))
  const place = { file: 'loadgate.yml', line: 1, column: 1 }
  const limit = { kind: 'absolute', value: 0.5 } as const
  const budget = { text: 'errors of main < 50 %', metric: 'errors', of: 'main', limit, place } as const
  const made = (background: { background?: true }) =>
    plan({ budgets: [budget], scenarios: [main, own('b', open(1, 10_000), background)] }).budgets.length
  expect([made({ background: true }), made({})]).toEqual([1, 2])
})
