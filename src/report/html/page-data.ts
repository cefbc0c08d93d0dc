import type { Ms, PerSecond } from '../../units.ts'

/** What the page draws, as plain columns; everything that is text stands in the page itself. */
export interface PageData {
  /** Seconds of the measured window; undefined while there is none. */
  readonly measured?: number
  readonly course?: Course | undefined
  readonly load?: LoadCourse | undefined
  /** Beside a load of arrivals. */
  readonly users?: LoadCourse | undefined
  readonly distributions?: Distributions | undefined
}

/** Columns of one length; `null` where nothing ended. */
export interface Course {
  /** Seconds from the beginning of the measured window. */
  readonly at: readonly number[]
  readonly p50: readonly (Ms | null)[]
  readonly p95: readonly (Ms | null)[]
  readonly p99: readonly (Ms | null)[]
  readonly max: readonly (Ms | null)[]
  readonly succeeded: readonly (PerSecond | null)[]
  readonly failed: readonly (PerSecond | null)[]
}

/** Columns of one length; of the curve each corner, and `null` between those of what was achieved. */
export interface LoadCourse {
  /** Of arrivals, what there is per second. */
  readonly of: 'arrivals' | 'users'
  /** Seconds from the beginning of the measured window. */
  readonly at: readonly number[]
  /** Arrivals per second, or users. */
  readonly planned: readonly (number | null)[]
  /** Undefined in results that do not have it. */
  readonly achieved?: readonly (number | null)[] | undefined
}

export interface Distributions {
  /** 1 / (1 - p) of each percentile p that is read. */
  readonly at: readonly number[]
  /** In the order of the choices in the page, the whole run first. */
  readonly of: readonly Distribution[]
}

/** Response times at each percentile, as far as there are samples behind it. */
export interface Distribution {
  readonly head: readonly Ms[]
  readonly base?: readonly Ms[] | undefined
}

/** Whose figures they are: of the run, or of one of two versions that are loaded at once. */
export type LiveOf = 'run' | 'base' | 'head'

/** How a load stands at one moment, as the page is told of it. Figures are since the moment before. */
export interface LivePoint {
  readonly of: LiveOf
  /** Seconds since the page was first told of anything. */
  readonly at: number
  readonly p50: Ms | null
  readonly p95: Ms | null
  readonly p99: Ms | null
  readonly max: Ms | null
  /** Sent per second. */
  readonly rate: PerSecond
  /** Failed per second. */
  readonly failing: PerSecond
  /** Iterations under way. */
  readonly active: number
  /** Since the load began, which side by side each round does anew. */
  readonly elapsed: Ms
  readonly total: Ms
  readonly warmingUp: boolean
  readonly sent: number
  readonly failed: number
  readonly dropped: number
}
