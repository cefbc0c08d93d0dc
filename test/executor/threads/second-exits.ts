// The real thing, but the second worker is gone before it begins.
import { workerData } from 'node:worker_threads'

if (workerData[0].shard.index === 1) process.exit(3)
await import('../../../src/thread.ts')
