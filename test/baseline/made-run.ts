// Results made to measure: whatever is asked for, all sums agree.

import type { BaselineRun } from '../../src/baseline/baseline.ts'
import { baselineRun } from '../../src/baseline/baseline-run.ts'
import { intervalAt, intervalLength } from '../../src/engine/interval.ts'
import type { Cause, Intervals } from '../../src/engine/shard-result.ts'
import { Histogram, Recorder } from '../../src/histogram.ts'
import type { GeneratorHealth, RunResult, StepResult } from '../../src/result/result.ts'

export interface MadeStep {
  readonly scenario?: string
  readonly step?: string
  /** Response times of the successes in ms. */
  readonly times: readonly number[]
  readonly causes?: Partial<Record<Cause, number>>
  /** Of the successes. */
  readonly statuses?: Readonly<Record<string, number>>
}

export interface MadeRun {
  readonly id?: string
  readonly startedAt?: number
  readonly model?: 'open' | 'closed'
  readonly steps?: readonly MadeStep[]
  readonly dropped?: number
  readonly cut?: number
  /** Length of the measured window. */
  readonly seconds?: number
  /** Seconds over which the requests end; longer than the window for a target that falls behind. */
  readonly endWithin?: number
  readonly health?: Partial<GeneratorHealth>
}

export const NOW = Date.UTC(2026, 5, 1)

export function madeRun({
  id = 'run-now',
  startedAt = NOW,
  model = 'open',
  steps = [{ times: spread(100) }],
  dropped = 0,
  cut = 0,
  seconds = 60,
  endWithin = seconds,
  health = {},
}: MadeRun = {}): RunResult {
  const successes = steps.reduce((sum, { times }) => sum + times.length, 0)
  let left = Math.floor((Math.min(seconds, endWithin) * successes) / endWithin)
  // Successes end in the order of the steps.
  const results = steps.map((step, id) => {
    const succeededInWindow = Math.min(left, step.times.length)
    left -= succeededInWindow
    return { ...stepResult(step, id), succeededInWindow, blocks: blocksOf(step, succeededInWindow, seconds * 1000) }
  })
  const started = results.reduce((sum, { sent }) => sum + sent, 0) + cut
  const failed = results.reduce((sum, step) => sum + step.failed, 0)
  return {
    kind: 'loadgate-result',
    schema: 1,
    id,
    startedAt,
    profile: 'shop',
    fingerprint: {
      plan: 'a'.repeat(64),
      generator: '1',
      machine: { cpu: 'Fast 9000', cores: 4, os: 'linux 6.8', node: '24' },
    },
    commit: 'c'.repeat(40),
    plan: {
      model,
      target: 'http://127.0.0.1:8080',
      measured: seconds * 1000,
      warmUp: 0,
      seed: 1,
      executor: 'inline',
    },
    shards: { expected: 1, reported: 1, lost: [] },
    complete: true,
    iterations: {
      planned: started + dropped,
      started,
      dropped,
      finished: started - failed - cut,
      failed,
      cut,
    },
    warmUp: { sent: 0, succeeded: 0, failed: 0 },
    steps: results,
    intervals: intervalsOf(
      steps.flatMap(({ times }) => times),
      failed,
      { seconds, endWithin },
    ),
    health: {
      lateness: histogram([0.1, 0.2]),
      loopDelayP99: 1,
      loopUtilisation: 0.2,
      cpu: 0.2,
      pauses: undefined,
      machine: undefined,
      link: undefined,
      connections: { opened: 10, peak: 10, cap: 100, connect: undefined, tls: undefined, short: undefined },
      staleRetries: 0,
      ...health,
    },
  }
}

/** As a store would give it back. */
export function storedRun(made: MadeRun): BaselineRun {
  return baselineRun(madeRun(made))
}

function stepResult(
  { scenario = 'store', step = 'GET /', times, causes = {}, statuses }: MadeStep,
  id: number,
): Omit<StepResult, 'succeededInWindow' | 'blocks'> {
  const failed = Object.values(causes).reduce((sum, count) => sum + count, 0)
  const withStatus = causes['unexpected-status'] ?? 0
  const response = histogram(times)
  return {
    id,
    scenario,
    step,
    sent: times.length + failed,
    succeeded: times.length,
    failed,
    causes,
    statuses: {
      ...(statuses ?? (times.length > 0 ? { 200: times.length } : {})),
      ...(withStatus > 0 ? { 500: withStatus } : {}),
    },
    bytesReceived: 0,
    bytesSent: 0,
    response,
    service: response,
    firstByte: response,
    failures: histogram(new Array<number>(failed).fill(1)),
  }
}

/** Dealt out like cards, so that each block has a bit of everything; what did not end within the window follows behind. */
function blocksOf({ times, causes = {} }: MadeStep, inWindow: number, measured: number): Intervals {
  const length = Math.max(5_000, intervalLength(measured))
  const within = Math.ceil(measured / length)
  const failed = Object.values(causes).reduce((sum, count) => sum + count, 0)
  const dealt = Array.from({ length: within + 1 }, (): number[] => [])
  for (const [n, time] of times.entries()) dealt[n < inWindow ? n % within : within]!.push(time)
  const records = dealt.map((own, index) => {
    const failures = index < within ? Math.floor((failed + within - 1 - index) / within) : 0
    return { index, succeeded: own.length, failed: failures, response: histogram(own) }
  })
  return { length, records: records.filter(({ succeeded, failed }) => succeeded + failed > 0) }
}

/** Successes and failures dealt out evenly over the seconds within which they end. */
function intervalsOf(
  times: readonly number[],
  failed: number,
  { seconds, endWithin }: { readonly seconds: number; readonly endWithin: number },
): Intervals {
  const measured = seconds * 1000
  const length = intervalLength(measured)
  const before = (second: number, count: number) => Math.floor((second * count) / endWithin)
  const indexes = Array.from({ length: endWithin }, (_, second) => intervalAt(second * 1000, { measured, length }))
  const records = [...new Set(indexes)].map((index) => {
    const [from, to] = [indexes.indexOf(index), indexes.lastIndexOf(index) + 1]
    const own = times.slice(before(from, times.length), before(to, times.length))
    return {
      index,
      succeeded: own.length,
      failed: before(to, failed) - before(from, failed),
      response: histogram(own),
    }
  })
  return { length, records: records.filter(({ succeeded, failed }) => succeeded + failed > 0) }
}

// A recorder is 184 kB, and empty again once it is drained.
const recorder = new Recorder()

export function histogram(ms: readonly number[]): string {
  for (const value of ms) recorder.record(value * 1000)
  return recorder.drain()
}

/** Quantiles of a log-normal distribution with the given p95, as many as asked for: no chance in it. */
export function spread(p95: number, count = 6000, sigma = 0.45): readonly number[] {
  const drawn = probits.get(count) ?? Array.from({ length: count }, (_, i) => probit((i + 0.5) / count))
  probits.set(count, drawn)
  return drawn.map((z) => p95 * Math.exp(sigma * (z - 1.6449)))
}
const probits = new Map<number, readonly number[]>()

/** By halving of a fine sum; slow and obvious. */
const table = (() => {
  const points: number[] = []
  let sum = 0
  for (let z = -6; z <= 6; z += 0.001) {
    sum += Math.exp((-z * z) / 2) * 0.001
    points.push(sum)
  }
  return points.map((point) => point / sum)
})()

function probit(p: number): number {
  let low = 0
  let high = table.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (table[middle]! < p) low = middle + 1
    else high = middle
  }
  return -6 + low * 0.001
}

/** Seeded random numbers in [0, 1): mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Standard normal numbers (Box and Muller 1958). */
export function normal(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

export function sum(histograms: readonly string[]): string {
  return Histogram.of(...histograms).toText()
}
