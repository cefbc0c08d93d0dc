import type { AllowedTargets } from '../allowed-targets.ts'
import type { PoolName } from '../profile/generated.ts'
import type {
  Block,
  Budget,
  ConnectionUse,
  HttpVersion,
  Pace,
  RequestStep,
  RowPick,
  ThinkStep,
  TlsFiles,
} from '../profile/profile.ts'
import type { Ms } from '../units.ts'

/** The profile with every default and number resolved: all that the engine needs, as plain JSON. */
export interface LoadPlan {
  readonly name: string
  readonly target: string
  readonly model: 'open' | 'closed'
  /** Which version it is sent to, where two are compared side by side; their arrivals then come in pairs. */
  readonly side?: Side
  /** Warm-up first, then the shape: arrivals per second (open) or users (closed). */
  readonly curve: readonly Segment[]
  /** The loads beside that of `model` and `curve`, which has all scenarios that none of these has; absent where there are none. */
  readonly groups?: readonly PlannedGroup[]
  /** What is due before this moment is sent but not measured. */
  readonly measureFrom: Ms
  /** Length of the whole curve, warm-up included. */
  readonly duration: Ms
  /** Of every random choice; the same seed and plan send the same requests. */
  readonly seed: number
  readonly connections: PlannedConnections
  /** Absent where there are none. The key itself is nowhere in it. */
  readonly tls?: TlsFiles
  readonly timeout: Ms
  readonly scenarios: readonly PlannedScenario[]
  readonly data: Readonly<Record<string, DataTable>>
  /** The module whose functions the scenarios call; undefined where they call none. */
  readonly functions?: PlannedFunctions
  /** Texts that generators choose from; undefined where none does. */
  readonly pools?: Readonly<Partial<Record<PoolName, readonly string[]>>>
  /** What is in the files that requests carry, or checks or a script need, base64 by path; absent where there are none. */
  readonly files?: Readonly<Record<string, string>>
  readonly budgets: readonly Budget[]
  /** Another generator's, which is run instead of all scenarios; then `duration` is the longest that it may take. */
  readonly script?: PlannedScript
  /** Path of what another generator has written, relative to the profile: nothing is sent. */
  readonly results?: string
  /** What may be sent to; the target as it is written where it is left out. */
  readonly allowed?: AllowedTargets
  /** What requests say of who sends them, where a step does not: the `user-agent` of this run. */
  readonly agent?: string
  /** SHA-256 over what decides the load: everything here but `target`, `side`, `tls`, `budgets`, `name`, `allowed` and `agent`. */
  readonly hash: string
}

/** One of two versions of a service: the one a change is made to, and the one with the change. */
export type Side = 'base' | 'head'

/** How requests come to the target: a fixed choice of the plan, so that two runs differ in the service only. */
export interface PlannedConnections {
  readonly use: ConnectionUse
  /** Upper bound of open connections over all shards together; at least one per user when each has its own. */
  readonly limit: number
  /** A connection older than this is not used again. */
  readonly maxAge: Ms | undefined
  /** Requests that one connection carries at most. */
  readonly maxRequests: number | undefined
  readonly http: HttpVersion
  /** Requests beside a page that one user has under way at most; absent where there are none. */
  readonly parallel?: number
  /** Whether the target's TLS certificate must be valid. */
  readonly verify: boolean
  /** Whether a certificate is shown to the target; absent where none is. */
  readonly certificate?: true
}

/** A straight piece of the curve: the level goes from `from` to `to` over `over` milliseconds. */
export interface Segment {
  readonly from: number
  readonly to: number
  readonly over: Ms
}

/** The load of one scenario alone. All groups share the plan's time, its connections, and its numbers of users. */
export interface PlannedGroup {
  /** Its index. */
  readonly scenario: number
  readonly model: 'open' | 'closed'
  /** From the beginning of the plan on: at 0 until the group begins. */
  readonly curve: readonly Segment[]
  /** At least the plan's. */
  readonly measureFrom: Ms
  readonly use: ConnectionUse
  /** It is in no figure of the whole run. */
  readonly background?: true
}

export interface PlannedScenario {
  readonly name: string
  readonly weight: number
  readonly steps: readonly PlannedStep[]
  readonly blocks?: readonly Block[]
  readonly pace?: Pace
}

/** `id` counts the request steps of the whole plan from 0; every record of the engine refers to it. */
export type PlannedStep = (RequestStep & { readonly id: number; readonly timeout: Ms }) | ThinkStep

export interface DataTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly pick: RowPick
  /** Of `weighted` alone: the weights of all rows up to each, itself included. */
  readonly cumulative?: readonly number[] | undefined
  /** Of `unique` alone, in a plan of several groups: number of the arrival or user that takes the first row. */
  readonly from?: number
}

/** It stands in `files`, with all that it reads. */
export interface PlannedScript {
  readonly tool: 'JMeter'
  readonly file: string
  readonly properties: Readonly<Record<string, string>>
}

/** It goes to the workers as text. */
export interface PlannedFunctions {
  /** As the profile names it: for messages, and no part of the load. */
  readonly file: string
  readonly text: string
}

/** The part of a plan that one worker carries: arrivals (or users, or rows) n with n mod count = index. */
export interface Shard {
  readonly plan: LoadPlan
  readonly index: number
  readonly count: number
}
