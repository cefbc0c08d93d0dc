import type { ShardProgress, ShardResult } from '../engine/shard-result.ts'
import type { Shard } from '../plan/plan.ts'

/** Runs shards somewhere: in this thread, in worker threads, on machines elsewhere. */
export interface Executor {
  /** One word for the report: `inline`, `threads`. */
  readonly name: string
  /**
   * Starts all shards at one moment and resolves when each has ended, in the order of `shards`. Those of one index, which are
   * the two sides of a comparison, are carried together, so that what disturbs one disturbs the other. A shard whose worker died is `undefined` in the answer, never a rejection.
   */
  run(shards: readonly Shard[], options?: ExecutorOptions): Promise<readonly (ShardResult | undefined)[]>
}

export interface ExecutorOptions {
  /** Stops the run: no new arrivals, requests under way are cancelled, results of what was measured still come. */
  readonly signal?: AbortSignal
  /** Whose `index` is the shard's place among all that run. */
  readonly onProgress?: (progress: ShardProgress) => void
  /** Told of a worker that died, with the place of its shard and the reason. */
  readonly onWorkerLost?: (at: number, reason: string) => void
  /** Told of what functions of the profile print, in a thread of their own: the first hundred pieces of each thread. */
  readonly onPrinted?: (text: string) => void
}
