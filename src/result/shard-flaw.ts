import { blockLength, type Cut, intervalLength, intervalsIn } from '../engine/interval.ts'
import { addedIterations } from '../engine/iteration-counts.ts'
import type { IterationCounts, ShardResult } from '../engine/shard-result.ts'
import { messageOf } from '../errors.ts'
import { countIn } from '../histogram.ts'
import { arrivalsOf } from '../plan/arrivals.ts'
import { segmentsUntil } from '../plan/curve.ts'
import { backgroundScenarios, firstOwn, type Group, groupsOf, judgedScenarios, takersIn } from '../plan/groups.ts'
import type { LoadPlan, PlannedScenario, Shard } from '../plan/plan.ts'
import type { Ms } from '../units.ts'
import { flawOfScript } from './script-flaw.ts'
import { firstOf, flawOfIntervals, flawOfStep } from './step-flaw.ts'

/** What is wrong with a shard's numbers, as a phrase for the report; undefined when they all add up. */
export function flawOf(
  result: ShardResult,
  plan: LoadPlan,
  { index, count }: Pick<Shard, 'index' | 'count'>,
): string | undefined {
  if (result.planHash !== plan.hash || result.index !== index || result.count !== count)
    return 'reports on another plan'
  if (plan.script) return flawOfScript(result)
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
      firstOf([...result.steps, ...beside], (step) =>
        flawOfStep(step, blocksOf(plan), { hasEvents: ofEvents.has(step.id) }),
      )
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

function blocksOf(plan: LoadPlan): Cut {
  return { measured: measuredIn(plan), length: blockLength(measuredIn(plan)) }
}

function measuredIn({ duration, measureFrom }: LoadPlan): Ms {
  return duration - measureFrom
}
