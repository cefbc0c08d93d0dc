import type { Budget } from '../profile/profile.ts'
import { formatShare, type Share } from '../units.ts'
import { pooledFailures } from './change.ts'
import type { Judgement } from './comparison.ts'
import { failures, failuresAtMost, metricOf, percentileOf } from './metrics.ts'
import type { Scope } from './scope.ts'

// Beyond a difference of one percentage point the successes of two runs are not the same requests any more.
const OTHER_MIX: Share = 0.01

interface Latency {
  readonly budget: Budget
  readonly now: Scope | undefined
  readonly before: readonly Scope[]
  /** Where `before` was measured, in words: "in the baseline". */
  readonly there: string
}

/**
 * Latency is measured on successes, so requests that fail leave it: a service that lets its slow requests fail becomes
 * faster. Where failures could have made the judgement, it is undecided. A failure is never softened by more failures.
 */
export function heedFailures(
  judgement: Judgement,
  { budget, now, before, there }: Latency,
  all: readonly Latency[],
): Judgement {
  const { metric } = budget
  if (now === undefined || metric === 'errors' || metric === 'throughput') return judgement
  const failed = shareOf(judgement.kind === 'holds' ? failuresAtMost(now) : failures(now))
  const unseen = !all.some((other) => limitsErrorsOf(other.budget, budget))
  if (judgement.kind === 'holds' && unseen && failed >= 1 - percentileOf(metric))
    return {
      kind: 'undecided',
      reason: `${failedShare(failed, now)} and are not in ${metric}`,
      remedy: 'Find out why they fail, or add a budget for errors.',
    }
  const then = pooledFailures(before)
  if (budget.limit.kind !== 'baseline' || then.n === 0) return judgement
  const more = failed - shareOf(then)
  // Fewer failures may bring back slow successes, more may take slow ones away.
  if ((judgement.kind === 'holds' && more > OTHER_MIX) || (judgement.kind === 'exceeded' && more < -OTHER_MIX))
    return {
      kind: 'undecided',
      reason: `${failedShare(failed, now)}, ${formatShare(shareOf(then))} ${there}, so ${metric} is not of the same requests`,
      remedy: 'Look at the errors first; when they are as usual again, compare.',
    }
  return judgement
}

function limitsErrorsOf(budget: Budget, latency: Budget): boolean {
  return metricOf(budget.metric).kind === 'errors' && (budget.of === undefined || budget.of === latency.of)
}

function failedShare(failed: Share, { mayBeDropped }: Scope): string {
  return mayBeDropped === 0
    ? `${formatShare(failed)} of the requests failed`
    : `up to ${formatShare(failed)} of the requests failed or were dropped`
}

function shareOf({ x, n }: { readonly x: number; readonly n: number }): Share {
  return n === 0 ? 0 : x / n
}
