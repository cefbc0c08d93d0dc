import type { FailureExample, HealthRecord, Intervals, IterationCounts, StepCounts } from '../engine/shard-result.ts'
import type { HistogramText } from '../histogram.ts'
import type { Segment } from '../plan/plan.ts'
import type { EpochMs, Ms, Share, Us } from '../units.ts'

/** The merged result of all shards; also the result file (`--json`), readable on another machine and by later versions. */
export interface RunResult {
  readonly kind: 'loadgate-result'
  readonly schema: 1
  /** Random, unique per run. */
  readonly id: string
  /** The moment the workers shared; 0 when none reported. */
  readonly startedAt: EpochMs
  readonly profile: string
  readonly fingerprint: Fingerprint
  /** Undefined outside a git checkout. */
  readonly commit: string | undefined
  /** Undefined where it was not measured: it is only for comparing runs of different processors. */
  readonly calibration?: Calibration | undefined
  readonly plan: PlanSummary
  /**
   * expected = reported, unless a worker was lost. `lost` names those that did not report, and those that did and had ended
   * before their plan was spent without being told to.
   */
  readonly shards: { readonly expected: number; readonly reported: number; readonly lost: readonly string[] }
  /** False when the run was cancelled before its plan was spent. */
  readonly complete: boolean
  readonly iterations: IterationCounts
  /** Undefined where the plan has one load only. `iterations` is the sum of those not in the background. */
  readonly groups?: readonly GroupResult[] | undefined
  /** What only kept the service busy, and is in none of the other figures; undefined where nothing did. */
  readonly background?: Background | undefined
  readonly warmUp: { readonly sent: number; readonly succeeded: number; readonly failed: number }
  readonly steps: readonly StepResult[]
  readonly intervals: Intervals
  /** Iterations under way (of a closed load, users): the mean of each interval; undefined as `workers`. */
  readonly active?: readonly number[] | undefined
  readonly health: GeneratorHealth
  /** Those that reported, in order; undefined in results of versions that did not keep them, and in a stored baseline. */
  readonly workers?: readonly WorkerFigures[] | undefined
  /** A failure of each cause in each step, where there was one; undefined as `workers`. */
  readonly examples?: readonly FailureExample[] | undefined
  /** Where another generator sent the load; undefined in Loadgate's own runs. `health` then says nothing. */
  readonly source?: Source | undefined
  /** All that is known of the response times where no histogram is: every histogram is empty then. */
  readonly percentiles?: readonly PartPercentiles[] | undefined
}

/** A run of another generator, as far as its file tells. */
export interface Source {
  readonly tool: (typeof TOOLS)[number]
  readonly form: (typeof FORMS)[number]
  readonly untold: readonly Untold[]
  readonly remarks: readonly Remark[]
  /** A time may be off by so much, as it was written down. */
  readonly grain: Ms
  /** At one time, at most; undefined where the file does not tell. */
  readonly users: number | undefined
  /** Rarer labels that are counted together as one step. */
  readonly together: number
  /** Transactions that were left out, since the requests that they are sums of are counted. */
  readonly sums: number
  /** Where Loadgate ran it itself, by a script; undefined of a file that was brought. */
  readonly ran?: { readonly version: string; readonly script: string } | undefined
}

/** As their makers write them. */
export const TOOLS = ['Artillery', 'JMeter', 'k6', 'Locust', 'vegeta', 'wrk', 'wrk2'] as const

/** What was read of them. */
export const FORMS = [
  'JTL as CSV',
  'JTL as XML',
  'CSV of samples',
  'JSON of samples',
  'summary as JSON',
  'report as JSON',
  'statistics as CSV',
  'text',
] as const

export type Remark =
  /** Times begin once there is a connection. */
  | 'without-connecting'
  /** Times end with the first byte. */
  | 'to-the-first-byte'
  /** Percentiles are of times that were rounded before. */
  | 'rounded'

/** What a file does not tell, beside the generator's own fitness, of which none does. */
export type Untold =
  /** When requests were due: a slow service delays the next ones, and their waiting is not in the times. */
  | 'intended-start'
  /** All but a few percentiles. */
  | 'distribution'
  /** How the run went over time. */
  | 'course'
  /** Which of the times are of requests that failed. */
  | 'times-of-failures'
  /** When it was: taken from the date of the file. */
  | 'begin'

/** What is known of the response times of some steps together. */
export interface PartPercentiles {
  /** By their ids, ascending. */
  readonly steps: readonly number[]
  /** Requests that are in it: successes, and failures where they are not told apart. */
  readonly count: number
  readonly points: readonly Percentile[]
}

export interface Percentile {
  /** Above 0; 100 is the slowest request. */
  readonly percent: number
  readonly us: Us
  /** It may be off by so much, as it was written down. */
  readonly error: Us
}

/** What must agree before two runs are compared; only the processor may differ, and is then corrected for. */
export interface Fingerprint {
  /** LoadPlan.hash. */
  readonly plan: string
  /** Major version of Loadgate's engine; measurements of different majors are not compared. */
  readonly generator: string
  readonly machine: Machine
}

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly os: string
  /** Major version of Node. */
  readonly node: string
}

/** How long a fixed piece of work took on the generator's processor, before and after the load. */
export interface Calibration {
  readonly before: Ms
  readonly after: Ms
}

export interface PlanSummary {
  /** Of all that is measured for the figures of the run; `mixed` where arrivals and users are. */
  readonly model: 'open' | 'closed' | 'mixed'
  readonly target: string
  /** Length of the measured window. */
  readonly measured: Ms
  readonly warmUp: Ms
  readonly seed: number
  readonly executor: string
  /**
   * Of the measured window, in arrivals per second or users, of all loads together that are measured; undefined in results of
   * versions that did not keep it, and of mixed ones.
   */
  readonly curve?: readonly Segment[] | undefined
}

/** One of several loads. */
export interface GroupResult {
  /** Those that it chooses from. */
  readonly scenarios: readonly string[]
  readonly model: 'open' | 'closed'
  readonly background: boolean
  /** Of the measured window, in arrivals per second or users. */
  readonly curve: readonly Segment[]
  readonly iterations: IterationCounts
}

export interface Background {
  readonly warmUp: RunResult['warmUp']
  readonly steps: readonly StepResult[]
}

/** One worker, by its own account. */
export interface WorkerFigures {
  /** From 1. */
  readonly number: number
  readonly sent: number
  readonly failed: number
  /** Of the successes' response times; undefined without any. */
  readonly p95: Ms | undefined
  /** Undefined when nothing was due. */
  readonly latenessP99: Ms | undefined
  readonly loopDelayP99: Ms
  readonly loopUtilisation: Share
  readonly cpu: Share
  /** Of garbage collection. */
  readonly longestPause: Ms
  /** How long after the first of the workers it began, by the clocks as they were corrected. */
  readonly startedAfter: Ms
}

export interface StepResult extends Omit<StepCounts, 'firstByte' | 'blocks' | 'events'> {
  readonly scenario: string
  readonly step: string
  /** Undefined in results of versions that did not measure it. */
  readonly firstByte: StepCounts['firstByte'] | undefined
  /** Undefined in results of versions that did not keep them, and in a stored baseline. */
  readonly blocks: StepCounts['blocks'] | undefined
  /** Undefined where the answers are no streams of events. */
  readonly events?: StepCounts['events'] | undefined
}

/** The generator over all shards: sums where they add up, the worst shard where they do not. */
export interface GeneratorHealth {
  readonly lateness: HistogramText
  readonly loopDelayP99: Ms
  readonly loopUtilisation: Share
  readonly cpu: Share
  /** Of garbage collection; undefined in results of versions that did not measure it. */
  readonly pauses: HealthRecord['pauses'] | undefined
  /** The most that was stolen of a machine and the least that was idle; undefined where no system told. */
  readonly machine: HealthRecord['machine']
  /** The fullest; undefined where no link's speed is known. */
  readonly link: Share | undefined
  readonly connections: Pick<HealthRecord['connections'], 'opened' | 'peak' | 'cap'> & {
    /** Undefined in results of versions that did not measure them. */
    readonly connect: HistogramText | undefined
    readonly tls: HistogramText | undefined
    /** Whether some worker had all of its own in use, and more users than these; undefined in results of earlier versions. */
    readonly short: boolean | undefined
  }
  readonly staleRetries: number
  /** Undefined where there are no conversations. */
  readonly messages?: HealthRecord['messages']
  /** Share and longest are the worst worker's; undefined where the profile calls no functions of its own. */
  readonly functions?: HealthRecord['functions']
}
