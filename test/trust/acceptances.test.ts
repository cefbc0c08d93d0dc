import { expect, test } from '@jest/globals'
import { LoadgateError } from '../../src/errors.ts'
import type { Acceptance } from '../../src/trust/acceptance.ts'
import { acceptancesInForce } from '../../src/trust/acceptances-in-force.ts'
import { addAcceptance } from '../../src/trust/add-acceptance.ts'
import { raiseLimits } from '../../src/trust/raise-limits.ts'
import { parseAcceptances, readAcceptances } from '../../src/trust/read-acceptances.ts'
import { budget } from '../compare/made-budget.ts'

const NOW = Date.UTC(2026, 5, 1, 12)
const options = { file: 'loadgate-accept.yml', now: NOW }
const read = (text: string) => readAcceptances(text, options)
const codes = (text: string) =>
  read(text).issues.map(({ code, place: { line, column } }) => `${code} ${line}:${column}`)

const ENTRY = `accept:
  - metric: p95
    of: store
    limit: + 15 % and + 5 ms
    reason: prices are checked twice from now on
    expires: 2026-12-31
`

test('an entry is read with its place', () => {
  expect(read(ENTRY)).toEqual({
    issues: [],
    acceptances: [
      {
        metric: 'p95',
        of: 'store',
        limit: { kind: 'baseline', share: 0.15, amount: 5 },
        limitText: '+ 15 % and + 5 ms',
        reason: 'prices are checked twice from now on',
        expires: '2026-12-31',
        place: { file: 'loadgate-accept.yml', line: 2, column: 5 },
      },
    ],
  })
})

const limitsOf = (metric: string, limit: string) =>
  read(ENTRY.replace('p95', metric).replace('+ 15 % and + 5 ms', limit)).acceptances[0]?.limit

test.each([
  ['p95', '300 ms', { kind: 'absolute', value: 300 }],
  ['p99.9', '+ 20 ms', { kind: 'baseline', share: undefined, amount: 20 }],
  ['errors', '+ 0.5 pp', { kind: 'baseline', share: undefined, amount: 0.005 }],
  ['errors', '2 %', { kind: 'absolute', value: 0.02 }],
  ['throughput', '"- 10 %"', { kind: 'baseline', share: 0.1, amount: undefined }],
  ['throughput', '150/s', { kind: 'absolute', value: 150 }],
])('%s may be %s', (metric, limit, expected) => {
  expect(limitsOf(metric, limit)).toEqual(expected)
})

test.each([
  ['', ['missing-key 1:1']],
  ['- metric: p95\n', ['wrong-type 1:1']],
  ['accepted: []\n', ['unknown-key 1:1']],
  ['accept:\n', ['wrong-type 1:1']],
  ['accept: []\n', ['wrong-type 1:1']],
  ['accept: [ { metric: p95 }\n', ['syntax 2:1']],
  [ENTRY.replace('metric: p95', 'metrik: p95'), ['unknown-key 2:5']],
  [ENTRY.replace('p95', 'p59x'), ['invalid-budget 2:13']],
  [ENTRY.replace('p95', 'p95 of store'), ['invalid-value 2:13']],
  [ENTRY.replace('of: store', 'of: ""'), ['invalid-value 3:9']],
  [ENTRY.replace('of: store', 'of: 7'), ['wrong-type 3:9']],
  [ENTRY.replace('+ 15 % and + 5 ms', '15'), ['unknown-unit 4:12']],
  [ENTRY.replace('+ 15 % and + 5 ms', '+ 15'), ['unknown-unit 4:12']],
  [ENTRY.replace('+ 15 % and + 5 ms', '"- 15 %"'), ['invalid-budget 4:12']],
  [ENTRY.replace('+ 15 % and + 5 ms', '+ 5000 %'), ['invalid-budget 4:12']],
  [ENTRY.replace(/ +reason: .*\n/, ''), ['missing-key 2:5']],
  [ENTRY.replace(/reason: .*/, 'reason: " "'), ['invalid-value 5:13']],
  [ENTRY.replace(/reason: .*/, 'reason: ${env.WHY}'), ['missing-env 5:13']],
  [ENTRY.replace(/ +expires: .*\n/, ''), ['missing-key 2:5']],
  [ENTRY.replace('2026-12-31', 'soon'), ['invalid-value 6:14']],
  [ENTRY.replace('2026-12-31', '2026-02-30'), ['invalid-value 6:14']],
  [ENTRY.replace('2026-12-31', '2026-13-01'), ['invalid-value 6:14']],
  [ENTRY.replace('2026-12-31', '2027-06-02'), []],
  [ENTRY.replace('2026-12-31', '2027-06-03'), ['out-of-range 6:14']],
  [`${ENTRY}${ENTRY.slice('accept:\n'.length)}`, ['duplicate-name 7:5']],
  [`${ENTRY}---\n${ENTRY}`, ['syntax 7:1']],
])('%j', (text, expected) => {
  expect(codes(text)).toEqual(expected)
  if (expected.length > 0) expect(() => parseAcceptances(text, options)).toThrow(LoadgateError)
})

test('all mistakes are told at once, each with its line', () => {
  const wrong = ENTRY.replace('p95', 'p59x').replace('2026-12-31', 'soon')
  const at = (line: number, column: number) => ({ place: { file: 'loadgate-accept.yml', line, column } })
  expect(() => parseAcceptances(wrong, options)).toThrow(
    expect.objectContaining({
      kind: 'usage',
      message: expect.stringMatching(/^loadgate-accept\.yml:2:13 .*\n[\s\S]*\nloadgate-accept\.yml:6:14 /),
      mistakes: [expect.objectContaining(at(2, 13)), expect.objectContaining(at(6, 14))],
    }),
  )
})

// --- which of them count -------------------------------------------------------------------------------------------------

const [STORE] = read(ENTRY).acceptances as [Acceptance]
const wider: Acceptance = { ...STORE, limit: { kind: 'baseline', share: 0.5, amount: undefined } }
const other: Acceptance = { ...STORE, metric: 'errors', of: undefined }
const inForce = (
  base: Acceptance[],
  head: Acceptance[],
  more: { accepted?: boolean; sideBySide?: boolean; now?: number } = {},
) => acceptancesInForce({ base, head }, { accepted: false, sideBySide: false, now: NOW, ...more })

test.each([
  ['on the default branch, or unchanged', [STORE], [STORE], false, [STORE], []],
  ['of a pull request without the label', [STORE], [STORE, other], false, [STORE], [other]],
  ['of a pull request with the label', [STORE], [STORE, other], true, [STORE, other], []],
  ['changed, without the label', [STORE], [wider], false, [STORE], [wider]],
  ['changed, with the label', [STORE], [wider], true, [wider], []],
  ['taken away', [STORE], [], false, [], []],
  ['its reason put otherwise', [STORE], [{ ...STORE, reason: 'other words' }], false, [STORE], []],
])('an acceptance %s', (_, base, head, accepted, counts, waiting) => {
  expect(inForce(base, head, { accepted })).toEqual({ inForce: counts, expired: [], waiting })
})

test('it counts on its last day and not on the next, whoever has accepted it', () => {
  const day = (time: number) => inForce([STORE], [STORE], { now: time })
  expect(day(Date.UTC(2026, 11, 31, 23, 59))).toMatchObject({ inForce: [STORE], expired: [] })
  expect(day(Date.UTC(2027, 0, 1))).toMatchObject({ inForce: [], expired: [STORE] })
  expect(inForce([], [STORE], { accepted: true, now: Date.UTC(2027, 0, 1) })).toMatchObject({ inForce: [] })
})

test('side by side what the base accepts is in the figures of the base, and counts no second time', () => {
  expect(inForce([STORE], [STORE, other], { accepted: true, sideBySide: true }).inForce).toEqual([other])
  expect(inForce([STORE], [wider], { accepted: true, sideBySide: true }).inForce).toEqual([wider])
})

// --- what they do ---------------------------------------------------------------------------------------------------------

test('exactly the relative budget of the same is raised', () => {
  const budgets = [
    budget('p95', 250, 'store'),
    budget('p95', { share: 0.1 }, 'store'),
    budget('p99', { share: 0.1 }, 'store'),
    budget('p95', { share: 0.1 }),
  ]
  const raised = raiseLimits(budgets, [STORE])
  expect(raised.budgets.map(({ limit }, at) => limit === budgets[at]!.limit)).toEqual([true, false, true, true])
  expect(raised.budgets[1]).toMatchObject({
    limit: { kind: 'baseline', share: 0.15, amount: 5 },
    text: `${budgets[1]!.text} (accepted: + 15 % and + 5 ms until 2026-12-31)`,
  })
  expect(raised).toMatchObject({ accepted: [{ budget: budgets[1], acceptance: STORE }], idle: [] })
})

test('no acceptance makes a limit tighter', () => {
  for (const limit of [
    { share: 0.2, amount: 9 },
    { share: 0.15, amount: 5 },
  ]) {
    const budgets = [budget('p95', limit, 'store')]
    expect(raiseLimits(budgets, [STORE])).toEqual({ budgets, accepted: [], idle: [STORE] })
  }
  const [mixed] = raiseLimits([budget('p95', { share: 0.1, amount: 9 }, 'store')], [STORE]).budgets
  expect(mixed?.limit).toEqual({ kind: 'baseline', share: 0.15, amount: 9 })
})

test('an absolute one stands instead of the baseline', () => {
  const [raised] = raiseLimits(
    [budget('p95', { share: 0.1 }, 'store')],
    [{ ...STORE, limit: { kind: 'absolute', value: 300 } }],
  ).budgets
  expect(raised?.limit).toEqual({ kind: 'absolute', value: 300 })
})

test('a step may be named alone where there is one only', () => {
  const step = { ...STORE, of: 'GET /' }
  const one = [budget('p95', { share: 0.1 }, 'store › GET /')]
  expect(raiseLimits(one, [step]).accepted).toHaveLength(1)
  const two = [...one, budget('p99', { share: 0.1 }, 'cart › GET /')]
  expect(raiseLimits(two, [step]).accepted).toHaveLength(0)
})

// --- writing one -----------------------------------------------------------------------------------------------------------

const NEW = { metric: 'errors', of: undefined, limit: '+ 1 pp', reason: 'because: of # this', expires: '2026-10-01' }

test('an entry is added, and all others stay with their comments', () => {
  const text = `# reviewed by the owners
accept:
  # the second check
  - metric: p95   # of all things
    of: "store"
    limit: '+ 15 % and + 5 ms'
    reason: >-
      prices are checked
      twice
    expires: 2026-12-31

  - { metric: p99, limit: 2s, reason: "x", expires: 2026-10-01 }
  # behind the last
# the end
`
  const { text: after, added } = addAcceptance(text, NEW, options)
  for (const [comment] of text.matchAll(/#.*/g)) expect(after).toContain(comment.trim())
  const contents = (given: string) => parseAcceptances(given, options).map(({ place: _, ...content }) => content)
  expect(contents(after).slice(0, 2)).toEqual(contents(text))
  expect(contents(after)[2]).toMatchObject({ metric: 'errors', reason: 'because: of # this' })
  expect(added).toMatchObject({ metric: 'errors', of: undefined, limit: { amount: 0.01 } })
  const twice = addAcceptance(
    after,
    { ...NEW, of: 'store › GET /', limit: '- 5 %', metric: 'throughput' },
    options,
  ).text
  expect(contents(twice).slice(0, 3)).toEqual(contents(after))
  expect(contents(twice)).toHaveLength(4)
})

test('a file is begun where there is none', () => {
  const { text } = addAcceptance(undefined, { ...NEW, of: 'store' }, options)
  expect(text).toMatch(/^# Regressions[^\n]*\n\naccept:\n {2}- metric: errors\n {4}of: store\n {4}limit: \+ 1 pp\n/)
})

test.each([
  ['a mistake in the entry', ENTRY, { ...NEW, expires: 'soon' }, /^the entry:\d[\s\S]*"soon" is not a day/],
  ['a mistake in the file', 'accept: 5\n', NEW, /^loadgate-accept\.yml:1:1 /],
  [
    'an entry that is there',
    ENTRY,
    { ...NEW, metric: 'p95', of: 'store', limit: '+ 20 %' },
    /loadgate-accept\.yml:2 accepts p95 of "store" already/,
  ],
])('%s writes nothing', (_, text, entry, words) => {
  expect(() => addAcceptance(text, entry, options)).toThrow(words)
})
