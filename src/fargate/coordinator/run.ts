import type { ShardProgress, ShardResult } from '../../engine/shard-result.ts'
import { messageOf } from '../../errors.ts'
import type { Ms } from '../../units.ts'
import type { TaskState } from '../doors.ts'
import type { CleanUp } from './clean-up.ts'
import type { Collection } from './collect.ts'
import { ControlDesk } from './control.ts'
import type { CoordinatorDoors, FargateJob } from './job.ts'
import { Roster } from './roster.ts'
import { type PackedPlan, packPlan, postPlan, postSummary } from './summary.ts'
import { tellSeldom } from './tell-seldom.ts'

export interface FargateOptions {
  /** Ends the run and everything of it within seconds; results that come in the first of them still count. */
  readonly signal?: AbortSignal | undefined
  /** Ends the load before its plan is spent, and the run in its own time: all results are waited for. */
  readonly enough?: AbortSignal | undefined
  readonly onProgress?: ((progress: ShardProgress) => void) | undefined
  /** Told of each worker that gave no result, with its place and the reason. */
  readonly onWorkerLost?: ((at: number, reason: string) => void) | undefined
}

export interface FargateEnd {
  /** By index; undefined for a worker that was lost. */
  readonly shards: readonly (ShardResult | undefined)[]
  /** By index: how workers ended that left by themselves; what they had sent by then counts. */
  readonly early: ReadonlyMap<number, string>
  /** How far the starts of two workers may have been apart, at most, by what is known of their clocks. */
  readonly skew: Ms
  /** As they were when they had stopped; for what they cost. */
  readonly tasks: readonly TaskState[]
  /** How many there were: of some it may not be known how they were, since ECS forgets them. */
  readonly started: number
  /** ARNs of tasks that are not known to have stopped. */
  readonly left: readonly string[]
}

export function endOf(
  { results, early, skew }: Collection,
  { arns, stopped, left }: CleanUp & { readonly arns: readonly string[] },
): FargateEnd {
  const started = new Set([...arns, ...stopped.map(({ arn }) => arn), ...left]).size
  return { shards: results, early, skew, tasks: stopped, started, left }
}

/** A run that has a control, and perhaps tasks. */
export interface Run {
  readonly job: FargateJob
  readonly doors: CoordinatorDoors
  readonly options: FargateOptions
  readonly plan: PackedPlan
  readonly control: ControlDesk
  readonly roster: Roster
  /** Whatever ends the run before its time: the workers have been told then. */
  readonly stop: AbortSignal
}

/** Nothing of it costs anything yet. */
export async function prepare(job: FargateJob, world: CoordinatorDoors, options: FargateOptions): Promise<Run> {
  const doors = tellSeldom(world)
  const { signal, enough } = options
  const plan = packPlan(job.plan)
  await postPlan(job, plan, doors, signal)
  await postSummary(job, { plan, tasks: [], carriers: [] }, doors, signal)
  const control = await ControlDesk.open(job, doors, signal)
  const stop = AbortSignal.any([signal, enough, control.lapsed].filter((given) => given !== undefined))
  // At once, whatever is under way then.
  stop.addEventListener('abort', () => void control.stop(messageOf(stop.reason)), { once: true })
  return { job, doors, options, plan, control, roster: new Roster(job.count), stop }
}
