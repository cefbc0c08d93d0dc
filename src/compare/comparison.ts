import type { AsOf } from '../baseline/baseline.ts'
import type { Budget, MetricName } from '../profile/profile.ts'
import type { Ms } from '../units.ts'

/** The facts of one run against its budgets and its baseline; no decision but each budget's own. */
export interface Comparison {
  readonly budgets: readonly BudgetRow[]
  /** Every step, and the whole run first, whether or not a budget reads it. */
  readonly scopes: readonly ScopeRow[]
  readonly baseline: BaselineFacts
  /** Empty when the evidence is sound. Anything here makes the verdict invalid. */
  readonly defects: readonly Defect[]
}

/** A value in its metric's unit: ms for percentiles, a share for errors, per second for throughput. */
export interface Estimate {
  readonly value: number
  /** One-sided 95 % bounds: the truth lies above `low` with 95 %, and below `high` with 95 %. */
  readonly low: number
  /** Undefined when too few samples bound it. */
  readonly high: number | undefined
}

export interface BudgetRow {
  readonly budget: Budget
  /** `all`, `scenario` or `scenario › step`, as shown. */
  readonly scope: string
  readonly metric: MetricName
  /** Undefined when there was no sample to measure it on. */
  readonly measured: Estimate | undefined
  /** In the metric's unit; undefined when it is relative and there is no comparable baseline. */
  readonly limit: number | undefined
  /**
   * What it is compared with: `runs` stored ones, those since their level last changed where it did, or, side by side, rounds
   * of the base.
   */
  readonly baseline:
    | { readonly value: number; readonly runs: number; readonly since?: NewLevel | undefined }
    | undefined
  /**
   * How many times the baseline's; undefined without a baseline or when it is 0. Estimated block by block where there are
   * blocks, so it need not be measured / baseline to the digit.
   */
  readonly change: Estimate | undefined
  /** The smallest change (as a ratio, e.g. 1.12) this comparison could have told from noise; undefined if absolute. */
  readonly resolution: number | undefined
  /** Shown to be better than the baseline, with the same care as "worse" is. Never gated. */
  readonly improved: boolean
  readonly judgement: Judgement
}

/** Where the level of stored runs changed. */
export interface NewLevel {
  /** Of the first run that has it. */
  readonly commit: string | undefined
  /** Means on either side, in the metric's unit. */
  readonly before: number
  readonly after: number
}

export type Judgement =
  | { readonly kind: 'holds' }
  | { readonly kind: 'exceeded'; readonly early?: Early }
  | Undecided
  | { readonly kind: 'no-baseline' }
  | { readonly kind: 'no-samples' }

/** A run that was ended since a budget marked "or abort" was broken for sure. */
export interface Early {
  /** Since the start of the run. */
  readonly after: Ms
  /** How long it was to last. */
  readonly of: Ms
  /** What was measured is of the last so many. */
  readonly window: Ms
}

export interface Undecided {
  readonly kind: 'undecided'
  readonly reason: string
  /** What would decide it. */
  readonly remedy: string
}

export interface ScopeRow {
  readonly scope: string
  /** It only kept the service busy, and is no part of the whole run. */
  readonly background?: true | undefined
  readonly requests: number
  readonly failed: number
  readonly p50: Ms | undefined
  readonly p95: Ms | undefined
  readonly p99: Ms | undefined
  /** Percentile of the time from the actual send; shown when it parts from the response time. */
  readonly serviceP95: Ms | undefined
  readonly errors: number
  readonly throughput: number
  /** The baseline's median of the same, where there is one. */
  readonly baseline:
    | { readonly p50: Ms; readonly p95: Ms; readonly p99: Ms; readonly errors: number; readonly throughput: number }
    | undefined
  readonly causes: readonly (readonly [cause: string, count: number])[]
  /** Of its streams of events; absent where it has none. */
  readonly events?: EventRow | undefined
}

/** Streams of events that were read as far as they were to be. */
export interface EventRow {
  readonly streams: number
  readonly received: number
  /** From each event to the next; undefined where no stream had two. */
  readonly between: Percentiles | undefined
  /** From the beginning to the last event; undefined where no stream was read so far. */
  readonly last: Percentiles | undefined
}

export interface Percentiles {
  readonly p50: Ms
  readonly p95: Ms
  readonly p99: Ms
}

/** What the run was compared with. */
export type BaselineFacts = StoredFacts | SideFacts

/** A window of stored runs. */
export interface StoredFacts {
  readonly kind: 'stored'
  /** Undefined with `baseline: none`. */
  readonly store: string | undefined
  /** Runs that may be compared with this one (same plan, generator and machine). */
  readonly comparable: number
  /** Whether they are of several processors, and their figures corrected by the speed of each. */
  readonly corrected: boolean
  /** Runs in the store that may not, with the reason in words. */
  readonly refused: readonly { readonly runs: number; readonly reason: string }[]
  readonly commits: readonly string[]
  /** Present where only runs of one history were read. */
  readonly asOf?: AsOf | undefined
  /** What was left out of the store when it was read, and why, one sentence each. */
  readonly notes?: readonly string[] | undefined
}

/** The base version, measured at the same time. */
export interface SideFacts {
  readonly kind: 'side-by-side'
  readonly rounds: number
  /** Of counted load on each version, all rounds together. */
  readonly measured: Ms
  /** Paired arrivals, or blocks in which the versions took turns. */
  readonly design: 'paired' | 'alternating'
  /** Whether each round had freshly started processes. */
  readonly freshProcesses: boolean
  /** Further rounds, in which the generator was not fit. */
  readonly leftOut: number
  /** Of the base version; undefined where it is not known. */
  readonly commit: string | undefined
}

/**
 * A flaw in the evidence itself. `code` is closed; `message` has the figures and can stand at the start of a sentence as it is,
 * names in it are quoted; `remedy` is what to do.
 */
export interface Defect {
  readonly code: DefectCode
  readonly message: string
  readonly remedy: string
}

export type DefectCode =
  | 'generator-late'
  | 'generator-busy'
  | 'generator-failed'
  | 'worker-lost'
  | 'counts-disagree'
  | 'step-missing'
  | 'no-samples'
  | 'target-unreached'
  | 'target-not-allowed'
  | 'baseline-damaged'
  | 'different-answers'
  | 'unequal-load'
  | 'service-ended'
  | 'guard-failed'
  | 'not-started'
  | 'cancelled'
