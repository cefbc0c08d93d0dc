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
import { machineHere } from './sizing/machine-here.ts'
import { counted, formatDuration } from './units.ts'
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
  /** What became of a service that ended while the load was running, one sentence. */
  readonly serviceEnd: string | undefined
}

/** Starts the service, sends the plan and stops the service, whatever happens in between. */
export async function sendLoad(loaded: LoadedProfile, threads: number | 'auto', doors: LoadDoors): Promise<SentLoad> {
  const machine = machineHere(loaded.profile)
  const { cores } = machine
  const count = threads === 'auto' ? workerThreads(loaded.plan, machine) : threads
  if (count > cores)
    doors.output.warning(`${counted(count, 'thread')} on ${counted(cores, 'core')} wait for each other and send late.`)
  const service = await startedService(loaded, doors)
  if (!service) return { ...(await runShards(loaded.plan, count, doors)), serviceEnd: undefined }
  const watch = watchService(service, doors.output)
  const stop = () => {
    watch.end()
    return service.stop()
  }
  // Not only behind the load: a cancelled job has seconds, and the service may need them to end.
  doors.signal.addEventListener('abort', stop, { once: true })
  try {
    const sent = await runShards(loaded.plan, count, doors)
    return { ...sent, serviceEnd: watch.died() }
  } finally {
    doors.signal.removeEventListener('abort', stop)
    await stop()
  }
}

async function startedService(
  { profile, directory }: LoadedProfile,
  { output, env, signal, onService }: LoadDoors,
): Promise<RunningService | undefined> {
  const { service: spec, target, connections } = profile
  if (!spec) return undefined
  output.info(`Starting the service: ${spec.start}`)
  const began = performance.now()
  const service = await startService(spec, { cwd: directory, target, connections, env, signal, onStart: onService })
  output.info(`It is ready after ${formatDuration(performance.now() - began)}.`)
  return service
}

/** The requests that then fail say that it is gone; its own last words say why. */
function watchService(service: RunningService, output: Output) {
  let stopped = false
  let death: string | undefined
  void service.exited.then((exit) => {
    if (stopped) return
    death = `The service ${howItEnded(exit)} while the load was running.`
    output.warning(`${death} Its last output:\n${service.lastOutput()}`)
  })
  return {
    died: () => death,
    /** From here on its end is ours. */
    end: () => {
      stopped = true
    },
  }
}

async function runShards(
  plan: LoadPlan,
  count: number,
  { output, signal }: LoadDoors,
): Promise<Omit<SentLoad, 'serviceEnd'>> {
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
