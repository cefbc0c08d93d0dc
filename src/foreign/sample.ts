import type { Cause } from '../engine/shard-result.ts'
import type { Source, Untold } from '../result/result.ts'
import type { Bytes, EpochMs, Ms } from '../units.ts'

/** One finished request, as another generator wrote it down. */
export interface Sample {
  readonly scenario: string
  readonly step: string
  readonly end: EpochMs
  readonly elapsed: Ms
  /** Undefined of a success. */
  readonly cause: Cause | undefined
  /** Undefined where no answer came, or where it is not told. */
  readonly status: number | undefined
  readonly received: Bytes
  readonly sent: Bytes
  /** Under way at this moment; 0 where the file does not tell. */
  readonly users: number
  /** Of a request that is the sum of others in a row: how many of these. */
  readonly sumOf?: number
}

/** What stands in a file beside its requests. */
export interface Beside {
  /** Iterations that were due and for which there was no user. */
  readonly dropped: number
  readonly iterations: number | undefined
  /** At one time, at most; 0 where the file does not tell. */
  readonly users: number
  /** To which moments are written down. */
  readonly clock: Ms
}

export const NOTHING_BESIDE: Beside = { dropped: 0, iterations: undefined, users: 0, clock: 1 }

/** One pass over the pieces of a file. */
export interface PassOver {
  line(text: string, number: number): void
  /** Throws where the file cannot be whole. */
  end(): Beside
}

/** A format that holds every request. */
export interface SampleFormat {
  readonly kind: 'samples'
  readonly tool: Source['tool']
  readonly form: Source['form']
  readonly untold: readonly Untold[]
  /** To which times of answers are written down. */
  readonly grain: Ms
  readonly remarks: Source['remarks']
  readonly passOver: (file: string, take: (sample: Sample) => void) => PassOver
}
