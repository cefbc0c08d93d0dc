import { expect, test } from '@jest/globals'
import type { Budget } from '../../src/profile/profile.ts'
import { judgedBudgets } from '../../src/trust/judged-budgets.ts'
import { EDITS } from './edits.ts'
import { changed, policyOf, renamed, SHOP, soundPolicy } from './shop.ts'
import { sent } from './worlds.ts'

const base = soundPolicy(SHOP)
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
    // Where test data lies, and where its values come from, is no part of what is sent.
    const same =
      sent(head) === sent(base) &&
      head.profile.data.accounts?.file === 'accounts.csv' &&
      !head.profile.data.accounts.env
    expect(load).toBe(same ? 'head' : 'base')
    expect(budgets).toHaveLength(base.plan.budgets.length)
    expect(added.every((budget) => head.plan.budgets.includes(budget))).toBe(true)
  },
)

test('a key that is misspelt is refused rather than read as if it were not there', () => {
  expect(policyOf(renamed(SHOP, ['budgets'], 'budgetsx'))).toBeUndefined()
})
