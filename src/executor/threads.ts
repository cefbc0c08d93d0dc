import type { Executor } from './executor.ts'
import { ShardWorker } from './shard-worker.ts'
import { epochNow, HEADSTART } from './time.ts'

/** Beside the other entries: both the sources and the bundle keep this file in a folder below them. */
const THREAD = new URL(import.meta.url.endsWith('.ts') ? '../thread.ts' : '../thread.js', import.meta.url)

/** Runs each shard in a worker thread of its own, on all cores at once. */
export function threadsExecutor(entry: URL = THREAD): Executor {
  return {
    name: 'threads',
    async run(shards, { signal, ...told } = {}) {
      const workers = shards.map((shard) => new ShardWorker(entry, shard, told))
      const cancel = () => {
        for (const worker of workers) worker.cancel()
      }
      signal?.addEventListener('abort', cancel, { once: true })
      if (signal?.aborted) cancel()
      try {
        await Promise.all(workers.map(({ ready }) => ready))
        const startAt = epochNow() + HEADSTART
        for (const worker of workers) worker.start(startAt)
        return await Promise.all(workers.map(({ ended }) => ended))
      } finally {
        signal?.removeEventListener('abort', cancel)
      }
    },
  }
}
