import { intervalLength } from '../engine/interval.ts'
import type { HealthRecord, IntervalRecord, Intervals, ShardResult, StepCounts } from '../engine/shard-result.ts'
import { Histogram, type HistogramText } from '../histogram.ts'
import { peakLevel } from '../plan/curve.ts'
import type { LoadPlan, PlannedStep } from '../plan/plan.ts'
import { MOST_CONNECTIONS } from '../profile/scalars.ts'
import type { Fingerprint, GeneratorHealth, RunResult, StepResult } from './result.ts'
import { flawOf } from './shard-flaw.ts'

/** What a result says of a run beyond what its workers measured. */
export interface RunContext {
  readonly id: string
  readonly plan: LoadPlan
  /** Of the executor. */
  readonly executor: string
  readonly fingerprint: Fingerprint
  readonly commit: string | undefined
  /** What became of the workers that were lost, one sentence each. */
  readonly lost: readonly string[]
}

/**
 * The sum of all shards, `undefined` for those whose worker was lost, in the order of their indexes. Counts and
 * histograms are added up, so the result is exact and the same for any number of shards. A shard whose own numbers do
 * not add up is evidence of nothing and counts as lost.
 */
export function mergeResults(shards: readonly (ShardResult | undefined)[], context: RunContext): RunResult {
  const flaws = shards.map((shard, index) => shard && flawOf(shard, context.plan, { index, count: shards.length }))
  const sound = shards.filter((shard, index): shard is ShardResult => shard !== undefined && flaws[index] === undefined)
  const lost = [
    ...shards.filter((shard) => shard === undefined).map((_, at) => context.lost[at] ?? 'A worker gave no result'),
    ...flaws.flatMap((flaw, index) => (flaw ? [`Worker ${index + 1} of ${shards.length}: ${flaw}`] : [])),
  ]
  return {
    kind: 'loadgate-result',
    schema: 1,
    id: context.id,
    startedAt: sound.length === 0 ? 0 : Math.min(...sound.map(({ startedAt }) => startedAt)),
    profile: context.plan.name,
    fingerprint: context.fingerprint,
    commit: context.commit,
    plan: {
      model: context.plan.model,
      target: context.plan.target,
      measured: context.plan.duration - context.plan.measureFrom,
      warmUp: context.plan.measureFrom,
      seed: context.plan.seed,
      executor: context.executor,
    },
    shards: { expected: shards.length, reported: sound.length, lost },
    complete: lost.length === 0 && sound.every(({ complete }) => complete),
    iterations: {
      planned: sum(sound, ({ iterations }) => iterations.planned),
      started: sum(sound, ({ iterations }) => iterations.started),
      dropped: sum(sound, ({ iterations }) => iterations.dropped),
      finished: sum(sound, ({ iterations }) => iterations.finished),
      failed: sum(sound, ({ iterations }) => iterations.failed),
      cut: sum(sound, ({ iterations }) => iterations.cut),
    },
    warmUp: {
      sent: sum(sound, ({ warmUp }) => warmUp.sent),
      succeeded: sum(sound, ({ warmUp }) => warmUp.succeeded),
      failed: sum(sound, ({ warmUp }) => warmUp.failed),
    },
    steps: mergeSteps(sound, context.plan),
    intervals: mergeIntervals(sound, context.plan),
    health: mergeHealth(sound, context.plan),
  }
}

function mergeSteps(shards: readonly ShardResult[], plan: LoadPlan): readonly StepResult[] {
  return plan.scenarios.flatMap((scenario) =>
    scenario.steps.filter(isRequest).map(({ id, name }) => ({
      id,
      scenario: scenario.name,
      step: name,
      ...mergeCounts(shards.map(({ steps }) => steps.find((step) => step.id === id)!)),
    })),
  )
}

function isRequest(step: PlannedStep): step is PlannedStep & { kind: 'request' } {
  return step.kind === 'request'
}

function mergeCounts(parts: readonly StepCounts[]): Omit<StepCounts, 'id'> {
  return {
    sent: sum(parts, ({ sent }) => sent),
    succeeded: sum(parts, ({ succeeded }) => succeeded),
    failed: sum(parts, ({ failed }) => failed),
    succeededInWindow: sum(parts, ({ succeededInWindow }) => succeededInWindow),
    causes: sumByKey(parts.map(({ causes }) => causes)),
    statuses: sumByKey(parts.map(({ statuses }) => statuses)),
    bytesReceived: sum(parts, ({ bytesReceived }) => bytesReceived),
    bytesSent: sum(parts, ({ bytesSent }) => bytesSent),
    response: merged(parts.map(({ response }) => response)),
    service: merged(parts.map(({ service }) => service)),
    firstByte: merged(parts.map(({ firstByte }) => firstByte)),
    failures: merged(parts.map(({ failures }) => failures)),
  }
}

/** One after the other, so that never more than one of their histograms is open. */
function mergeIntervals(shards: readonly ShardResult[], plan: LoadPlan): Intervals {
  const byIndex = new Map<number, IntervalRecord[]>()
  for (const record of shards.flatMap(({ intervals }) => intervals.records)) {
    const known = byIndex.get(record.index)
    if (known) known.push(record)
    else byIndex.set(record.index, [record])
  }
  const records = [...byIndex]
    .sort(([a], [b]) => a - b)
    .map(([index, parts]) => ({
      index,
      succeeded: sum(parts, ({ succeeded }) => succeeded),
      failed: sum(parts, ({ failed }) => failed),
      response: merged(parts.map(({ response }) => response)),
    }))
  return { length: intervalLength(plan.duration - plan.measureFrom), records }
}

function mergeHealth(shards: readonly ShardResult[], plan: LoadPlan): GeneratorHealth {
  const parts = shards.map(({ health }) => health)
  return {
    lateness: merged(parts.map(({ lateness }) => lateness)),
    loopDelayP99: worst(parts, ({ loopDelayP99 }) => loopDelayP99),
    loopUtilisation: worst(parts, ({ loopUtilisation }) => loopUtilisation),
    cpu: worst(parts, ({ cpu }) => cpu),
    pauses: {
      count: sum(parts, ({ pauses }) => pauses.count),
      total: sum(parts, ({ pauses }) => pauses.total),
      longest: worst(parts, ({ pauses }) => pauses.longest),
    },
    machine: mergeMachines(parts.flatMap(({ machine }) => machine ?? [])),
    link: parts.some(({ link }) => link !== undefined) ? worst(parts, ({ link }) => link ?? 0) : undefined,
    connections: {
      opened: sum(parts, ({ connections }) => connections.opened),
      peak: sum(parts, ({ connections }) => connections.peak),
      cap: sum(parts, ({ connections }) => connections.cap),
      connect: merged(parts.map(({ connections }) => connections.connect)),
      tls: merged(parts.map(({ connections }) => connections.tls)),
      short: hasMoreUsers(plan) && parts.some(({ connections: { peak, cap } }) => peak >= cap),
    },
    staleRetries: sum(parts, ({ staleRetries }) => staleRetries),
  }
}

/** Than a machine has ports for. Fewer connections than that are a choice of the profile, and no want of the generator. */
function hasMoreUsers({ model, curve, connections: { limit } }: LoadPlan): boolean {
  return model === 'closed' && limit === MOST_CONNECTIONS && peakLevel(curve) > limit
}

/** The workers of one machine see the same; of several, the worst counts. */
function mergeMachines(parts: readonly NonNullable<HealthRecord['machine']>[]): GeneratorHealth['machine'] {
  if (parts.length === 0) return undefined
  return { stolen: worst(parts, ({ stolen }) => stolen), idle: Math.min(...parts.map(({ idle }) => idle)) }
}

function merged(texts: readonly HistogramText[]): HistogramText {
  return Histogram.of(...texts).toText()
}

function sum<T>(parts: readonly T[], read: (part: T) => number): number {
  return parts.reduce((total, part) => total + read(part), 0)
}

function worst<T>(parts: readonly T[], read: (part: T) => number): number {
  return parts.reduce((highest, part) => Math.max(highest, read(part)), 0)
}

/** Keys in order, so that the same shards in another order give the same text. */
function sumByKey(parts: readonly Readonly<Partial<Record<string, number>>>[]): Record<string, number> {
  const keys = [...new Set(parts.flatMap((part) => Object.keys(part)))].sort()
  return Object.fromEntries(keys.map((key) => [key, sum(parts, (part) => part[key] ?? 0)]))
}
