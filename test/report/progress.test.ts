import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { ShardProgress } from '../../src/engine/shard-result.ts'
import { Histogram } from '../../src/histogram.ts'
import { type ProgressSnapshot, progressLine, progressView, sidesLine, sidesView } from '../../src/report/progress.ts'
import { foldProgress, NO_PROGRESS, type ProgressState, takeSnapshot } from '../../src/report/progress-fold.ts'
import { histogram } from './reports.ts'

const PLAN = { measureFrom: 10_000, duration: 100_000, model: 'open' } as const

const snapshot: ProgressSnapshot = {
  elapsed: 45_000,
  total: 100_000,
  warmingUp: false,
  model: 'open',
  sent: 4_512,
  succeeded: 4_480,
  failed: 20,
  failedLately: 0.031,
  dropped: 2,
  active: 12,
  rate: 198.4,
  recent: histogram(12, 12, 12, 45, 101),
  history: [10, 20, 40, 80, 45],
}

function said(index: number, elapsed: number, sent: number, ...times: readonly number[]): ShardProgress {
  return { index, elapsed, sent, succeeded: sent, failed: 0, dropped: 0, active: 1, recent: histogram(...times) }
}

test('one line says how the run stands', () => {
  expect(progressLine(snapshot)).toBe(
    '45 s of 1 min 40 s, 55 s left · 198/s · 12 active · 4,512 sent · 20 failed (0.444 %, lately 3.1 %) · 2 dropped · p50 12 ms · p95 101 ms · p99 101 ms',
  )
})

test('of a script nobody knows how long it takes', () => {
  const scripted = { ...PLAN, measureFrom: 0, script: {} }
  const { snapshot: seen } = takeSnapshot(foldProgress(NO_PROGRESS, said(0, 45_000, 90, 10)), scripted)
  expect(progressLine(seen)).toMatch(/^45 s · /)
  expect(progressView(seen, { width: 80 })[0]).toBe('45 s')
})

test('iterations of users are users, and what is late is waited for', () => {
  const late = { ...snapshot, model: 'closed', active: 1, elapsed: 101_000, failedLately: undefined } as const
  expect(progressLine({ ...snapshot, elapsed: 99_200 })).toMatch(/^1 min 39 s of 1 min 40 s, 1 s left /)
  expect(progressLine(late)).toMatch(
    /^1 min 40 s of 1 min 40 s, waiting for the last answers · 198\/s · 1 user · 4,512 sent · 20 failed \(0\.444 %\)/,
  )
})

test('how many failed lately is of what ended since the last look', () => {
  const report = (succeeded: number, failed: number) => ({ ...said(0, 1_000, 0), sent: 300, succeeded, failed })
  let state = foldProgress(NO_PROGRESS, report(100, 0))
  const look = () => {
    const { snapshot, next } = takeSnapshot(state, PLAN)
    state = next
    return snapshot.failedLately
  }
  expect(look()).toBe(0)
  expect(look()).toBeUndefined()
  state = foldProgress(state, report(130, 10))
  expect(look()).toBe(0.25)
})

test('of workers it says how many are heard of, and which is the worst', () => {
  const state = [said(0, 12_000, 5, 10), said(2, 12_000, 5, 80), said(1, 12_000, 5)].reduce(foldProgress, NO_PROGRESS)
  const { workers } = takeSnapshot(state, { ...PLAN, workers: 4 }).snapshot
  expect(workers).toEqual({ all: 4, seen: 3, worst: { number: 3, p95: expect.closeTo(80, 0) } })
  const line = (known: ProgressSnapshot['workers']) =>
    progressLine({ ...snapshot, workers: known })
      .split(' · ')
      .at(-1)
  expect(line(workers)).toBe('3 of 4 workers, worst p95 80 ms (worker 3)')
  expect(line({ all: 2, seen: 2, worst: undefined })).toBe('2 workers')
})

test('before the first answer there is nothing to be wrong about', () => {
  const empty = { ...snapshot, elapsed: 0, warmingUp: true, sent: 0, succeeded: 0, failed: 0, dropped: 0, active: 0 }
  const first = { ...empty, rate: 0, recent: histogram(), history: [] }
  expect(progressLine(first)).toBe(
    '0 ms of 1 min 40 s, 1 min 40 s left (warm-up) · 0/s · 0 active · 0 sent · none failed · p50 – · p95 – · p99 –',
  )
  expect(progressView(first, { width: 80 })).toHaveLength(3)
})

test('the view draws the same', () => {
  expect(progressView(snapshot, { width: 80 })).toEqual([
    '██████████████░░░░░░░░░░░░░░░░ 45 %  45 s of 1 min 40 s, 55 s left',
    '198/s · 12 active · 4,512 sent · 20 failed (0.444 %, lately 3.1 %) · 2 dropped',
    'p50 12 ms · p95 101 ms · p99 101 ms',
    'p95 ▂▃▅█▅ up to 80 ms',
  ])
})

test('of two versions at once each has its own figures', () => {
  const head = { ...snapshot, rate: 197, failed: 0, dropped: 0, recent: histogram(50, 50, 300) }
  expect(sidesLine({ base: snapshot, head })).toBe(
    '45 s of 1 min 40 s, 55 s left · base: 198/s, 12 active, 4,512 sent, 20 failed (0.444 %, lately 3.1 %), 2 dropped, p50 12 ms, p95 101 ms, p99 101 ms · head: 197/s, 12 active, 4,512 sent, none failed, p50 50 ms, p95 300 ms, p99 300 ms',
  )
  expect(sidesView({ base: snapshot, head })).toEqual([
    '██████████████░░░░░░░░░░░░░░░░ 45 %  45 s of 1 min 40 s, 55 s left',
    'base  198/s · 12 active · 4,512 sent · 20 failed (0.444 %, lately 3.1 %) · 2 dropped',
    '      p50 12 ms · p95 101 ms · p99 101 ms',
    'head  197/s · 12 active · 4,512 sent · none failed',
    '      p50 50 ms · p95 300 ms · p99 300 ms',
  ])
})

test('the course of the p95 fits beside its label, the newest last', () => {
  const history = Array.from({ length: 60 }, (_, n) => n)
  const view = progressView({ ...snapshot, history }, { width: 40 })
  expect(view.at(-1)).toMatch(/^p95 [▁-█]{21} up to 59 ms$/)
  for (const line of view.slice(3)) expect(line.length).toBeLessThan(40)
  expect(progressView({ ...snapshot, history: [0, 0] }, { width: 40 }).at(-1)).toBe('p95 ▁▁ up to 0 ms')
})

test('shards add up: counts by the last report of each, times since the last snapshot', () => {
  let state = NO_PROGRESS
  for (const report of [said(0, 1_000, 100, 10), said(1, 1_100, 110, 20), said(0, 2_000, 250, 30)])
    state = foldProgress(state, report)
  const { snapshot, next } = takeSnapshot(state, PLAN)
  expect(snapshot).toMatchObject({ elapsed: 2_000, total: 100_000, warmingUp: true, sent: 360, active: 2 })
  // 150 in a second by the one, 110 in 1.1 seconds by the other.
  expect(snapshot.rate).toBeCloseTo(250)
  expect(snapshot.recent).toBe(histogram(10, 20, 30))
  expect(snapshot.history).toHaveLength(1)
  const later = takeSnapshot(foldProgress(next, said(1, 12_000, 500, 40)), PLAN).snapshot
  expect(later).toMatchObject({ elapsed: 12_000, warmingUp: false, sent: 750, recent: histogram(40) })
  expect(later.history).toHaveLength(2)
})

test('a snapshot without an answer adds nothing to the course, and the course is bounded', () => {
  let state: ProgressState = NO_PROGRESS
  for (let n = 1; n <= 100; n++) {
    state = takeSnapshot(foldProgress(state, said(0, n * 1_000, n, n)), PLAN).next
    state = takeSnapshot(foldProgress(state, said(0, n * 1_000, n)), PLAN).next
  }
  expect(state.history).toHaveLength(60)
  expect(state.history.at(-1)).toBeCloseTo(100, 0)
})

test('the order in which the shards report does not matter', () => {
  const reports = [said(0, 1_000, 5, 1, 2), said(1, 900, 7, 3), said(2, 1_200, 9, 4)]
  const of = (some: readonly ShardProgress[]) => takeSnapshot(some.reduce(foldProgress, NO_PROGRESS), PLAN).snapshot
  fc.assert(
    fc.property(fc.shuffledSubarray(reports, { minLength: 3 }), (order) => {
      const { rate, ...others } = of(order)
      expect(others).toEqual(expect.objectContaining({ sent: 21, recent: of(reports).recent, elapsed: 1_200 }))
      expect(rate).toBeCloseTo(of(reports).rate)
    }),
  )
  expect(Histogram.of(of(reports).recent).count).toBe(4)
})
