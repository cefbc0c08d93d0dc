// A worker thread: carries the shard it was born with, from the moment it is told to the result.
import { parentPort, workerData } from 'node:worker_threads'
import { runShard } from './engine/run-shard.ts'
import { LoadgateError, messageOf } from './errors.ts'
import type { FromWorker, ToWorker } from './executor/messages.ts'
import type { Shard } from './plan/plan.ts'
import type { EpochMs } from './units.ts'

if (!parentPort) throw new LoadgateError('usage', 'This file is a part of Loadgate, not a command')
const executor = parentPort
const shard: Shard = workerData
const cancelled = new AbortController()

executor.on('message', (message: ToWorker) => {
  if (message.kind === 'cancel') cancelled.abort()
  else void carry(message.at)
})
tell({ kind: 'ready' })

async function carry(startAt: EpochMs): Promise<void> {
  try {
    const onProgress = (progress: Extract<FromWorker, { kind: 'progress' }>['progress']) =>
      tell({ kind: 'progress', progress })
    tell({ kind: 'result', result: await runShard(shard, { startAt, signal: cancelled.signal, onProgress }) })
  } catch (error) {
    tell({ kind: 'failed', reason: messageOf(error) })
  }
  executor.close()
}

function tell(message: FromWorker): void {
  executor.postMessage(message)
}
