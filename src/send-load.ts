import { availableParallelism } from 'node:os'
import type { ShardResult } from './engine/shard-result.ts'
import { inlineExecutor } from './executor/inline.ts'
import { threadsExecutor } from './executor/threads.ts'
import type { Output } from './output/output.ts'
import type { LoadPlan } from './plan/plan.ts'
import { splitPlan, workerThreads } from './plan/split-plan.ts'
import type { LoadedProfile } from './profile-file.ts'
import type { ServiceProcess } from './service/process-group.ts'
import { howItEnded, type RunningService } from './service/spawn-service.ts'
import { startService } from './service/start-service.ts'
import { formatDuration } from './units.ts'
import { watchProgress } from './watch-progress.ts'

export interface LoadDoors {
  readonly output: Output
  readonly env: NodeJS.ProcessEnv
  /** Ends the load and the service at once; what was measured until then still comes. */
  readonly signal: AbortSignal
  /** Told of the service, so that a later process can stop it if this one is killed. */
  readonly onService?: ((service: ServiceProcess) => void) | undefined
}

export interface SentLoad {
  readonly shards: readonly (ShardResult | undefined)[]
  /** What became of workers that died, one sentence each. */
  readonly lost: readonly string[]
  readonly executor: string
}

/** Starts the service, sends the plan and stops the service, whatever happens in between. */
export async function sendLoad(loaded: LoadedProfile, threads: number | 'auto', doors: LoadDoors): Promise<SentLoad> {
  const count = threads === 'auto' ? workerThreads(loaded.plan, availableParallelism()) : threads
  const service = await startedService(loaded, doors)
  if (!service) return runShards(loaded.plan, count, doors)
  const mourning = new AbortController()
  void warnOfDeath(service, doors.output, mourning.signal)
  const stop = () => {
    mourning.abort()
    return service.stop()
  }
  // Not only behind the load: a cancelled job has seconds, and the service may need them to end.
  doors.signal.addEventListener('abort', stop, { once: true })
  try {
    return await runShards(loaded.plan, count, doors)
  } finally {
    doors.signal.removeEventListener('abort', stop)
    await stop()
  }
}

async function startedService(
  { profile, directory }: LoadedProfile,
  { output, env, signal, onService }: LoadDoors,
): Promise<RunningService | undefined> {
  const { service: spec, target } = profile
  if (!spec) return undefined
  output.info(`Starting the service: ${spec.start}`)
  const began = performance.now()
  const service = await startService(spec, { cwd: directory, target, env, signal, onStart: onService })
  output.info(`It is ready after ${formatDuration(performance.now() - began)}.`)
  return service
}

/** The requests that then fail say that it is gone; its own last words say why. */
async function warnOfDeath(service: RunningService, output: Output, stopped: AbortSignal): Promise<void> {
  const exit = await service.exited
  if (stopped.aborted) return
  output.warning(
    `The service ${howItEnded(exit)} while the load was running. Its last output:\n${service.lastOutput()}`,
  )
}

async function runShards(plan: LoadPlan, count: number, { output, signal }: LoadDoors): Promise<SentLoad> {
  const executor = count === 1 ? inlineExecutor() : threadsExecutor()
  const lost: string[] = []
  const progress = watchProgress(plan, output)
  try {
    const shards = await executor.run(splitPlan(plan, count), {
      signal,
      onProgress: progress.onProgress,
      onWorkerLost: (index, reason) => lost.push(`Worker ${index + 1} of ${count}: ${reason}`),
    })
    return { shards, lost, executor: executor.name }
  } finally {
    progress.done()
  }
}
