import { longestRequest } from '../plan/longest-request.ts'
import type { LoadPlan } from '../plan/plan.ts'
import type { EpochMs, Ms } from '../units.ts'

const GRACE: Ms = 30_000

/**
 * Time after which a shard that has not ended never will: the curve, an arrival that waits for a connection in its last
 * moment, the longest request, and a grace for a machine that is short of CPU. The script of another generator is ended with
 * its duration.
 */
export function timeLimit({
  duration,
  timeout,
  scenarios,
  script,
}: Pick<LoadPlan, 'duration' | 'timeout' | 'scenarios' | 'script'>): Ms {
  if (script) return duration + GRACE
  return duration + Math.max(2 * timeout, longestRequest({ scenarios })) + GRACE
}

/** Between the word and a start that several shards share: each must have read it and set up its engine by then. */
export const HEADSTART: Ms = 500

/** Now, on the clock that start moments are given in. Finer than Date.now() and never set back. */
export function epochNow(): EpochMs {
  return performance.timeOrigin + performance.now()
}
