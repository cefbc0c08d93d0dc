import type { FunctionHealth } from '../engine/shard-result.ts'
import { formatMs, formatShare, type Share } from '../units.ts'

// A worker's thread that is in a function does nothing else: what comes due meanwhile waits. Were calls to come at random and
// to take equally long, with a share ρ of the time in them a request waits for ρ / (2 (1 − ρ)) of a call on average (M/D/1):
// a twentieth of one at 10 %, half of one at 50 %, four and a half at 90 %. Up to a tenth it is nothing that anybody sees.
const BOUND: Share = 0.1

/** Why the profile's own functions set the pace of the generator, in a phrase; undefined where they do not. */
export function functionsLimit(functions: FunctionHealth | undefined): string | undefined {
  // Written as "not within" rather than "beyond", so that a broken number is not a healthy one.
  if (functions === undefined || functions.share <= BOUND) return undefined
  const { share, calls, total } = functions
  const each = formatMs(total / Math.max(1, calls))
  return `the profile's functions took ${formatShare(share)} of a worker's time, ${each} for each call, bound ${formatShare(BOUND)}`
}
