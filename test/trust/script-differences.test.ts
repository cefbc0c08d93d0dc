// A head with another script, or with the same script told otherwise.
import { expect, test } from '@jest/globals'
import { planLoad } from '../../src/plan/plan-load.ts'
import { readProfile } from '../../src/profile/read-profile.ts'
import { judgedBudgets } from '../../src/trust/judged-budgets.ts'
import type { Policy } from '../../src/trust/policy.ts'
import { policyDifferences } from '../../src/trust/policy-differences.ts'

const FILES = { 'shop.jmx': 'a plan', 'other.jmx': 'another', 'rows.csv': 'a,b\n' }
const SCRIPT = { jmeter: 'shop.jmx', files: ['rows.csv'], properties: { users: 5 } }
const SCENARIOS = { load: { users: 5, for: '10s' }, scenarios: [{ name: 'only', steps: [{ get: '/' }] }] }

function policy(more: object = { engine: SCRIPT }, files: Partial<typeof FILES> = {}): Policy {
  const text = JSON.stringify({ name: 'shop', target: 'http://127.0.0.1:1', budgets: ['p95 < 1 s'], ...more })
  const { profile, issues } = readProfile(text, { file: 'loadgate.yml', env: {} })
  if (!profile) throw new Error(JSON.stringify(issues))
  const all = Object.entries({ ...FILES, ...files }).map(([name, content]) => [name, Buffer.from(content)] as const)
  return { profile, plan: planLoad(profile, { data: {}, files: Object.fromEntries(all) }) }
}

const said = (head: Policy, base = policy()) =>
  policyDifferences(base, head).map(({ what, before, after, effect }) => `${what}: ${before} → ${after} (${effect})`)

test.each<[string, Policy, RegExp]>([
  [
    'another script',
    policy({ engine: { ...SCRIPT, jmeter: 'other.jmx' } }),
    /^engine: JMeter, shop\.jmx → JMeter, other\.jmx \(different\)$/,
  ],
  [
    'another content',
    policy({ engine: SCRIPT }, { 'shop.jmx': 'more' }),
    /^script "shop\.jmx": content: SHA-256 \w{12} → SHA-256 \w{12} \(different\)$/,
  ],
  ['other data', policy({ engine: SCRIPT }, { 'rows.csv': 'a\n' }), /^file "rows\.csv": size: 4 B → 2 B \(looser\)$/],
  ['no data', policy({ engine: { ...SCRIPT, files: undefined } }), /^engine: files: rows\.csv → none \(different\)$/],
  [
    'a property',
    policy({ engine: { ...SCRIPT, properties: { users: 1 } } }),
    /^engine: property "users": 5 → 1 \(different\)$/,
  ],
  ['a longer time-out', policy({ engine: { ...SCRIPT, timeout: '2h' } }), /^timeout: 1 h → 2 h \(looser\)$/],
  ['none any more', policy(SCENARIOS), /^engine: JMeter, shop\.jmx → undefined \(different\)$/],
  [
    'results instead',
    policy({ engine: { results: 'now.csv' } }),
    /^engine: JMeter, shop\.jmx → results in now\.csv \(different\)$/,
  ],
])('%s is told, and the base’s is run', (_, head, line) => {
  expect(said(head)).toContainEqual(expect.stringMatching(line))
  expect(judgedBudgets(policy(), head, false).load).toBe('base')
  expect(judgedBudgets(policy(), head, true).load).toBe('head')
})

test('the same is the same', () => {
  expect(said(policy())).toEqual([])
})
