import { blockLength, type Cut, intervalLength, intervalsIn, isWithinWindow } from '../engine/interval.ts'
import { addedIterations } from '../engine/iteration-counts.ts'
import type { EventCounts, Intervals, IterationCounts, ShardResult, StepCounts } from '../engine/shard-result.ts'
import { messageOf } from '../errors.ts'
import { countIn } from '../histogram.ts'
import { arrivalsOf } from '../plan/arrivals.ts'
import { segmentsUntil } from '../plan/curve.ts'
import { backgroundScenarios, firstOwn, type Group, groupsOf, judgedScenarios, takersIn } from '../plan/groups.ts'
import type { LoadPlan, PlannedScenario, Shard } from '../plan/plan.ts'
import { formatDuration, type Ms } from '../units.ts'
import { isSeveral } from './added-events.ts'

/** What is wrong with a shard's numbers, as a phrase for the report; undefined when they all add up. */
export function flawOf(
  result: ShardResult,
  plan: LoadPlan,
  { index, count }: Pick<Shard, 'index' | 'count'>,
): string | undefined {
  if (result.planHash !== plan.hash || result.index !== index || result.count !== count)
    return 'reports on another plan'
  const beside = result.background?.steps ?? []
  if (idsOf(judgedScenarios(plan)) !== listed(result.steps) || idsOf(backgroundScenarios(plan)) !== listed(beside))
    return 'does not report on every step'
  const ofEvents = new Set(stepsOf(plan.scenarios).flatMap(({ id, events }) => (events ? [id] : [])))
  try {
    // Throws when one is damaged.
    const { lateness, connections } = result.health
    for (const text of [lateness, connections.connect, connections.tls]) countIn(text)
    return (
      flawOfGroups(result, plan) ??
      flawOfAll(result, plan) ??
      flawOfActive(result, plan) ??
      firstOf([...result.steps, ...beside], (step) => flawOfStep(step, plan, ofEvents))
    )
  } catch (error) {
    return messageOf(error)
  }
}

function idsOf(scenarios: readonly PlannedScenario[]): string {
  return listed(stepsOf(scenarios))
}

function stepsOf(scenarios: readonly PlannedScenario[]) {
  return scenarios.flatMap(({ steps }) => steps.flatMap((step) => (step.kind === 'request' ? [step] : [])))
}

function listed(steps: readonly { readonly id: number }[]): string {
  return steps.map(({ id }) => id).join()
}

/** Of each by itself, and that those which are measured add up. */
function flawOfGroups(result: ShardResult, plan: LoadPlan): string | undefined {
  const groups = groupsOf(plan)
  const counts = plan.groups ? result.groups : [result.iterations]
  if (counts?.length !== groups.length) return 'does not report on every group'
  const measured = addedIterations(counts.filter((_, at) => !groups[at]!.background))
  if (JSON.stringify(measured) !== JSON.stringify(addedIterations([result.iterations])))
    return 'reports groups that do not add up to its iterations'
  return firstOf([...groups.entries()], ([at, group]) => flawOfIterations(counts[at]!, result, group))
}

function flawOfIterations(
  { planned, started, dropped, finished, failed, cut }: IterationCounts,
  { complete, index, count }: ShardResult,
  group: Group,
): string | undefined {
  const parts = `${started} started and ${dropped} dropped of ${planned} iterations`
  if (planned !== started + dropped) return `reports ${parts}`
  if (started !== finished + failed + cut) return `reports ${finished + failed + cut} ends of ${started} iterations`
  if (complete && group.plan.model === 'open' && planned !== measuredArrivals(group, index, count))
    return `reports ${planned} of its ${measuredArrivals(group, index, count)} arrivals`
  return undefined
}

/** Arrivals of the measured window that are the shard's: every `count`-th of the group. */
function measuredArrivals(group: Group, index: number, count: number): number {
  const { plan } = group
  const warmUp = arrivalsOf(plan, segmentsUntil(plan.curve, plan.measureFrom))
  const begin = firstOwn(group, { index, count })
  const below = (n: number) => Math.max(0, Math.ceil((n - begin) / count))
  return below(arrivalsOf(plan)) - below(warmUp)
}

function flawOfStep(step: StepCounts, plan: LoadPlan, ofEvents: ReadonlySet<number>): string | undefined {
  const { sent, succeeded, failed, causes, response, service, firstByte, failures } = step
  const explained = Object.values(causes).reduce((sum, count) => sum + count, 0)
  if (sent !== succeeded + failed) return `reports ${succeeded + failed} outcomes of ${sent} requests`
  if (failed !== explained) return `reports ${explained} causes of ${failed} failures`
  for (const times of [response, service, firstByte])
    if (countIn(times) !== succeeded) return `reports ${countIn(times)} times of ${succeeded} successes`
  if (countIn(failures) !== failed) return `reports ${countIn(failures)} times of ${failed} failures`
  if ((step.events !== undefined) !== ofEvents.has(step.id))
    return step.events ? 'reports events of a step that has none' : 'reports no events of a step that has some'
  if (step.events && !addsUp(step.events, succeeded)) return `reports events that do not add up to ${succeeded} streams`
  return flawOfIntervals(step.blocks, [step], { measured: measuredIn(plan), length: blockLength(measuredIn(plan)) })
}

function addsUp({ received, several, between, last }: EventCounts, streams: number): boolean {
  const gaps = received - streams
  const known = several !== undefined && isSeveral(several, { streams, gaps })
  return known && countIn(between) === gaps && countIn(last) === streams
}

function flawOfAll({ steps, intervals }: ShardResult, plan: LoadPlan): string | undefined {
  return flawOfIntervals(intervals, steps, { measured: measuredIn(plan), length: intervalLength(measuredIn(plan)) })
}

/** What it is made of is gone; but a window has only so many intervals, and a closed load so many users. */
function flawOfActive({ active, index, count }: ShardResult, plan: LoadPlan): string | undefined {
  const intervals = intervalsIn({ measured: measuredIn(plan), length: intervalLength(measuredIn(plan)) })
  if (active.length !== intervals) return `reports what was under way in ${active.length} of ${intervals} intervals`
  const users = groupsOf(plan).reduce((sum, group) => sum + mostUsers(group, { index, count }), 0)
  const most = Math.max(...active)
  return most > users + 0.001 ? `reports ${most} of its ${users} users` : undefined
}

/** Of a shard, that are measured. */
function mostUsers(group: Group, shard: Pick<Shard, 'index' | 'count'>): number {
  if (group.plan.model === 'open') return Number.POSITIVE_INFINITY
  return group.background ? 0 : Math.max(0, Math.ceil((takersIn(group.plan) - firstOwn(group, shard)) / shard.count))
}

function measuredIn({ duration, measureFrom }: LoadPlan): Ms {
  return duration - measureFrom
}

/** Every measured request of the steps ended in some interval. */
function flawOfIntervals({ length, records }: Intervals, steps: readonly StepCounts[], cut: Cut): string | undefined {
  if (length !== cut.length) return `reports intervals of ${formatDuration(length)}`
  if (records.some(({ response, succeeded }) => countIn(response) !== succeeded))
    return 'reports intervals that do not add up'
  const inWindow = records.filter(({ index }) => isWithinWindow(index, cut))
  const agree =
    total(steps, 'succeeded') === total(records, 'succeeded') &&
    total(steps, 'failed') === total(records, 'failed') &&
    total(steps, 'succeededInWindow') === total(inWindow, 'succeeded')
  return agree ? undefined : 'reports intervals that do not add up to its steps'
}

function total<K extends string>(parts: readonly Readonly<Record<K, number>>[], key: K): number {
  return parts.reduce((sum, part) => sum + part[key], 0)
}

function firstOf<T>(items: readonly T[], read: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = read(item)
    if (found !== undefined) return found
  }
  return undefined
}
