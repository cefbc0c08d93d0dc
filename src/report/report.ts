import type { Comparison } from '../compare/comparison.ts'
import type { KeptSharpness } from '../compare/sharpness.ts'
import type { Verdict } from '../compare/verdict.ts'
import type { Cost } from '../fargate/setup/cost.ts'
import type { TaskSize } from '../fargate/setup/sizes.ts'
import type { History } from '../history/history.ts'
import type { RunResult, StepResult } from '../result/result.ts'
import type { PolicyFacts } from '../trust/policy-facts.ts'
import type { Ms } from '../units.ts'

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
  /** Response times of what the run was compared with, step by step; undefined where it was compared with nothing. */
  readonly beside?: readonly StepTimes[] | undefined
}

/** Of one step of all runs or rounds together that the run was compared with. */
export type StepTimes = Pick<StepResult, 'scenario' | 'step' | 'response'>

/** Where and for what the run was made. */
export interface RunContext {
  readonly version: string
  /** Path of the profile as given. */
  readonly profilePath: string
  readonly commit: string | undefined
  /** The commit that was checked out with its files changed, so that `commit` is none. */
  readonly changedFrom?: string | undefined
  /** What was changed, in a line: title of the pull request, else of the commit; undefined where nothing says so. */
  readonly change?: string | undefined
  /** The run's address on GitHub; undefined on a laptop. */
  readonly url: string | undefined
  /** The command that repeats the run on a laptop. */
  readonly reproduce: string
  /** What became of the baseline, one sentence; undefined when nothing did. */
  readonly baselineNote: string | undefined
  /** What became of a service that ended while the load was running, one sentence; undefined when it did not. */
  readonly serviceEnd: string | undefined
  /** The last lines of a service that did not start, as it wrote them; undefined where there are none. */
  readonly lastOutput?: string | undefined
  /** Undefined where the load came from the machine that wrote this. */
  readonly fargate?: FargateFacts | undefined
}

/** Of a load that came from tasks of ECS. */
export interface FargateFacts {
  readonly runId: string
  readonly regions: readonly string[]
  readonly size: TaskSize
  /** How far the starts of two workers may have been apart, at most, by what is known of their clocks; beyond `stagger`. */
  readonly skew: Ms
  /** Each worker was to begin so much after the one before it; 0 in lock-step. */
  readonly stagger: Ms
  /** Undefined where ECS did not tell how long each task was there. */
  readonly cost: Cost | undefined
  /** ARNs of tasks that are not known to have stopped. */
  readonly left: readonly string[]
}
