// The real thing, but the second worker dies in the middle of its work.
import { parentPort, workerData } from 'node:worker_threads'

await import('../../../src/thread.ts')
if (workerData[0].shard.index === 1)
  parentPort?.on('message', () =>
    setTimeout(() => {
      throw new Error('out of luck')
    }, 700),
  )
