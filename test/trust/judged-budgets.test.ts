import { describe, expect, test } from '@jest/globals'
import type { Baseline } from '../../src/baseline/baseline.ts'
import { baselineRun } from '../../src/baseline/baseline-run.ts'
import { compare } from '../../src/compare/compare.ts'
import { judge } from '../../src/compare/judge.ts'
import type { Budget } from '../../src/profile/profile.ts'
import type { RunResult } from '../../src/result/result.ts'
import { compareApart } from '../../src/trust/compare-apart.ts'
import { judgedBudgets } from '../../src/trust/judged-budgets.ts'
import type { Policy } from '../../src/trust/policy.ts'
import { type MadeStep, madeRun, NOW, spread } from '../baseline/made-run.ts'
import { EDITS } from './edits.ts'
import { changed, policyOf, renamed, SHOP, soundPolicy } from './shop.ts'

const base = soundPolicy(SHOP)
const DAY = 24 * 3_600_000
/** Hundreds of comparisons, on a machine that has other things to do. */
const MATRIX = 180_000

// --- a service that is slow, fails or falls behind under the load of the base, and shines under any other -------------

interface Figures {
  readonly p95?: number
  readonly failed?: number
  readonly endWithin?: number
}

/** Under the load of a profile, with as many requests for each of its steps. */
function run({ profile, plan }: Policy, { p95 = 100, failed = 0, endWithin = 60 }: Figures, id = 'run-now'): RunResult {
  const names = profile.scenarios.flatMap(({ name, steps }) =>
    steps.flatMap((step) => (step.kind === 'request' ? [{ scenario: name, step: step.name }] : [])),
  )
  const steps = names.map(
    (name): MadeStep => ({
      ...name,
      times: spread(p95, 200 - failed),
      causes: failed > 0 ? { 'unexpected-status': failed } : {},
    }),
  )
  const result = madeRun({ id, steps, endWithin })
  return { ...result, fingerprint: { ...result.fingerprint, plan: plan.hash } }
}

const stored: Baseline = {
  store: 'file:x',
  runs: Array.from({ length: 5 }, (_, n) => {
    const earlier = run(base, { p95: 98 + n }, `run-${n}`)
    return baselineRun({ ...earlier, startedAt: NOW - (5 - n) * DAY })
  }),
}

/** Each fails by what its name says, with the figures of `own` on its own. */
const WORLDS: Readonly<Record<string, { readonly figures: Figures; readonly own: readonly string[] }>> = {
  'p95 beyond its limit': { figures: { p95: 300 }, own: ['p95 < 250 ms'] },
  'p95 far beyond the baseline': { figures: { p95: 200 }, own: ['p95 < baseline + 10 % and + 5 ms'] },
  'p99 of a scenario beyond its limit': { figures: { p95: 900 }, own: ['p99 of member < 1 s'] },
  'too many errors': { figures: { failed: 8 }, own: ['errors < 0.5 %'] },
  'more errors than before': { figures: { failed: 8 }, own: ['errors < baseline + 0.2 pp'] },
  'too few answers': { figures: { endWithin: 400 }, own: ['throughput > 10/s'] },
  'fewer answers than before': { figures: { endWithin: 90 }, own: ['throughput > baseline - 5 %'] },
}

const sent = ({ profile, plan }: Policy) =>
  JSON.stringify([plan.hash, profile.name, profile.target, profile.service, plan.connections])

const verdicts = new Map<string, string>()

/** The verdict on a head in a world, from what is sent to what is judged; the same question is answered once. */
function verdict(head: Policy, figures: Figures, { accepted = false, from = base } = {}): string {
  const judged = judgedBudgets(from, head, accepted)
  const load = judged.load === 'base' ? from : head
  const { budgets, added } = judged
  const limits = [budgets, added].map((list) => list.map(({ metric, of, limit }) => [metric, of, limit]))
  const seen = sent(load) === sent(from) ? figures : { p95: 10 }
  const question = JSON.stringify([sent(load), seen, limits])
  const answer = verdicts.get(question) ?? newVerdict(load, seen, judged)
  verdicts.set(question, answer)
  return answer
}

function newVerdict(load: Policy, figures: Figures, judged: Parameters<typeof compareApart>[0]): string {
  const result = run(load, figures)
  return judge(compareApart(judged, (budgets) => compare(result, stored, budgets))).outcome
}

describe.each(Object.entries(WORLDS))('%s', (_, { figures, own }) => {
  test('fails as it is', () => {
    expect(verdict(base, figures)).toBe('fail')
  })

  test(
    'fails whatever the head makes of its profile, or is refused',
    () => {
      let refused = 0
      for (const { what, profile, rows } of EDITS) {
        const head = policyOf(profile, { rows })
        if (head === undefined) refused++
        else expect([what, verdict(head, figures)]).toEqual([what, 'fail'])
      }
      expect(refused).toBeLessThan(0.6 * EDITS.length)
    },
    MATRIX,
  )

  test(
    'fails by its one budget, too, whatever the head makes of that',
    () => {
      // Errors are limited by default, wherever nothing else limits them.
      const only = changed(SHOP, ['budgets'], own)
      const from = soundPolicy(only)
      expect(verdict(from, figures, { from })).toBe('fail')
      const others = ['p50 < 1 h', 'errors < 90 %', ...own.map((text) => text.replace(/[\d.]+ (ms|s|%|pp)/, '99 $1'))]
      const flood = Array.from({ length: 90 }, (_, n) => `p${n + 1} < baseline + 1000 %`)
      for (const budgets of [undefined, others, ['p50 < 1 h'], [...own, ...flood], flood]) {
        const head = policyOf(changed(only, ['budgets'], budgets))
        if (head) expect([budgets, verdict(head, figures, { from })]).toEqual([budgets, 'fail'])
      }
    },
    MATRIX,
  )
})

test(
  'the matrix bites: were the head believed, half of the edits by hand would hide a slow p95',
  () => {
    const edits = EDITS.filter(({ effect }) => effect === 'looser' || effect === 'different')
    const hidden = edits.filter(({ profile, rows }) => {
      const head = policyOf(profile, { rows })
      return head && verdict(head, { p95: 300 }, { accepted: true }) !== 'fail'
    })
    expect(hidden.length).toBeGreaterThan(edits.length / 2)
  },
  MATRIX,
)

test('a flood of budgets would drown a failure, were they judged together', () => {
  const slower = changed(SHOP, ['budgets'], ['p95 < baseline + 10 %'])
  const from = soundPolicy(slower)
  const flood = Array.from({ length: 90 }, (_, n) => `p${n + 1} < baseline + 1000 %`)
  const head = soundPolicy(changed(slower, ['budgets'], ['p95 < baseline + 10 %', ...flood]))
  // Between what one budget can tell and what ninety can.
  const figures = { p95: 145 }
  expect(verdict(from, figures, { from })).toBe('fail')
  expect(verdict(head, figures, { from })).toBe('fail')
  expect(verdict(head, figures, { from, accepted: true })).toBe('inconclusive')
})

// --- what is judged, and by whose load ----------------------------------------------------------------------------------

const texts = (budgets: readonly Budget[]) => budgets.map(({ text }) => text)
const judgedFor = (...edit: Parameters<typeof changed> extends [unknown, ...infer Rest] ? Rest : never) =>
  judgedBudgets(base, soundPolicy(changed(SHOP, ...edit)), false)

test('the same profile is run as it is', () => {
  const judged = judgedBudgets(base, base, false)
  expect(judged).toEqual({ load: 'head', why: undefined, added: [], unjudged: [], budgets: base.plan.budgets })
})

test('a tighter limit of the head takes the place of the base’s, a looser one does not', () => {
  const tighter = judgedFor(['budgets', 0], 'p95 < 200 ms')
  expect(tighter).toMatchObject({ load: 'head', added: [] })
  expect(texts(tighter.budgets)).toEqual(['p95 < 200 ms', ...SHOP.budgets.slice(1)])
  expect(texts(judgedFor(['budgets', 0], 'p95 < 900 ms').budgets)).toEqual(SHOP.budgets)
})

test('of two limits neither of which is the tighter one, both count', () => {
  const judged = judgedFor(['budgets', 1], 'p95 < baseline + 900 ms')
  expect([texts(judged.budgets), texts(judged.added)]).toEqual([SHOP.budgets, ['p95 < baseline + 900 ms']])
})

test('what stands at the base is shown where the head speaks of it, or else at the top', () => {
  const head = soundPolicy(changed(SHOP, ['budgets'], ['p50 < 1 h', 'p95 < 900 ms']), { file: 'here.yml' })
  const judged = judgedBudgets(soundPolicy(SHOP, { file: '/tmp/base/loadgate.yml' }), head, false)
  const [p95, relative] = judged.budgets
  expect(p95).toMatchObject({ text: 'p95 < 250 ms', place: head.plan.budgets[1]!.place })
  expect(relative?.place).toEqual({ file: 'here.yml', line: 1, column: 1 })
})

test('a step that only the head has is neither sent nor judged before it is accepted', () => {
  const more = changed(SHOP, ['scenarios', 1, 'steps', 2], { get: '/new' })
  const head = soundPolicy(changed(more, ['budgets', 7], 'p95 of "GET /new" < 100 ms'))
  const judged = judgedBudgets(base, head, false)
  expect(judged).toMatchObject({ load: 'base', added: [] })
  expect(texts(judged.unjudged)).toEqual(['p95 of "GET /new" < 100 ms'])
  expect(judgedBudgets(base, head, true)).toMatchObject({ load: 'head', unjudged: [], budgets: head.plan.budgets })
})

test('a profile that the base does not have is judged by itself', () => {
  const judged = judgedBudgets(undefined, base, false)
  expect(judged).toMatchObject({ load: 'head', budgets: base.plan.budgets, why: expect.stringContaining('no profile') })
})

test.each(EDITS.map((edit) => [edit.what, edit] as const))(
  '%s: the head is run only if it sends the same',
  (_, edit) => {
    const head = policyOf(edit.profile, { rows: edit.rows })
    if (head === undefined) return
    const { load, budgets, added } = judgedBudgets(base, head, false)
    // Where test data lies is no part of what is sent.
    const same = sent(head) === sent(base) && head.profile.data.accounts?.file === 'accounts.csv'
    expect(load).toBe(same ? 'head' : 'base')
    expect(budgets).toHaveLength(base.plan.budgets.length)
    expect(added.every((budget) => head.plan.budgets.includes(budget))).toBe(true)
  },
)

test('a key that is misspelt is refused rather than read as if it were not there', () => {
  expect(policyOf(renamed(SHOP, ['budgets'], 'budgetsx'))).toBeUndefined()
})
