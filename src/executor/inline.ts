import { prepareAhead } from '../engine/prepare.ts'
import { runShard } from '../engine/run-shard.ts'
import type { ShardResult } from '../engine/shard-result.ts'
import { messageOf } from '../errors.ts'
import { type EpochMs, formatDuration } from '../units.ts'
import type { Executor, ExecutorOptions } from './executor.ts'
import type { CarriedShard } from './messages.ts'
import { epochNow, HEADSTART, timeLimit } from './time.ts'

/** Runs all shards in this thread. */
export function inlineExecutor(): Executor {
  return {
    name: 'inline',
    async run(shards, options = {}) {
      await Promise.all(shards.map(({ plan }) => prepareAhead(plan)))
      // A shard alone starts as soon as its engine is set up.
      const startAt = shards.length > 1 ? epochNow() + HEADSTART : undefined
      return Promise.all(shards.map((shard, at) => runHere({ shard, at }, startAt, options)))
    },
  }
}

async function runHere(
  { shard, at }: CarriedShard,
  startAt: EpochMs | undefined,
  { signal, onProgress, onWorkerLost }: ExecutorOptions,
): Promise<ShardResult | undefined> {
  const limit = timeLimit(shard.plan)
  const late = AbortSignal.timeout(limit)
  const overdue = Promise.withResolvers<never>()
  const giveUp = () => overdue.reject(new Error(`not done after ${formatDuration(limit)}`))
  late.addEventListener('abort', giveUp)
  try {
    const run = runShard(shard, {
      signal: signal ? AbortSignal.any([signal, late]) : late,
      ...(startAt !== undefined && { startAt }),
      ...(onProgress && { onProgress: (progress) => onProgress({ ...progress, index: at }) }),
    })
    return await Promise.race([run, overdue.promise])
  } catch (error) {
    onWorkerLost?.(at, messageOf(error))
    return undefined
  } finally {
    late.removeEventListener('abort', giveUp)
  }
}
