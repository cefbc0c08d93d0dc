import { toThousandths } from '../engine/active-over-time.ts'
import { blockLength, intervalLength, intervalsIn } from '../engine/interval.ts'
import { addedIterations } from '../engine/iteration-counts.ts'
import type { HealthRecord, ShardResult, StepCounts } from '../engine/shard-result.ts'
import { sumOf } from '../histogram.ts'
import { demandOf } from '../plan/demand.ts'
import { judgedScenarios } from '../plan/groups.ts'
import type { LoadPlan } from '../plan/plan.ts'
import { MOST_CONNECTIONS } from '../profile/scalars.ts'
import { addedCounts, addedIntervals, addedWarmUps, namesOf, sum } from './added-counts.ts'
import { mergedFunctions } from './function-health.ts'
import { addedGroups, type GroupsPart, groupResults, groupsPart, loadSummary } from './merge-groups.ts'
import { addedMessages } from './message-counts.ts'
import type { Fingerprint, RunResult, StepResult } from './result.ts'
import { flawOf } from './shard-flaw.ts'
import { ByWorker } from './worker-figures.ts'

/** What a result says of a run beyond what its workers measured. */
export interface RunContext {
  readonly id: string
  readonly plan: LoadPlan
  /** Of the executor. */
  readonly executor: string
  readonly fingerprint: Fingerprint
  readonly commit: string | undefined
  readonly calibration?: RunResult['calibration']
  /** What became of the workers that were lost, one sentence each. */
  readonly lost: readonly string[]
  /** Of workers that ended before their plan was spent without being told to, one sentence each; their shards are summed. */
  readonly early?: readonly string[] | undefined
}

/** All shards of a plan, in the order of their indexes; `undefined` for those whose worker was lost. */
export type Shards = Iterable<ShardResult | undefined> & { readonly length: number }

/**
 * The sum of all shards. Counts and histograms are added up, so the result is exact and the same for any number of shards.
 * Shards are added and forgotten as they come, so that a hundred workers take no more memory than ten. A shard whose own
 * numbers do not add up is evidence of nothing and counts as lost.
 */
export function mergeResults(shards: Shards, context: RunContext): RunResult {
  const { plan, executor, lost: reasons, early = [] } = context
  const silent: string[] = []
  const flawed: string[] = []
  const byWorker = new ByWorker()
  let parts = [nothing(plan)]
  let index = 0
  for (const shard of shards) {
    const flaw = shard && flawOf(shard, plan, { index, count: shards.length })
    index++
    if (shard === undefined) silent.push(reasons[silent.length] ?? 'A worker gave no result')
    else if (flaw !== undefined) flawed.push(`Worker ${index} of ${shards.length}: ${flaw}`)
    else {
      parts.push(partOf(shard, plan))
      byWorker.add(shard)
    }
    if (parts.length === AT_ONCE) parts = [added(parts, plan)]
  }
  const { groups, ...sum } = added(parts, plan)
  const missing = [...silent, ...flawed]
  const lost = [...missing, ...early]
  const { model, curve } = loadSummary(plan)
  return {
    kind: 'loadgate-result',
    schema: 1,
    id: context.id,
    profile: plan.name,
    fingerprint: context.fingerprint,
    commit: context.commit,
    calibration: context.calibration,
    plan: {
      model,
      target: plan.target,
      measured: plan.duration - plan.measureFrom,
      warmUp: plan.measureFrom,
      seed: plan.seed,
      executor,
      curve,
    },
    shards: { expected: shards.length, reported: shards.length - missing.length, lost },
    ...sum,
    ...groupResults(plan, groups),
    ...byWorker.result(),
    startedAt: Number.isFinite(sum.startedAt) ? sum.startedAt : 0,
    complete: lost.length === 0 && sum.complete,
  }
}

/** Each addition reads and writes the sum so far; it pays to wait for some shards. */
const AT_ONCE = 10

/** One shard, or the sum of several. */
interface Part extends Pick<RunResult, 'startedAt' | 'complete' | 'iterations' | 'warmUp' | 'intervals'> {
  readonly active: readonly number[]
  readonly steps: readonly (StepCounts & Pick<StepResult, 'scenario' | 'step'>)[]
  readonly health: HealthRecord & { readonly connections: HealthRecord['connections'] & { readonly short: boolean } }
  readonly groups: GroupsPart
}

function partOf(shard: ShardResult, plan: LoadPlan): Part {
  const { startedAt, complete, iterations, warmUp, steps, intervals, active, health } = shard
  const { connections } = health
  const short = hasMoreUsers(plan) && connections.peak >= connections.cap
  return {
    ...{ startedAt, complete, iterations, warmUp, intervals, active },
    groups: groupsPart(shard, plan),
    steps: namesOf(judgedScenarios(plan)).map((names) => ({ ...steps.find(({ id }) => id === names.id)!, ...names })),
    health: { ...health, connections: { ...connections, short } },
  }
}

/** What adds nothing to a sum. */
function nothing(plan: LoadPlan): Part {
  const measured = plan.duration - plan.measureFrom
  return {
    startedAt: Number.POSITIVE_INFINITY,
    complete: true,
    iterations: addedIterations([]),
    warmUp: addedWarmUps([]),
    groups: addedGroups([], plan),
    steps: namesOf(judgedScenarios(plan)).map((names) => ({ ...addedCounts([], blockLength(measured)), ...names })),
    intervals: { length: intervalLength(measured), records: [] },
    active: Array.from({ length: intervalsIn({ measured, length: intervalLength(measured) }) }, () => 0),
    health: addedHealth([]),
  }
}

function added(parts: readonly Part[], plan: LoadPlan): Part {
  return {
    startedAt: Math.min(...parts.map(({ startedAt }) => startedAt)),
    complete: parts.every(({ complete }) => complete),
    iterations: addedIterations(parts.map(({ iterations }) => iterations)),
    warmUp: addedWarmUps(parts.map(({ warmUp }) => warmUp)),
    groups: addedGroups(
      parts.map(({ groups }) => groups),
      plan,
    ),
    steps: namesOf(judgedScenarios(plan)).map((names, at) => {
      const same = parts.map(({ steps }) => steps[at]!)
      return { ...names, ...addedCounts(same, same[0]!.blocks.length) }
    }),
    intervals: addedIntervals(
      parts.map(({ intervals }) => intervals),
      parts[0]!.intervals.length,
    ),
    active: addedActive(parts.map(({ active }) => active)),
    health: addedHealth(parts.map(({ health }) => health)),
  }
}

function addedActive(parts: readonly (readonly number[])[]): readonly number[] {
  return parts[0]!.map((_, index) => toThousandths(sum(parts, (part) => part[index]!)))
}

function addedHealth(parts: readonly Part['health'][]): Part['health'] {
  return {
    lateness: sumOf(parts.map(({ lateness }) => lateness)),
    loopDelayP99: worst(parts, ({ loopDelayP99 }) => loopDelayP99),
    loopUtilisation: worst(parts, ({ loopUtilisation }) => loopUtilisation),
    cpu: worst(parts, ({ cpu }) => cpu),
    pauses: {
      count: sum(parts, ({ pauses }) => pauses.count),
      total: sum(parts, ({ pauses }) => pauses.total),
      longest: worst(parts, ({ pauses }) => pauses.longest),
    },
    machine: worstMachine(parts.flatMap(({ machine }) => machine ?? [])),
    link: parts.some(({ link }) => link !== undefined) ? worst(parts, ({ link }) => link ?? 0) : undefined,
    connections: {
      opened: sum(parts, ({ connections }) => connections.opened),
      peak: sum(parts, ({ connections }) => connections.peak),
      cap: sum(parts, ({ connections }) => connections.cap),
      connect: sumOf(parts.map(({ connections }) => connections.connect)),
      tls: sumOf(parts.map(({ connections }) => connections.tls)),
      short: parts.some(({ connections }) => connections.short),
    },
    staleRetries: sum(parts, ({ staleRetries }) => staleRetries),
    ...addedMessages(parts),
    ...mergedFunctions(parts),
  }
}

/** Than a machine has ports for. Fewer connections than that are a choice of the profile, and no want of the generator. */
function hasMoreUsers(plan: LoadPlan): boolean {
  const { limit } = plan.connections
  return limit === MOST_CONNECTIONS && demandOf(plan).users > limit
}

/** The workers of one machine see the same; of several, the worst counts. */
function worstMachine(parts: readonly NonNullable<HealthRecord['machine']>[]): HealthRecord['machine'] {
  if (parts.length === 0) return undefined
  return { stolen: worst(parts, ({ stolen }) => stolen), idle: Math.min(...parts.map(({ idle }) => idle)) }
}

function worst<T>(parts: readonly T[], read: (part: T) => number): number {
  return parts.reduce((highest, part) => Math.max(highest, read(part)), 0)
}
