import { peakLevel } from './curve.ts'
import type { LoadPlan, Shard } from './plan.ts'
import { requestsPerIteration } from './summarise-plan.ts'

// One thread sends several times as many, but above this its own share in the latencies begins to be seen.
const REQUESTS_PER_SECOND_AND_THREAD = 5_000
const USERS_PER_THREAD = 2_000

/** Every shard carries the whole plan and takes each `count`-th arrival, user and row of it: nothing is divided. */
export function splitPlan(plan: LoadPlan, count: number): readonly Shard[] {
  if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`a plan cannot be split into ${count} shards`)
  return Array.from({ length: count }, (_, index) => ({ plan, index, count }))
}

/**
 * How many threads the load needs on a machine of `cores`, one of which is left to the machine. At least 1, and no more
 * than there are connections, of which each thread needs one.
 */
export function workerThreads({ model, curve, scenarios, connections }: LoadPlan, cores: number): number {
  const peak = peakLevel(curve)
  const wanted =
    model === 'open'
      ? (peak * requestsPerIteration(scenarios)) / REQUESTS_PER_SECOND_AND_THREAD
      : peak / USERS_PER_THREAD
  return Math.max(1, Math.min(Math.ceil(wanted), Math.floor(cores) - 1, connections.limit))
}
