// A worker thread: carries the shards it was born with, from the moment it is told to their results.
import { parentPort, workerData } from 'node:worker_threads'
import { prepareAhead } from './engine/prepare.ts'
import { runShard } from './engine/run-shard.ts'
import { LoadgateError, messageOf } from './errors.ts'
import type { CarriedShard, FromWorker, ToWorker } from './executor/messages.ts'
import type { EpochMs } from './units.ts'

if (!parentPort) throw new LoadgateError('usage', 'This file is a part of Loadgate, not a command')
const executor = parentPort
const shards: readonly CarriedShard[] = workerData
const cancelled = new AbortController()

executor.on('message', (message: ToWorker) => {
  if (message.kind === 'cancel') cancelled.abort()
  else void carry(message.at)
})
void Promise.all(shards.map(({ shard }) => prepareAhead(shard.plan))).then(() => tell({ kind: 'ready' }))

async function carry(startAt: EpochMs): Promise<void> {
  try {
    const runs = shards.map(({ shard, at }) =>
      runShard(shard, {
        startAt,
        signal: cancelled.signal,
        onProgress: (progress) => tell({ kind: 'progress', progress: { ...progress, index: at } }),
      }),
    )
    tell({ kind: 'results', results: await Promise.all(runs) })
  } catch (error) {
    tell({ kind: 'failed', reason: messageOf(error) })
  }
  executor.close()
}

function tell(message: FromWorker): void {
  executor.postMessage(message)
}
