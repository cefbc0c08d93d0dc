import type { Limit } from '../profile/profile.ts'
import type { Estimate } from './comparison.ts'
import { studentQuantile } from './distributions.ts'
import { failures, failuresAtMost, type Metric } from './metrics.ts'
import type { Scope } from './scope.ts'
import { fisher, type LogChange, logChange, median, newcombe, type WindowNoise, windowNoise } from './statistics.ts'

/** A limit as written relative to the baseline. */
export type RelativeLimit = Extract<Limit, { kind: 'baseline' }>

/** How a run lies to the window it is compared with and to its limit. */
export interface Change {
  readonly baseline: number
  /** Stored runs, or rounds, behind it. */
  readonly runs: number
  /** Whether they are of other processors, and brought to this one by its speed. */
  readonly corrected: boolean
  /** In the metric's unit. */
  readonly limit: number
  /** The scale on which the rule works: logarithms of ratios, or differences of shares. Positive is worse. */
  readonly estimate: number
  /** The same of the whole run, where the estimate is of its typical block; undefined where it is of the whole anyway. */
  readonly whole: number | undefined
  readonly low: number
  readonly high: number | undefined
  /** The limit on that scale. */
  readonly allowed: number
  /** What most of the doubt comes from: this run's few samples, the noise between runs, or few rounds side by side. */
  readonly doubt: 'samples' | 'runs' | 'rounds'
  /** Probability of so bad a run if it is not worse at all, and of so good a one if it is not better. */
  readonly chance: number
  readonly luck: number
  /** measured / baseline. */
  readonly ratio: Estimate | undefined
  /** The smallest ratio that the rule would have told from noise at this level of chance. */
  readonly resolution: (level: number) => number | undefined
}

// Spread of p95 and of a saturated throughput between runs of unchanged code on hosted machines, as far as nothing is known
// of this service: the rule for stored baselines. A throughput that the load sets, not the machine, is known far better.
const PRIOR = 0.12
const PRIOR_OF_OFFERED_LOAD = 0.01
// What is left of it once the speed of the processors is taken out.
const PRIOR_OF_CORRECTED = 0.08

// One microsecond is the histogram's smallest step, so a 0 means less than that. It only keeps the logarithm finite.
const SMALLEST_MS = 0.001

/** The worst that still holds: share and amount must both be exceeded, so the milder of the two counts. */
export function limitOf({ share, amount }: RelativeLimit, base: number, worse: Metric['worse']): number {
  const sign = worse === 'higher' ? 1 : -1
  const limits = [
    ...(share === undefined ? [] : [base * (1 + sign * share)]),
    ...(amount === undefined ? [] : [base + sign * amount]),
  ]
  return worse === 'higher' ? Math.max(...limits) : Math.max(0, Math.min(...limits))
}

/** How earlier figures were brought to the processor of this run. */
export interface Correction {
  readonly made: boolean
  /** In the order of the runs; already in their figures. */
  readonly factors: readonly number[]
  /** Standard error that it adds, on the logarithmic scale. */
  readonly se: number
}

/** Figures of stored runs, all of them positive. */
export interface EarlierFigures {
  /** At least two. */
  readonly values: readonly number[]
  /** Of levels that have passed, each with one at least. */
  readonly past: readonly (readonly number[])[]
  readonly correction: Correction
  /** How many times a stored run's variance this run has, where nothing but its number is known; undefined elsewhere. */
  readonly own?: number | undefined
}

/** The same of typical blocks. */
export interface Typical {
  readonly now: number
  readonly present: readonly number[]
  readonly past: readonly (readonly number[])[]
}

/** Where `typical` is given, the typical blocks are compared, and the whole runs make the limit. */
export function latencyChange(
  measured: Estimate,
  { values, past, correction, own }: EarlierFigures,
  limit: RelativeLimit,
  typical: Typical | undefined,
): Change {
  const { now, ...then } = typical ?? { now: measured.value, present: values, past }
  const noise = noiseOf([...then.past, then.present], { correction, prior: PRIOR, own })
  const base = Math.exp(median(values.map(logarithm)))
  const ours = logarithm(measured.value)
  const change = logChange(
    logarithm(now) - noise.centre,
    noise,
    measured.low > 0 ? ours - logarithm(measured.low) : Number.POSITIVE_INFINITY,
    measured.high === undefined ? undefined : logarithm(measured.high) - ours,
  )
  const worst = limitOf(limit, base, 'higher')
  return {
    ...onLogScale(change, noise, 1),
    baseline: base,
    runs: values.length,
    corrected: correction.made,
    limit: worst,
    whole: typical && ours - logarithm(base),
    allowed: logarithm(worst) - logarithm(base),
  }
}

/** `offered` says that in all runs the load, not the target, set the pace. */
export function throughputChange(
  measured: Estimate,
  { values, past, correction, own }: EarlierFigures,
  limit: RelativeLimit,
  { offered, smallest }: { offered: boolean; smallest: number },
): Change {
  const noise = noiseOf([...past, values], { correction, prior: offered ? PRIOR_OF_OFFERED_LOAD : PRIOR, own })
  const base = Math.exp(noise.centre)
  // Without one success there is no logarithm; one success in the window is kinder than the truth and still far below.
  const ours = Math.log(Math.max(measured.value, smallest))
  const change = logChange(
    noise.centre - ours,
    noise,
    measured.high === undefined ? Number.POSITIVE_INFINITY : Math.log(Math.max(measured.high, smallest)) - ours,
    measured.low > 0 ? ours - Math.log(measured.low) : undefined,
  )
  const worst = limitOf(limit, base, 'lower')
  return {
    ...onLogScale(change, noise, -1),
    baseline: base,
    runs: values.length,
    corrected: correction.made,
    limit: worst,
    whole: undefined,
    allowed: worst > 0 ? noise.centre - Math.log(worst) : Number.POSITIVE_INFINITY,
  }
}

function noiseOf(
  levels: readonly (readonly number[])[],
  { correction: { made, se }, prior, own }: Pick<EarlierFigures, 'correction' | 'own'> & { readonly prior: number },
): WindowNoise {
  const logarithms = levels.map((level) => level.map(logarithm))
  const noise = windowNoise(logarithms, made ? PRIOR_OF_CORRECTED : prior, own)
  return { ...noise, se: Math.hypot(noise.se, se) }
}

function onLogScale({ estimate, low, high, chance, luck, se }: LogChange, noise: WindowNoise, sign: 1 | -1) {
  const ratio = (change: number | undefined) => (change === undefined ? undefined : Math.exp(sign * change))
  const [below, above] = sign === 1 ? [low, high] : [high, low]
  const doubt: Change['doubt'] = se > Math.SQRT2 * noise.se ? 'samples' : 'runs'
  return {
    estimate,
    low,
    high,
    chance,
    luck,
    doubt,
    ratio: {
      value: Math.exp(sign * estimate),
      low: ratio(below) ?? 0,
      high: above === Number.NEGATIVE_INFINITY ? undefined : ratio(above),
    },
    resolution: (level: number) =>
      Number.isFinite(se) ? Math.exp(sign * studentQuantile(1 - level, noise.freedom) * se) : undefined,
  }
}

/** Counts pooled over the window; `before` has at least one request. */
export function errorsChange(now: Scope, before: readonly Scope[], limit: RelativeLimit): Change {
  const { x, n } = failures(now)
  const { x: y, n: m } = pooledFailures(before)
  const base = y / m
  const { low } = newcombe(x, n, y, m)
  const most = failuresAtMost(now)
  const { high } = newcombe(most.x, most.n, y, m)
  const worst = limitOf(limit, base, 'higher')
  const ratio = (difference: number) => Math.max(0, (base + difference) / base)
  return {
    baseline: base,
    runs: before.length,
    corrected: false,
    limit: worst,
    estimate: x / n - base,
    whole: undefined,
    low,
    high,
    allowed: worst - base,
    doubt: 'samples',
    chance: fisher(x, n, y, m),
    luck: fisher(y, m, most.x, most.n),
    ratio: base > 0 ? { value: ratio(x / n - base), low: ratio(low), high: ratio(high) } : undefined,
    resolution: () => (base > 0 ? ratio(x / n - base - low) : undefined),
  }
}

export function pooledFailures(scopes: readonly Scope[]): { readonly x: number; readonly n: number } {
  const sum = { x: 0, n: 0 }
  for (const scope of scopes) {
    const { x, n } = failures(scope)
    sum.x += x
    sum.n += n
  }
  return sum
}

/** Of a time in ms, or of a rate. */
export function logarithm(value: number): number {
  return Math.log(Math.max(value, SMALLEST_MS))
}
