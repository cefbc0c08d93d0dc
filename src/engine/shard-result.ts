import type { HistogramText } from '../histogram.ts'
import type { Bytes, EpochMs, Ms, Share } from '../units.ts'

/** Everything one worker measured. Counts are exact; histograms are of microseconds. */
export interface ShardResult {
  readonly index: number
  readonly count: number
  /** Of the plan that was run. */
  readonly planHash: string
  readonly startedAt: EpochMs
  /** False when the run was stopped before its plan was spent. */
  readonly complete: boolean
  readonly iterations: IterationCounts
  /** Of each group in the order of the plan; absent where it has one only. `iterations` is the sum of those not in the background. */
  readonly groups?: readonly IterationCounts[]
  /** What was sent in the background, and is in no other figure but the health's; absent where nothing was. */
  readonly background?: Pick<ShardResult, 'warmUp' | 'steps'>
  /** Requests due before the measured window. */
  readonly warmUp: { readonly sent: number; readonly succeeded: number; readonly failed: number }
  /** Without the background's. By step id, in plan order; measured requests only. */
  readonly steps: readonly StepCounts[]
  /** Of all steps together. Of each, as `intervalLength` has it. */
  readonly intervals: Intervals
  /** Iterations under way, warm-up's included: the mean of each interval of the window, by its number. */
  readonly active: readonly number[]
  readonly health: HealthRecord
  /** The first failure of each cause in each step, up to a hundred. */
  readonly examples: readonly FailureExample[]
  /** Of a worker that ran another generator's script; absent elsewhere. */
  readonly script?: ScriptFigures | undefined
}

/** What is known of a script beyond its counts. What no other generator tells, such as its health, stands as nothing there. */
export interface ScriptFigures {
  /** Of the generator, as it says itself; undefined where there is none. */
  readonly version: string | undefined
  /** From its first request until all had ended. All times count from that request, and blocks are as long as intervals. */
  readonly measured: Ms
  /** Of the steps, by their ids: before the run nobody knows them. */
  readonly names: readonly { readonly scenario: string; readonly step: string }[]
  /** At one time, at most. */
  readonly users: number
  /** Rarer labels that are counted together as one step. */
  readonly together: number
  /** Transactions that were left out, since the requests that they are sums of are counted. */
  readonly sums: number
  /** Why this is no evidence of a whole run; undefined where it is. Text from outside. */
  readonly problem: string | undefined
}

/** One failed request. */
export interface FailureExample {
  /** The step's id. */
  readonly step: number
  readonly cause: Cause
  /** When it ended, from the beginning of the measured window. */
  readonly at: Ms
  /** Response time. */
  readonly took: Ms
  /** Undefined where no whole answer came. */
  readonly status: number | undefined
  /** Of the answer's body, as on the wire. */
  readonly bytes: Bytes
  /** What was not as it should be, in one line of at most 200 characters; it may quote what the target sent. */
  readonly detail: string | undefined
}

/**
 * Measured iterations (those due in the measured window).
 * planned = started + dropped; started = finished + failed + cut.
 */
export interface IterationCounts {
  readonly planned: number
  readonly started: number
  /** Never sent: no connection came free within the timeout. The target's failure. */
  readonly dropped: number
  readonly finished: number
  /** Ended by a failed request: a user does not go on from an error page. */
  readonly failed: number
  /** Ended between two steps by the end of the run. */
  readonly cut: number
}

/** sent = succeeded + failed, and failed is the sum of `causes`. */
export interface StepCounts {
  readonly id: number
  readonly sent: number
  readonly succeeded: number
  readonly failed: number
  /** Of the successes, those that ended within the measured window. */
  readonly succeededInWindow: number
  readonly causes: Readonly<Partial<Record<Cause, number>>>
  /** Answers by status code, successes and failures alike. */
  readonly statuses: Readonly<Record<string, number>>
  /** Body bytes as on the wire. */
  readonly bytesReceived: Bytes
  readonly bytesSent: Bytes
  /** Successes, from the intended start less the generator's own lateness: what a user would feel. Budgets read this. */
  readonly response: HistogramText
  /** Successes, from the actual send: what the service took. */
  readonly service: HistogramText
  /** Of the service time, what went by until the first byte came. */
  readonly firstByte: HistogramText
  /** As the response time, failures only. */
  readonly failures: HistogramText
  /** The step's requests once more, by when they ended: what tells its noise within the run. Of each, as `blockLength` has it. */
  readonly blocks: Intervals
  /** Of a step whose answers are streams of events, all of whose times above end with the first event; absent elsewhere. */
  readonly events?: EventCounts
}

/** Streams that were read as far as they were to be: the successes of a step. */
export interface EventCounts {
  /** Events of all of them. */
  readonly received: number
  /** Those of at least two events; undefined in results of earlier versions. */
  readonly several?: number | undefined
  /** From each event of a stream to its next. */
  readonly between: HistogramText
  /** As the response time, and on to the last event. */
  readonly last: HistogramText
}

/** Measured requests once more, by when they ended. */
export interface Intervals {
  readonly length: Ms
  /** Those in which at least one measured request ended, in order. */
  readonly records: readonly IntervalRecord[]
}

/**
 * What ended within one interval. Number 0 begins where the measured window begins. One that the
 * window does not fill is cut short by its end, and the next one begins there.
 */
export interface IntervalRecord {
  readonly index: number
  readonly succeeded: number
  readonly failed: number
  /** As that of the steps. */
  readonly response: HistogramText
}

/** Why a request failed. Every failure has exactly one. */
export type Cause =
  | 'connection-refused'
  | 'connection-reset'
  | 'connection-closed'
  | 'connect-timeout'
  | 'unresolved-host'
  | 'unreachable'
  /** It was not connected to. */
  | 'address-not-allowed'
  | 'tls'
  | 'no-http2'
  | 'timeout'
  | 'malformed-answer'
  | 'headers-too-large'
  | 'body-too-large'
  | 'unexpected-status'
  | 'unexpected-answer'
  | 'graphql-errors'
  | 'no-event-stream'
  | 'event-too-large'
  | 'events-stalled'
  | 'events-ended'
  | 'missing-capture'
  | 'too-many-redirects'
  | 'foreign-redirect'
  /** The target closed it, by the rules of the WebSocket. */
  | 'conversation-closed'
  | 'message-too-large'
  | 'invalid-request'
  | 'function-failed'
  | 'generator'
  | 'cancelled'
  /** Of another generator's run, whose file does not say why. */
  | 'unknown'

/** The generator's own fitness, measured in every run. */
export interface HealthRecord {
  /** From due until sent, or until the wait for a connection: of the first request of an arrival or a user, or after a pause. */
  readonly lateness: HistogramText
  /** 99th percentile of what the event loop made wait whatever came due at any moment. */
  readonly loopDelayP99: Ms
  readonly loopUtilisation: Share
  /** CPU time of this worker's thread (or process) over elapsed time: 1 is a whole core. */
  readonly cpu: Share
  /** Those of this thread's garbage collection. */
  readonly pauses: { readonly count: number; readonly total: Ms; readonly longest: Ms }
  /** Of the CPU time of all cores; undefined where the system does not tell: Linux does. */
  readonly machine: { readonly stolen: Share; readonly idle: Share } | undefined
  /** How full the machine's network link was, by whatever it carried; undefined where its speed is not known. */
  readonly link: Share | undefined
  readonly connections: {
    readonly opened: number
    readonly peak: number
    readonly cap: number
    /** What opening one took: TCP, the name's resolution included; and then TLS. In microseconds. */
    readonly connect: HistogramText
    readonly tls: HistogramText
  }
  /** Requests sent again on a fresh connection since the server had closed the kept one. Not failures. */
  readonly staleRetries: number
  /** Of conversations; undefined where there are none. */
  readonly messages?: MessageCounts | undefined
  /** Of the profile's own functions; undefined where it calls none. */
  readonly functions?: FunctionHealth | undefined
}

/** Of a whole run, its warm-up and its background included. */
export interface MessageCounts {
  readonly sent: number
  readonly received: number
  /** Of those received, what nobody waited for. */
  readonly passedOver: number
}

/** What calling functions took, in real time. */
export interface FunctionHealth {
  readonly calls: number
  readonly total: Ms
  readonly longest: Ms
  /** Of the worker's time. */
  readonly share: Share
}

/** What a worker says of itself about once a second while it runs. */
export interface ShardProgress {
  readonly index: number
  readonly elapsed: Ms
  /** Requests since the start, warm-up included. */
  readonly sent: number
  readonly succeeded: number
  readonly failed: number
  readonly dropped: number
  /** Iterations under way, in the background as well; of all else it says nothing. */
  readonly active: number
  /** Response times of the successes since the last report. */
  readonly recent: HistogramText
}
