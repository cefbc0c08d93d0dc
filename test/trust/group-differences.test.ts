// A head that lowers the load of a scenario, lets it begin later, or judges it no more.
import { expect, test } from '@jest/globals'
import { policyDifferences } from '../../src/trust/policy-differences.ts'
import { soundPolicy, type Written } from './shop.ts'

const steps = [{ get: '/' }]

function profile(browse: Written, load: Written | null = { rate: '10/s', for: '60s' }): Written {
  const main = load === null ? { load: { rate: '10/s', for: '60s' } } : {}
  const scenarios = [
    { name: 'main', ...main, steps },
    { name: 'browse', ...(browse as object), steps },
  ]
  return { name: 'shop', target: 'http://127.0.0.1:1', ...(load === null ? {} : { load }), scenarios } as Written
}

const said = (base: Written, head: Written) =>
  policyDifferences(soundPolicy(base), soundPolicy(head)).map(
    ({ what, before, after, effect }) => `${what}: ${before} → ${after} (${effect})`,
  )

const own = (load: Written) => profile({ load })

test.each([
  [own({ rate: '20/s' }), own({ rate: '5/s' }), 'scenario "browse": load: highest rate: 20/s → 5/s (looser)'],
  [own({ users: 5 }), own({ users: 50 }), 'scenario "browse": load: highest users: 5 → 50 (tighter)'],
  [
    own({ rate: '20/s', for: '50s' }),
    own({ rate: '20/s', for: '5s' }),
    'scenario "browse": load: measured for: 50 s → 5 s (looser)',
  ],
  [
    own({ rate: '20/s', for: '20s' }),
    own({ rate: '20/s', for: '20s', after: '30s' }),
    'scenario "browse": load: after: 0 ms → 30 s (different)',
  ],
  [
    own({ rate: '20/s', for: '20s', after: '30s' }),
    own({ rate: '20/s', for: '20s', after: '30s', 'warm-up': '5s' }),
    'scenario "browse": load: shape: 0/s for 30 s, 20/s for 20 s → 0/s for 25 s, 20/s for 5 s, 20/s for 20 s (different)',
  ],
  [
    own({ rate: '20/s' }),
    own({ users: 20 }),
    'scenario "browse": load: model: open, up to 20/s → closed, up to 20 users (different)',
  ],
  [
    own({ rate: '20/s' }),
    profile({ load: { rate: '20/s' }, background: true }),
    'scenario "browse": measured: yes → in the background (looser)',
  ],
  [
    profile({ load: { rate: '20/s' }, background: true }),
    own({ rate: '20/s' }),
    'scenario "browse": measured: in the background → yes (tighter)',
  ],
  [own({ rate: '20/s' }), profile({}), `scenario "browse": load: its own → the profile's (different)`],
  [
    profile({ load: { rate: '20/s', for: '60s' } }),
    profile({ load: { rate: '20/s', for: '60s' } }, null),
    "load: whose: of the profile, and the scenarios' own → the scenarios' own (different)",
  ],
])('%j and then %j', (base, head, difference) => {
  expect(said(base, head)).toContain(difference)
  expect(said(base, base)).toEqual([])
})
