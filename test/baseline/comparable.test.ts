import { expect, test } from '@jest/globals'
import type { BaselineRun } from '../../src/baseline/baseline.ts'
import { byReason, comparableRuns, steadyLoop } from '../../src/baseline/comparable.ts'
import type { Fingerprint } from '../../src/result/result.ts'
import { madeRun, NOW, storedRun } from './made-run.ts'

const DAY = 24 * 3_600_000
const current = madeRun({ id: 'now' })
const run = storedRun({ id: 'then', startedAt: NOW - DAY })
const on = (machine: Partial<Fingerprint['machine']>): BaselineRun => ({
  ...run,
  fingerprint: { ...run.fingerprint, machine: { ...run.fingerprint.machine, ...machine } },
})
const compared = (...runs: BaselineRun[]) => {
  const { refused, ...rest } = comparableRuns({ store: 'file:x', runs }, current)
  return { ...rest, refused: byReason(refused) }
}

test('runs of the same load, generator and machine are comparable, oldest first', () => {
  const other = { ...run, id: 'other', startedAt: run.startedAt + 1 }
  expect(compared(other, run)).toEqual({ runs: [run, other], corrected: false, refused: [] })
})

test.each([
  ['another plan', { ...run, fingerprint: { ...run.fingerprint, plan: 'b'.repeat(64) } }, /profile has changed/],
  ['another generator', { ...run, fingerprint: { ...run.fingerprint, generator: '2' } }, /version 2, now 1/],
  ['another CPU', on({ cpu: 'Slow 1' }), /another machine: CPU Slow 1, now Fast 9000$/],
  ['other cores and system', on({ cores: 2, os: 'darwin 25.1' }), /cores 2, now 4; system darwin 25.1, now linux 6.8/],
  ['another Node', on({ node: '22' }), /Node 22, now 24/],
  ['a stopped run', { ...run, complete: false }, /not complete/],
  ['an old run', { ...run, startedAt: NOW - 61 * DAY }, /older than 60 days/],
  ['a run without a date', { ...run, startedAt: Number.NaN }, /older than 60 days/],
  ['the run itself', { ...run, id: 'now' }, /this run itself/],
])('%s is refused in words', (_, other, reason) => {
  expect(compared(other)).toEqual({
    runs: [],
    corrected: false,
    refused: [{ runs: 1, reason: expect.stringMatching(reason) }],
  })
})

test('exactly 60 days is not yet too old', () => {
  expect(compared({ ...run, startedAt: NOW - 60 * DAY }).runs).toHaveLength(1)
})

test('refusals are counted by reason', () => {
  const { runs, refused } = compared(run, on({ node: '22' }), on({ node: '22' }), { ...run, complete: false })
  expect([runs.length, refused.map(({ runs }) => runs)]).toEqual([1, [2, 1]])
})

const timed = { ...current, calibration: { before: 10, after: 10.5 } }
const slow = (at: number, calibration: BaselineRun['calibration'] = { before: 14, after: 14 }): BaselineRun => ({
  ...on({ cpu: 'Slow 1' }),
  id: `slow-${at}`,
  startedAt: NOW - (10 - at) * DAY,
  calibration,
})
const beside = (now: typeof current, ...runs: BaselineRun[]) => {
  const { refused, ...rest } = comparableRuns({ store: 'file:x', runs }, now)
  return { runs: rest.runs.map(({ id }) => id), corrected: rest.corrected, refused: byReason(refused) }
}

test('runs of another processor do where there are too few of this one, and the speed of both is known', () => {
  const own = (at: number): BaselineRun => ({ ...run, id: `own-${at}`, calibration: { before: 10, after: 10 } })
  expect(beside(timed, slow(0), own(1), slow(2), own(3))).toEqual({
    runs: ['slow-0', 'slow-2', 'own-1', 'own-3'],
    corrected: true,
    refused: [],
  })
  expect(beside(timed, slow(0), own(1), slow(2), own(3), own(4))).toEqual({
    runs: ['own-1', 'own-3', 'own-4'],
    corrected: false,
    refused: [{ runs: 2, reason: 'another machine: CPU Slow 1, now Fast 9000' }],
  })
})

test('they do not where some speed is not known', () => {
  const refused = [{ runs: 1, reason: 'another machine: CPU Slow 1, now Fast 9000' }]
  expect(beside(current, slow(0))).toEqual({ runs: [], corrected: false, refused })
  const changing = { before: 10, after: 11.1 }
  expect(beside({ ...timed, calibration: changing }, slow(0))).toEqual({ runs: [], corrected: false, refused })
  expect(beside(timed, slow(0), slow(1, changing), run)).toEqual({
    runs: ['slow-0'],
    corrected: true,
    refused: [...refused, { runs: 1, reason: 'the speed of its processor is not known' }],
  })
})

test('nor where anything else differs', () => {
  const other = {
    ...slow(0),
    fingerprint: { ...slow(0).fingerprint, machine: { ...slow(0).fingerprint.machine, cores: 2 } },
  }
  expect(beside(timed, other).refused).toEqual([
    { runs: 1, reason: 'another machine: CPU Slow 1, now Fast 9000; cores 2, now 4' },
  ])
})

test('the loop takes the mean of both times, unless they lie apart', () => {
  expect(steadyLoop({ calibration: { before: 10, after: 10.8 } })).toBeCloseTo(Math.sqrt(108))
  expect(steadyLoop({ calibration: { before: 10, after: 11.1 } })).toBeUndefined()
  expect(steadyLoop({ calibration: { before: 11.1, after: 10 } })).toBeUndefined()
  expect(steadyLoop({})).toBeUndefined()
})
