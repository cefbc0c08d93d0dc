// What only keeps the service busy is shown, may be limited by name, and is in no figure of the whole run.
import { expect, test } from '@jest/globals'
import { compare } from '../../src/compare/compare.ts'
import { compareSides } from '../../src/compare/compare-sides.ts'
import type { Comparison } from '../../src/compare/comparison.ts'
import { judge } from '../../src/compare/judge.ts'
import type { IterationCounts } from '../../src/engine/shard-result.ts'
import type { GroupResult, RunResult } from '../../src/result/result.ts'
import { madeRun, NOW, spread, storedRun } from '../baseline/made-run.ts'
import { budget } from './made-budget.ts'
import { around, madeRound, madeRounds, PAIRED } from './made-rounds.ts'

const counts = (planned: number, dropped = 0): IterationCounts => ({
  ...{ planned, started: planned - dropped, dropped },
  ...{ finished: planned - dropped, failed: 0, cut: 0 },
})

/** The same run with another one of one scenario in its background. */
function beside(run: RunResult, made: Parameters<typeof madeRun>[0]): RunResult {
  const other = madeRun(made)
  const steps = other.steps.map((step) => ({ ...step, id: step.id + run.steps.length, scenario: 'import' }))
  const group = (name: string, iterations: IterationCounts): GroupResult => ({
    scenarios: [name],
    model: 'open',
    background: name === 'import',
    curve: [],
    iterations,
  })
  const groups = [group('store', run.iterations), group('import', other.iterations)]
  return { ...run, groups, background: { warmUp: other.warmUp, steps } }
}

const slowAndFailing = { steps: [{ times: spread(4_000, 600), causes: { timeout: 400 } }], dropped: 7 }
const busy = beside(madeRun(), slowAndFailing)
const held = (comparison: Comparison) =>
  Object.fromEntries(
    comparison.budgets.map(({ budget: { metric, of }, judgement }) => [`${metric} ${of ?? ''}`.trim(), judgement.kind]),
  )

test('a slow and failing background is no failure of the run', () => {
  const budgets = [budget('p95', 200), budget('errors', 0.01), budget('throughput', 90)]
  const [alone, both] = [compare(madeRun(), undefined, budgets), compare(busy, undefined, budgets)]
  expect(judge(both).outcome).toBe('pass')
  expect(both.budgets).toEqual(alone.budgets)
  expect(both.defects).toEqual([])
  expect(both.scopes.slice(0, -1)).toEqual(alone.scopes)
  expect(both.scopes.at(-1)).toMatchObject({ scope: 'import › GET /', background: true, requests: 1_000, failed: 400 })
})

test('but a budget may name it, by scenario or by step', () => {
  const comparison = compare(busy, undefined, [
    budget('p95', 200, 'import'),
    budget('p95', 10_000, 'import › GET /'),
    budget('errors', 0.01, 'import'),
    budget('throughput', 5, 'import'),
    budget('throughput', 20, 'import › GET /'),
  ])
  expect(held(comparison)).toEqual({
    'p95 import': 'exceeded',
    // Of those that were answered at all.
    'p95 import › GET /': 'undecided',
    'errors import': 'exceeded',
    'throughput import': 'holds',
    'throughput import › GET /': 'exceeded',
  })
  expect(judge(comparison).outcome).toBe('fail')
})

test('also against the stored runs', () => {
  const stored = (at: number, p95: number) => {
    const { background, groups } = beside(madeRun(), { steps: [{ times: spread(p95, 900) }] })
    return { ...storedRun({ id: `run-${at}`, startedAt: NOW - at * 3_600_000 }), background, groups }
  }
  const runs = Array.from({ length: 8 }, (_, at) => stored(at + 1, 300 + (at % 3)))
  const relative = (p95: number) =>
    held(
      compare(beside(madeRun(), { steps: [{ times: spread(p95, 900) }] }), { store: 'file', runs }, [
        budget('p95', { share: 0.2 }, 'import'),
      ]),
    )
  expect([relative(301), relative(900)]).toEqual([{ 'p95 import': 'holds' }, { 'p95 import': 'exceeded' }])
})

test('and side by side', () => {
  const rounds = (p95: number) =>
    madeRounds(6, (round) => {
      const { base, head } = madeRound([100 + round, 101], [101, 100 + round])
      const side = (own: RunResult, p95: number) =>
        beside(own, { seconds: 10, steps: [{ times: [...around(p95 + round), ...around(p95)] }] })
      return { base: side(base, 300), head: side(head, p95) }
    })
  const budgets = [budget('p95', { share: 0.1 }), budget('p95', { share: 0.1 }, 'import')]
  const found = compareSides(rounds(600), budgets, PAIRED)
  expect(held(found)).toEqual({ p95: 'holds', 'p95 import': 'exceeded' })
  expect(found.defects).toEqual([])
  expect(held(compareSides(rounds(301), budgets, PAIRED))).toEqual({ p95: 'holds', 'p95 import': 'holds' })
})

test('groups that do not add up are no evidence, and neither are sides that got other arrivals in the background', () => {
  const [store, other] = busy.groups!
  const lost = { ...busy, groups: [{ ...store!, iterations: counts(store!.iterations.planned - 1) }, other!] }
  expect(compare(lost, undefined, []).defects.map(({ code }) => code)).toEqual(['counts-disagree'])
  const sides = (planned: number) => {
    const { base, head } = madeRound([100, 100], [100, 100])
    const groups = (own: RunResult, more: number) => [
      { ...store!, iterations: own.iterations },
      { ...other!, iterations: counts(more) },
    ]
    return { base: { ...base, groups: groups(base, 500) }, head: { ...head, groups: groups(head, planned) } }
  }
  const codes = (planned: number) => compareSides([sides(planned)], [], PAIRED).defects.map(({ code }) => code)
  expect([codes(500), codes(400)]).toEqual([[], ['unequal-load']])
})
