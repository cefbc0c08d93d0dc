import type { Comparison } from '../compare/comparison.ts'
import type { KeptSharpness } from '../compare/sharpness.ts'
import type { Verdict } from '../compare/verdict.ts'
import type { History } from '../history/history.ts'
import type { RunResult } from '../result/result.ts'
import type { PolicyFacts } from '../trust/policy-facts.ts'

/** Everything a reader may be shown, as data; renderers ask nothing else, not even the time. */
export interface Report {
  readonly verdict: Verdict
  readonly comparison: Comparison
  readonly result: RunResult
  readonly run: RunContext
  /** How the profile lies to that of the base; undefined outside a pull request. */
  readonly policy?: PolicyFacts | undefined
  /** Of the stored runs; undefined where none are used. */
  readonly history?: History | undefined
  /** Of this gate, as it was found earlier; undefined where it was not, or where the comparison is of another kind. */
  readonly sharpness?: KeptSharpness | undefined
}

/** Where and for what the run was made. */
export interface RunContext {
  readonly version: string
  /** Path of the profile as given. */
  readonly profilePath: string
  readonly commit: string | undefined
  /** The run's address on GitHub; undefined on a laptop. */
  readonly url: string | undefined
  /** The command that repeats the run on a laptop. */
  readonly reproduce: string
  /** What became of the baseline, one sentence; undefined when nothing did. */
  readonly baselineNote: string | undefined
  /** What became of a service that ended while the load was running, one sentence; undefined when it did not. */
  readonly serviceEnd: string | undefined
}
