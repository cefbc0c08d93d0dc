import { expect, test } from '@jest/globals'
import { compare } from '../../src/compare/compare.ts'
import { endedByGuard, type GuardTrip } from '../../src/compare/ended-by-guard.ts'
import { judge } from '../../src/compare/judge.ts'
import { madeRun, spread } from '../baseline/made-run.ts'
import { budget } from './made-budget.ts'

const started = 1_000_000
const trip: GuardTrip = {
  name: 'status page',
  url: 'https://status.example/health',
  at: started + 12_400,
  failures: ['status 503 instead of 200–399 after 12 ms', 'no answer within 500 ms after 500 ms'],
}
const budgets = [budget('p95', 20_000), budget('errors', 0.5)]

test('whatever a run has shown until a guard ends it, it is invalid, and says which guard, when and how', () => {
  for (const run of [madeRun(), { ...madeRun(), complete: false }, madeRun({ steps: [{ times: [] }] })]) {
    const comparison = endedByGuard(compare(run, undefined, budgets), trip, started)
    const { outcome, reason } = judge(comparison)
    expect([outcome, reason]).toEqual([
      'invalid',
      'The guard "status page" ended the run 12 s after the load began: 2 failures in a row (status 503 instead of 200–399 after 12 ms; no answer within 500 ms after 500 ms).',
    ])
    expect(comparison.defects.map(({ code }) => code)).toEqual(['guard-failed'])
    expect(comparison.budgets.filter(({ judgement }) => judgement.kind === 'holds')).toEqual([])
  }
})

test('other flaws stay, and a load that had not begun is told', () => {
  const causes = { generator: 9 } as const
  const unfit = compare(madeRun({ steps: [{ times: spread(99), causes }] }), undefined, budgets)
  const comparison = endedByGuard(unfit, { ...trip, at: started - 1 }, started)
  expect(comparison.defects.map(({ code }) => code)).toEqual(['guard-failed', 'generator-failed'])
  expect(comparison.defects[0]?.message).toContain('ended the run before the load began')
})
