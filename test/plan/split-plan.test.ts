import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { chooseScenario, randomAt, rowFor } from '../../src/plan/choice.ts'
import { arrivalAt, userSpans } from '../../src/plan/curve.ts'
import type { Shard } from '../../src/plan/plan.ts'
import { planLoad } from '../../src/plan/plan-load.ts'
import { splitPlan, workerThreads } from '../../src/plan/split-plan.ts'
import { summarisePlan } from '../../src/plan/summarise-plan.ts'
import { profile, request, scenario } from './profiles.ts'

const rows = Array.from({ length: 30 }, (_, n) => [`row ${n}`])
const email = { encode: 'url', value: { kind: 'data', source: 'people', column: 'email' } } as const

function planOf(model: 'open' | 'closed', seed: number, stages: readonly [number, number, number][]) {
  const plan = planLoad(
    profile({
      load: {
        model,
        warmUp: 300,
        shape: { kind: 'stages', stages: stages.map(([from, to, over]) => ({ from, to, over })) },
      },
      data: { people: { file: 'people.csv', format: 'csv', pick: 'random' } },
      scenarios: [scenario('a', 3, request(['/', email])), scenario('b', 7, request(['/b']))],
    }),
    { data: { people: { columns: ['email'], rows } } },
  )
  return { ...plan, seed }
}

/** Everything a shard sends, as a worker would find it out: what is due when, of which scenario, with which row. */
function sentBy({ plan, index, count }: Shard): string[] {
  const sent: string[] = []
  for (let n = index; ; n += count) {
    const due = arrivalAt(plan.curve, n)
    if (due === undefined) return sent
    const chosen = plan.scenarios[chooseScenario(plan.scenarios, randomAt(plan.seed, n, 0))]!.name
    sent.push(`${n} at ${due}: ${chosen}, ${rowFor(plan.data.people!, n, randomAt(plan.seed, n, 1))}`)
  }
}

const stage = fc.tuple(
  fc.integer({ min: 0, max: 60 }),
  fc.integer({ min: 1, max: 60 }),
  fc.integer({ min: 500, max: 3_000 }),
)
// Of less than one arrival behind the warm-up no plan is made.
const shapes = fc
  .array(stage, { minLength: 1, maxLength: 4 })
  .filter((stages) => stages.reduce((area, [from, to, over]) => area + (((from + to) / 2) * over) / 1_000, 0) >= 1)

test('the shards of any number together send exactly what the whole plan sends', () => {
  fc.assert(
    fc.property(shapes, fc.integer(), fc.integer({ min: 1, max: 17 }), (stages, seed, count) => {
      const plan = planOf('open', seed, stages)
      const [whole] = splitPlan(plan, 1)
      const together = splitPlan(plan, count).flatMap(sentBy)
      expect(together.toSorted()).toEqual(sentBy(whole!).toSorted())
    }),
  )
})

test('and have exactly the users of the whole plan', () => {
  fc.assert(
    fc.property(shapes, fc.integer({ min: 1, max: 17 }), (stages, count) => {
      const plan = planOf('closed', 1, stages)
      const usersOf = ({ index, count }: Shard) => {
        const users: string[] = []
        for (let user = index; user < 60; user += count) {
          const spans = userSpans(plan.curve, user)
          if (spans.length > 0) users.push(`${user}: ${JSON.stringify(spans)}`)
        }
        return users
      }
      const together = splitPlan(plan, count).flatMap(usersOf)
      expect(together.toSorted()).toEqual(splitPlan(plan, 1).flatMap(usersOf).toSorted())
    }),
  )
})

test('a plan is split into at least one whole shard', () => {
  const plan = planOf('open', 1, [[1, 1, 1000]])
  expect(splitPlan(plan, 3).map(({ index, count }) => [index, count])).toEqual([
    [0, 3],
    [1, 3],
    [2, 3],
  ])
  for (const count of [0, -1, 1.5, Number.NaN]) expect(() => splitPlan(plan, count)).toThrow(RangeError)
})

test.each([
  ['a small load needs one', 'open', 100, 64, false, 1],
  ['5,000 requests a second are one thread', 'open', 5_000, 64, false, 1],
  ['and more are two', 'open', 5_001, 64, false, 2],
  ['one core is left to the machine', 'open', 40_000, 4, false, 3],
  ['and half of them to a target that is there too', 'open', 40_000, 4, true, 2],
  ['of an odd number, the smaller half', 'open', 40_000, 5, true, 3],
  ['of two and three, one', 'open', 40_000, 3, true, 2],
  ['but one thread there is', 'open', 40_000, 1, false, 1],
  ['beside a target as well', 'open', 40_000, 1, true, 1],
  ['2,000 users are one thread', 'closed', 2_000, 64, false, 1],
  ['and more are two', 'closed', 2_001, 64, false, 2],
] as const)('threads: %s', (_, model, level, cores, shared, threads) => {
  expect(workerThreads(planOf(model, 1, [[level, level, 1000]]), { cores, shared })).toBe(threads)
})

test('every request of an iteration counts towards the threads', () => {
  const steps = [request(['/1']), request(['/2']), request(['/3'])]
  const plan = planLoad(
    profile({
      load: { model: 'open', warmUp: 0, shape: { kind: 'stages', stages: [{ from: 4_000, to: 4_000, over: 1_000 }] } },
      scenarios: [scenario('a', 1, ...steps)],
    }),
    { data: {} },
  )
  expect(workerThreads(plan, { cores: 64, shared: false })).toBe(3)
})

test('there is a connection for every thread', () => {
  const plan = planOf('closed', 1, [[20_000, 20_000, 1000]])
  expect(workerThreads(plan, { cores: 64, shared: false })).toBe(10)
  expect(workerThreads({ ...plan, connections: { ...plan.connections, limit: 3 } }, { cores: 64, shared: false })).toBe(
    3,
  )
})

test('the facts of a plan', () => {
  const shape = { kind: 'stages', stages: [{ from: 50, to: 150, over: 20_000 }] } as const
  const scenarios = [
    scenario('fan club', 30, request(['/a']), { kind: 'think', from: 1_000, to: 3_000 }, request(['/b'])),
    scenario('store', 70, request(['/c'])),
  ]
  const facts = (model: 'open' | 'closed') =>
    summarisePlan(planLoad(profile({ load: { model, warmUp: 10_000, shape }, scenarios }), { data: {} }))
  expect(facts('open')).toEqual({
    model: 'open',
    duration: 30_000,
    warmUp: 10_000,
    measured: 20_000,
    peak: 150,
    arrivals: 2_500,
    requests: 3_250,
    connections: { use: 'shared', limit: 1_000, http: '1.1', verify: true },
    files: { count: 0, size: 0 },
    following: 0,
    scenarios: [
      { name: 'fan club', share: 0.3, once: 0, requests: 2, think: 2_000 },
      { name: 'store', share: 0.7, once: 0, requests: 1, think: 0 },
    ],
  })
  const often = request(['/b'], {
    flow: { chance: 0.5, when: [], repeat: { from: 1, to: 5, between: { from: 100, to: 300 } } },
  })
  const several = profile({
    load: { model: 'open', warmUp: 0, shape },
    scenarios: [scenario('member', 1, request(['/a']), often)],
  })
  // Half of the iterations send three, with two pauses.
  expect(summarisePlan(planLoad(several, { data: {} })).scenarios[0]).toMatchObject({ requests: 2.5, think: 200 })
  const login = { ...request(['/login']), once: true as const }
  const begun = profile({
    load: { model: 'closed', warmUp: 0, shape },
    scenarios: [scenario('member', 1, login, request(['/a']))],
  })
  const [member] = summarisePlan(planLoad(begun, { data: {} })).scenarios
  expect(member).toMatchObject({ once: 1, requests: 1 })
  expect(facts('closed')).toMatchObject({
    peak: 150,
    arrivals: undefined,
    requests: undefined,
    connections: { use: 'per-user', limit: 150 },
  })
})
