import { expect, test } from '@jest/globals'
import type { BaselineRun } from '../../src/baseline/baseline.ts'
import { storedLevels } from '../../src/compare/new-level.ts'
import { scopeOf, WHOLE } from '../../src/compare/scope.ts'
import type { Cause } from '../../src/engine/shard-result.ts'
import { NOW, spread, storedRun } from '../baseline/made-run.ts'

const HOUR = 3_600_000
/** Runs whose response times lie about so many ms, an hour apart. */
const runsOf = (centres: readonly number[], causes: Partial<Record<Cause, number>> = {}) =>
  centres.map((centre, at) => ({
    ...storedRun({
      id: `run-${at}`,
      startedAt: NOW - (centres.length - at) * HOUR,
      steps: [{ times: spread(centre), causes }],
    }),
    commit: `${at}`.padStart(40, '0'),
  }))
const p95LevelsOf = (runs: readonly BaselineRun[]) =>
  storedLevels(
    'p95',
    runs,
    runs.map((run) => scopeOf(run, WHOLE)),
  )
const kept = (centres: readonly number[]) => p95LevelsOf(runsOf(centres))

test('without a change all runs stay', () => {
  const { present, past, since } = kept([100, 103, 98, 101, 99, 102])
  expect([present.length, past, since]).toEqual([6, [], undefined])
})

test('from the run on that was first of the new level', () => {
  const { present, past, since } = kept([100, 103, 98, 101, 50, 52, 49])
  expect([present.length, past.map(({ length }) => length)]).toEqual([3, [4]])
  const ratio = since!.after / since!.before
  expect([since!.commit, ratio > 0.45 && ratio < 0.55]).toEqual(['4'.padStart(40, '0'), true])
})

test('of two changes the later one counts, and what lay between them is what was before', () => {
  const { present, past, since } = kept([100, 102, 98, 101, 50, 51, 49, 50, 25, 26, 24.5])
  expect([present.length, past.map(({ length }) => length)]).toEqual([3, [4, 4]])
  expect(since!.before / since!.after).toBeCloseTo(2, 1)
})

test('a step of less than 3 % is none to begin anew at', () => {
  expect(kept([100, 100, 100, 100, 102, 102, 102, 102]).since).toBeUndefined()
  expect(kept([100, 100, 100, 100, 106, 106, 106, 106]).since).toBeDefined()
})

test('two odd runs are not a level yet', () => {
  expect(kept([100, 103, 98, 101, 50, 51]).since).toBeUndefined()
})

test('what a metric does not show has no place in it', () => {
  const silent = storedRun({ id: 'silent', steps: [{ times: [], causes: { 'connection-refused': 5 } }] })
  const runs = [...runsOf([100, 103, 98]), silent, ...runsOf([50, 51, 49])]
  expect(p95LevelsOf(runs).present).toHaveLength(3)
})
