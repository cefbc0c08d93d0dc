import type { RunResult } from '../result/result.ts'
import type { EpochMs, Ms, Us } from '../units.ts'

/**
 * A run as a store keeps it: intervals and blocks are summed up to what a later comparison needs of them. Made by
 * `baselineRun`.
 */
export type BaselineRun = Omit<RunResult, 'intervals'> & {
  /** Of the measured requests, those that ended within the measured window; the rest ended after it. */
  readonly inWindow: { readonly succeeded: number; readonly failed: number }
  /** Undefined in runs of versions that did not measure blocks, and in runs shorter than one. */
  readonly blocks: BlockFigures | undefined
}

/** What the run was like from block to block. */
export interface BlockFigures {
  /** Of a block. */
  readonly length: Ms
  readonly parts: readonly PartBlocks[]
}

/**
 * Some steps together: each by itself, those of each scenario, and all. The lists have one number for each block that the
 * window holds whole, in order.
 */
export interface PartBlocks {
  /** By their ids, ascending. */
  readonly steps: readonly number[]
  /** Requests that ended in the block. */
  readonly succeeded: readonly number[]
  readonly failed: readonly number[]
  /** Of the response time; 0 where nothing succeeded. */
  readonly p50: readonly Us[]
  readonly p90: readonly Us[]
  readonly p95: readonly Us[]
  readonly p99: readonly Us[]
}

/** Blocks that a store keeps of a run; of a longer run they are put together. */
export const MOST_BLOCKS = 60

/** Runs a store keeps: enough for the spread between runs to be known, few enough to follow the service as it changes. */
export const WINDOW = 20
/** Older runs measured another machine image and another service; they are kept but not compared with. */
export const STALE_AFTER: Ms = 60 * 24 * 3_600_000

/** Recent runs, oldest first, at most WINDOW of them. */
export interface Baseline {
  /** How the report names the store, e.g. `file:.loadgate/baseline.json`. */
  readonly store: string
  readonly runs: readonly BaselineRun[]
  /** What was left out of it and why, one sentence each. */
  readonly notes?: readonly string[]
  /** Present when it was read as of a commit. */
  readonly asOf?: AsOf
}

/** The window as a commit's history has it: runs of this commit and of its ancestors alone. */
export interface AsOf {
  /** As it was asked for: a commit, or a branch for its last one. */
  readonly commit: string
  /** The stored run next to it, `distance` commits before it; undefined when no run of an ancestor is stored. */
  readonly nearest: { readonly commit: string; readonly distance: number; readonly startedAt: EpochMs } | undefined
  /** How many stored runs are of other commits. */
  readonly leftOut: number
}

export interface StoreOptions {
  /** Ends what the store does; it throws then. */
  readonly signal?: AbortSignal | undefined
}

export interface ReadOptions extends StoreOptions {
  /** A commit: only runs of its ancestors, and of itself, are read. */
  readonly asOf?: string | undefined
}

/**
 * A place that keeps the window of recent runs. A damaged or foreign content is refused and never overwritten. Each of the
 * three ends within minutes, whatever the place does.
 */
export interface BaselineStore {
  readonly name: string
  /** An empty window when nothing was ever stored; throws LoadgateError when what is there cannot be trusted. */
  read(options?: ReadOptions): Promise<Baseline>
  /** Throws LoadgateError when `append` could not write: asked before a load that is to be kept. */
  checkAppend(options?: StoreOptions): Promise<void>
  /** Compare-and-swap: concurrent appends are all kept. */
  append(run: BaselineRun, options?: StoreOptions): Promise<void>
}
