import type { Histogram } from '../histogram.ts'
import type { Share, Us } from '../units.ts'
import { binomialAtMost, fisherAbove, studentAbove, studentQuantile } from './distributions.ts'

// What noise explains; where both versions were measured at the same time, paired-statistics.ts. All bounds are one-sided
// 95 % unless a z or a level says otherwise: a value and its two bounds make a 90 % interval, and each side alone is wrong
// once in twenty. docs/verdict.md says how they are used.

/** The normal variable stays below it with 95 %. */
export const Z95 = 1.6448536269514722

/** `high` is undefined where the samples do not bound it; `low` is then the lowest value there can be. */
export interface Bounds {
  readonly low: number
  readonly high: number | undefined
}

/**
 * Bounds of a share from x of n (Wilson 1927): the shares from which x would not be a surprise. Unlike p ± z·se they are
 * never empty at 0 and never leave 0–1. With x = 0 the upper one is z²/(n + z²).
 */
export function wilson(x: number, n: number, z = Z95): { readonly low: Share; readonly high: Share } {
  const p = x / n
  const z2 = z ** 2
  const middle = (p + z2 / (2 * n)) / (1 + z2 / n)
  const half = (z / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n))
  // At the ends the formula is exact but its rounding is not.
  return { low: x === 0 ? 0 : middle - half, high: x === n ? 1 : middle + half }
}

/** Bounds of the difference x/n - y/m from the Wilson bounds of both (Newcombe 1998, method 10). */
export function newcombe(
  x: number,
  n: number,
  y: number,
  m: number,
  z = Z95,
): { readonly low: number; readonly high: number } {
  const [p, r] = [x / n, y / m]
  const [ours, theirs] = [wilson(x, n, z), wilson(y, m, z)]
  return {
    low: p - r - Math.hypot(p - ours.low, theirs.high - r),
    high: p - r + Math.hypot(ours.high - p, r - theirs.low),
  }
}

/** Probability of x or more failures among n, if these n fail no more often than the m with y failures (Fisher 1935). */
export const fisher = fisherAbove

/**
 * Bounds of the true q-quantile behind the samples, from their order alone and so for any distribution: the number of
 * samples below the true quantile is binomial (n, q), hence
 *   the l-th sample is above it with P(B ≤ l - 1), the u-th below it with P(B ≥ u),
 * and l is the largest, u the smallest for which that is at most `level`. There is no u while qⁿ is more: at 5 % below 59
 * samples for p95, 299 for p99.
 */
export function quantileBounds(
  histogram: Histogram,
  q: Share,
  level = 0.05,
): { readonly low: Us; readonly high: Us | undefined } {
  const n = histogram.count
  const { low, high } = quantileRanks(n, q, level)
  return {
    low: low < 1 ? 0 : histogram.quantileAtRank(low),
    high: high > n ? undefined : histogram.quantileAtRank(high),
  }
}

/**
 * The same of samples that come in clusters, such as the times between the events of one stream: those of one may all be
 * alike, so that a cluster tells no more than one sample, however many it has. Of clusters of one each it is the same.
 */
export function clusteredBounds(
  histogram: Histogram,
  clusters: number,
  q: Share,
  level = 0.05,
): { readonly low: Us; readonly high: Us | undefined } {
  const each = histogram.count / clusters
  const { low, high } = quantileRanks(clusters, q, level)
  return {
    low: low < 1 ? 0 : histogram.quantileAtRank(Math.floor(low * each)),
    high: high > clusters ? undefined : histogram.quantileAtRank(Math.ceil(high * each)),
  }
}

/** The ranks l and u of that, of n samples: l may be 0 and u may be n + 1, where there is none. */
export function quantileRanks(n: number, q: Share, level: number): { readonly low: number; readonly high: number } {
  return {
    low: firstRank(n, (k) => binomialAtMost(k, n, q) > level),
    high: firstRank(n, (k) => binomialAtMost(k, n, q) >= 1 - level) + 1,
  }
}

/** The smallest k from 0 to n for which a condition that once true stays true is true. */
function firstRank(n: number, condition: (k: number) => boolean): number {
  let low = 0
  let high = n
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (condition(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/** Samples from which on the upper bound of the q-quantile exists: qⁿ ≤ level. */
export function samplesToBound(q: Share, level = 0.05): number {
  return Math.ceil(Math.log(level) / Math.log(q))
}

/**
 * The standard error of the mean of counts in intervals of one length, from their successive differences (von Neumann 1941),
 *   se² = Σ (x[i+1] - x[i])² / (2 (n - 1) n),
 * which a load that rises by plan does not inflate as the variance would be. The differences are worth about 2n/3 free
 * observations. Undefined below MIN_INTERVALS.
 */
export function meanError(counts: readonly number[]): { readonly se: number; readonly freedom: number } | undefined {
  const n = counts.length
  if (n < MIN_INTERVALS) return undefined
  let squares = 0
  for (let i = 1; i < n; i++) squares += (counts[i]! - counts[i - 1]!) ** 2
  return { se: Math.sqrt(squares / (2 * (n - 1) * n)), freedom: (2 * n) / 3 }
}

/** Fewer do not tell how steady a rate is. */
export const MIN_INTERVALS = 5

/**
 * How far a run of unchanged code may lie from the window, on the scale of logarithms: the rule for stored baselines.
 *   c  = median(y_g),   R = Σ_l Σ (y_l - mean(y_l))²   over the levels l, of which g, the last, is the present one
 *   V  = (ν₀ s₀² + R) / (ν₀ + N - L),   ν₀ = 4         N runs on L levels
 *   se = √(V (1 + 1.57 / n)),   ν = min(ν₀ + N - L, 8)   n runs on the present level
 * The prior s₀ is what runs differ by where nothing is known yet; 1.57 is the price of the median, π/2. ν is capped since
 * stored runs of different days are not independent observations of today. A level that has passed still tells how much runs
 * differ. Sums of squares, not robust ones: the odd runs are the false alarms. The present level needs at least one value.
 * @param own how many times a stored run's variance the present run has, where its own is not told apart from it
 */
export function windowNoise(levels: readonly (readonly number[])[], prior: number, own = 1): WindowNoise {
  const present = levels.at(-1)!
  const squares = levels.map((level) => level.reduce((sum, value) => sum + (value - mean(level)) ** 2, 0))
  const known = levels.reduce((sum, level) => sum + level.length - 1, 0)
  const v = (PRIOR_FREEDOM * prior ** 2 + squares.reduce((sum, own) => sum + own, 0)) / (PRIOR_FREEDOM + known)
  return {
    centre: median(present),
    se: Math.sqrt(v * (own + 1.57 / present.length)),
    freedom: Math.min(PRIOR_FREEDOM + known, 8),
  }
}

const PRIOR_FREEDOM = 4

export interface WindowNoise {
  readonly centre: number
  readonly se: number
  readonly freedom: number
}

/** How much worse this run is than the window, as a logarithm: positive is worse. */
export interface LogChange {
  readonly estimate: number
  /** Minus infinity and undefined where this run's samples do not bound it. */
  readonly low: number
  readonly high: number | undefined
  /** Probability of so bad a run if it is not worse at all, and of so good a one if it is not better. */
  readonly chance: number
  readonly luck: number
  /** One standard error of a change for the worse; infinite without a bound. */
  readonly se: number
}

/**
 * The noise between runs and the uncertainty of this run's own number together, each side with its own width (MOVER, Zou &
 * Donner 2008): `down` and `up` are the distances from this run's value to its own bounds.
 */
export function logChange(estimate: number, noise: WindowNoise, down: number, up: number | undefined): LogChange {
  const t = studentQuantile(0.95, noise.freedom) * noise.se
  const se = Math.hypot(noise.se, down / Z95)
  const above = up === undefined ? Number.POSITIVE_INFINITY : Math.hypot(noise.se, up / Z95)
  return {
    estimate,
    low: estimate - Math.hypot(t, down),
    high: up === undefined ? undefined : estimate + Math.hypot(t, up),
    chance: chanceOf(estimate, se, noise.freedom),
    luck: chanceOf(-estimate, above, noise.freedom),
    se,
  }
}

function chanceOf(estimate: number, se: number, freedom: number): number {
  return Number.isFinite(se) && se > 0 ? studentAbove(estimate / se, freedom) : 1
}

/**
 * Which of several chances are small enough that at most `level` of all such families hold a false one (Holm 1979): the
 * smallest is held to level/m, the next to level/(m - 1), until one is too large.
 */
export function holm(chances: readonly number[], level: number): readonly boolean[] {
  // NaN has no place in an order.
  const known = chances.map((chance) => (chance <= 1 ? chance : 1))
  const rejected = known.map(() => false)
  const order = known.map((_, at) => at).sort((a, b) => known[a]! - known[b]!)
  for (const [done, at] of order.entries()) {
    if (known[at]! > level / (known.length - done)) break
    rejected[at] = true
  }
  return rejected
}

/** Needs at least one value. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** The middle value; of an even number the mean of the middle two. Needs at least one. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2
}
