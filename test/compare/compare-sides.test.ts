import { expect, test } from '@jest/globals'
import { compareSides, isDecided } from '../../src/compare/compare-sides.ts'
import { budget } from './made-budget.ts'
import { madeRound, madeRounds, PAIRED } from './made-rounds.ts'

test('try', () => {
  const rounds = madeRounds(3, () => madeRound([100, 101, 99, 100, 102, 98], [120, 122, 119, 118, 121, 120]))
  const c = compareSides(
    rounds,
    [
      budget('p95', { share: 0.05 }),
      budget('errors', { amount: 0.001 }),
      budget('throughput', { share: 0.05 }),
      budget('p95', 200),
    ],
    PAIRED,
  )
  console.log(JSON.stringify(c, undefined, 1))
  expect(isDecided(c)).toBe(true)
})
