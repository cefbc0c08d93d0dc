import { eventTimeOf, type MetricName, type TimeMetric } from '../profile/profile.ts'
import { counted, formatCount } from '../units.ts'
import { blocksWithMoreFailures, type Group, paceChanges, quantileChanges } from './blocks.ts'
import { type Change, errorsChange, limitOf, type RelativeLimit } from './change.ts'
import type { Round, SidesOptions } from './compare-sides.ts'
import type { Undecided } from './comparison.ts'
import { normalExceededBy } from './distributions.ts'
import { oneBurst, SEVERAL } from './error-burst.ts'
import { failures, failuresAtMost, metricOf, percentileOf } from './metrics.ts'
import { type RoundsNoise, roundsBounds, roundsNoise, smallestChange } from './paired-statistics.ts'
import { type Part, type Scope, stepsBeside, WHOLE } from './scope.ts'
import { newcombe } from './statistics.ts'
import { groupSteps } from './step-groups.ts'

/** What one look at the rounds knows of the part of a budget. */
export interface Sides {
  readonly rounds: readonly Round[]
  readonly part: Part
  /** All rounds summed up. */
  readonly head: Scope
  readonly base: Scope
}

/** How a look is taken. */
export interface Look extends Pick<SidesOptions, 'design' | 'freshProcesses'> {
  /** One-sided level of the bounds. */
  readonly level: number
}

/** How the head lies to the base and to its limit; or why that cannot be told. */
export function sideChange(metric: MetricName, limit: RelativeLimit, sides: Sides, look: Look): Change | Undecided {
  if (metric === 'errors') return failuresChange(limit, sides, look)
  if (eventTimeOf(metric) !== undefined) throw new Error(`${metric} is held to no baseline`)
  const base = metricOf(metric).read(sides.base)
  if (base === undefined || base === 0)
    return {
      kind: 'undecided',
      reason: `the base version has no ${metric === 'throughput' ? 'throughput' : 'successful request'} to compare with`,
      remedy: 'Check that the base version answers this load.',
    }
  const blocks = metric === 'throughput' ? paceBlocks(sides) : quantileBlocks(metric, sides)
  if ('kind' in blocks) return blocks
  const noise = roundsNoise(blocks, {
    turns: look.design === 'alternating',
    fresh: look.freshProcesses,
  })
  if (noise === undefined || blocks.some((round) => round.length === 0))
    return {
      kind: 'undecided',
      reason: 'the rounds have too few blocks to tell how much they differ by chance',
      remedy: 'Measure more rounds, or longer ones.',
    }
  return changeOf(noise, { base, limit, sides, look, sign: metric === 'throughput' ? -1 : 1 })
}

function quantileBlocks(metric: TimeMetric, { rounds, part }: Sides): readonly (readonly number[])[] | Undecided {
  const q = percentileOf(metric)
  const grouping = groupSteps(rounds, part, q)
  if (grouping.kind === 'groups') return rounds.map((round) => quantileChanges(round, grouping.groups, q))
  const { successes, needed } = grouping
  return {
    kind: 'undecided',
    reason: `only ${formatCount(successes)} of the ${counted(needed, 'success', 'successes')} it takes in each round to compare ${metric}`,
    remedy: 'Send more of these requests, or limit a lower percentile.',
  }
}

function paceBlocks({ rounds, part }: Sides): readonly (readonly number[])[] {
  return rounds.map((round) => paceChanges(round, stepsIn(round, part)))
}

interface Comparing {
  readonly base: number
  readonly limit: RelativeLimit
  readonly sides: Sides
  readonly look: Look
  /** 1 where more is worse. */
  readonly sign: 1 | -1
}

function changeOf(noise: RoundsNoise, { base, limit, sides, look, sign }: Comparing): Change {
  const worst = limitOf(limit, base, sign === 1 ? 'higher' : 'lower')
  const ratio = (change: number) => Math.exp(sign * change)
  const shown = roundsBounds(noise, 0.05)
  const [low, high] = sign === 1 ? [shown.low, shown.high] : [shown.high, shown.low]
  return {
    ...roundsBounds(noise, look.level),
    estimate: noise.estimate,
    whole: undefined,
    baseline: base,
    runs: sides.rounds.length,
    corrected: false,
    limit: worst,
    allowed: worst > 0 ? sign * Math.log(worst / base) : Number.POSITIVE_INFINITY,
    doubt: 'rounds',
    ratio: { value: ratio(noise.estimate), low: ratio(low), high: ratio(high) },
    resolution: (slower: number) => ratio(smallestChange(noise, slower)),
  }
}

/**
 * Counts pooled over the rounds. A burst of errors lasts for seconds and may hit one version only, so an excess counts when
 * it was seen in several blocks. Dropped arrivals are in no block: they count where they would break the limit by themselves
 * and came again, round by round.
 */
function failuresChange(
  limit: RelativeLimit,
  { rounds, part, head, base }: Sides,
  { level }: Look,
): Change | Undecided {
  const theirs = failures(base)
  if (theirs.n === 0)
    return {
      kind: 'undecided',
      reason: 'nothing was sent to the base version',
      remedy: 'Check that the base version answers this load.',
    }
  const change = errorsChange(head, [base], limit)
  const z = normalExceededBy(level)
  const [ours, most] = [failures(head), failuresAtMost(head)]
  const { low } = newcombe(ours.x, ours.n, theirs.x, theirs.n, z)
  const { high } = newcombe(most.x, most.n, theirs.x, theirs.n, z)
  const dropping = part === WHOLE ? rounds.filter(droppedMore).length : 0
  const blocks = rounds.reduce((sum, round) => sum + blocksWithMoreFailures(round, stepsIn(round, part)), 0)
  // As if the blocks had seen none, so that further failures in them make nothing milder.
  const unseen = newcombe(head.dropped, head.succeeded + head.dropped, theirs.x, theirs.n, z)
  const cameAgain = unseen.low > change.allowed && dropping >= Math.min(AGAIN, rounds.length)
  if (low > change.allowed && blocks < SEVERAL && !cameAgain) {
    const who = dropping === 0 ? 'the head' : `the head dropped more arrivals in ${counted(dropping, 'round')} and`
    return oneBurst(who, blocks, 'Measure more rounds: what comes again is no burst.')
  }
  return { ...change, low, high, runs: rounds.length, doubt: 'rounds' }
}

/** Rounds with fresh processes in which the head dropped more arrivals than the base: what happens once may be a burst. */
const AGAIN = 2

function droppedMore({ head, base }: Round): boolean {
  return head.iterations.dropped > base.iterations.dropped
}

function stepsIn({ head }: Round, part: Part): Group {
  return stepsBeside(head, part)
    .filter(part.includes)
    .map(({ id }) => id)
}
