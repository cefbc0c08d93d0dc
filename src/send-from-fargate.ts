import { LoadgateError, messageOf } from './errors.ts'
import { collectFromFargate, findRun } from './fargate/coordinator/collect-run.ts'
import type { CoordinatorDoors, FargateJob } from './fargate/coordinator/job.ts'
import type { FargateEnd } from './fargate/coordinator/run.ts'
import { runOnFargate } from './fargate/coordinator/run-on-fargate.ts'
import { sweep } from './fargate/coordinator/sweep.ts'
import { newRunId } from './fargate/run-id.ts'
import { costAsRun } from './fargate/setup/cost.ts'
import type { PreparedFleet } from './fargate/setup/prepare.ts'
import type { FargateSettings } from './fargate/setup/settings.ts'
import type { LivePage } from './live-html.ts'
import type { Output } from './output/output.ts'
import type { LoadPlan } from './plan/plan.ts'
import type { FargateFacts } from './report/report.ts'
import type { Fingerprint, Machine } from './result/result.ts'
import type { SentShards } from './run-shards.ts'
import { counted, formatDuration, formatShare } from './units.ts'
import type { LimitWatch } from './watch-limits.ts'
import { watchProgress } from './watch-progress.ts'

export interface FargateLoad {
  readonly plan: LoadPlan
  readonly fleet: PreparedFleet
  readonly fingerprint: Fingerprint
  readonly commit: string | undefined
  /** `owner/name`; undefined outside of GitHub. */
  readonly repository: string | undefined
}

/** Enough to end a run from another process. */
export interface FargateRun {
  readonly runId: string
  readonly settings: FargateSettings
}

interface FargateLoadDoors {
  readonly output: Output
  readonly live?: LivePage | undefined
  /** Told of the run before anything of it is started, and of undefined when nothing of it is left. */
  readonly onFargate?: ((run: FargateRun | undefined) => void) | undefined
  /** Ends the load and all tasks within seconds. */
  readonly signal: AbortSignal
  /** Ends them as well, with their results. */
  readonly limits: LimitWatch
}

/** Sends a plan from tasks of ECS, and resolves when all of them have stopped, or are named as what is left. */
export async function sendFromFargate(
  load: FargateLoad,
  { output, signal, limits, live, onFargate }: FargateLoadDoors,
): Promise<SentShards & { readonly facts: FargateFacts }> {
  const { openCoordinatorDoors } = await import('./aws/coordinator-doors.ts')
  const doors = openCoordinatorDoors(load.fleet.settings, output.info)
  const job = fargateJob(load)
  await endLeftovers(doors, { output, signal })
  const lost = new Map<number, string>()
  const progress = watchProgress(load.plan, output, { limits, workers: job.count, live })
  onFargate?.({ runId: job.runId, settings: load.fleet.settings })
  try {
    const end = await runOnFargate(job, doors, {
      signal,
      enough: limits.enough,
      onProgress: progress.onProgress,
      onWorkerLost: (at, reason) => lost.set(at, reason),
    })
    if (end.left.length > 0) output.warning(leftSentence(end.left))
    else if (!signal.aborted) onFargate?.(undefined)
    const facts = factsOf(job, load.fleet.settings, end)
    return { ...sentBy(end, lost, job), facts }
  } finally {
    progress.done()
  }
}

/** Waits for a run that was left to itself, and ends it. A signal ends the waiting only. */
export async function collectRun(
  runId: string,
  settings: FargateSettings,
  plan: LoadPlan,
  { output, signal, limits, live }: FargateLoadDoors,
): Promise<SentShards & { readonly facts: FargateFacts; readonly job: FargateJob }> {
  const { openCoordinatorDoors } = await import('./aws/coordinator-doors.ts')
  const doors = openCoordinatorDoors(settings, output.info)
  const run = await findRun(runId, doors, signal)
  const { job } = run
  // Before it is waited for: who waits for a run ends it as well.
  if (job.plan.hash !== plan.hash)
    throw new LoadgateError('usage', `The run ${runId} sent another load than this profile`, {
      hint: `It is of the profile "${job.plan.name}", as that was then: check out its commit.`,
    })
  const lost = new Map<number, string>()
  const progress = watchProgress(plan, output, { limits, workers: job.count, live })
  try {
    const end = await collectFromFargate(run, doors, {
      signal,
      enough: limits.enough,
      onProgress: progress.onProgress,
      onWorkerLost: (at, reason) => lost.set(at, reason),
    })
    if (end.left.length > 0) output.warning(leftSentence(end.left))
    return { ...sentBy(end, lost, job), facts: factsOf(job, settings, end), job }
  } finally {
    progress.done()
  }
}

/** For the merge: what came of each worker, and why of some there is nothing or less than there should be. */
export function sentBy(
  { shards, early }: FargateEnd,
  lost: ReadonlyMap<number, string>,
  { count }: Pick<FargateJob, 'count'>,
): SentShards {
  return { shards, lost: sentences(lost, count), early: sentences(early, count), executor: 'fargate' }
}

function sentences(reasons: ReadonlyMap<number, string>, count: number): readonly string[] {
  return [...reasons].sort(([a], [b]) => a - b).map(([at, reason]) => `Worker ${at + 1} of ${count}: ${reason}`)
}

/** Of the image: infra/worker.Dockerfile is built upon it. */
export const WORKERS_NODE = '24'

/**
 * What sends: runs of fleets of other tasks are not compared, nor runs from other regions, which are nearer to the target or
 * farther from it, or that begin otherwise. How many tasks there are changes nothing, but for a script, which each of them
 * sends.
 * @param times how many send the same script; undefined of a plan that they share
 */
export function machineOf({ size, places, stagger }: FargateSettings, times?: number): Machine {
  const architectures = [...new Set(places.map(({ architecture }) => architecture))].sort()
  const all = places.reduce((sum, { share }) => sum + share, 0)
  const from = places.map(({ region, share }) => `${region} ${formatShare(share / all)}`).sort()
  return {
    cpu: `Fargate ${architectures.join(' and ')}`,
    cores: size.cpu / 1_024,
    os: `linux in ${from.join(', ')}${stagger > 0 ? `, begun ${formatDuration(stagger)} apart` : ''}${times === undefined ? '' : `, ${counted(times, 'worker')}`}`,
    node: WORKERS_NODE,
  }
}

/** A run with a name of its own. */
export function fargateJob({ plan, fleet, fingerprint, commit, repository }: FargateLoad): FargateJob {
  const { settings, workers } = fleet
  const tags = { 'loadgate-profile': plan.name, 'loadgate-commit': commit, 'loadgate-repository': repository }
  return {
    runId: newRunId(),
    plan,
    count: workers.count,
    ...settings.size,
    spot: settings.spot,
    tags: Object.fromEntries(
      Object.entries(tags).flatMap(([key, value]) => (value === undefined ? [] : [[key, tagValue(value)]])),
    ),
    stagger: settings.stagger,
    commit,
    fingerprint,
  }
}

/** What AWS takes as the value of a tag (Tagging AWS resources, naming limits). */
function tagValue(text: string): string {
  return text.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '_').slice(0, 256)
}

/** What an earlier run has left costs money, and this one can end it. That it cannot is no reason not to run. */
export async function endLeftovers(
  doors: CoordinatorDoors,
  { output, signal }: Pick<FargateLoadDoors, 'output' | 'signal'>,
): Promise<void> {
  try {
    const { ended, left } = await sweep(doors, { signal })
    if (ended.length > 0)
      output.info(`Ended what ${counted(ended.length, 'earlier run')} had left: ${ended.join(', ')}.`)
    if (left.length > 0) output.warning(leftSentence(left))
  } catch (error) {
    if (signal.aborted || !(error instanceof LoadgateError)) throw error
    output.warning(`Whether earlier runs have left tasks is not known: ${messageOf(error)}`)
  }
}

function leftSentence(left: readonly string[]): string {
  return `${counted(left.length, 'task')} not known to have stopped; they end by themselves at their hard limit. Stop them by hand: ${left.join(', ')}`
}

function factsOf(
  { runId, cpu, memory, spot, stagger }: FargateJob,
  { places }: FargateSettings,
  end: FargateEnd,
): FargateFacts {
  const size = { cpu, memory }
  const fleets = places.map(({ region, architecture, publicAddress }) => {
    const tasks = end.tasks.filter(({ arn }) => arn.split(':')[3] === region)
    return { fleet: { region, architecture, publicAddress, size, spot, workers: tasks.length }, tasks }
  })
  return {
    runId,
    regions: places.map(({ region }) => region),
    size,
    skew: end.skew,
    stagger,
    cost: end.tasks.length < end.started ? undefined : costAsRun(fleets, Date.now()),
    left: end.left,
  }
}
