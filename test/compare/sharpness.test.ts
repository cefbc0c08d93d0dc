import { expect, test } from '@jest/globals'
import { compareSides } from '../../src/compare/compare-sides.ts'
import { judge } from '../../src/compare/judge.ts'
import { type SelfComparison, sharpnessOf } from '../../src/compare/sharpness.ts'
import { parseBudget } from '../../src/profile/budget.ts'
import type { Budget } from '../../src/profile/profile.ts'
import { madeRound, madeRounds, PAIRED } from './made-rounds.ts'

const text = 'p95 < baseline + 5 %'
const budget = { text, place: { file: 'loadgate.yml', line: 1, column: 1 }, ...parseBudget(text) } as Budget

/** Of versions whose p95 differ by a ratio, in steady rounds. */
function compared(ratio: number): SelfComparison {
  const base = [100, 101, 99, 100, 102, 98]
  const rounds = madeRounds(4, () =>
    madeRound(
      base,
      base.map((p95) => p95 * ratio),
    ),
  )
  const comparison = compareSides(rounds, [budget], PAIRED)
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
