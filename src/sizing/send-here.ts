import { runShard } from '../engine/run-shard.ts'
import type { ShardResult } from '../engine/shard-result.ts'
import { LoadgateError } from '../errors.ts'
import { threadsExecutor } from '../executor/threads.ts'
import type { LoadPlan } from '../plan/plan.ts'

/** A whole plan from this thread; functions are not Loadgate's own code and get one to themselves, whose output is nobody's. */
export async function sendHere(plan: LoadPlan, signal: AbortSignal): Promise<ShardResult> {
  const shard = { plan, index: 0, count: 1 }
  if (plan.functions === undefined) return runShard(shard, { signal })
  let lost = 'no reason is known'
  const onWorkerLost = (_: number, reason: string) => {
    lost = reason
  }
  const [result] = await threadsExecutor().run([shard], { signal, onWorkerLost, onPrinted: () => {} })
  if (result === undefined) throw new LoadgateError('infrastructure', `The thread of the functions was lost: ${lost}`)
  return result
}
