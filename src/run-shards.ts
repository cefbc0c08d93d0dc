import type { ShardResult } from './engine/shard-result.ts'
import { inlineExecutor } from './executor/inline.ts'
import { threadsExecutor } from './executor/threads.ts'
import type { LivePage } from './live-html.ts'
import type { Output } from './output/output.ts'
import type { LoadPlan } from './plan/plan.ts'
import { splitPlan, workerThreads } from './plan/split-plan.ts'
import type { MachineHere } from './sizing/machine-here.ts'
import { counted } from './units.ts'
import type { LimitWatch } from './watch-limits.ts'
import { watchProgress, watchSides } from './watch-progress.ts'

export interface SentShards {
  readonly shards: readonly (ShardResult | undefined)[]
  /** What became of workers that died, one sentence each. */
  readonly lost: readonly string[]
  /** Of those that ended early, and whose figures count all the same, one sentence each. */
  readonly early?: readonly string[]
  readonly executor: string
}

interface ShardDoors {
  readonly output: Output
  /** Ends the load at once; what was measured until then still comes. */
  readonly signal: AbortSignal
  /** Ends it as well. */
  readonly limits?: LimitWatch
  readonly live?: LivePage | undefined
}

/** How many threads send a plan. */
export function threadsFor(plan: LoadPlan, given: number | 'auto', machine: MachineHere, output: Output): number {
  const { cores } = machine
  const count = given === 'auto' ? workerThreads(plan, machine) : given
  if (count > cores)
    output.warning(`${counted(count, 'thread')} on ${counted(cores, 'core')} wait for each other and send late.`)
  return count
}

/** Sends one plan or, at once, those of base and head, each from `count` threads, which the two sides of a comparison share. In the order of the plans. */
export async function runShards(
  plans: readonly LoadPlan[],
  count: number,
  { output, signal, limits, live }: ShardDoors,
): Promise<readonly SentShards[]> {
  // Functions are the head's own code, and the thread that comes to the verdict is none of its business.
  const executor = count === 1 && !plans.some(({ functions }) => functions) ? inlineExecutor() : threadsExecutor()
  const lost = plans.map((): string[] => [])
  const [first, second] = plans
  const progress = second ? watchSides(first!, count, output, live) : watchProgress(first!, output, { limits, live })
  try {
    const shards = await executor.run(
      plans.flatMap((plan) => splitPlan(plan, count)),
      {
        signal: limits ? AbortSignal.any([signal, limits.enough]) : signal,
        onProgress: progress.onProgress,
        onPrinted: (text) => output.info(`functions: ${text.trimEnd()}`),
        onWorkerLost: (at, reason) =>
          lost[Math.floor(at / count)]!.push(`Worker ${(at % count) + 1} of ${count}: ${reason}`),
      },
    )
    return plans.map((_, n) => ({
      shards: shards.slice(n * count, (n + 1) * count),
      lost: lost[n]!,
      executor: executor.name,
    }))
  } finally {
    progress.done()
  }
}
