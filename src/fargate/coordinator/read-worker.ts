// What workers have written, checked: it may be damaged, and it may be meant to harm.
import { gunzipSync } from 'node:zlib'
import type {
  EventCounts,
  HealthRecord,
  IterationCounts,
  ScriptFigures,
  ShardProgress,
  ShardResult,
  StepCounts,
} from '../../engine/shard-result.ts'
import { countIn } from '../../histogram.ts'
import type { Reader } from '../../reader.ts'
import {
  amount,
  count,
  counts,
  list,
  matching,
  oneOf,
  optional,
  record,
  text,
  truth,
  where,
  whole,
} from '../../reader.ts'
import {
  active,
  events,
  example,
  functionHealth,
  histogram,
  intervals,
  isCause,
  isStatus,
  messageCounts,
} from '../../result/result-file.ts'
import { iterationCounts } from '../../result/result-groups.ts'
import type { Bytes, Ms } from '../../units.ts'
import type { Claim, ClockOffset, Outcome, Progress } from '../protocol.ts'
import { runId } from '../read-json.ts'
import { END_KINDS, type End } from '../worker/ends.ts'

export const LARGEST_CLAIM: Bytes = 10_000
export const LARGEST_PROGRESS: Bytes = 500_000
/** As it comes, and unpacked: ten thousand steps with their histograms fit. */
export const LARGEST_OUTCOME: Bytes = 64_000_000
const LARGEST_UNPACKED: Bytes = 250_000_000

const hash = matching(/^[\w-]{1,64}$/, 'a hash')
const signed: Reader<Ms> = where(
  (value, place) => (typeof value === 'number' && Number.isFinite(value) ? value : amount(value, place)),
  (value) => Math.abs(value) < 1e12,
  'a difference of clocks',
)

const clock = where(record<ClockOffset>({ low: signed, high: signed }), ({ low, high }) => low <= high, 'an interval')

const claim = record<Claim>({
  kind: oneOf('loadgate-claim'),
  runId,
  index: count,
  generation: count,
  task: optional(text),
  planHash: hash,
  cores: amount,
  clock,
})

/** Throws what is wrong with it. */
export function readClaim(bytes: Buffer): Claim {
  return claim(JSON.parse(bytes.toString()), '')
}

const countable: Reader<string> = (value, place) => {
  const read = histogram(value, place)
  countIn(read)
  return read
}

const shardProgress = record<ShardProgress>({
  index: count,
  elapsed: amount,
  sent: count,
  succeeded: count,
  failed: count,
  dropped: count,
  active: count,
  recent: countable,
})

const progress = record<Progress>({
  kind: oneOf('loadgate-progress'),
  runId,
  generation: count,
  sequence: count,
  state: oneOf('waiting', 'sending', 'ended'),
  progress: optional(shardProgress),
})

/** Throws what is wrong with it. */
export function readProgress(bytes: Buffer): Progress {
  return progress(JSON.parse(bytes.toString()), '')
}

const step = record<StepCounts>({
  id: count,
  sent: count,
  succeeded: count,
  failed: count,
  succeededInWindow: count,
  causes: counts(isCause, 'causes of failure'),
  statuses: counts(isStatus, 'status codes'),
  bytesReceived: count,
  bytesSent: count,
  response: histogram,
  service: histogram,
  firstByte: histogram,
  failures: histogram,
  blocks: intervals,
  events: optional(events) as Reader<EventCounts>,
})

const health = record<HealthRecord>({
  lateness: histogram,
  loopDelayP99: amount,
  loopUtilisation: amount,
  cpu: amount,
  pauses: record({ count, total: amount, longest: amount }),
  machine: optional(record({ stolen: amount, idle: amount })),
  link: optional(amount),
  connections: record({ opened: count, peak: count, cap: count, connect: histogram, tls: histogram }),
  staleRetries: count,
  messages: optional(messageCounts),
  functions: optional(functionHealth),
})

const warmUp = record({ sent: count, succeeded: count, failed: count })
const steps = list(step, 10_000)

const label = where(text, (value) => value.length <= 400 && !value.includes('\n'), 'a label')
const script = record<ScriptFigures>({
  version: optional(matching(/^\d{1,9}(?:\.\d{1,9}){1,5}$/, 'a version')),
  measured: amount,
  names: list(record({ scenario: label, step: label }), 10_000),
  users: count,
  together: count,
  sums: count,
  problem: optional(text),
})

const shardResult = record<ShardResult>({
  index: count,
  count: whole,
  planHash: hash,
  startedAt: amount,
  complete: truth,
  iterations: iterationCounts,
  groups: optional(list(iterationCounts, 1_000)) as Reader<readonly IterationCounts[]>,
  background: optional(record({ warmUp, steps })) as Reader<NonNullable<ShardResult['background']>>,
  warmUp,
  steps,
  intervals,
  active,
  health,
  examples: list(example, 1_000),
  script: optional(script) as Reader<ScriptFigures>,
})

const outcome = record<Outcome>({
  kind: oneOf('loadgate-outcome'),
  runId,
  index: count,
  generation: count,
  clock,
  stopped: optional(record<End>({ kind: oneOf(...END_KINDS), words: text })),
  result: shardResult,
})

/** From gzipped JSON; throws what is wrong with it. The sums of its result are for `flawOf` to check. */
export function readOutcome(bytes: Buffer): Outcome {
  const unpacked = gunzipSync(bytes, { maxOutputLength: LARGEST_UNPACKED })
  return outcome(JSON.parse(unpacked.toString()), '')
}

/** `results/12.0.json.gz`: undefined when a key is not of this form. */
export function seatIn(key: string): { readonly index: number; readonly generation: number } | undefined {
  const [, index, generation] = /\/(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.json(?:\.gz)?$/.exec(key) ?? []
  return index === undefined || generation === undefined
    ? undefined
    : { index: Number(index), generation: Number(generation) }
}
