import { expect, test } from '@jest/globals'
import { staggered } from '../../src/compare/staggered.ts'
import { budget, exceeded, holds, report } from '../report/reports.ts'

const rows = [
  budget('throughput > 950/s', 'throughput', holds, { value: 1_000, limit: 950 }),
  budget('p95 < 250 ms', 'p95', holds, { value: 200, limit: 250 }),
  budget('throughput > 2000/s', 'throughput', exceeded, { value: 1_000, limit: 2_000 }),
]
const { comparison } = report('inconclusive', 'x', { comparison: { budgets: rows } })

test('rates that were never sent together hold no budget, and break one all the same', () => {
  const kinds = staggered(comparison, 60_000).budgets.map(({ judgement }) => judgement)
  expect(kinds).toEqual([
    exceeded,
    { kind: 'undecided', reason: expect.stringContaining('1 min after each other'), remedy: expect.any(String) },
    holds,
  ])
})

test('workers that begin in one moment change nothing', () => {
  expect(staggered(comparison, 0)).toBe(comparison)
})
