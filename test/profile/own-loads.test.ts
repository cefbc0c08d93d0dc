// Scenarios with loads of their own, as they are read.
import { expect, test } from '@jest/globals'
import { readProfile } from '../../src/profile/read-profile.ts'

function read(load: string | undefined, ...scenarios: readonly string[]) {
  const entries = scenarios.map((scenario, at) => `  - { name: s${at}, ${scenario}, steps: [ { get: / } ] }`)
  const lines = ['name: shop', 'target: http://127.0.0.1:8080', ...(load ? [`load: ${load}`] : []), 'scenarios:']
  return readProfile([...lines, ...entries].join('\n'), { file: 'loadgate.yml', env: {} })
}

const loadsOf = (...given: Parameters<typeof read>) => {
  const { profile, issues } = read(...given)
  expect(issues).toEqual([])
  return { load: profile?.load, own: profile?.scenarios.map(({ load, background }) => ({ load, background })) }
}

const flat = (level: number, over: number) => ({ kind: 'stages', stages: [{ from: level, to: level, over }] })

test('a scenario has a load of its own, which begins later and lasts as long as that of the profile', () => {
  expect(
    loadsOf(
      '{ rate: 50/s, for: 60s }',
      'weight: 2',
      'load: { users: 5 }, background: true',
      'load: { rate: 3/s, after: 20s }',
      'load: { stages: [ { users: 1, for: 10s } ], after: 50s, warm-up: 2s }',
    ),
  ).toEqual({
    load: { model: 'open', warmUp: 0, shape: flat(50, 60_000) },
    own: [
      { load: undefined, background: undefined },
      { load: { model: 'closed', warmUp: 0, shape: flat(5, 60_000), after: 0 }, background: true },
      { load: { model: 'open', warmUp: 0, shape: flat(3, 40_000), after: 20_000 }, background: undefined },
      { load: { model: 'closed', warmUp: 2_000, shape: flat(1, 10_000), after: 50_000 }, background: undefined },
    ],
  })
})

test('where each has one, the profile needs none', () => {
  const { load, own } = loadsOf(undefined, 'load: { rate: 5/s, for: 10s }', 'load: { users: 2, for: 5s, after: 5s }')
  expect(load).toBeUndefined()
  expect(own?.map((one) => one.load?.after)).toEqual([0, 5_000])
})

test.each([
  ['nothing to choose from', '{ rate: 5/s, for: 10s }', ['load: { users: 2 }'], 'conflict', [3, 1]],
  ['a load is missing', undefined, ['weight: 1', 'load: { rate: 5/s, for: 10s }'], 'missing-key', [1, 1]],
  ['no length without a profile load', undefined, ['load: { rate: 5/s }'], 'missing-key', [4, 17]],
  [
    'chosen and not chosen',
    '{ rate: 5/s, for: 10s }',
    ['weight: 1', 'weight: 2, load: { users: 2 }'],
    'conflict',
    [6, 17],
  ],
  ['background without a load', '{ rate: 5/s, for: 10s }', ['weight: 1', 'background: true'], 'conflict', [6, 17]],
  ['all in the background', undefined, ['load: { rate: 5/s, for: 10s }, background: true'], 'conflict', [3, 1]],
  ['none at once', undefined, ['load: { rate: 5/s, for: 10s, after: 1s }'], 'out-of-range', [4, 53]],
  [
    'longer than the measurement',
    '{ rate: 5/s, for: 10s }',
    ['weight: 1', 'load: { users: 2, after: 6s, for: 5s }'],
    'out-of-range',
    [6, 17],
  ],
  [
    'behind the end',
    '{ rate: 5/s, for: 10s }',
    ['weight: 1', 'load: { users: 2, after: 10s }'],
    'out-of-range',
    [6, 17],
  ],
  [
    'a background that outlasts what is measured',
    undefined,
    ['load: { rate: 5/s, for: 10s }', 'load: { users: 2, for: 11s }, background: true'],
    'out-of-range',
    [5, 17],
  ],
] as const)('%s', (_, load, scenarios, code, [line, column]) => {
  const { issues, profile } = read(load, ...scenarios)
  expect(profile).toBeUndefined()
  expect(issues.map((issue) => [issue.code, issue.place.line, issue.place.column])).toEqual([[code, line, column]])
})

test('arrivals have no connections of their own, whichever load they are of', () => {
  const text = `name: shop
target: http://127.0.0.1:8080
load: { users: 5, for: 10s }
connections: { use: per-user }
scenarios:
  - { name: a, steps: [ { get: / } ] }
  - { name: b, load: { rate: 5/s }, steps: [ { get: / } ] }`
  expect(readProfile(text, { file: 'loadgate.yml', env: {} }).issues).toMatchObject([
    { code: 'conflict', place: { line: 4, column: 21 } },
  ])
})
