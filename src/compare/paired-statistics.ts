import { studentAbove, studentQuantile } from './distributions.ts'
import { mean, Z95 } from './statistics.ts'

// What noise explains where both versions were measured at the same time. All in logarithms of ratios, positive is worse.

/**
 * Two processes of the same code differ for their whole life, by about 1 % as far as nothing else is known (σ₀); what is
 * measured of it weighs against ν₀ degrees of freedom.
 */
const PROCESS_SD = 0.01
const PROCESS_FREEDOM = 6
/** Where they take turns, the machine changes in between as well; so much at least on the hosted runners that are known of. */
const TURNS_SD = 0.04
/** Of the ordered values, what a trimmed mean leaves out at each end. */
const TRIMMED = 0.2

export interface RoundsNoise {
  readonly estimate: number
  readonly se: number
  readonly freedom: number
}

export interface RoundsDesign {
  /** Whether the versions took turns instead of being measured at once: then a burst may have hit one of them only. */
  readonly turns: boolean
  /** Whether the processes were others in each round; where not, all rounds are one observation of them. */
  readonly fresh: boolean
}

/**
 * The change, and how far chance may move it, from the blocks of each round: a two-level model (Kalibera & Jones 2013, with
 * the noise between processes as a prior).
 *   d_j  = ln(head / base) of block j of n in k rounds,   est = mean(d)
 *   vw   = k s²_d / n                      what the blocks alone leave open of the mean of a round
 *   s²_r = variance of the means of the rounds
 *   V    = (ν₀ (2 σ₀² + vw) + (k - 1) s²_r) / (ν₀ + k - 1),   ν₀ = 6, σ₀ = 1 %
 *   se   = √(V / k),   ν = ν₀ + k - 1
 * In turns, σ₀ is 4 % and est is the 20 % trimmed mean, and s²_d / n becomes s²_w n / h² with the Winsorised variance and h values left
 * (Tukey & McLaughlin 1963). Undefined with fewer than two blocks: their noise is not known then.
 */
export function roundsNoise(rounds: readonly (readonly number[])[], design: RoundsDesign): RoundsNoise | undefined {
  const blocks = rounds.flat()
  const n = blocks.length
  if (n < 2) return undefined
  const k = design.fresh ? rounds.length : 1
  const centre = design.turns ? trimmed : plain
  const { mean: estimate, variance } = centre(blocks)
  const within = k * variance
  const between = k > 1 ? sampleVariance(rounds.map((blocks) => centre(blocks).mean)) : 0
  const freedom = PROCESS_FREEDOM + k - 1
  const v = (PROCESS_FREEDOM * (2 * (design.turns ? TURNS_SD : PROCESS_SD) ** 2 + within) + (k - 1) * between) / freedom
  return { estimate, se: Math.sqrt(v / k), freedom }
}

/** A location of some values, and the variance of it; needs at least one value, and two for the variance. */
interface Centre {
  readonly mean: number
  readonly variance: number
}

function plain(values: readonly number[]): Centre {
  return { mean: mean(values), variance: sampleVariance(values) / values.length }
}

function trimmed(values: readonly number[]): Centre {
  const n = values.length
  const sorted = values.toSorted((a, b) => a - b)
  // 0.2 · 5 is 1, but three times 0.2 · 5 / 3 need not be.
  const out = Math.floor(TRIMMED * n + 1e-9)
  const [lowest, highest] = [sorted[out]!, sorted[n - 1 - out]!]
  const left = n - 2 * out
  return {
    mean: mean(sorted.slice(out, n - out)),
    variance: (sampleVariance(sorted.map((value) => Math.min(highest, Math.max(lowest, value)))) * n) / (left * left),
  }
}

/** Bounds of the change at a one-sided level, and the chances that decide whether there is one at all. */
export interface RoundsBounds {
  readonly low: number
  readonly high: number
  /** Probability of so bad an estimate if nothing is worse, and of so good a one if nothing is better. */
  readonly chance: number
  readonly luck: number
}

export function roundsBounds({ estimate, se, freedom }: RoundsNoise, level: number): RoundsBounds {
  const half = studentQuantile(1 - level, freedom) * se
  return {
    low: estimate - half,
    high: estimate + half,
    chance: studentAbove(estimate / se, freedom),
    luck: studentAbove(-estimate / se, freedom),
  }
}

/** The smallest true change that is told from none, at this level of chance, in 95 of 100 comparisons like this one. */
export function smallestChange({ se, freedom }: Pick<RoundsNoise, 'se' | 'freedom'>, level: number): number {
  return (studentQuantile(1 - level, freedom) + Z95) * se
}

function sampleVariance(values: readonly number[]): number {
  const middle = mean(values)
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1)
}
