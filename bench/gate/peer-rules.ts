// What others do with the numbers of a run and of those before it. Each rule says whether the check goes red.
import { studentQuantile } from '../../src/compare/distributions.ts'
import { median } from '../../src/compare/statistics.ts'
import { mean, sd } from './moments.ts'
import { normalQuantile } from './normal-quantile.ts'

/** A run as others keep it. */
export interface PlainRun {
  /** In any unit, the same for all runs. */
  readonly p95: number
  /** Response times of all requests, in order of size. */
  readonly sorted: Float64Array
}

export interface PeerRule {
  readonly name: string
  /** How many runs before this one it looks at. */
  readonly runs: number
  readonly fails: (now: PlainRun, before: readonly PlainRun[]) => boolean
}

const ALERT = 0.98

export const PEER_RULES: readonly PeerRule[] = [
  // github-action-benchmark, as it comes and as it is often set.
  p95Rule('ratio to last > 200 %', 1, (last) => 2 * median(last)),
  p95Rule('ratio to last > 110 %', 1, (last) => 1.1 * median(last)),
  p95Rule('ratio to median > 110 %', 20, (before) => 1.1 * median(before)),
  // Bencher's thresholds, with the boundary of its examples.
  ...[5, 20].flatMap((runs) => [
    p95Rule('z-score 0.98', runs, zScore),
    p95Rule('t prediction interval 0.98', runs, tPrediction),
    p95Rule('median + 2 IQR', runs, (before) => median(before) + 2 * interquartileRange(before)),
  ]),
  // Netflix, TVUI.
  p95Rule('mean + 4 sd', 40, (before) => mean(before) + 4 * sd(before)),
  // Kayenta's and benchstat's test, fed with requests.
  ...[1, 5].map((runs) => ({
    name: 'Mann-Whitney on all requests, p < 0.01',
    runs,
    fails: (now: PlainRun, before: readonly PlainRun[]) =>
      mannWhitney(
        now.sorted,
        before.map(({ sorted }) => sorted),
      ) > normalQuantile(0.99),
  })),
]

/** One that compares the p95 of this run with a limit that it draws from those before. */
function p95Rule(name: string, runs: number, limit: (before: readonly number[]) => number): PeerRule {
  return { name, runs, fails: (now, before) => now.p95 > limit(before.map(({ p95 }) => p95)) }
}

export function zScore(before: readonly number[]): number {
  return mean(before) + normalQuantile(ALERT) * sd(before)
}

export function tPrediction(before: readonly number[]): number {
  const n = before.length
  return mean(before) + studentQuantile(ALERT, n - 1) * sd(before) * Math.sqrt(1 + 1 / n)
}

/** Between the quartiles, interpolated as numpy and spreadsheets do. */
export function interquartileRange(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => {
    const place = share * (sorted.length - 1)
    const low = Math.floor(place)
    return sorted[low]! + (place - low) * ((sorted[low + 1] ?? 0) - sorted[low]!)
  }
  return at(0.75) - at(0.25)
}

/**
 * How far the requests of `now` stand above those of `before`, in standard errors (Mann & Whitney 1947, by the normal
 * approximation): U, the pairs of which the one of `now` is the slower, less what chance would have it be. All in order of size.
 */
export function mannWhitney(now: Float64Array, before: readonly Float64Array[]): number {
  const n = now.length
  const m = before.reduce((sum, { length }) => sum + length, 0)
  const u = before.reduce((sum, earlier) => sum + pairsAbove(now, earlier), 0)
  return (u - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12)
}

/** Pairs of which the first is larger; equal ones count half. */
function pairsAbove(firsts: Float64Array, seconds: Float64Array): number {
  let [below, upTo, pairs] = [0, 0, 0]
  for (const first of firsts) {
    while (below < seconds.length && seconds[below]! < first) below++
    while (upTo < seconds.length && seconds[upTo]! <= first) upTo++
    pairs += (below + upTo) / 2
  }
  return pairs
}
