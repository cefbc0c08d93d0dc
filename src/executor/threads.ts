import type { ShardResult } from '../engine/shard-result.ts'
import type { Executor } from './executor.ts'
import { ShardWorker } from './shard-worker.ts'
import { epochNow, HEADSTART } from './time.ts'

/** Beside the other entries: both the sources and the bundle keep this file in a folder below them. */
export const THREAD = new URL(import.meta.url.endsWith('.ts') ? '../thread.ts' : '../thread.js', import.meta.url)

/** Runs the shards of each index in a worker thread of their own, on all cores at once. */
export function threadsExecutor(entry: URL = THREAD): Executor {
  return {
    name: 'threads',
    async run(shards, { signal, ...told } = {}) {
      const carried = Map.groupBy(
        shards.map((shard, at) => ({ shard, at })),
        ({ shard }) => shard.index,
      )
      const workers = [...carried.values()].map((group) => ({ group, worker: new ShardWorker(entry, group, told) }))
      const cancel = () => {
        for (const { worker } of workers) worker.cancel()
      }
      signal?.addEventListener('abort', cancel, { once: true })
      if (signal?.aborted) cancel()
      try {
        await Promise.all(workers.map(({ worker }) => worker.ready))
        const startAt = epochNow() + HEADSTART
        for (const { worker } of workers) worker.start(startAt)
        const results: (ShardResult | undefined)[] = shards.map(() => undefined)
        for (const { group, worker } of workers) {
          const ended = await worker.ended
          for (const [n, { at }] of group.entries()) results[at] = ended?.[n]
        }
        return results
      } finally {
        signal?.removeEventListener('abort', cancel)
      }
    },
  }
}
