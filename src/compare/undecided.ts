import { MIN_RUNS } from '../baseline/comparable.ts'
import { type EventTime, eventTimeOf, type MetricName } from '../profile/profile.ts'
import { counted, formatChange, formatCount, formatDuration, formatShare, type Ms } from '../units.ts'
import type { Change } from './change.ts'
import type { Estimate, Undecided } from './comparison.ts'
import { undecidedSummary } from './known-percentiles.ts'
import { MOST_ROUNDS } from './look-levels.ts'
import { ONE_LOOK } from './measure.ts'
import { metricOf, percentileOf, streamsOf } from './metrics.ts'
import type { Scope } from './scope.ts'
import { MIN_INTERVALS, samplesToBound } from './statistics.ts'

/** Nobody waits longer for one pull request. */
const LONGEST: Ms = 3_600_000
/** The intervals of a run so short are seconds. */
const SHORTEST: Ms = MIN_INTERVALS * 1000

/** For a budget that this run's own samples leave open, with their bounds at this level. */
export function undecidedNumber(
  metric: MetricName,
  { value, low, high }: Estimate,
  { limit, level }: { readonly limit: number; readonly level: number },
  now: Scope,
): Undecided {
  const { format } = metricOf(metric)
  if (now.known && (metric === 'throughput' ? high === undefined : metric !== 'errors'))
    return undecidedSummary(metric, now.known, { value, low, high })
  if (high === undefined) return unbounded(metric, now, level)
  if (metric === 'errors' && now.mayBeDropped > 0) return unplaced(now)
  return {
    kind: 'undecided',
    reason: `anything from ${format(low)} to ${format(high)} is possible, and the limit of ${format(limit)} lies in between`,
    remedy: longer(now.measured, limit > value ? high - value : value - low, Math.abs(limit - value)),
  }
}

function unbounded(metric: MetricName, { response, measured, events }: Scope, level = ONE_LOOK): Undecided {
  if (metric === 'errors' || metric === 'throughput') {
    const short = measured < SHORTEST
    return {
      kind: 'undecided',
      reason: short
        ? `${formatDuration(measured)} is too short to tell how steady the ${metric} is`
        : `the ${metric} varies too much within the run`,
      remedy: short ? `Measure for at least ${formatDuration(SHORTEST)}.` : 'Measure longer.',
    }
  }
  const needed = samplesToBound(percentileOf(metric), level)
  const time = eventTimeOf(metric)
  const count = time === undefined ? response.count : events ? streamsOf(events, time) : 0
  const what = time ? streamsWith(time, needed) : counted(needed, 'success', 'successes')
  return {
    kind: 'undecided',
    reason: `only ${formatCount(count)} of the ${what} it takes to bound ${metric}`,
    remedy: atLeast((measured * (needed - count)) / count),
  }
}

function streamsWith(time: EventTime, count: number): string {
  return `${counted(count, 'stream')}${time === 'between events' ? ' of several events' : ''}`
}

/** Neither more samples nor more runs help where requests are missing. */
function unplaced({ mayBeDropped }: Scope): Undecided {
  return {
    kind: 'undecided',
    reason: `it is not known whether ${counted(mayBeDropped, 'dropped arrival')} of the run would have belonged here`,
    remedy: 'Find out why they were dropped; a budget for the errors of the whole run counts them.',
  }
}

/** For a budget that the comparison with the window leaves open. */
export function undecidedChange(metric: MetricName, change: Change, now: Scope): Undecided {
  const { low, high, allowed, estimate, whole = estimate } = change
  if (high === undefined) return unbounded(metric, now)
  if (metric === 'errors' && now.mayBeDropped > 0) return unplaced(now)
  if (whole > allowed !== estimate > allowed)
    return {
      kind: 'undecided',
      reason: `the whole run changed by ${shown(metric, whole)}, its typical block by ${shown(metric, estimate)}, and the limit of ${shown(metric, allowed)} lies in between`,
      remedy: 'It was slow for a part of the time only: measure again, or longer, to see whether that comes again.',
    }
  if (low > allowed)
    return {
      kind: 'undecided',
      reason: `${shown(metric, estimate)} is beyond the limit, but chance alone does so in ${formatShare(change.chance)} of runs`,
      remedy: sharpen(change, now),
    }
  return {
    kind: 'undecided',
    reason: `the change of ${shown(metric, estimate)} may be anything from ${shown(metric, low)} to ${shown(metric, high)}, and the limit of ${shown(metric, allowed)} lies in between`,
    remedy: sharpen(change, now),
  }
}

/** For a budget that is exceeded by figures of other processors. */
export function onlyLikely(metric: MetricName, { estimate }: Change): Undecided {
  return {
    kind: 'undecided',
    reason: `${shown(metric, estimate)} is beyond the limit, but next to runs of other processors, whose speed was taken out of their figures, that is likely and not proven`,
    remedy: `Store ${MIN_RUNS} runs of this processor, or compare both versions side by side.`,
  }
}

function sharpen({ doubt, runs, estimate, low, high, allowed }: Change, now: Scope): string {
  const half = allowed > estimate ? (high ?? estimate) - estimate : estimate - low
  if (doubt === 'rounds') return moreRounds(runs, half / Math.abs(allowed - estimate), now.measured)
  if (doubt === 'samples') return longer(now.measured, half, Math.abs(allowed - estimate))
  if (runs < ENOUGH_RUNS) return `Store more runs: the baseline has ${runs}, and up to ${ENOUGH_RUNS} make it sharper.`
  return 'Runs differ by that much on this machine: use a steadier one, or allow more.'
}

/** Doubt shrinks with the root of the rounds, and rounds that are longer leave less of it each. */
function moreRounds(rounds: number, widthOverGap: number, measured: Ms): string {
  const needed = Math.max(rounds + 1, Math.ceil(rounds * widthOverGap ** 2))
  if (needed <= MOST_ROUNDS)
    return `Measure about ${counted(needed - rounds, 'more round')}: set \`rounds\` to ${needed}.`
  const longer = (needed / MOST_ROUNDS) * (measured / rounds)
  if (!(longer <= LONGEST / MOST_ROUNDS))
    return 'It lies too near the limit for any practical number of rounds: move the limit.'
  return `Measure ${counted(MOST_ROUNDS, 'round')} of about ${formatDuration(Math.ceil(longer / 1000) * 1000)} each.`
}

/** Beyond this many the spread between runs is known as well as it will be. */
const ENOUGH_RUNS = 10

/** Doubt shrinks with the root of the time: to halve it takes four times as long. */
function longer(measured: Ms, half: number, gap: number): string {
  const times = (half / gap) ** 2
  return atLeast(measured * (times - 1))
}

function atLeast(more: Ms): string {
  if (!(more <= LONGEST)) return 'It lies too near the limit for any practical length of run: move the limit.'
  return `Measure about ${formatDuration(Math.max(1000, Math.ceil(more / 1000) * 1000))} longer.`
}

/** A point of the scale on which the change was judged, as people read it. */
function shown(metric: MetricName, at: number): string {
  const { kind, worse, formatAmount } = metricOf(metric)
  if (kind === 'errors') return `${at < 0 ? '-' : '+'}${formatAmount(Math.abs(at))}`
  return formatChange(Math.exp(worse === 'higher' ? at : -at))
}
