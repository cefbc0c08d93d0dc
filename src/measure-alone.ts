import { randomUUID } from 'node:crypto'
import { comparableRuns } from './baseline/comparable.ts'
import { compare } from './compare/compare.ts'
import type { Comparison } from './compare/comparison.ts'
import { endedByGuard } from './compare/ended-by-guard.ts'
import { endedEarly } from './compare/ended-early.ts'
import { staggered } from './compare/staggered.ts'
import type { FargateJob } from './fargate/coordinator/job.ts'
import { mergeScripts } from './foreign/merge-scripts.ts'
import { nameForeign } from './foreign/name-foreign.ts'
import type { HeldTo } from './held-to.ts'
import { hideSecrets } from './hide-secrets.ts'
import type { LivePage } from './live-html.ts'
import type { Output } from './output/output.ts'
import { withProcessorSpeed } from './processor-speed.ts'
import type { LoadedProfile } from './profile-file.ts'
import { besideOf } from './report/beside.ts'
import type { FargateFacts, Report } from './report/report.ts'
import { mergeResults, type RunContext } from './result/merge-results.ts'
import type { Fingerprint, RunResult } from './result/result.ts'
import { runShards, type SentShards, threadsFor } from './run-shards.ts'
import { collectRun, type FargateRun, sendFromFargate } from './send-from-fargate.ts'
import { type SentScript, sendScript } from './send-script.ts'
import type { ServiceProcess } from './service/process-group.ts'
import { howItEnded, lastWords, type RunningService } from './service/spawn-service.ts'
import { startService } from './service/start-service.ts'
import { machineHere } from './sizing/machine-here.ts'
import type { Earlier } from './stored-baseline.ts'
import { compareApart } from './trust/compare-apart.ts'
import { formatDuration } from './units.ts'
import { prepare } from './versions/prepare.ts'
import { type GuardWatch, UNGUARDED } from './watch-guards.ts'
import { type LimitWatch, watchLimits } from './watch-limits.ts'
import type { Sending } from './where-to-send.ts'

export interface LoadDoors {
  readonly output: Output
  readonly env: NodeJS.ProcessEnv
  /** Ends the load and the service at once; what was measured until then still comes. */
  readonly signal: AbortSignal
  /** Shows the load while it goes on, and then the report; undefined where nobody asked for it. */
  readonly live?: LivePage | undefined
  /** Told of each service, so that a later process can stop it if this one is killed. */
  readonly onService?: ((service: ServiceProcess) => void) | undefined
  /** The same of a run on Fargate; undefined when nothing of it is left. */
  readonly onFargate?: ((run: FargateRun | undefined) => void) | undefined
  /** Told before load is sent, each time. */
  readonly onLoad?: (() => void) | undefined
  /** Left out where nothing else is watched. */
  readonly guards?: GuardWatch | undefined
}

/** What was measured, and what it is next to what it is compared with. */
export interface Measured {
  readonly result: RunResult
  readonly comparison: Comparison
  /** What became of a service that ended while the load was running, one sentence. */
  readonly serviceEnd: string | undefined
  /** Undefined where the load came from this machine. */
  readonly fargate?: FargateFacts | undefined
  /** What it is compared with; undefined where that is nothing, or was measured on processors of another speed. */
  readonly beside?: Report['beside']
}

interface AloneOptions {
  readonly earlier: Earlier
  readonly threads: number | 'auto'
  readonly commit: string | undefined
  /** Whether to take this processor's speed before and after: runs of others are compared by it. */
  readonly timed: boolean
  readonly sending: Sending
  readonly fingerprint: Fingerprint
}

/** Measures one version, to be compared with stored runs. */
export async function measureAlone(
  { loaded, ...judged }: HeldTo,
  { earlier, ...options }: AloneOptions,
  doors: LoadDoors,
): Promise<Measured> {
  const plan = hideSecrets(loaded.plan, doors.output.redact)
  await prepared(loaded, doors)
  const { guards = UNGUARDED } = doors
  const limits = watchLimits(plan, [...judged.budgets, ...judged.added], { ...doors, enough: guards.enough })
  const send = () => sendLoad(loaded, { ...options, limits }, doors)
  const { found, calibration } = options.timed
    ? await withProcessorSpeed(send, doors.signal)
    : { found: await send(), calibration: undefined }
  const { serviceEnd, facts, job } = found
  const context = {
    id: randomUUID(),
    plan,
    fingerprint: job?.fingerprint ?? options.fingerprint,
    commit: job?.commit ?? options.commit,
    calibration,
  }
  const result = resultOf(found, context, doors)
  const { baseline, problem } = earlier
  const comparison = compareApart(judged, (budgets) => compare(result, baseline, budgets, { baselineProblem: problem }))
  const trip = guards.trip()
  const breach = limits.breach()
  const apart = staggered(comparison, facts?.stagger ?? 0)
  const whole = breach ? endedEarly(apart, breach, plan) : apart
  const { runs, corrected } = baseline ? comparableRuns(baseline, result) : NO_RUNS
  return {
    result,
    comparison: trip ? endedByGuard(apart, trip, result.startedAt) : whole,
    serviceEnd,
    fargate: facts,
    beside: corrected ? undefined : besideOf(runs),
  }
}

const NO_RUNS = { runs: [], corrected: false }

type Sent = (SentShards | SentScript | { readonly given: RunResult }) &
  Pick<Measured, 'serviceEnd'> & { readonly facts?: FargateFacts; readonly job?: FargateJob }

function resultOf(found: Sent, context: Omit<RunContext, 'executor' | 'lost' | 'early'>, doors: LoadDoors): RunResult {
  const { plan, ...known } = context
  if ('ran' in found) return nameForeign(found.ran, plan, known)
  if ('given' in found) return nameForeign(found.given, plan, { commit: known.commit })
  if (plan.script) {
    const merged = mergeScripts(plan, found, doors.output.redact)
    const { generator } = merged.fingerprint
    return nameForeign(merged, plan, { ...known, fingerprint: { ...known.fingerprint, generator } })
  }
  return mergeResults(found.shards, { ...found, ...context })
}

/** Starts the service, sends the plan and stops the service, whatever happens in between. */
async function sendLoad(
  loaded: LoadedProfile,
  { sending, threads, commit, fingerprint, limits }: Omit<AloneOptions, 'earlier'> & { readonly limits: LimitWatch },
  doors: LoadDoors,
): Promise<Sent> {
  // What it guards went down while the version was installed: no task and no service is started for nothing.
  doors.guards?.enough.throwIfAborted()
  const { onLoad } = doors
  if (sending.kind === 'fargate') {
    onLoad?.()
    const repository = doors.env.GITHUB_REPOSITORY
    const load = { plan: loaded.plan, fleet: sending.fleet, fingerprint, commit, repository }
    return { ...(await sendFromFargate(load, { ...doors, limits })), serviceEnd: undefined }
  }
  if (sending.kind === 'collect') {
    onLoad?.()
    const collected = await collectRun(sending.runId, sending.settings, loaded.plan, { ...doors, limits })
    return { ...collected, serviceEnd: undefined }
  }
  if (sending.kind === 'results') return { given: sending.result, serviceEnd: undefined }
  const sender = senderHere(loaded, { sending, threads }, { ...doors, limits })
  const send = () => {
    onLoad?.()
    return sender()
  }
  const service = await startedService(loaded, doors)
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

/** From threads of this process, or by the generator whose script it is. */
function senderHere(
  { plan, profile }: LoadedProfile,
  { sending, threads }: Pick<AloneOptions, 'sending' | 'threads'>,
  doors: LoadDoors & { readonly limits: LimitWatch },
): () => Promise<SentShards | SentScript> {
  if (sending.kind === 'script') return () => sendScript(plan, sending.jmeter, doors)
  const count = threadsFor(plan, threads, machineHere(profile), doors.output)
  return async () => (await runShards([plan], count, doors))[0]!
}

async function prepared(
  { profile: { service }, directory }: LoadedProfile,
  { output, env, signal, onService }: LoadDoors,
): Promise<void> {
  if (service === undefined) return
  await prepare(service, { cwd: directory, env, signal, onService, progress: output.info, who: 'the service' })
}

async function startedService(
  { profile, plan: { allowed }, directory }: LoadedProfile,
  { output, env, signal, onService }: LoadDoors,
): Promise<RunningService | undefined> {
  const { service: spec, target, connections } = profile
  if (!spec) return undefined
  output.info(`Starting the service: ${spec.start}`)
  const began = performance.now()
  const onWait = (still: string) => output.info(`The service ${still}`)
  const options = { cwd: directory, target, connections, allowed, env, signal, onStart: onService, onWait }
  const service = await startService(spec, options)
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
    output.warning(`${death} ${lastWords(service.lastOutput())}`)
  })
  return {
    died: () => death,
    /** From here on its end is ours. */
    end: () => {
      stopped = true
    },
  }
}
