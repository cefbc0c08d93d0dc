import { type Cut, isWithinWindow } from '../engine/interval.ts'
import type { EventCounts, Intervals, StepCounts } from '../engine/shard-result.ts'
import { countIn } from '../histogram.ts'
import { formatDuration } from '../units.ts'
import { isSeveral } from './added-events.ts'

/** Of one step by itself; `untimed` of a generator that does not tell when first bytes came. */
export function flawOfStep(
  step: StepCounts,
  cut: Cut,
  { untimed = false, hasEvents = false }: { readonly untimed?: boolean; readonly hasEvents?: boolean },
): string | undefined {
  const { sent, succeeded, failed, causes, response, service, firstByte, failures } = step
  const explained = Object.values(causes).reduce((sum, count) => sum + count, 0)
  if (sent !== succeeded + failed) return `reports ${succeeded + failed} outcomes of ${sent} requests`
  if (failed !== explained) return `reports ${explained} causes of ${failed} failures`
  for (const times of untimed ? [response, service] : [response, service, firstByte])
    if (countIn(times) !== succeeded) return `reports ${countIn(times)} times of ${succeeded} successes`
  if (countIn(failures) !== failed) return `reports ${countIn(failures)} times of ${failed} failures`
  if ((step.events !== undefined) !== hasEvents)
    return step.events ? 'reports events of a step that has none' : 'reports no events of a step that has some'
  if (step.events && !addsUp(step.events, succeeded)) return `reports events that do not add up to ${succeeded} streams`
  return flawOfIntervals(step.blocks, [step], cut)
}

function addsUp({ received, several, between, last }: EventCounts, streams: number): boolean {
  const gaps = received - streams
  const known = several !== undefined && isSeveral(several, { streams, gaps })
  return known && countIn(between) === gaps && countIn(last) === streams
}

/** Every measured request of the steps ended in some interval. */
export function flawOfIntervals(
  { length, records }: Intervals,
  steps: readonly StepCounts[],
  cut: Cut,
): string | undefined {
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

export function firstOf<T>(items: readonly T[], read: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = read(item)
    if (found !== undefined) return found
  }
  return undefined
}
