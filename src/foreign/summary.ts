import type { Cause } from '../engine/shard-result.ts'
import type { Percentile, Source, Untold } from '../result/result.ts'
import type { Bytes, EpochMs, Ms, Us } from '../units.ts'

/** What a file says of a whole run where it does not hold every request. */
export interface Summary {
  readonly tool: Source['tool']
  readonly form: Source['form']
  readonly untold: readonly Untold[]
  readonly remarks: Source['remarks']
  readonly users: number | undefined
  /** Undefined where the file does not tell. */
  readonly startedAt: EpochMs | undefined
  /** '' where the file does not tell. */
  readonly target: string
  readonly measured: Ms
  readonly dropped: number
  readonly iterations: number | undefined
  readonly parts: readonly SummaryPart[]
  /** Of all parts together; undefined where there is one part only. */
  readonly whole: KnownTimes | undefined
  readonly course: Course | undefined
}

export interface SummaryPart extends KnownTimes {
  readonly scenario: string
  readonly step: string
  readonly sent: number
  /** Of those that failed. */
  readonly causes: Readonly<Partial<Record<Cause, number>>>
  readonly statuses: Readonly<Record<string, number>>
  readonly received: Bytes
  readonly bytesSent: Bytes
}

export interface KnownTimes {
  /** Requests that the percentiles are of. */
  readonly count: number
  readonly points: readonly Percentile[]
}

/** Requests by the interval in which they ended, of all parts together. */
export interface Course {
  readonly length: Ms
  readonly records: readonly { readonly index: number; readonly succeeded: number; readonly failed: number }[]
}

/** What is beside the file, such as another file of the same run. */
export interface Neighbours {
  /** The lines of the file whose name ends in `to` instead of in `from`; undefined where there is none. */
  readonly rowsOf: (from: string, to: string) => Promise<readonly Row[] | undefined>
}

export interface Row {
  readonly fields: readonly string[]
  readonly line: number
}

/** A format that is read whole. */
export interface SummaryFormat {
  readonly kind: 'summary'
  readonly read: (file: string, text: string, neighbours: Neighbours) => Summary | Promise<Summary>
}

/** Percentiles in milliseconds by their percents, where the file has them; each may be off by `error`. */
export function pointsOf(
  values: readonly (readonly [percent: number, ms: number | undefined])[],
  error: (ms: Ms) => Ms = () => 0,
): readonly Percentile[] {
  const known = values.flatMap(([percent, ms]) => (ms === undefined ? [] : [[percent, ms] as const]))
  return known
    .sort(([a], [b]) => a - b)
    .map(([percent, ms]): Percentile => ({ percent, us: usOf(ms), error: usOf(error(ms)) }))
}

function usOf(ms: Ms): Us {
  return Math.round(ms * 1_000)
}
