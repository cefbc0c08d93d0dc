// The doors of coordinator and worker to the world. What is behind them is the real world in one place each, or, in a
// simulation, a clock and a network that a seed decides.
import type { ShardProgress, ShardResult } from '../engine/shard-result.ts'
import { LoadgateError } from '../errors.ts'
import type { Shard } from '../plan/plan.ts'
import type { Bytes, EpochMs, Ms } from '../units.ts'

/** Thrown by a door for what no further try will change: a missing permission, a request that is wrong. */
export class Refused extends LoadgateError {}

export interface Time {
  /** Never set back, and the same for nobody else: for what lies between two moments here. */
  now(): Ms
  /** What this machine takes the date for; `performance.timeOrigin + performance.now()` on a real one. */
  epoch(): EpochMs
  /** Rejects with the signal's reason when it is aborted first. */
  sleep(time: Ms, signal?: AbortSignal): Promise<void>
}

/** The objects of a bucket, as the coordinator may use them. Throws LoadgateError `infrastructure` with words for the cause. */
export interface Objects {
  /** Undefined when there is none. */
  get(key: string, most: Bytes): Promise<Buffer | undefined>
  /** In place of whatever is there. */
  put(key: string, body: Buffer | string): Promise<void>
  /** All keys that begin so, in order. */
  list(prefix: string): Promise<readonly ListedObject[]>
  /** An address that does this, and nothing else, for so long, without any permission. */
  sign(request: Signed): Promise<string>
  /** What the bucket's server takes the time for, by its last answer; undefined before the first. */
  date(): { readonly from: EpochMs; readonly until: EpochMs; readonly sent: Ms; readonly received: Ms } | undefined
}

export interface ListedObject {
  readonly key: string
  readonly size: Bytes
  readonly etag: string
}

export interface Signed {
  readonly method: 'GET' | 'PUT'
  readonly key: string
  /** A PUT only where there is no such object: the sender must add `If-None-Match: *`, which is signed. */
  readonly once?: boolean
  readonly expiresIn: Ms
}

/** ECS, for the tasks of one stack. Throws LoadgateError `infrastructure` with words for the cause. */
export interface Tasks {
  /** As many tasks of one kind as asked for, or fewer, and why. The same token and request twice start nothing twice. */
  run(request: RunTasks): Promise<RunAnswer>
  /** At most 100 at a time; what is not known (yet) is not in the answer. */
  describe(arns: readonly string[]): Promise<readonly TaskState[]>
  /** All tasks of the cluster that this tool has started, those included that have stopped and are not forgotten yet. */
  list(): Promise<readonly ListedTask[]>
  /** Asks for the end; that it has come is seen by `describe`. */
  stop(arn: string, reason: string): Promise<void>
}

export interface RunTasks {
  /** At most 10. */
  readonly count: number
  /** At most 64 characters. */
  readonly token: string
  readonly runId: string
  /** Of the container. */
  readonly environment: Readonly<Record<string, string>>
  /** Unit of ECS: 1,024 are a vCPU. */
  readonly cpu: number
  /** In MiB. */
  readonly memory: number
  readonly spot: boolean
  readonly tags: Readonly<Record<string, string>>
}

export interface RunAnswer {
  readonly arns: readonly string[]
  /** What did not start, in the words of ECS. */
  readonly failures: readonly string[]
}

export interface ListedTask {
  readonly arn: string
  readonly runId: string
  /** False of one that was asked to and is about to. */
  readonly hasStopped: boolean
}

export interface TaskState {
  readonly arn: string
  readonly status:
    | 'PROVISIONING'
    | 'PENDING'
    | 'ACTIVATING'
    | 'RUNNING'
    | 'DEACTIVATING'
    | 'STOPPING'
    | 'DEPROVISIONING'
    | 'STOPPED'
  readonly stopCode: string | undefined
  readonly stoppedReason: string | undefined
  /** Of the container, once it has ended. */
  readonly exitCode: number | undefined
  readonly reason: string | undefined
  /** For what is paid. */
  readonly startedAt: EpochMs | undefined
  readonly stoppedAt: EpochMs | undefined
}

/** What a worker reads and writes: addresses that are signed for it. */
export interface Mail {
  /** Throws for what may be tried again; `missing` and `denied` may not. */
  get(url: string, most: Bytes, deadline: Ms): Promise<MailAnswer>
  put(
    url: string,
    body: Buffer | string,
    options: { readonly once: boolean; readonly deadline: Ms },
  ): Promise<PutAnswer>
}

export interface MailAnswer {
  readonly status: 'ok' | 'missing' | 'denied'
  readonly body: Buffer
  /** Of the server, in whole seconds; undefined where it sent none. */
  readonly date: EpochMs | undefined
  readonly sent: Ms
  readonly received: Ms
}

/** `taken`: there is an object already. */
export type PutAnswer = 'done' | 'taken' | 'denied'

/** Sends one shard: `runShard`, or what stands for it on a virtual clock. */
export type Engine = (
  shard: Shard,
  options: {
    readonly startAt: EpochMs
    readonly signal: AbortSignal
    readonly onProgress: (progress: ShardProgress) => void
  },
) => Promise<ShardResult>
