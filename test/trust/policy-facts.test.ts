import { expect, test } from '@jest/globals'
import type { Acceptance } from '../../src/trust/acceptance.ts'
import { policyFacts } from '../../src/trust/policy-facts.ts'
import { budget } from '../compare/made-budget.ts'

const acceptance = (of: string): Acceptance => ({
  metric: 'p95',
  of,
  limit: { kind: 'baseline', share: 0.15, amount: undefined },
  limitText: '+ 15 %',
  reason: 'more checks',
  expires: '2026-12-31',
  place: { file: 'loadgate-accept.yml', line: 2, column: 5 },
})
const [store, cart] = [budget('p95', { share: 0.1 }, 'store'), budget('p99', 100, 'cart')]

test('what counted and what did not is told, each with its reason', () => {
  const judged = { load: 'base', why: 'So it is.', unjudged: [cart] } as const
  const facts = policyFacts(
    judged,
    [{ what: 'timeout', before: '2 s', after: undefined, effect: 'looser' }],
    {
      expired: [acceptance('old')],
      waiting: [acceptance('new')],
      raised: { accepted: [{ budget: store, acceptance: acceptance('store') }], idle: [acceptance('idle')] },
    },
    (text) => text,
  )
  expect(facts).toEqual({
    load: 'base',
    why: 'So it is.',
    differences: [{ what: 'timeout', before: '2 s', after: undefined, effect: 'looser' }],
    accepted: [{ budget: store.text, limit: '+ 15 %', until: '2026-12-31', reason: 'more checks' }],
    notes: [
      { text: 'Not judged, since the load of the base has no such part', of: cart.text },
      { text: 'Accepted until 2026-12-31, and no longer', of: 'p95 of "old", + 15 %' },
      { text: 'Not accepted yet, for want of the label', of: 'p95 of "new", + 15 %' },
      { text: 'Accepted, but no relative budget is in its way', of: 'p95 of "idle", + 15 %' },
    ],
  })
})

test('nothing of it holds a secret', () => {
  const secret = 'correct-horse'
  const named = { ...store, text: `p95 of ${secret} < baseline + 10 %` }
  const facts = policyFacts(
    { load: 'base', why: undefined, problem: `"${secret}" is not a key`, unjudged: [named] },
    [{ what: `step "${secret}"`, before: `GET /${secret}`, after: `GET /${secret}/x`, effect: 'different' }],
    { expired: [], waiting: [], raised: { accepted: [{ budget: named, acceptance: acceptance('store') }], idle: [] } },
    (text) => text.replaceAll(secret, '***'),
  )
  expect(JSON.stringify(facts)).toContain('GET /***/x')
  expect(JSON.stringify(facts)).not.toContain(secret)
})
