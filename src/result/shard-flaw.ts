import { blockLength, type Cut, intervalLength, intervalsIn, isWithinWindow } from '../engine/interval.ts'
import type { Intervals, ShardResult, StepCounts } from '../engine/shard-result.ts'
import { messageOf } from '../errors.ts'
import { countIn } from '../histogram.ts'
import { arrivalsOf } from '../plan/arrivals.ts'
import { peakLevel } from '../plan/curve.ts'
import type { LoadPlan, Shard } from '../plan/plan.ts'
import { formatDuration, type Ms } from '../units.ts'

/** What is wrong with a shard's numbers, as a phrase for the report; undefined when they all add up. */
export function flawOf(
  result: ShardResult,
  plan: LoadPlan,
  { index, count }: Pick<Shard, 'index' | 'count'>,
): string | undefined {
  if (result.planHash !== plan.hash || result.index !== index || result.count !== count)
    return 'reports on another plan'
  const ids = plan.scenarios.flatMap(({ steps }) => steps.flatMap((step) => (step.kind === 'request' ? [step.id] : [])))
  if (ids.join() !== result.steps.map(({ id }) => id).join()) return 'does not report on every step'
  try {
    // Throws when one is damaged.
    const { lateness, connections } = result.health
    for (const text of [lateness, connections.connect, connections.tls]) countIn(text)
    return (
      flawOfIterations(result, plan) ??
      flawOfAll(result, plan) ??
      flawOfActive(result, plan) ??
      firstOf(result.steps, (step) => flawOfStep(step, plan))
    )
  } catch (error) {
    return messageOf(error)
  }
}

function flawOfIterations({ iterations, complete, index, count }: ShardResult, plan: LoadPlan): string | undefined {
  const { planned, started, dropped, finished, failed, cut } = iterations
  const parts = `${started} started and ${dropped} dropped of ${planned} iterations`
  if (planned !== started + dropped) return `reports ${parts}`
  if (started !== finished + failed + cut) return `reports ${finished + failed + cut} ends of ${started} iterations`
  if (complete && plan.model === 'open' && planned !== measuredArrivals(plan, index, count))
    return `reports ${planned} of its ${measuredArrivals(plan, index, count)} arrivals`
  return undefined
}

/** Arrivals of the measured window that are the shard's: the n with n mod count = index. */
function measuredArrivals(plan: LoadPlan, index: number, count: number): number {
  const warmUp = plan.measureFrom > 0 ? arrivalsOf(plan, 1) : 0
  const below = (n: number) => Math.max(0, Math.ceil((n - index) / count))
  return below(arrivalsOf(plan)) - below(warmUp)
}

function flawOfStep(step: StepCounts, plan: LoadPlan): string | undefined {
  const { sent, succeeded, failed, causes, response, service, firstByte, failures } = step
  const explained = Object.values(causes).reduce((sum, count) => sum + count, 0)
  if (sent !== succeeded + failed) return `reports ${succeeded + failed} outcomes of ${sent} requests`
  if (failed !== explained) return `reports ${explained} causes of ${failed} failures`
  for (const times of [response, service, firstByte])
    if (countIn(times) !== succeeded) return `reports ${countIn(times)} times of ${succeeded} successes`
  if (countIn(failures) !== failed) return `reports ${countIn(failures)} times of ${failed} failures`
  return flawOfIntervals(step.blocks, [step], { measured: measuredIn(plan), length: blockLength(measuredIn(plan)) })
}

function flawOfAll({ steps, intervals }: ShardResult, plan: LoadPlan): string | undefined {
  return flawOfIntervals(intervals, steps, { measured: measuredIn(plan), length: intervalLength(measuredIn(plan)) })
}

/** What it is made of is gone; but a window has only so many intervals, and a closed load so many users. */
function flawOfActive({ active, index, count }: ShardResult, plan: LoadPlan): string | undefined {
  const intervals = intervalsIn({ measured: measuredIn(plan), length: intervalLength(measuredIn(plan)) })
  if (active.length !== intervals) return `reports what was under way in ${active.length} of ${intervals} intervals`
  const users = plan.model === 'closed' ? Math.ceil((Math.ceil(peakLevel(plan.curve)) - index) / count) : Infinity
  const most = Math.max(...active)
  return most > users + 0.001 ? `reports ${most} of its ${users} users` : undefined
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
