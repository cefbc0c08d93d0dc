import { expect, test } from '@jest/globals'
import { planLoad } from '../../src/plan/plan-load.ts'
import { readProfile } from '../../src/profile/read-profile.ts'

const FILES = { 'shop.jmx': 'a plan', 'accounts.csv': 'a,b' }
function planOf({
  engine = '{ jmeter: shop.jmx, files: [ accounts.csv ], properties: { users: 5 } }',
  more = '',
  files = {},
} = {}) {
  const text = `name: shop\ntarget: http://127.0.0.1:8080\nengine: ${engine}\n${more}`
  const { profile, issues } = readProfile(text, { file: 'loadgate.yml', env: {} })
  if (!profile) throw new Error(JSON.stringify(issues))
  const all = Object.entries({ ...FILES, ...files }).map(([name, content]) => [name, Buffer.from(content)])
  return planLoad(profile, { data: {}, files: Object.fromEntries(all) })
}

test('a plan of a script carries it with all it reads, and its bound', () => {
  const plan = planOf()
  expect(plan).toMatchObject({
    script: { tool: 'JMeter', file: 'shop.jmx', properties: { users: '5' } },
    files: { 'shop.jmx': Buffer.from('a plan').toString('base64') },
    duration: 3_600_000,
    scenarios: [],
    curve: [],
  })
  expect(plan.budgets.map(({ text }) => text)).toEqual([
    'errors < 1 % (default)',
    'p95 < baseline + 10 % and + 5 ms (default)',
  ])
})

test('errors of all its labels together are enough of a limit for errors', () => {
  const plan = planOf({ more: 'budgets: [ errors of JMeter < 5 % ]' })
  expect(plan.budgets.map(({ text }) => text)).toEqual(['errors of JMeter < 5 %'])
})

const { hash } = planOf()
test.each<[string, Parameters<typeof planOf>[0]]>([
  ['another script', { files: { 'shop.jmx': 'another' } }],
  ['other data', { files: { 'accounts.csv': 'c,d' } }],
  ['another property', { engine: '{ jmeter: shop.jmx, files: [ accounts.csv ], properties: { users: 6 } }' }],
  ['a file less', { engine: '{ jmeter: shop.jmx, properties: { users: 5 } }' }],
])('%s is another load', (_, options) => {
  expect(planOf(options).hash).not.toBe(hash)
})

test.each<[string, Parameters<typeof planOf>[0]]>([
  ['budgets', { more: 'budgets: [ p95 < 1 s ]' }],
  [
    'a longer time-out',
    { engine: '{ jmeter: shop.jmx, files: [ accounts.csv ], properties: { users: 5 }, timeout: 2h }' },
  ],
])('%s are not', (_, options) => {
  expect(planOf(options).hash).toBe(hash)
})
