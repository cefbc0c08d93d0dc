import { MIN_RUNS } from '../baseline/comparable.ts'
import type { Budget, MetricName } from '../profile/profile.ts'
import type { Percentile } from '../result/result.ts'
import { formatCount, formatMs, type Share } from '../units.ts'
import { roundNeeds } from './blocks.ts'
import type { Estimate, Undecided } from './comparison.ts'
import type { Known, Scope } from './scope.ts'
import { type Bounds, median, quantileRanks } from './statistics.ts'

// Summaries of other generators: a few percentiles, and how many requests they are of. Nothing is assumed of what lies between
// them. The true percentile is bounded as it is by samples, by the ranks l and u of `quantileBounds`, but of the samples of
// these ranks it is only known between which of the given percentiles they lie:
//
//    p90 ─────────────────── p95 ─────────────────── p99          given
//         l ├──────────────────┤ u                                ranks
//    └── low                                          └── high    bounds
//
// A percentile close by (p94, p96) therefore bounds p95 as well as all samples would.

/** By how many ranks a tool's estimate or interpolation of a percentile may be off, as a share of all. */
const RANKS_OFF: Share = 0.001

export function pointAt({ points }: Known, q: Share): Percentile | undefined {
  return points.find(({ percent }) => percent / 100 === q)
}

/** Where failures are among the times, each of them may be quicker than all successes, or slower. */
export function knownBounds({ succeeded }: Scope, known: Known, q: Share, level: number): Bounds {
  const { points, count } = known
  const successes = Math.min(count, succeeded)
  if (successes === 0) return { low: 0, high: undefined }
  const { low: l, high: u } = quantileRanks(successes, q, level)
  const failures = count - successes
  const off = 1 + Math.ceil(RANKS_OFF * count)
  const rank = ({ percent }: Percentile) => Math.ceil((percent / 100) * count)
  const below = points.filter((point) => rank(point) + off <= l)
  const above = points.filter((point) => u <= successes && (point.percent === 100 || rank(point) - off >= u + failures))
  const highest = above.map(({ us, error }) => us + error)
  return {
    low: Math.max(0, ...below.map(({ us, error }) => us - error)),
    high: highest.length === 0 ? undefined : Math.min(...highest),
  }
}

/**
 * A number that no samples are known of, to be compared with those of other runs: how much runs of this size differ, chance
 * among their samples included, is in the differences between these.
 */
export function byItself(known: Known, metric: MetricName, { value, low, high }: Estimate): Estimate {
  if (metric === 'errors') return { value, low, high }
  if (metric === 'throughput') return { value, low: value, high: value }
  const error = errorOf(known, value)
  return { value, low: Math.max(0, value - error), high: value + error }
}

function errorOf({ points }: Known, ms: number): number {
  const point = points.find(({ us }) => us / 1000 === ms)
  return point === undefined ? 0 : point.error / 1000
}

/**
 * How many times the variance of a stored run one of fewer requests may have: what chance among samples makes of a percentile
 * goes with 1/n, and at worst all that is seen between the stored runs is that. A slow service has users send fewer.
 */
export function thinness(now: Scope, before: readonly Scope[]): number {
  return Math.max(1, median(before.map(countOf)) / Math.max(1, countOf(now)))
}

/** Why a budget cannot be judged by what a summary tells, whatever the numbers are; undefined where it can. */
export function untoldBySummary(
  { metric, limit }: Budget,
  now: Scope,
  known: Known,
  runs: readonly Scope[],
): Undecided | undefined {
  if (metric === 'errors' || metric === 'throughput' || now.succeeded === 0) return undefined
  const q = Number(metric.slice(1)) / 100
  if (pointAt(known, q) === undefined)
    return {
      kind: 'undecided',
      reason: `the summary has ${told(known)} of it`,
      remedy: `${instead(known, 100 * q)}let the generator write ${metric} as well, or every request.`,
    }
  if (limit.kind !== 'baseline' || runs.length < MIN_RUNS) return undefined
  // Of a stored run ten requests beyond the percentile; of this one a single one, since `thinness` widens its bounds.
  const needs = [
    { count: Math.min(...runs.map(countOf)), needed: roundNeeds(q), whose: 'a stored run' },
    { count: known.count, needed: Math.ceil(1 / (1 - q) - 1e-9), whose: 'this run' },
  ]
  const lacks = needs.find(({ count, needed }) => count < needed)
  return (
    lacks && {
      kind: 'undecided',
      reason: `${lacks.whose} has only ${formatCount(lacks.count)} of the ${formatCount(lacks.needed)} requests it takes to compare ${metric} by its number alone`,
      remedy: 'Measure longer, or let the generator write every request.',
    }
  )
}

function countOf({ known, succeeded }: Scope): number {
  return known?.count ?? succeeded
}

/** Of the percentiles that are known the next one up, or else the next one down. */
function instead({ points }: Known, percent: number): string {
  const known = points.filter((point) => point.percent < 100)
  const next = known.find((point) => point.percent > percent) ?? known.at(-1)
  return next === undefined ? 'Limit no percentile, or ' : `Limit p${next.percent} instead, or `
}

function told({ points }: Known): string {
  const percents = points.filter(({ percent }) => percent < 100).map(({ percent }) => `p${percent}`)
  return percents.length === 0 ? 'no percentile' : `only ${percents.join(', ')}`
}

/** For an absolute budget whose limit lies between the bounds of a number from a summary. */
export function undecidedSummary(metric: MetricName, known: Known, { value, low, high }: Estimate): Undecided {
  if (metric === 'throughput')
    return {
      kind: 'undecided',
      reason: 'the summary does not tell how steady the throughput was',
      remedy: `Let the generator write every request, or limit it relative to the baseline, which takes ${MIN_RUNS} stored runs.`,
    }
  const percent = Number(metric.slice(1))
  const beside = (by: number) => `p${Number((percent + by * ((100 - percent) / 5)).toFixed(3))}`
  const to = high === undefined ? 'anything above' : formatMs(high)
  return {
    kind: 'undecided',
    reason: `the summary says ${formatMs(value)}, but the nearest percentiles that it has are too far off to bound it: by those, anything from ${formatMs(low)} to ${to} is possible${known.count === 0 ? '' : ` with ${formatCount(known.count)} requests`}`,
    remedy: `Let the generator write percentiles next to ${metric}, such as ${beside(-1)} and ${beside(1)}, or every request.`,
  }
}
