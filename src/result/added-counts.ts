import type { IntervalRecord, Intervals, ShardResult, StepCounts } from '../engine/shard-result.ts'
import { sumOf } from '../histogram.ts'
import type { PlannedScenario, PlannedStep } from '../plan/plan.ts'
import type { Ms } from '../units.ts'
import { addedEvents } from './added-events.ts'
import type { StepResult } from './result.ts'

/** The request steps of some scenarios. */
export function namesOf(
  scenarios: readonly PlannedScenario[],
): readonly Pick<StepResult, 'id' | 'scenario' | 'step'>[] {
  return scenarios.flatMap((scenario) =>
    scenario.steps.filter(isRequest).map(({ id, name }) => ({ id, scenario: scenario.name, step: name })),
  )
}

function isRequest(step: PlannedStep): step is PlannedStep & { kind: 'request' } {
  return step.kind === 'request'
}

export function addedWarmUps(parts: readonly ShardResult['warmUp'][]): ShardResult['warmUp'] {
  return {
    sent: sum(parts, ({ sent }) => sent),
    succeeded: sum(parts, ({ succeeded }) => succeeded),
    failed: sum(parts, ({ failed }) => failed),
  }
}

export function addedCounts(parts: readonly StepCounts[], blockLength: Ms): Omit<StepCounts, 'id'> {
  return {
    sent: sum(parts, ({ sent }) => sent),
    succeeded: sum(parts, ({ succeeded }) => succeeded),
    failed: sum(parts, ({ failed }) => failed),
    succeededInWindow: sum(parts, ({ succeededInWindow }) => succeededInWindow),
    causes: sumByKey(parts.map(({ causes }) => causes)),
    statuses: sumByKey(parts.map(({ statuses }) => statuses)),
    bytesReceived: sum(parts, ({ bytesReceived }) => bytesReceived),
    bytesSent: sum(parts, ({ bytesSent }) => bytesSent),
    response: sumOf(parts.map(({ response }) => response)),
    service: sumOf(parts.map(({ service }) => service)),
    firstByte: sumOf(parts.map(({ firstByte }) => firstByte)),
    failures: sumOf(parts.map(({ failures }) => failures)),
    blocks: addedIntervals(
      parts.map(({ blocks }) => blocks),
      blockLength,
    ),
    ...addedEvents(parts),
  }
}

export function addedIntervals(parts: readonly Intervals[], length: Ms): Intervals {
  const byIndex = new Map<number, IntervalRecord[]>()
  for (const record of parts.flatMap(({ records }) => records)) {
    const known = byIndex.get(record.index)
    if (known) known.push(record)
    else byIndex.set(record.index, [record])
  }
  const records = [...byIndex]
    .sort(([a], [b]) => a - b)
    .map(([index, same]) => ({
      index,
      succeeded: sum(same, ({ succeeded }) => succeeded),
      failed: sum(same, ({ failed }) => failed),
      response: sumOf(same.map(({ response }) => response)),
    }))
  return { length, records }
}

export function sum<T>(parts: readonly T[], read: (part: T) => number): number {
  return parts.reduce((total, part) => total + read(part), 0)
}

/** Keys in order, so that the same shards in another order give the same text. */
function sumByKey(parts: readonly Readonly<Partial<Record<string, number>>>[]): Record<string, number> {
  const keys = [...new Set(parts.flatMap((part) => Object.keys(part)))].sort()
  return Object.fromEntries(keys.map((key) => [key, sum(parts, (part) => part[key] ?? 0)]))
}
