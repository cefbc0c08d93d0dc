import type { ShardProgress, ShardResult } from '../engine/shard-result.ts'
import type { EpochMs } from '../units.ts'

/** What the executor tells a worker thread. Its shard is the thread's `workerData`. */
export type ToWorker = { readonly kind: 'start'; readonly at: EpochMs } | { readonly kind: 'cancel' }

/** What a worker thread tells the executor: ready once, progress while it runs, then one of the two ends. */
export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly progress: ShardProgress }
  | { readonly kind: 'result'; readonly result: ShardResult }
  | { readonly kind: 'failed'; readonly reason: string }
