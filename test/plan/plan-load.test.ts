import { expect, test } from '@jest/globals'
import { LoadgateError } from '../../src/errors.ts'
import { hashOf } from '../../src/plan/plan-hash.ts'
import { planLoad } from '../../src/plan/plan-load.ts'
import { DEFAULT_BUDGETS, profileSchema } from '../../src/profile/grammar.ts'
import type { Budget, Load, LoadProfile, Shape, TemplatePart } from '../../src/profile/profile.ts'
import { profile, request, scenario } from './profiles.ts'

const plan = (changes: Partial<LoadProfile> = {}) => planLoad(profile(changes), { data: {} })
const stages = (...stages: { from: number; to: number; over: number }[]): Shape => ({ kind: 'stages', stages })
const open = (shape: Shape, warmUp = 0): Load => ({ model: 'open', warmUp, shape })
const closed = (shape: Shape, warmUp = 0): Load => ({ model: 'closed', warmUp, shape })

function refused(make: () => unknown): LoadgateError {
  try {
    make()
  } catch (error) {
    if (error instanceof LoadgateError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

test('a plain profile is a plan of one segment', () => {
  expect(plan()).toMatchObject({
    model: 'open',
    curve: [{ from: 10, to: 10, over: 10_000 }],
    measureFrom: 0,
    duration: 10_000,
    seed: 1,
    timeout: 10_000,
    data: {},
  })
})

test('a warm-up is flat at the first level, or where the first ramp from nothing leads', () => {
  const warm = (from: number) => plan({ load: open(stages({ from, to: 40, over: 8_000 }), 2_000) })
  expect(warm(20)).toMatchObject({
    curve: [
      { from: 20, to: 20, over: 2_000 },
      { from: 20, to: 40, over: 8_000 },
    ],
    measureFrom: 2_000,
    duration: 10_000,
  })
  expect(warm(0).curve[0]).toEqual({ from: 40, to: 40, over: 2_000 })
})

test('steps climb to their end and stay there', () => {
  const shape: Shape = { kind: 'steps', from: 10, add: 15, every: 1_000, until: 40, over: 4_500 }
  expect(plan({ load: open(shape) }).curve).toEqual([
    { from: 10, to: 10, over: 1_000 },
    { from: 25, to: 25, over: 1_000 },
    { from: 40, to: 40, over: 2_500 },
  ])
})

test('steps without a highest level climb to the end', () => {
  const shape: Shape = { kind: 'steps', from: 10, add: 6, every: 1_000, until: undefined, over: 2_500 }
  expect(plan({ load: open(shape) }).curve).toEqual([
    { from: 10, to: 10, over: 1_000 },
    { from: 16, to: 16, over: 1_000 },
    { from: 22, to: 22, over: 500 },
  ])
})

test('levels hold until the next one', () => {
  const levels = [
    { at: 0, level: 5 },
    { at: 1_000, level: 9 },
    { at: 1_000, level: 7 },
    { at: 9_000, level: 99 },
  ]
  expect(plan({ load: open({ kind: 'levels', levels, over: 3_000 }) }).curve).toEqual([
    { from: 5, to: 5, over: 1_000 },
    { from: 7, to: 7, over: 2_000 },
  ])
})

test('request steps are numbered through the whole plan, and each has its timeout', () => {
  const scenarios = [
    scenario('a', 1, request(['/']), { kind: 'think', from: 1, to: 2 }, request(['/slow'], { timeout: 60_000 })),
    scenario('b', 1, request(['/b'])),
  ]
  const steps = plan({ scenarios }).scenarios.flatMap(({ steps }) => steps)
  expect(steps.map((step) => (step.kind === 'request' ? [step.id, step.timeout] : 'think'))).toEqual([
    [0, 10_000],
    'think',
    [1, 60_000],
    [2, 10_000],
  ])
})

test.each([
  ['a small open load may hold a few', open(stages({ from: 1, to: 1, over: 60_000 })), 50],
  ['as many as wait if every answer takes the whole timeout', open(stages({ from: 20, to: 20, over: 60_000 })), 200],
  ['a thousand', open(stages({ from: 0, to: 2_000, over: 60_000 })), 1_000],
  ['or a quarter of a second', open(stages({ from: 0, to: 20_000, over: 1_000 })), 5_000],
  ['each user has its own', closed(stages({ from: 1, to: 7, over: 60_000 })), 7],
  ['but no more than there are ports', closed(stages({ from: 1, to: 90_000, over: 60_000 })), 25_000],
])('connections: %s', (_, load, cap) => {
  expect(plan({ load }).connections.limit).toBe(cap)
})

const FEW = closed(stages({ from: 1, to: 7, over: 60_000 }))
const ARRIVALS = open(stages({ from: 10, to: 10, over: 60_000 }))

test.each<[string, Load, LoadProfile['connections'], string, number]>([
  ['users each keep one', FEW, {}, 'per-user', 7],
  ['also where there are more than needed', FEW, { limit: 9 }, 'per-user', 9],
  ['and as many as needed', FEW, { limit: 7 }, 'per-user', 7],
  ['users share too few', FEW, { limit: 6 }, 'shared', 6],
  ['users share those of a machine', closed(stages({ from: 1, to: 25_001, over: 60_000 })), {}, 'shared', 25_000],
  ['users share by choice', FEW, { use: 'shared' }, 'shared', 7],
  ['users come anew', FEW, { use: 'per-iteration', limit: 6 }, 'per-iteration', 6],
  ['arrivals share', ARRIVALS, {}, 'shared', 100],
  ['arrivals share fewer', ARRIVALS, { limit: 3 }, 'shared', 3],
  ['arrivals with one each', ARRIVALS, { use: 'per-iteration' }, 'per-iteration', 100],
])('connections: %s', (_, load, connections, use, limit) => {
  expect(plan({ load, connections }).connections).toMatchObject({ use, limit })
})

test('visitors with a connection of their own keep it while they think', () => {
  const pause = { kind: 'think', from: 1_000, to: 3_000 } as const
  const scenarios = [scenario('a', 1, request(['/']), pause, request(['/'])), scenario('b', 3, request(['/']))]
  const limit = (use: 'shared' | 'per-iteration') =>
    plan({ load: open(stages({ from: 100, to: 100, over: 60_000 })), scenarios, connections: { use } }).connections
      .limit
  // one in four thinks for 2 s: 50 of 100 a second at any time
  expect(limit('per-iteration')).toBe(limit('shared') + 50)
})

test('connections: what is left out has its default, what is chosen stays', () => {
  expect(plan().connections).toEqual({ use: 'shared', limit: 100, http: '1.1', verify: true })
  const chosen = { use: 'per-iteration', limit: 5, maxAge: 60_000, maxRequests: 100, http: '2', verify: false } as const
  expect(plan({ connections: chosen }).connections).toEqual(chosen)
})

const place = { file: 'perf/gate.yml', line: 9, column: 5 }
const budget = (metric: Budget['metric'], of?: string): Budget => ({
  text: `${metric} < 1`,
  metric,
  of,
  limit: { kind: 'absolute', value: 1 },
  place,
})

test.each([
  ['none at all', [], ['errors < 1 % (default)', 'p95 < baseline + 10 % and + 5 ms (default)']],
  ['latency alone would let errors pass', [budget('p95')], ['p95 < 1', 'errors < 1 % (default)']],
  ['errors of the whole run', [budget('errors')], ['errors < 1']],
  ['errors of one scenario leave the other', [budget('errors', 'a')], ['errors < 1', 'errors < 1 % (default)']],
  ['errors of every scenario', [budget('errors', 'b'), budget('errors', 'a')], ['errors < 1', 'errors < 1']],
])('budgets: %s', (_, budgets, texts) => {
  const scenarios = [scenario('a', 1, request(['/'])), scenario('b', 1, request(['/']))]
  expect(plan({ budgets, scenarios }).budgets.map(({ text }) => text)).toEqual(texts)
})

test('the default budgets are those that the reference of the profile names', () => {
  const texts = plan({ budgets: [] }).budgets.map(({ text }) => text)
  expect(texts).toEqual(Object.values(DEFAULT_BUDGETS).map((text) => `${text} (default)`))
  for (const text of Object.values(DEFAULT_BUDGETS)) expect(JSON.stringify(profileSchema())).toContain(text)
})

test('default budgets stand at the top of the profile', () => {
  const [errors, p95] = planLoad(profile(), { data: {}, file: 'perf/gate.yml' }).budgets
  expect(errors).toMatchObject({ limit: { kind: 'absolute', value: 0.01 }, place: { ...place, line: 1, column: 1 } })
  expect(p95).toMatchObject({ limit: { kind: 'baseline', share: 0.1, amount: 5 } })
  expect(plan({ budgets: [budget('p95')] }).budgets[1]?.place).toEqual({ ...place, line: 1, column: 1 })
})

const column = (source: string, column: string): TemplatePart => ({
  encode: 'url',
  value: { kind: 'data', source, column },
})
const accounts = { columns: ['email', 'password'], rows: Array.from({ length: 100 }, (_, n) => [`u${n}`, 'x']) }
const withData = (pick: 'unique' | 'sequential', used: TemplatePart, load?: Load) =>
  profile({
    data: { accounts: { file: 'accounts.csv', format: 'csv', pick } },
    scenarios: [scenario('store', 1, request(['/login'], { body: { type: undefined, content: ['e=', used] } }))],
    ...(load ? { load } : {}),
  })

test('data that is used comes along with its way of picking, other data does not', () => {
  expect(planLoad(withData('unique', column('accounts', 'email')), { data: { accounts } }).data).toEqual({
    accounts: { ...accounts, pick: 'unique' },
  })
  expect(planLoad(withData('unique', 'plain'), { data: { accounts: { ...accounts, rows: [] } } }).data).toEqual({})
})

test.each([
  ['a column that is not there', 'emial', accounts, /accounts\.csv has no column "emial"/, 'Did you mean "email"?'],
  ['nothing like it', 'zip', accounts, /no column "zip"/, 'Its columns are "email", "password".'],
  ['no rows', 'email', { ...accounts, rows: [] }, /no rows, and the load needs at least one/, 'Add rows.'],
])('refused data: %s', (_, used, data, message, hint) => {
  const error = refused(() => planLoad(withData('sequential', column('accounts', used)), { data: { accounts: data } }))
  expect(error).toMatchObject({ kind: 'usage', message: expect.stringMatching(message), hint })
})

test('refused data: a source that is not there, even one that every object has', () => {
  const error = refused(() => planLoad(withData('sequential', column('acounts', 'email')), { data: { accounts } }))
  expect(error).toMatchObject({ kind: 'usage', hint: 'Did you mean "accounts"?' })
  refused(() => planLoad(withData('sequential', column('constructor', 'name')), { data: { accounts } }))
})

test.each([
  ['open, one row per arrival', open(stages({ from: 10, to: 10, over: 9_000 }), 1_000), 100, 'arrivals'],
  ['closed, one row per user', closed(stages({ from: 0, to: 100, over: 1_000 })), 100, 'users'],
])('unique rows, %s, the warm-up included', (_, load, enough, word) => {
  const make = (rows: number) =>
    planLoad(withData('unique', column('accounts', 'email'), load), {
      data: { accounts: { ...accounts, rows: accounts.rows.slice(0, rows) } },
    })
  expect(make(enough).data.accounts?.rows.length).toBe(enough)
  expect(refused(() => make(enough - 1)).message).toContain(`99 rows, and the load has 100 ${word}`)
})

test.each([
  ['nothing is sent', open(stages({ from: 0, to: 0, over: 1_000 })), /no arrivals that are measured/],
  ['nothing is measured', open(stages({ from: 0.01, to: 0.01, over: 1_000 }), 1_000), /no arrivals that are measured/],
  ['nobody', closed(stages({ from: 0, to: 0, over: 1_000 })), /no users that are measured/],
  ['no stage', open(stages(), 1_000), /no arrivals/],
  ['too many arrivals', open(stages({ from: 1e6, to: 1e6, over: 300_000 })), /300,000,000 arrivals, more than 200,/],
  [
    'too many steps',
    open({ kind: 'steps', from: 1, add: 1, every: 1, until: 5, over: 3_600_000 }),
    /3600000 steps, more than 10000/,
  ],
  ['steps of no length', open({ kind: 'steps', from: 1, add: 1, every: 0, until: 5, over: 3_600_000 }), /steps/],
])('refused load: %s', (_, load, message) => {
  expect(refused(() => plan({ load }))).toMatchObject({ kind: 'usage', message: expect.stringMatching(message) })
})

test('the hash is of what decides the load and of nothing else', () => {
  const { hash } = plan()
  expect(hash).toMatch(/^[0-9a-f]{64}$/)
  const same = [plan({ name: 'other' }), plan({ target: 'http://h' }), plan({ budgets: [budget('errors')] })]
  expect(same.map((other) => other.hash)).toEqual([hash, hash, hash])
  expect(planLoad(backwards(profile()), { data: {} }).hash).toBe(hash)
  // A choice that is the default, and one that is left out as only JavaScript can see it, are no choice.
  expect(plan({ connections: { use: 'shared', http: '1.1', maxAge: undefined } }).hash).toBe(hash)
  const { hash: _, ...rest } = plan()
  expect(hashOf(JSON.parse(JSON.stringify(rest)))).toBe(hash)
  const others = [
    plan({ timeout: 9_000 }),
    plan({ connections: { use: 'per-iteration' } }),
    plan({ connections: { limit: 99 } }),
    plan({ connections: { maxAge: 1_000 } }),
    plan({ connections: { maxRequests: 1_000 } }),
    plan({ connections: { http: '2' } }),
    plan({ connections: { verify: false } }),
    plan({ load: open(stages({ from: 10, to: 11, over: 10_000 })) }),
    plan({ scenarios: [scenario('store', 2, request(['/']))] }),
    plan({ scenarios: [scenario('store', 1, request(['/'], { method: 'HEAD' }))] }),
    ...['a', 'b'].map((value) =>
      planLoad(withData('sequential', column('accounts', 'email')), {
        data: { accounts: { ...accounts, rows: [[value, value]] } },
      }),
    ),
  ]
  expect(new Set([hash, ...others.map((other) => other.hash)]).size).toBe(others.length + 1)
})

/** The same with the keys of every record in the other order. */
function backwards<T>(value: T): T {
  if (Array.isArray(value)) return value.map(backwards) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, backwards(item)]),
  ) as T
}

test('a plan is plain data', () => {
  const whole = planLoad(withData('unique', column('accounts', 'email')), { data: { accounts } })
  expect(structuredClone(whole)).toEqual(whole)
  expect(JSON.parse(JSON.stringify(whole))).toEqual(JSON.parse(JSON.stringify(structuredClone(whole))))
})

const weighted = (weights: readonly string[]) => {
  const rows = { columns: ['email', 'share'], rows: weights.map((weight, n) => [`u${n}@x.example`, weight]) }
  const load = withData('sequential', column('accounts', 'email'))
  const data = { accounts: { ...load.data.accounts!, pick: 'weighted' as const, by: 'share' } }
  return planLoad({ ...load, data }, { data: { accounts: rows } })
}

test('rows by their weights carry the running sums', () => {
  expect(weighted(['2', '0', '0.5']).data.accounts).toMatchObject({ pick: 'weighted', cumulative: [2, 2, 2.5] })
})

test.each([
  [['1', 'much'], /no weight in column "share" of row 2/],
  [['', '1'], /no weight in column "share" of row 1/],
  [['-1', '1'], /no weight in column "share" of row 1/],
  [['1', 'Infinity'], /no weight in column "share" of row 2/],
  [['0', '0'], /All weights in column "share" of .* are 0/],
])('weights %j are refused', (weights, message) => {
  expect(() => weighted(weights)).toThrow(message)
})
