// What the coordinator and its workers say to each other, all of it through objects of one bucket.
import type { ShardProgress, ShardResult } from '../engine/shard-result.ts'
import type { EpochMs, Ms } from '../units.ts'
import type { End } from './worker/ends.ts'

/** Of what is said here: a worker of another image refuses. */
export const PROTOCOL = 1

/** The coordinator renews the control so often. */
export const RENEW: Ms = 5_000
/** A worker reads it so often. */
export const POLL: Ms = 2_000
/** A worker that does not see it renewed for so long stops: then nobody watches over it. */
export const TERM: Ms = 25_000
/** A worker tells how it goes so often. */
export const TELL: Ms = 5_000

/** What a batch of tasks is told: by an address in the environment, since that itself has room for little. */
export interface Orders {
  readonly kind: 'loadgate-orders'
  readonly protocol: number
  /** Of Loadgate: the worker's must be the same. */
  readonly version: string
  readonly runId: string
  /** Gzipped JSON of a LoadPlan; the SHA-256 is of what was compressed. */
  readonly plan: { readonly url: string; readonly sha256: string }
  readonly controlUrl: string
  /** How many shards the plan is split into. */
  readonly count: number
  /** A task takes one of these by writing its claim, and no other. */
  readonly slots: readonly Slot[]
  /** After this, from the start of the task, it ends whatever it does. */
  readonly lifetime: Ms
}

/** A shard, and the addresses of what is said of it. A replacement of a task that died has a higher generation. */
export interface Slot {
  readonly index: number
  readonly generation: number
  readonly claimUrl: string
  /** Reads the claim: who got no answer to its own, and finds the slot taken then, must know by whom. */
  readonly claimedUrl: string
  readonly progressUrl: string
  readonly resultUrl: string
}

/** The one object that all workers read again and again. */
export interface Control {
  readonly kind: 'loadgate-control'
  readonly runId: string
  /** Rises with each renewal. */
  readonly sequence: number
  /** How long a worker goes on without seeing it rise. */
  readonly term: Ms
  readonly order: Order
}

export type Order =
  | { readonly kind: 'wait' }
  /** By the clock of the bucket's server. Each worker begins `stagger` × its index later. Those who are not named leave. */
  | { readonly kind: 'start'; readonly at: EpochMs; readonly stagger: Ms; readonly generations: readonly number[] }
  | { readonly kind: 'stop'; readonly why: string }

/** "I am here, I have the plan, and I carry this shard." */
export interface Claim {
  readonly kind: 'loadgate-claim'
  readonly runId: string
  readonly index: number
  readonly generation: number
  /** Undefined outside of ECS. */
  readonly task: string | undefined
  readonly planHash: string
  readonly cores: number
  readonly clock: ClockOffset
}

/** Server's clock less own, in ms, lies between; a width of a second says nothing, one of some ms much. */
export interface ClockOffset {
  readonly low: Ms
  readonly high: Ms
}

export interface Progress {
  readonly kind: 'loadgate-progress'
  readonly runId: string
  readonly generation: number
  /** Rises by one with each. */
  readonly sequence: number
  readonly state: 'waiting' | 'sending' | 'ended'
  /** Sums since the start, and the response times since the last. `index` is the shard's. */
  readonly progress: ShardProgress | undefined
}

export interface Outcome {
  readonly kind: 'loadgate-outcome'
  readonly runId: string
  readonly index: number
  readonly generation: number
  readonly clock: ClockOffset
  /** How it ended before its plan was spent; undefined where it did not. */
  readonly stopped: End | undefined
  readonly result: ShardResult
}

export interface Keys {
  readonly plan: string
  readonly summary: string
  readonly control: string
  orders(batch: number): string
  claim(index: number, generation: number): string
  progress(index: number, generation: number): string
  result(index: number, generation: number): string
  readonly claims: string
  readonly results: string
}

/** Where the objects of a run are. */
export function keysOf(runId: string): Keys {
  const top = `loadgate/${runId}`
  const of = (kind: string, ending: string) => (index: number, generation: number) =>
    `${top}/${kind}/${index}.${generation}.${ending}`
  return {
    plan: `${top}/plan.json.gz`,
    summary: `${top}/summary.json`,
    control: `${top}/control.json`,
    orders: (batch) => `${top}/orders/${batch}.json`,
    claim: of('claims', 'json'),
    progress: of('progress', 'json'),
    result: of('results', 'json.gz'),
    claims: `${top}/claims/`,
    results: `${top}/results/`,
  }
}
