import { metricOf } from '../compare/metrics.ts'
import type { Budget, Limit } from '../profile/profile.ts'

export type LimitOrder = 'same' | 'looser' | 'tighter' | 'different'

/**
 * How the second of two limits on the same lies to the first. A relative one allows a change of max(share · b, amount) for a
 * baseline of b, and what is not written is 0; so of two the one with both numbers larger is looser for every b, and where
 * one is larger and the other smaller, it depends on b.
 */
export function orderOf(metric: Budget['metric'], before: Limit, after: Limit): LimitOrder {
  if (before.kind === 'absolute' && after.kind === 'absolute') {
    const sign = metricOf(metric).worse === 'higher' ? 1 : -1
    return named(Math.sign(sign * (after.value - before.value)), 0)
  }
  if (before.kind === 'absolute' || after.kind === 'absolute') return 'different'
  return named(
    Math.sign((after.share ?? 0) - (before.share ?? 0)),
    Math.sign((after.amount ?? 0) - (before.amount ?? 0)),
  )
}

function named(one: number, other: number): LimitOrder {
  if (one === 0 && other === 0) return 'same'
  if (one >= 0 && other >= 0) return 'looser'
  return one <= 0 && other <= 0 ? 'tighter' : 'different'
}
