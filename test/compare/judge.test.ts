import { expect, test } from '@jest/globals'
import { compare } from '../../src/compare/compare.ts'
import type { BudgetRow, Comparison, Defect, Judgement } from '../../src/compare/comparison.ts'
import { judge } from '../../src/compare/judge.ts'
import type { Outcome } from '../../src/compare/verdict.ts'
import { histogram, madeRun, NOW, spread, storedRun } from '../baseline/made-run.ts'
import { budget } from './made-budget.ts'

const JUDGEMENTS: readonly Judgement[] = [
  { kind: 'holds' },
  { kind: 'exceeded' },
  { kind: 'undecided', reason: 'it is noisy', remedy: 'Wait.' },
  { kind: 'no-baseline' },
  { kind: 'no-samples' },
]
const DEFECT: Defect = { code: 'worker-lost', message: '1 of 2 workers reported', remedy: 'Run again.' }

function row(judgement: Judgement): BudgetRow {
  const measured = judgement.kind === 'no-samples' ? undefined : { value: 100, low: 90, high: 110 }
  return {
    budget: budget('p95', 200),
    scope: 'all',
    metric: 'p95',
    measured,
    limit: 200,
    baseline: undefined,
    change: undefined,
    resolution: undefined,
    improved: false,
    judgement,
  }
}

function comparison(judgements: readonly Judgement[], defects: readonly Defect[] = []): Comparison {
  return {
    budgets: judgements.map(row),
    scopes: [],
    baseline: { kind: 'stored', store: 'file:x', comparable: 0, corrected: false, refused: [], commits: [] },
    defects,
  }
}

/** The rule in the words of the design, as plainly as it can be said. */
function expected(kinds: readonly string[], defects: number): Outcome {
  if (defects > 0) return 'invalid'
  if (kinds.includes('exceeded')) return 'fail'
  if (kinds.includes('no-samples')) return 'invalid'
  if (kinds.includes('undecided') || kinds.length === 0) return 'inconclusive'
  return 'pass'
}

test('every combination of up to three budgets, with and without a defect', () => {
  const lists: (readonly Judgement[])[] = [[]]
  for (let length = 0; length < 3; length++)
    lists.push(
      ...lists.filter((list) => list.length === length).flatMap((list) => JUDGEMENTS.map((one) => [...list, one])),
    )
  expect(lists).toHaveLength(1 + 5 + 25 + 125)
  for (const list of lists)
    for (const defects of [[], [DEFECT]]) {
      const { outcome, reason, also } = judge(comparison(list, defects))
      const kinds = list.map(({ kind }) => kind)
      expect([kinds, defects.length, outcome]).toEqual([kinds, defects.length, expected(kinds, defects.length)])
      for (const sentence of [reason, ...also]) expect(sentence).toMatch(/^\S.*\.$/)
      // Every doubt is told, and every defect.
      const told = kinds.filter((kind) => kind !== 'holds').length + defects.length
      expect([reason, ...also].length).toBe(outcome === 'pass' || kinds.length + defects.length === 0 ? told + 1 : told)
    }
})

test('the worst comes first', () => {
  const kinds = ['no-baseline', 'undecided', 'no-samples', 'exceeded'] as const
  const list = kinds.map((kind) => JUDGEMENTS.find((one) => one.kind === kind)!)
  const { reason, also } = judge(comparison(list, [DEFECT]))
  expect([reason, ...also]).toEqual([
    '1 of 2 workers reported.',
    'p95 is 100 ms, above the limit of 200 ms.',
    expect.stringMatching(/^Nothing was measured for p95/),
    expect.stringMatching(/^p95 is 100 ms, undecided for .*: it is noisy\.$/),
    expect.stringMatching(/^p95 is 100 ms; there is no baseline for/),
  ])
})

test.each(['http://127.0.0.1:8080 was never reached', 'shop › GET / has no requests', '"a" is odd', 'It stopped.'])(
  'the reason %j is told as it was said, since a name may stand first',
  (message) => {
    expect(judge(comparison([], [{ ...DEFECT, message }])).reason).toBe(message.replace(/\.?$/, '.'))
  },
)

test('of a store that could not be read nobody says that there is no baseline in it', () => {
  const damaged: Defect = { code: 'baseline-damaged', message: 'The baseline x is damaged', remedy: 'Restore it.' }
  expect(judge(comparison([{ kind: 'no-baseline' }, { kind: 'exceeded' }], [damaged]))).toEqual({
    outcome: 'invalid',
    reason: 'The baseline x is damaged.',
    also: ['p95 is 100 ms, above the limit of 200 ms.'],
  })
})

test.each([
  [1, 0, 'The budget holds.'],
  [2, 0, 'Both budgets hold.'],
  [5, 0, 'All 5 budgets hold.'],
  [1, 1, 'One budget holds; 1 relative one was not judged, since there is no baseline yet.'],
  [3, 2, '3 budgets hold; 2 relative ones were not judged, since there is no baseline yet.'],
  [0, 2, 'Nothing could be judged, since every budget is relative and there is no baseline yet.'],
])('%d that hold and %d without a baseline pass with: %s', (held, missing, reason) => {
  const list = [
    ...new Array<Judgement>(held).fill({ kind: 'holds' }),
    ...new Array<Judgement>(missing).fill({ kind: 'no-baseline' }),
  ]
  expect(judge(comparison(list))).toMatchObject({ outcome: 'pass', reason })
})

test('where no baseline was asked for, that is the reason', () => {
  const facts = comparison([{ kind: 'holds' }, { kind: 'no-baseline' }])
  const none = { ...facts, baseline: { ...facts.baseline, store: undefined } } as Comparison
  expect(judge(none).reason).toBe('One budget holds; 1 relative one was not judged, since no baseline was asked for.')
})

test('no budget is no pass', () => {
  expect(judge(comparison([]))).toEqual({
    outcome: 'inconclusive',
    reason: 'No budget was given, so nothing was judged.',
    also: [],
  })
})

// --- the sentence of a failure --------------------------------------------------------------------------------------

const stored = [1, 2, 3].map((n) =>
  storedRun({ id: `run-${n}`, startedAt: NOW - n, steps: [{ times: new Array(6000).fill(250) }] }),
)
const baseline = { store: 'file:x', runs: stored }

test.each([
  [budget('p95', 200, 'store'), /^p95 of "store" is 50\d ms, above the limit of 200 ms\.$/],
  [
    budget('p95', { share: 0.1 }, 'store'),
    /^p95 of "store" is 50\d ms, above the limit of 275 ms \(baseline 250 ms \+ 10 %, \+100 %\)\.$/,
  ],
  [
    budget('p95', { share: 0.1, amount: 5 }),
    /^p95 is 50\d ms, above .*\(baseline 250 ms \+ 10 % and \+ 5 ms, \+100 %\)\.$/,
  ],
  [budget('errors', 0.05), /^errors are 10 %, above the limit of 5 %\.$/],
  [budget('errors', { amount: 0.002 }), /^errors are 10 %, above the limit of 0\.2 % \(baseline 0 % \+ 0\.2 pp\)\.$/],
  [budget('throughput', 200), /^throughput is 90\/s, below the limit of 200\/s\.$/],
  [
    budget('throughput', { share: 0.05 }),
    /^throughput is 90\/s, below the limit of 95\/s \(baseline 100\/s - 5 %, -10 %\)\.$/,
  ],
])('why it failed: %#', (limit, sentence) => {
  const slow = madeRun({ steps: [{ times: new Array(5400).fill(500), causes: { timeout: 600 } }] })
  const verdict = judge(compare(slow, baseline, [limit, budget('errors', 0.9)]))
  expect([verdict.outcome, verdict.reason]).toEqual(['fail', expect.stringMatching(sentence)])
})

test('every flaw begins with a word of ours, a number or a quoted name', () => {
  const nothing = { times: [] }
  const runs = [
    madeRun({ steps: [{ ...nothing, causes: { 'connection-refused': 9 } }] }),
    madeRun({ steps: [{ times: spread(9) }, { scenario: 'other', ...nothing }] }),
    madeRun({ steps: [nothing] }),
    madeRun({ health: { loopDelayP99: 9_999, lateness: histogram(new Array(6_000).fill(9_999)) } }),
    { ...madeRun(), complete: false },
    { ...madeRun(), intervals: { length: 1_000, records: [] } },
    { ...madeRun(), shards: { expected: 2, reported: 1, lost: [] } },
  ]
  for (const run of runs) {
    const { defects } = compare(run, undefined, [])
    expect(defects).not.toEqual([])
    for (const { message } of defects) expect(message).toMatch(/^(?:[A-Z][a-z]* [a-z]|\d|"[^"]+" )/)
    expect(judge(compare(run, undefined, [])).reason).toBe(`${defects[0]?.message}.`)
  }
})

test('a budget that nothing answers to is invalid, by its own text', () => {
  expect(
    judge(compare(madeRun({ steps: [{ times: spread(9) }] }), undefined, [budget('p95', 200, 'nowhere')])),
  ).toMatchObject({
    outcome: 'invalid',
    reason: expect.stringMatching(/^Nothing was measured for p95 of "nowhere"/),
  })
})
