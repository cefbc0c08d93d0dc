import { randomUUID } from 'node:crypto'
import { calibrated } from './calibrate.ts'
import { compare } from './compare/compare.ts'
import type { Comparison } from './compare/comparison.ts'
import { fingerprintHere } from './fingerprint.ts'
import type { HeldTo } from './held-to.ts'
import { hideSecrets } from './hide-secrets.ts'
import type { Output } from './output/output.ts'
import type { LoadedProfile } from './profile-file.ts'
import { mergeResults } from './result/merge-results.ts'
import type { RunResult } from './result/result.ts'
import { runShards, type SentShards, threadsFor } from './run-shards.ts'
import type { ServiceProcess } from './service/process-group.ts'
import { howItEnded, type RunningService } from './service/spawn-service.ts'
import { startService } from './service/start-service.ts'
import { machineHere } from './sizing/machine-here.ts'
import type { Earlier } from './stored-baseline.ts'
import { compareApart } from './trust/compare-apart.ts'
import { formatDuration } from './units.ts'
import { prepare } from './versions/prepare.ts'

export interface LoadDoors {
  readonly output: Output
  readonly env: NodeJS.ProcessEnv
  /** Ends the load and the service at once; what was measured until then still comes. */
  readonly signal: AbortSignal
  /** Told of each service, so that a later process can stop it if this one is killed. */
  readonly onService?: ((service: ServiceProcess) => void) | undefined
}

/** What was measured, and what it is next to what it is compared with. */
export interface Measured {
  readonly result: RunResult
  readonly comparison: Comparison
  /** What became of a service that ended while the load was running, one sentence. */
  readonly serviceEnd: string | undefined
}

interface AloneOptions {
  readonly earlier: Earlier
  readonly threads: number | 'auto'
  readonly commit: string | undefined
  /** Whether to take this processor's speed before and after: runs of others are compared by it. */
  readonly timed: boolean
}

/** Measures one version, to be compared with stored runs. */
export async function measureAlone(
  { loaded, ...judged }: HeldTo,
  { earlier, ...options }: AloneOptions,
  doors: LoadDoors,
): Promise<Measured> {
  const plan = hideSecrets(loaded.plan, doors.output.redact)
  await prepared(loaded, doors)
  const send = () => sendLoad(loaded, options.threads, doors)
  const { found, calibration } = options.timed
    ? await calibrated(send, doors.signal)
    : { found: await send(), calibration: undefined }
  const { shards, lost, executor, serviceEnd } = found
  const context = {
    id: randomUUID(),
    plan,
    fingerprint: fingerprintHere(plan.hash),
    commit: options.commit,
    calibration,
    lost,
    executor,
  }
  const result = mergeResults(shards, context)
  const { baseline, problem } = earlier
  const comparison = compareApart(judged, (budgets) => compare(result, baseline, budgets, { baselineProblem: problem }))
  return { result, comparison, serviceEnd }
}

/** Starts the service, sends the plan and stops the service, whatever happens in between. */
async function sendLoad(
  loaded: LoadedProfile,
  threads: number | 'auto',
  doors: LoadDoors,
): Promise<SentShards & Pick<Measured, 'serviceEnd'>> {
  const count = threadsFor(loaded.plan, threads, machineHere(loaded.profile), doors.output)
  const service = await startedService(loaded, doors)
  const send = async () => (await runShards([loaded.plan], count, doors))[0]!
  if (!service) return { ...(await send()), serviceEnd: undefined }
  const watch = watchService(service, doors.output)
  const stop = () => {
    watch.end()
    return service.stop()
  }
  // Not only behind the load: a cancelled job has seconds, and the service may need them to end.
  doors.signal.addEventListener('abort', stop, { once: true })
  try {
    return { ...(await send()), serviceEnd: watch.died() }
  } finally {
    doors.signal.removeEventListener('abort', stop)
    await stop()
  }
}

async function prepared(
  { profile: { service }, directory }: LoadedProfile,
  { output, env, signal, onService }: LoadDoors,
): Promise<void> {
  if (service === undefined) return
  await prepare(service, { cwd: directory, env, signal, onService, progress: output.info, who: 'the service' })
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
