import { LoadgateError } from '../../errors.ts'
import { ShardWorker } from '../../executor/shard-worker.ts'
import { THREAD } from '../../executor/threads.ts'
import type { Engine } from '../doors.ts'

/**
 * The engine in a thread of its own: so the watch over it goes on, and can end it, whatever it does. Rejects when the thread
 * died, or did not end in time.
 */
export const threadEngine: Engine = async (shard, { startAt, signal, onProgress }) => {
  let reason = 'it gave none'
  const onWorkerLost = (_: number, why: string) => {
    reason = why
  }
  const worker = new ShardWorker(THREAD, [{ shard, at: shard.index }], { onProgress, onWorkerLost })
  const cancel = () => worker.cancel()
  if (signal.aborted) cancel()
  else signal.addEventListener('abort', cancel, { once: true })
  try {
    await worker.ready
    worker.start(startAt)
    const [result] = (await worker.ended) ?? []
    if (result === undefined) throw new LoadgateError('infrastructure', `The engine was lost: ${reason}`)
    return result
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}
