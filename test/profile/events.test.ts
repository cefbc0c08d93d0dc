// Steps whose answers are streams of events, as they are read and planned.
import { expect, test } from '@jest/globals'
import { planLoad } from '../../src/plan/plan-load.ts'
import { parseBudget } from '../../src/profile/budget.ts'
import { readProfile } from '../../src/profile/read-profile.ts'

function read(step: string, budgets = '') {
  const text = `name: chat\ntarget: http://127.0.0.1:1\nload: { rate: 5/s, for: 60s }\nscenarios: [ { name: visitor, steps: [ ${step} ] } ]\n${budgets}`
  const { profile, issues } = readProfile(text, { file: 'x', env: { MARK: '[END]' } })
  expect(issues).toEqual([])
  return profile!
}

test.each<[string, unknown]>([
  ['{}', {}],
  ['{ until: 10, for: 30s }', { until: { kind: 'number', number: 10 }, for: 30_000 }],
  ['{ until: "[DONE]", within: 500ms }', { until: { kind: 'mark', text: '[DONE]' }, within: 500 }],
  ['{ until: "${env.MARK}" }', { until: { kind: 'mark', text: '[END]' } }],
  ['{ until: { event: done } }', { until: { kind: 'event', event: 'done' } }],
  [
    '{ until: { id: "42", data: bye, json: { /done: true, /by: "${env.MARK}" } } }',
    {
      until: {
        ...{ kind: 'event', id: '42', data: 'bye' },
        json: [
          { pointer: '/done', value: true },
          { pointer: '/by', value: '[END]' },
        ],
      },
    },
  ],
])('events: %s', (written, events) => {
  expect(read(`{ get: /, events: ${written} }`).scenarios[0]!.steps[0]).toMatchObject({ events })
})

test('the plan has them, and a plan without them is what it was', () => {
  const plan = (step: string) => planLoad(read(step), { data: {} })
  const steps = [
    '{ get: / }',
    '{ get: /, events: {} }',
    '{ get: /, events: { for: 30s } }',
    '{ get: /, events: { for: 31s } }',
  ]
  expect(new Set(steps.map((step) => plan(step).hash)).size).toBe(4)
  expect(plan('{ get: / }').scenarios[0]!.steps[0]).not.toHaveProperty('events')
})

test('budgets of times behind the first event', () => {
  const profile = read(
    '{ name: answer, post: /, json: {}, events: {} }',
    `budgets:
  - p95 of answer < baseline + 10 %
  - p95   between  events of answer < 100 ms
  - p99 to last event of "visitor › answer" < 8 s
  - p50 between events < 30 ms`,
  )
  expect(profile.budgets.map(({ metric, of }) => [metric, of])).toEqual([
    ['p95', 'visitor › answer'],
    ['p95 between events', 'visitor › answer'],
    ['p99 to last event', 'visitor › answer'],
    ['p50 between events', undefined],
  ])
})

test.each(['p95 between < 1 s', 'p0 between events < 1 s', 'errors between events < 1 %', 'p95 between events > 1 s'])(
  '%s is no budget',
  (text) => {
    expect(parseBudget(text)).toHaveProperty('code', 'invalid-budget')
  },
)
