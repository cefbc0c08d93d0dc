// Requests beside a page, steps within steps, and users with a pace: as they are read, and what a plan makes of them.
import { expect, test } from '@jest/globals'
import { requestsOf, thinkOf, timesOf, turnsOf } from '../../src/plan/expected.ts'
import { planLoad } from '../../src/plan/plan-load.ts'
import { requestsPerIteration, summarisePlan, thinkPerIteration } from '../../src/plan/summarise-plan.ts'
import { readProfile } from '../../src/profile/read-profile.ts'

const OPEN = '{ rate: 50/s, for: 60s }'
const CLOSED = '{ users: 50, for: 60s }'

function read(scenario: string, { load = OPEN, more = '' } = {}) {
  const text = `name: shop\ntarget: http://127.0.0.1:1\nload: ${load}\nscenarios: [ { name: store, ${scenario} } ]\n${more}`
  return readProfile(text, { file: 'x', env: {} })
}

function profileOf(...given: Parameters<typeof read>) {
  const { profile, issues } = read(...given)
  expect(issues).toEqual([])
  return profile!
}

const planOf = (...given: Parameters<typeof read>) => planLoad(profileOf(...given), { data: {} })
const codes = (...given: Parameters<typeof read>) => read(...given).issues.map(({ code }) => code)

const BROWSE = `steps: [
  { get: /, also: [ { get: /app.css }, { get: /frame, chance: 1 in 2 } ] },
  { steps: [
      { get: /product, capture: { id: { json: /id } } },
      { think: 10s },
      { steps: [ { get: "/details/\${id}" }, { think: 2s } ], chance: 1 in 4 },
    ], repeat: 2..4, between: 1s..3s },
  { when: { id: [ a, b ] }, steps: [ { post: "/buy/\${id}" } ] },
]`.replaceAll('\n', ' ')

test('steps stay one list, in the order in which they are written; blocks are ranges of it', () => {
  const [scenario] = profileOf(BROWSE).scenarios
  expect(scenario!.steps.map((step) => (step.kind === 'request' ? step.name : 'think'))).toEqual([
    'GET /',
    'GET /app.css',
    'GET /frame',
    'GET /product',
    'think',
    'GET /details/${id}',
    'think',
    'POST /buy/${id}',
  ])
  expect(scenario!.steps.map((step) => 'also' in step && step.also)).toEqual([
    false,
    true,
    true,
    ...Array(5).fill(false),
  ])
  expect(scenario!.blocks).toMatchObject([
    { from: 3, to: 7, flow: { repeat: { from: 2, to: 4, between: { from: 1_000, to: 3_000 } } } },
    { from: 5, to: 7, flow: { chance: 0.25 } },
    { from: 7, to: 8, flow: { when: [{ capture: 'id', is: ['a', 'b'] }] } },
  ])
})

test('a plan expects as many requests and pauses as will be made on average', () => {
  const plan = planOf(BROWSE)
  const [scenario] = plan.scenarios
  expect(timesOf(scenario!)).toEqual([1, 1, 0.5, 3, 3, 0.75, 0.75, 1])
  expect(requestsPerIteration(plan)).toBe(7.25)
  // Three times 10 s, three quarters of 2 s, and two pauses of 2 s between.
  expect(thinkPerIteration(plan)).toBe(30_000 + 1_500 + 4_000)
  expect(summarisePlan(plan)).toMatchObject({ requests: 7.25 * 3_000 })
  const slow = planOf(`pace: 1..3, ${BROWSE}`)
  expect(thinkPerIteration(slow)).toBe(2 * 35_500)
  expect(requestsPerIteration(slow)).toBe(7.25)
})

test('a user waits for answers that come side by side as for one', () => {
  const everything = () => true
  const turns = (steps: string, parallel: number) => turnsOf(profileOf(steps).scenarios[0]!, everything, parallel)
  const page = (assets: number) => `{ get: /, also: [ ${Array.from({ length: assets }, (_, n) => `{ get: /${n} }`)} ] }`
  expect(turns(`steps: [ ${page(6)}, { get: /b } ]`, 6)).toBe(3)
  expect(turns(`steps: [ ${page(12)} ]`, 6)).toBe(3)
  expect(turns(`steps: [ ${page(2)}, ${page(1)} ]`, 6)).toBe(4)
  expect(turns('steps: [ { get: /, repeat: 2, also: [ { get: /a }, { get: /b } ] } ]', 1)).toBe(6)
  expect(turns('steps: [ { get: /, also: [ { get: /a, chance: 1 in 10 } ] } ]', 6)).toBeCloseTo(1.1)
  const [scenario] = profileOf('steps: [ { get: /, repeat: 3 }, { think: 1s } ]').scenarios
  expect([
    requestsOf(scenario!, everything),
    thinkOf(scenario!, everything),
    turnsOf(scenario!, everything, 1),
  ]).toEqual([3, 1_000, 3])
})

test('captures of a page are known beside it, those beside it behind it, and those of a block behind the block', () => {
  const token = 'capture: { token: { json: /token } }'
  expect(codes(`steps: [ { get: /, ${token}, also: [ { get: "/\${token}" } ] } ]`)).toEqual([])
  expect(codes(`steps: [ { get: /, also: [ { get: /a, ${token} } ] }, { get: "/\${token}" } ]`)).toEqual([])
  expect(codes(`steps: [ { get: /, also: [ { get: /a, ${token} }, { get: "/\${token}" } ] } ]`)).toEqual([
    'unknown-reference',
  ])
  expect(codes(`steps: [ { get: /, also: [ { get: /a, ${token} }, { get: /b, when: { token: a } } ] } ]`)).toEqual([
    'unknown-reference',
  ])
  expect(
    codes(`steps: [ { get: / }, { chance: 1 in 2, steps: [ { get: /a, ${token} } ] }, { get: "/\${token}" } ]`),
  ).toEqual([])
  expect(
    codes(`steps: [ { get: / }, { repeat: 2, steps: [ { get: "/\${token}" }, { get: /a, ${token} } ] } ]`),
  ).toEqual(['unknown-reference'])
})

test('some request has to be sent always, in blocks that are, and not beside others', () => {
  const skipped = ['missing-key']
  expect(codes('steps: [ { chance: 1 in 2, steps: [ { get: / } ] } ]')).toEqual(skipped)
  expect(codes('steps: [ { repeat: 2, steps: [ { chance: 1 in 2, steps: [ { get: / } ] } ] } ]')).toEqual(skipped)
  expect(codes('steps: [ { get: /, chance: 1 in 2, also: [ { get: /a } ] } ]')).toEqual(skipped)
  expect(codes('steps: [ { repeat: 2, steps: [ { think: 1s } ] } ]')).toEqual(skipped)
  expect(codes('steps: [ { repeat: 2, steps: [ { think: 1s }, { get: / } ] } ]')).toEqual([])
})

test('names are each their own in all of a scenario', () => {
  const [scenario] = profileOf(
    'steps: [ { get: /, also: [ { get: /a }, { get: / } ] }, { repeat: 2, steps: [ { get: / } ] } ]',
  ).scenarios
  expect(scenario!.steps.map((step) => 'name' in step && step.name)).toEqual([
    'GET /',
    'GET /a',
    'GET / (2)',
    'GET / (3)',
  ])
  expect(codes('steps: [ { get: /, name: a, also: [ { get: /b, name: a } ] } ]')).toEqual(['duplicate-name'])
})

test('what is done once may bring along, repeat and have pauses', () => {
  const once =
    'once: [ { post: /login, also: [ { get: /css } ] }, { repeat: 2, steps: [ { get: /news }, { think: 1s } ] } ]'
  const plan = planOf(`${once}, steps: [ { get: / } ]`, { load: CLOSED })
  expect(plan.scenarios[0]!.steps.map(({ once }) => once)).toEqual([true, true, true, true, undefined])
  expect(summarisePlan(plan).scenarios[0]).toMatchObject({ once: 4, requests: 1, think: 0 })
  expect(summarisePlan(planOf(`${once}, steps: [ { get: / } ]`)).scenarios[0]).toMatchObject({
    requests: 5,
    think: 2_000,
  })
})

test.each([
  ['pace: 0.5..2', { from: 0.5, to: 2 }],
  ['pace: "normal(1, 0.3)"', { shape: 'normal', mean: 1, deviation: 0.3 }],
  ['pace: 1.5', { from: 1.5, to: 1.5 }],
  ['pace: " normal ( 10 , 0 ) "', { shape: 'normal', mean: 10, deviation: 0 }],
])('%s', (pace, read) => {
  expect(profileOf(`${pace}, steps: [ { get: / } ]`).scenarios[0]!.pace).toEqual(read)
})

test.each(['0..1', '0.5..11', 'normal(1, 0.46)', 'normal(0.05, 0)', '1..2..3', '-1', 'true', '1e1', ''])(
  'a pace of "%s" is refused',
  (pace) => {
    expect(codes(`pace: "${pace}", steps: [ { get: / } ]`)).toHaveLength(1)
  },
)

const ALSO = 'steps: [ { get: /, also: [ { get: /a }, { get: /b }, { get: /c } ] } ]'

test('connections are enough for what is under way at once', () => {
  const used = (load: string, connections = '{}', steps = ALSO) =>
    planOf(steps, { load, more: `connections: ${connections}\n` }).connections
  expect(used(CLOSED)).toMatchObject({ use: 'per-user', limit: 150, parallel: 6 })
  expect(used(CLOSED, '{ parallel: 2 }')).toMatchObject({ use: 'per-user', limit: 100, parallel: 2 })
  expect(used(CLOSED, '{ http: 2 }')).toMatchObject({ use: 'per-user', limit: 50, parallel: 100 })
  expect(used(CLOSED, '{ limit: 149 }')).toMatchObject({ use: 'shared', limit: 149 })
  expect(used('{ users: 9000, for: 1s }')).toMatchObject({ use: 'shared', limit: 25_000 })
  const alone = used(CLOSED, '{}', 'steps: [ { get: / } ]')
  expect(alone).toMatchObject({ use: 'per-user', limit: 50 })
  expect(alone).not.toHaveProperty('parallel')
  // A visitor's connections are idle while it thinks: 50/s × 20 s × 3, beyond those that answers may keep busy.
  const [one, three] = ['{ get: / }', '{ get: /, also: [ { get: /a }, { get: /b }, { get: /c } ] }'].map(
    (first) => used(OPEN, '{ use: per-iteration }', `steps: [ ${first}, { think: 20s } ]`).limit,
  )
  expect(one).toBe(2_000)
  expect(three).toBe(4_000)
})

test('a load without any of it is planned as ever', () => {
  const plan = planOf('steps: [ { get: / }, { think: 1s } ]')
  expect(Object.keys(plan.scenarios[0]!)).toEqual(['name', 'weight', 'steps'])
  expect(Object.keys(plan.scenarios[0]!.steps[0]!)).not.toContain('also')
})

test('more steps than anybody writes are refused, however they are nested', () => {
  const many = `steps: [ ${'{ repeat: 2, steps: [ { get: / } ] }, '.repeat(900)} ]`
  const nested = `steps: [ ${`{ repeat: 2, steps: [ ${'{ get: / }, '.repeat(900)} ] }, `.repeat(3)} ]`
  expect(codes(many)).toEqual([])
  expect(codes(nested)).toEqual(['too-large'])
})
