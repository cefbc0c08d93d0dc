import { expect, test } from '@jest/globals'
import { compareSides } from '../../src/compare/compare-sides.ts'
import { judge } from '../../src/compare/judge.ts'
import { type SelfComparison, sharpnessOf } from '../../src/compare/sharpness.ts'
import { parseBudget } from '../../src/profile/budget.ts'
import type { Budget } from '../../src/profile/profile.ts'
import { madeRound, madeRounds, PAIRED } from './made-rounds.ts'

const budgetOf = (text: string) =>
  ({ text, place: { file: 'loadgate.yml', line: 1, column: 1 }, ...parseBudget(text) }) as Budget
const text = 'p95 < baseline + 5 %'

/** Of versions whose p95 differ by a ratio, in steady rounds. */
function compared(ratio: number, budgets: readonly string[] = [text]): SelfComparison {
  const base = [100, 101, 99, 100, 102, 98]
  const rounds = madeRounds(4, () =>
    madeRound(
      base,
      base.map((p95) => p95 * ratio),
    ),
  )
  const comparison = compareSides(rounds, budgets.map(budgetOf), PAIRED)
  return { outcome: judge(comparison).outcome, comparison }
}

test('no false alarm among ten still leaves a share open', () => {
  const all = Array.from({ length: 10 }, (_, n) => compared(n % 2 === 0 ? 1.01 : 1 / 1.01))
  const { budgets, falseAlarmsAtMost, ...counts } = sharpnessOf(all)
  expect(counts).toEqual({ comparisons: 10, invalid: 0, passed: 10, inconclusive: 0, falseAlarms: 0 })
  // z²/(n + z²) with z = 1.645.
  expect(falseAlarmsAtMost).toBeCloseTo(2.7055 / 12.7055, 4)
  const [row] = budgets
  expect(row).toMatchObject({ metric: 'p95', scope: 'all', text })
  expect(row!.mean).toBeCloseTo(1, 3)
  // Ten values of ±ln 1.01: √(10/9) times that.
  expect(row!.spread).toBeCloseTo(Math.sqrt(10 / 9) * Math.log(1.01), 3)
  expect(row!.resolution).toBeGreaterThan(1)
  expect(row!.resolution).toBeLessThan(1.1)
})

test('what fails is a false alarm, and what is invalid counts for nothing', () => {
  const invalid = { ...compared(1), outcome: 'invalid' as const }
  const found = sharpnessOf([compared(1.3), compared(1), compared(1.05), invalid])
  expect(found).toMatchObject({ comparisons: 3, invalid: 1, passed: 1, inconclusive: 1, falseAlarms: 1 })
})

test('of nothing sound nothing is said', () => {
  expect(sharpnessOf([{ ...compared(1), outcome: 'invalid' }])).toEqual({
    ...{ comparisons: 0, invalid: 1, passed: 0, inconclusive: 0, falseAlarms: 0 },
    ...{ falseAlarmsAtMost: undefined, budgets: [] },
  })
})

test('a budget that saw no change is there, without figures of it', () => {
  const { budgets } = sharpnessOf([compared(1, ['errors < baseline + 1 pp', text])])
  expect(budgets.map(({ metric, mean }) => [metric, mean === undefined])).toEqual([
    ['p95', false],
    ['errors', true],
  ])
})

test('that the errors of one comparison came to none leaves figures of the others', () => {
  const { outcome, comparison } = compared(1)
  const at = (value: number): SelfComparison => ({
    outcome,
    comparison: {
      ...comparison,
      budgets: comparison.budgets.map((row) => ({ ...row, change: { value, low: 0, high: 2 } })),
    },
  })
  const [row] = sharpnessOf([at(0), at(1), at(1)]).budgets
  expect(row).toMatchObject({ mean: 1, spread: 0 })
})
