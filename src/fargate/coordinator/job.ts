import type { LoadPlan } from '../../plan/plan.ts'
import type { Fingerprint } from '../../result/result.ts'
import type { Ms } from '../../units.ts'
import type { Objects, Tasks, Time } from '../doors.ts'

/** One plan, and the tasks that send it. */
export interface FargateJob {
  /** Random: names the run in every place. */
  readonly runId: string
  readonly plan: LoadPlan
  /** How many shards the plan is split into, and so how many workers send it. */
  readonly count: number
  /** Of each task; 1,024 are a vCPU. */
  readonly cpu: number
  /** Of each task, in MiB. */
  readonly memory: number
  readonly spot: boolean
  /** Of each task, for whoever allocates the cost. */
  readonly tags: Readonly<Record<string, string>>
  /** Each worker begins so much after the one before it; 0 in lock-step. */
  readonly stagger: Ms
  readonly commit: string | undefined
  readonly fingerprint: Fingerprint
}

/** The world, as the coordinator sees it. */
export interface CoordinatorDoors {
  readonly time: Time
  readonly objects: Objects
  readonly tasks: Tasks
  /** From 0 up to 1, as Math.random. */
  readonly random: () => number
  /** A line for the log. Some of it was said by others: the log must neutralise it. */
  readonly tell: (message: string) => void
}
