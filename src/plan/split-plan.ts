import { demandOf } from './demand.ts'
import type { LoadPlan, Shard } from './plan.ts'

// One thread sends several times as many, but above this its own share in the latencies begins to be seen.
const REQUESTS_PER_SECOND_AND_THREAD = 5_000
const USERS_PER_THREAD = 2_000

/** Every shard carries the whole plan and takes each `count`-th arrival, user and row of it: nothing is divided. */
export function splitPlan(plan: LoadPlan, count: number): readonly Shard[] {
  if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`a plan cannot be split into ${count} shards`)
  return Array.from({ length: count }, (_, index) => ({ plan, index, count }))
}

/** Where the load is sent from. */
export interface Machine {
  readonly cores: number
  /** The target runs on it as well. */
  readonly shared: boolean
}

/**
 * How many threads there is room for: one core is left to the machine, half of them where the target has to live there too,
 * and each thread needs a connection. At least 1.
 */
export function mostThreads({ connections }: Pick<LoadPlan, 'connections'>, { cores, shared }: Machine): number {
  const whole = Math.floor(cores)
  const left = shared ? Math.max(1, Math.floor(whole / 2)) : 1
  return Math.max(1, Math.min(whole - left, connections.limit))
}

/** How many threads the load needs, as far as there is room for them. At least 1. */
export function workerThreads(plan: LoadPlan, machine: Machine): number {
  const { rate, users } = demandOf(plan)
  const wanted = rate / REQUESTS_PER_SECOND_AND_THREAD + users / USERS_PER_THREAD
  return Math.max(1, Math.min(Math.ceil(wanted), mostThreads(plan, machine)))
}
