import type { RunResult } from '../result.ts'

/** A run as a store keeps it: everything but the seconds. */
export type BaselineRun = Omit<RunResult, 'seconds'>

/** Recent runs, oldest first, at most WINDOW of them. */
export interface Baseline {
  /** How the report names the store, e.g. `file:.loadgate/baseline.json`. */
  readonly store: string
  readonly runs: readonly BaselineRun[]
}

/** A place that keeps the window of recent runs. A damaged or foreign content is refused and never overwritten. */
export interface BaselineStore {
  readonly name: string
  /** An empty window when nothing was ever stored; throws LoadgateError when what is there cannot be trusted. */
  read(): Promise<Baseline>
  /** Compare-and-swap: concurrent appends are all kept. */
  append(run: BaselineRun): Promise<void>
}
