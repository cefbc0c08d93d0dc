import type { ShardProgress, ShardResult } from '../engine/shard-result.ts'
import type { Shard } from '../plan/plan.ts'
import type { EpochMs } from '../units.ts'

/** A shard, and its place among all that run. */
export interface CarriedShard {
  readonly shard: Shard
  readonly at: number
}

/** What the executor tells a worker thread. Its shards are the thread's `workerData`. */
export type ToWorker = { readonly kind: 'start'; readonly at: EpochMs } | { readonly kind: 'cancel' }

/** What a worker thread tells the executor: ready once, progress while it runs, then one of the two ends. */
export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly progress: ShardProgress }
  | { readonly kind: 'results'; readonly results: readonly ShardResult[] }
  | { readonly kind: 'failed'; readonly reason: string }
