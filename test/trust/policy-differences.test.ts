import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { limitOf } from '../../src/compare/change.ts'
import { Profile } from '../../src/profile/grammar.ts'
import { type Schema, shapeOf } from '../../src/profile/schema.ts'
import { orderOf } from '../../src/trust/limits.ts'
import { policyDifferences } from '../../src/trust/policy-differences.ts'
import { EDITS, type Edit } from './edits.ts'
import { changed, FUNCTIONS, policyOf, SHOP, soundPolicy, type Written, waysIn } from './shop.ts'

const base = soundPolicy(SHOP)
const differences = (edit: Pick<Edit, 'profile' | 'rows'>) => {
  const head = policyOf(edit.profile, { rows: edit.rows })
  return head && policyDifferences(base, head)
}

test('a profile does not differ from itself, however it is written', () => {
  expect(differences({ profile: SHOP })).toEqual([])
  const otherwise = changed(changed(SHOP, ['timeout'], '2000ms'), ['budgets', 0], 'p95 < 0.25 s')
  expect(differences({ profile: otherwise })).toEqual([])
})

test.each(EDITS.filter(({ effect }) => effect !== undefined))('$what: $effect', ({ effect, ...edit }) => {
  expect(differences(edit)?.map((difference) => difference.effect)).toContain(effect)
})

test('whatever changes the plan, the target or the service is told', () => {
  let told = 0
  for (const { what, profile, rows } of EDITS) {
    const head = policyOf(profile, { rows })
    if (head === undefined) continue
    const same =
      JSON.stringify([base.plan.hash, base.profile.service, base.profile.target, base.profile.name]) ===
        JSON.stringify([head.plan.hash, head.profile.service, head.profile.target, head.profile.name]) &&
      JSON.stringify(base.plan.budgets.map(({ metric, of, limit }) => [metric, of, limit])) ===
        JSON.stringify(head.plan.budgets.map(({ metric, of, limit }) => [metric, of, limit]))
    const said = policyDifferences(base, head)
    if (!same) told++
    if (!same) expect([what, said.length]).not.toEqual([what, 0])
    // Nothing is left to the words that are kept for what nobody has thought of.
    expect(said.map((difference) => difference.what)).not.toContain('load')
  }
  expect(told).toBeGreaterThan(100)
})

test('the other way round what was looser is tighter', () => {
  const opposite = { looser: 'tighter', tighter: 'looser', different: 'different' }
  const numbers = EDITS.filter(({ effect, what }) => effect !== undefined && /timeout|limit|rate |for |max-/.test(what))
  expect(numbers.length).toBeGreaterThan(10)
  for (const { profile } of numbers) {
    const head = soundPolicy(profile)
    const there = policyDifferences(base, head).map(({ what, before, after, effect }) => [what, before, after, effect])
    const back = policyDifferences(head, base).map(({ what, before, after, effect }) => [
      what,
      after,
      before,
      opposite[effect],
    ])
    expect(back.sort()).toEqual(there.sort())
  }
})

test('each is told in words, before and after', () => {
  const said = (profile: Edit['profile']) =>
    differences({ profile })?.map(({ what, before, after, effect }) => `${what}: ${before} → ${after} (${effect})`)
  const at = (way: Parameters<typeof changed>[1], value?: Parameters<typeof changed>[2]) =>
    said(changed(SHOP, way, value))
  expect(at(['timeout'], '60s')).toEqual(['timeout: 2 s → 1 min (looser)'])
  expect(at(['load', 'stages', 1, 'for'], '4s')?.[0]).toBe('load: measured for: 1 min → 24 s (looser)')
  expect(at(['load', 'stages', 1, 'rate'], '1/s')).toEqual(['load: rate on average: 91.7/s → 25.7/s (looser)'])
  expect(at(['load'], { users: 10, for: '60s' })).toContain(
    'load: model: open, up to 100/s → closed, up to 10 users (different)',
  )
  expect(at(['scenarios', 0, 'steps', 0, 'expect', 'json'])).toEqual([
    'step "log in" of "member": expected value "/success": true → undefined (looser)',
  ])
  expect(at(['scenarios', 0, 'steps', 0, 'capture', 'place'])).toEqual([
    'step "log in" of "member": capture "place": header location → undefined (looser)',
  ])
  expect(at(['scenarios', 0, 'steps', 2, 'get'], '/o/${id}')).toEqual([
    'step "GET /orders/${id}" of "member": sent → undefined (looser)',
    'step "GET /o/${id}" of "member": undefined → sent (different)',
  ])
  expect(
    at(['scenarios', 0, 'steps', 1], { repeat: 4, chance: '1 in 2', steps: [{ think: '1s' }, { get: '/x' }] }),
  ).toEqual([
    'scenario "member": pauses together: 1500 ms → 2000 ms (looser)',
    'step "GET /x" of "member": undefined → sent (different)',
  ])
  const within = [{ get: '/orders/${id}' }, { get: '/x' }]
  expect(at(['scenarios', 0, 'steps', 2], { repeat: 4, chance: '1 in 2', steps: within })).toEqual([
    'steps with "GET /orders/${id}" of "member": chance: 100 % → 50 % (looser)',
    'step "GET /x" of "member": undefined → sent (different)',
    'steps with "GET /orders/${id}" of "member": times: 1 → 4 (different)',
  ])
  expect(
    at(['scenarios', 0, 'steps', 2], { repeat: '1..3', steps: [{ repeat: 2, steps: [{ get: '/orders/${id}' }] }] }),
  ).toEqual(['steps with "GET /orders/${id}" of "member": times: 1 → 4 (different)'])
  expect(at(['scenarios', 0, 'pace'], 'normal(2, 0.5)')).toEqual(['scenario "member": pace: 1 → 2 (looser)'])
  expect(at(['scenarios', 0, 'pace'], 'normal(1, 0.25)')).toEqual([
    'scenario "member": pace: the same for all → 1 ± 0.25 (different)',
  ])
  expect(at(['budgets', 0], 'p95 < 25 s')).toEqual(['budget p95: p95 < 250 ms → p95 < 25 s (looser)'])
  expect(at(['budgets', 1])).toEqual([
    'budget p95 against the baseline: p95 < baseline + 10 % and + 5 ms → undefined (looser)',
  ])
  expect(at(['service', 'start'], 'node fast.mjs')).toEqual([
    'service: start: node server.mjs → node fast.mjs (different)',
  ])
})

test('another text of the functions is another load, where they are called', () => {
  const called = changed(
    changed(SHOP, ['functions'], 'functions.mjs'),
    ['scenarios', 1, 'steps', 0, 'get'],
    '/${mark(1)}',
  )
  const said = (functions: string, profile: Edit['profile'] = called) =>
    policyDifferences(soundPolicy(profile), soundPolicy(profile, { functions })).map(({ what, effect }) => [
      what,
      effect,
    ])
  expect(said(`${FUNCTIONS}// faster`)).toEqual([['functions: content', 'different']])
  expect(said(FUNCTIONS)).toEqual([])
  expect(said('other', changed(SHOP, ['functions'], 'functions.mjs'))).toEqual([])
})

test('of headers and bodies only that they differ is told, since secrets stand there', () => {
  const secret = 'correct-horse'
  const steps = [{ put: '/seen', headers: { authorization: secret }, json: { token: secret } }]
  const head = soundPolicy(changed(SHOP, ['scenarios', 1, 'steps'], steps))
  const text = JSON.stringify([policyDifferences(base, head), policyDifferences(head, base)])
  expect(text).toContain('authorization')
  expect(text).not.toContain(secret)
})

test.each<readonly [what: string, talk: object, opening: object]>([
  ['conversation', { send: 'a', receive: { text: 'hidden' } }, {}],
  ['conversation', { send: 'a', receive: { matches: 'b' } }, {}],
  ['conversation', { send: 'a' }, {}],
  ['body', { send: 'hidden', receive: { text: 'b' } }, {}],
  ['timeout', { send: 'a', receive: { text: 'b', within: '1m' } }, {}],
  ['expected value "/a"', { send: 'a', receive: { text: 'b' }, expect: { json: { '/a': 1 } } }, {}],
  ['conversation', { send: 'a', receive: { text: 'b' } }, { subprotocol: 'other' }],
  ['request', { send: 'a', receive: { text: 'b' } }, { websocket: '/other' }],
])(
  'a change in a conversation is told, and neither what is sent nor what is waited for: %s of %j',
  (what, said, opening) => {
    const conversation = (talk: object, more: object) => {
      const step = { websocket: '/room', name: 'open', ...more, talk: [{ name: 'said', ...talk }] } as Written
      return soundPolicy(changed(SHOP, ['scenarios', 1, 'steps', 2], step))
    }
    const [base, head] = [conversation({ send: 'a', receive: { text: 'b' } }, {}), conversation(said, opening)]
    const told = policyDifferences(base, head)
    expect(told.map((difference) => difference.what)).toContainEqual(
      expect.stringMatching(`^step "(?:open|said)" of "visitor": ${what}`),
    )
    expect(JSON.stringify(told)).not.toContain('hidden')
    expect(policyDifferences(base, base)).toEqual([])
  },
)

test('the profile of these tests has every key of the grammar, or an edit has', () => {
  const keys = new Set<string>()
  const collect = (schema: Schema, way: string, around: readonly Schema[] = []) => {
    if (around.includes(schema)) return
    const shape = shapeOf(schema)
    const within = [...around, schema]
    if (shape.kind === 'list') collect(shape.item, way, within)
    if (shape.kind === 'dictionary') collect(shape.value, `${way}.*`, within)
    if (shape.kind === 'either') for (const option of shape.options) collect(option, way, within)
    if (shape.kind === 'map')
      for (const [key, field] of Object.entries(shape.fields)) {
        keys.add(`${way}.${key}`)
        collect(field.schema, `${way}.${key}`, within)
      }
  }
  collect(Profile, '')
  const last = new Set(EDITS.flatMap(({ profile }) => waysIn(profile)).map((way) => String(way.at(-1))))
  // What cannot stand beside a load of Loadgate's own has its edits in script-differences.test.ts.
  const own = [...keys].filter((key) => !/^\.engine(?:\.|$)/.test(key))
  const missing = own.map((key) => key.split('.').at(-1)!).filter((key) => !last.has(key))
  // The other methods are `post` by another name; `json` of a body stands where `form` does.
  expect(missing.filter((key) => !['head', 'patch', 'delete', 'options'].includes(key))).toEqual([])
})

test('a limit is looser than another if it allows more at every baseline', () => {
  const part = fc.option(fc.constantFrom(0.05, 0.1, 0.5), { nil: undefined })
  const limit = fc
    .record({ kind: fc.constant('baseline' as const), share: part, amount: part })
    .filter(({ share, amount }) => share !== undefined || amount !== undefined)
  const bases = [0, 0.001, 0.3, 1, 5, 1e6]
  fc.assert(
    fc.property(limit, limit, fc.constantFrom('higher' as const, 'lower' as const), (a, b, worse) => {
      const [one, other] = [a, b].map((limit) => bases.map((base) => limitOf(limit, base, worse)))
      const order = orderOf(worse === 'higher' ? 'p95' : 'throughput', a, b)
      const sign = worse === 'higher' ? 1 : -1
      const more = bases.map((_, at) => sign * (other![at]! - one![at]!))
      if (order === 'same') expect(one).toEqual(other)
      if (order === 'looser') expect(Math.min(...more)).toBeGreaterThanOrEqual(0)
      if (order === 'tighter') expect(Math.max(...more)).toBeLessThanOrEqual(0)
      if (order === 'different' && worse === 'higher') expect(Math.max(...more) * Math.min(...more)).toBeLessThan(0)
    }),
  )
})
