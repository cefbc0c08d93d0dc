import { isWithinWindow } from '../engine/interval.ts'
import type {
  Cause,
  EventCounts,
  FailureExample,
  FunctionHealth,
  IntervalRecord,
  Intervals,
  MessageCounts,
} from '../engine/shard-result.ts'
import { LoadgateError, messageOf } from '../errors.ts'
import { countIn, Histogram, type HistogramText } from '../histogram.ts'
import {
  amount,
  count,
  counts,
  described,
  type JsonSchema,
  list,
  Misread,
  matching,
  oneOf,
  optional,
  type Reader,
  record,
  text,
  truth,
  where,
  whole,
} from '../reader.ts'
import { isSeveral } from './added-events.ts'
import {
  type Background,
  type Fingerprint,
  FORMS,
  type Machine,
  type PartPercentiles,
  type Percentile,
  type RunResult,
  type Source,
  type StepResult,
  TOOLS,
  type WorkerFigures,
} from './result.ts'
import { checkGroups, curve, groups, iterations } from './result-groups.ts'

const SCHEMA = 1

/** The result file: JSON, one line, and a line end. */
export function writeResult(result: RunResult): string {
  return `${JSON.stringify(result)}\n`
}

/**
 * The result that a file holds. Anybody may have written the file, so every number is checked and so are all sums;
 * LoadgateError `usage` for a file of a later version, `infrastructure` for a damaged one.
 */
export function readResult(text: string): RunResult {
  return resultOf(parsed(text))
}

/** The same of a value that JSON.parse gave. */
export function resultOf(value: unknown): RunResult {
  checkSchema(value)
  return checked(() => {
    const result = wholeResult(value, '')
    checkSums(result)
    checkIntervals(result.intervals, result.steps, { ...result, place: 'intervals' })
    return result
  })
}

/** The same without its intervals, as a baseline keeps it, from a value that JSON.parse gave. */
export function readResultSummary(value: unknown): Omit<RunResult, 'intervals'> {
  checkSchema(value)
  return checked(() => {
    const summary = resultSummary(value, '')
    checkSums(summary)
    return summary
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw damaged('it is not JSON', cause)
  }
}

function checkSchema(value: unknown): void {
  const { kind, schema } = (value ?? {}) as { kind?: unknown; schema?: unknown }
  if (kind !== 'loadgate-result') throw damaged('it is of another kind')
  if (typeof schema === 'number' && schema > SCHEMA)
    throw new LoadgateError('usage', `The result has schema ${schema}; this version reads ${SCHEMA}`, {
      hint: 'Use the version of Loadgate that wrote it, or a later one.',
    })
}

function checked<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof Misread) throw damaged(messageOf(error), error)
    throw error
  }
}

function damaged(why: string, cause?: unknown): LoadgateError {
  return new LoadgateError('infrastructure', `A result is damaged: ${why}`, {
    hint: 'It should be a file that `loadgate run --json` wrote, unchanged.',
    cause,
  })
}

// A table so that the compiler finds the forgotten one.
const CAUSES: Readonly<Record<Cause, true>> = {
  'connection-refused': true,
  'connection-reset': true,
  'connection-closed': true,
  'connect-timeout': true,
  'unresolved-host': true,
  unreachable: true,
  'address-not-allowed': true,
  tls: true,
  'no-http2': true,
  timeout: true,
  'malformed-answer': true,
  'headers-too-large': true,
  'body-too-large': true,
  'unexpected-status': true,
  'unexpected-answer': true,
  'graphql-errors': true,
  'no-event-stream': true,
  'event-too-large': true,
  'events-stalled': true,
  'events-ended': true,
  'missing-capture': true,
  'too-many-redirects': true,
  'foreign-redirect': true,
  'conversation-closed': true,
  'message-too-large': true,
  'invalid-request': true,
  'function-failed': true,
  generator: true,
  cancelled: true,
  unknown: true,
}

export const isCause = (key: string) => Object.hasOwn(CAUSES, key)
export const isStatus = (key: string) => /^[1-9][0-9]{2}$/.test(key)

/** Checked as a histogram where it is counted. */
export const histogram: Reader<HistogramText> = described({ type: 'string', pattern: '^h1:' }, (value, place) => {
  if (typeof value !== 'string') throw new Misread(place, 'a histogram')
  return value
})

// A window has at most 600 of a second or a minute, and the last answer comes at most two timeouts of ten minutes after it.
const MOST_INTERVALS = 10_000

export const intervals = record<Intervals>({
  length: where(amount, (length) => length > 0, 'a length'),
  records: list(
    record<IntervalRecord>({ index: count, succeeded: count, failed: count, response: histogram }),
    MOST_INTERVALS,
  ),
})

export const active = list(amount, MOST_INTERVALS)

const sentAndEnded = { sent: count, succeeded: count, failed: count }

export const events = record<EventCounts>({
  received: count,
  several: optional(count),
  between: histogram,
  last: histogram,
})

const step = record<StepResult>({
  id: count,
  scenario: text,
  step: text,
  ...sentAndEnded,
  succeededInWindow: count,
  causes: counts(isCause, 'causes of failure'),
  statuses: counts(isStatus, 'status codes'),
  bytesReceived: count,
  bytesSent: count,
  response: histogram,
  service: histogram,
  firstByte: optional(histogram),
  failures: histogram,
  blocks: optional(intervals),
  events: optional(events),
})

const worker = record<WorkerFigures>({
  number: where(count, (number) => number >= 1, 'a number from 1 on'),
  sent: count,
  failed: count,
  p95: optional(amount),
  latenessP99: optional(amount),
  loopDelayP99: amount,
  loopUtilisation: amount,
  cpu: amount,
  longestPause: amount,
  startedAfter: amount,
})

export const example = record<FailureExample>({
  step: count,
  cause: oneOf(...(Object.keys(CAUSES) as Cause[])),
  at: amount,
  took: amount,
  status: optional(where(count, (status) => status >= 100 && status <= 999, 'a status code')),
  bytes: count,
  detail: optional(where(text, (detail) => detail.length <= 200, 'a text of at most 200 characters')),
})

const positiveTime = where(amount, (time) => time > 0, 'a time')

export const machine = record<Machine>({ cpu: text, cores: count, os: text, node: text })

export const fingerprint = record<Fingerprint>({
  plan: matching(/^[0-9a-f]{64}$/, 'a SHA-256'),
  generator: text,
  machine,
})

const source = record<Source>({
  tool: oneOf(...TOOLS),
  form: oneOf(...FORMS),
  remarks: list(oneOf('without-connecting', 'to-the-first-byte', 'rounded'), 10),
  untold: list(oneOf('intended-start', 'distribution', 'course', 'times-of-failures', 'begin'), 10),
  grain: amount,
  users: optional(count),
  together: count,
  sums: count,
  ran: optional(record({ version: matching(/^\d{1,9}(?:\.\d{1,9}){1,5}$/, 'a version'), script: text })),
})

const percentile = record<Percentile>({
  percent: where(amount, (percent) => percent > 0 && percent <= 100, 'a percentile'),
  us: amount,
  error: amount,
})

const partPercentiles = record<PartPercentiles>({ steps: list(count, 10_000), count, points: list(percentile, 10_000) })

export const messageCounts = record<MessageCounts>({ sent: count, received: count, passedOver: count })

export const functionHealth = record<FunctionHealth>({ calls: count, total: amount, longest: amount, share: amount })
const warmUp = where(record(sentAndEnded), addsUp, 'a sum of its parts')
const steps = list(where(step, addsUp, 'a sum of its parts'), 10_000)

const summaryFields = {
  kind: oneOf('loadgate-result'),
  schema: oneOf(SCHEMA),
  id: matching(/^[\w-]{1,100}$/, 'an id'),
  startedAt: amount,
  profile: text,
  fingerprint,
  commit: optional(matching(/^[0-9a-f]{40,64}$/, 'a commit')),
  calibration: optional(record({ before: positiveTime, after: positiveTime })),
  plan: record({
    model: oneOf('open', 'closed', 'mixed'),
    target: text,
    measured: amount,
    warmUp: amount,
    seed: whole,
    executor: text,
    curve: optional(curve),
  }),
  shards: where(
    record({ expected: count, reported: count, lost: list(text, 10_000) }),
    // A worker that ended early is named among the lost, and has reported as well.
    ({ expected, reported, lost }) => expected >= 1 && reported <= expected && lost.length >= expected - reported,
    'an account of reported and lost workers',
  ),
  complete: truth,
  iterations,
  groups: optional(groups),
  background: optional(record<Background>({ warmUp, steps })),
  warmUp,
  steps,
  health: record({
    lateness: histogram,
    loopDelayP99: amount,
    loopUtilisation: amount,
    cpu: amount,
    pauses: optional(record({ count, total: amount, longest: amount })),
    machine: optional(record({ stolen: amount, idle: amount })),
    link: optional(amount),
    connections: record({
      opened: count,
      peak: count,
      cap: count,
      connect: optional(histogram),
      tls: optional(histogram),
      short: optional(truth),
    }),
    staleRetries: count,
    messages: optional(messageCounts),
    functions: optional(functionHealth),
  }),
  active: optional(active),
  workers: optional(list(worker, 10_000)),
  examples: optional(list(example, 1_000)),
  source: optional(source),
  percentiles: optional(list(partPercentiles, 20_001)),
}

const resultSummary = record<Omit<RunResult, 'intervals'>>(summaryFields)
const wholeResult = record<RunResult>({ ...summaryFields, intervals })

/** What a result is, as far as JSON Schema can say it: the sums are checked by the reader alone. */
export const RESULT_SCHEMA: JsonSchema = wholeResult.schema ?? {}

function addsUp({ sent, succeeded, failed }: { sent: number; succeeded: number; failed: number }): boolean {
  return sent === succeeded + failed
}

function checkSums(result: Omit<RunResult, 'intervals'>): void {
  const { steps, health, shards, complete, workers, background } = result
  const { connect, tls } = health.connections
  checkGroups(result)
  for (const text of [health.lateness, connect, tls]) if (text !== undefined) countIn(text)
  if (complete && shards.lost.length > 0) throw new Misread('complete', 'true of a run with lost workers')
  for (const count of ['sent', 'failed'] as const)
    if (workers && total(workers.map((one) => one[count])) !== total(steps.map((one) => one[count])))
      throw new Misread(`workers.${count}`, 'the sum of the steps')
  checkSteps(steps, 'steps', result)
  checkSteps(background?.steps ?? [], 'background.steps', result)
}

function checkSteps(steps: readonly StepResult[], of: string, result: Pick<RunResult, 'plan' | 'percentiles'>): void {
  for (const [index, step] of steps.entries()) {
    const place = `${of}[${index}]`
    if (index > 0 && step.id <= steps[index - 1]!.id) throw new Misread(`${place}.id`, 'behind the one before it')
    if (total(Object.values(step.causes)) !== step.failed) throw new Misread(`${place}.causes`, 'the sum of failures')
    if (total(Object.values(step.statuses)) > step.sent) throw new Misread(`${place}.statuses`, 'at most what was sent')
    if (step.succeededInWindow > step.succeeded)
      throw new Misread(`${place}.succeededInWindow`, 'a part of the successes')
    checkCount(step.response, timed(step.succeeded, result), `${place}.response`)
    checkCount(step.service, timed(step.succeeded, result), `${place}.service`)
    if (step.firstByte !== undefined) checkCount(step.firstByte, step.succeeded, `${place}.firstByte`)
    checkCount(step.failures, timed(step.failed, result), `${place}.failures`)
    if (step.events) checkEvents(step.events, step, `${place}.events`)
    if (step.blocks) checkIntervals(step.blocks, [step], { ...result, place: `${place}.blocks` })
  }
}

/** Each stream has a first event, and from each event to its next there is a time. */
function checkEvents(
  { received, several, between, last }: EventCounts,
  { succeeded }: Pick<StepResult, 'succeeded'>,
  place: string,
): void {
  if (received < succeeded) throw new Misread(`${place}.received`, 'one for each success, at least')
  if (several !== undefined && !isSeveral(several, { streams: succeeded, gaps: received - succeeded }))
    throw new Misread(`${place}.several`, 'a number of streams of at least two events')
  checkCount(between, received - succeeded, `${place}.between`)
  checkCount(last, succeeded, `${place}.last`)
}

/** Every request of a step ended in some interval, so the two are the same samples in two orders. */
function checkIntervals(
  { length, records }: Intervals,
  steps: readonly StepResult[],
  { plan: { measured }, percentiles, place }: Pick<RunResult, 'plan' | 'percentiles'> & { readonly place: string },
): void {
  if (!(measured / length <= MOST_INTERVALS)) throw new Misread(`${place}.length`, 'a part of the window')
  for (const [at, { index, succeeded, response }] of records.entries()) {
    const here = `${place}.records[${at}]`
    if (at > 0 && index <= records[at - 1]!.index) throw new Misread(`${here}.index`, 'behind the one before it')
    checkCount(response, timed(succeeded, { percentiles }), `${here}.response`)
  }
  const inWindow = records.filter(({ index }) => isWithinWindow(index, { measured, length }))
  if (total(steps.map((step) => step.succeededInWindow)) !== total(inWindow.map(({ succeeded }) => succeeded)))
    throw new Misread(place, 'the sum of the steps within the window')
  const failed = (parts: readonly { failed: number }[]) => total(parts.map((part) => part.failed))
  const responses = (parts: readonly { response: HistogramText }[]) =>
    Histogram.of(...parts.map(({ response }) => response)).toText()
  if (failed(steps) !== failed(records) || responses(steps) !== responses(records))
    throw new Misread(place, 'the sum of the steps')
}

/** How many of these a histogram holds: none where no more than percentiles are known. */
export function timed(count: number, { percentiles }: Pick<RunResult, 'percentiles'>): number {
  return percentiles === undefined ? count : 0
}

function checkCount(text: HistogramText, expected: number, place: string): void {
  const found = countIn(text)
  if (found !== expected) throw new Misread(place, `a histogram of ${expected} samples but of ${found}`)
}

function total(numbers: readonly (number | undefined)[]): number {
  return numbers.reduce<number>((sum, number) => sum + (number ?? 0), 0)
}
