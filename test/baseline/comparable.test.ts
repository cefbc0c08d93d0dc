import { expect, test } from '@jest/globals'
import type { BaselineRun } from '../../src/baseline/baseline.ts'
import { comparableRuns } from '../../src/baseline/comparable.ts'
import type { Fingerprint } from '../../src/result/result.ts'
import { madeRun, NOW, storedRun } from './made-run.ts'

const DAY = 24 * 3_600_000
const current = madeRun({ id: 'now' })
const run = storedRun({ id: 'then', startedAt: NOW - DAY })
const on = (machine: Partial<Fingerprint['machine']>): BaselineRun => ({
  ...run,
  fingerprint: { ...run.fingerprint, machine: { ...run.fingerprint.machine, ...machine } },
})
const compared = (...runs: BaselineRun[]) => comparableRuns({ store: 'file:x', runs }, current)

test('runs of the same load, generator and machine are comparable, in their order', () => {
  const other = { ...run, id: 'other' }
  expect(compared(run, other)).toEqual({ runs: [run, other], refused: [] })
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
  expect(compared(other)).toEqual({ runs: [], refused: [{ runs: 1, reason: expect.stringMatching(reason) }] })
})

test('exactly 60 days is not yet too old', () => {
  expect(compared({ ...run, startedAt: NOW - 60 * DAY }).runs).toHaveLength(1)
})

test('refusals are counted by reason', () => {
  const { runs, refused } = compared(run, on({ node: '22' }), on({ node: '22' }), { ...run, complete: false })
  expect([runs.length, refused.map(({ runs }) => runs)]).toEqual([1, [2, 1]])
})
