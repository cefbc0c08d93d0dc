import { blockLength, type Cut, intervalAt, intervalLength, isWithinWindow } from '../../src/engine/interval.ts'
import type { Cause, Intervals, ShardResult, StepCounts } from '../../src/engine/shard-result.ts'
import { Recorder } from '../../src/histogram.ts'
import type { LoadPlan } from '../../src/plan/plan.ts'
import { planLoad } from '../../src/plan/plan-load.ts'
import type { RunContext } from '../../src/result/merge-results.ts'
import { profile, request, scenario } from '../plan/profiles.ts'

/** Two scenarios, three request steps. */
export function planOf(model: 'open' | 'closed', level = 10, limit?: number): LoadPlan {
  return planLoad(
    profile({
      load: { model, warmUp: 1_000, shape: { kind: 'stages', stages: [{ from: level, to: level, over: 10_000 }] } },
      connections: { limit },
      scenarios: [
        scenario('buy', 1, request(['/list']), { kind: 'think', from: 1, to: 2 }, request(['/buy'])),
        scenario('look', 1, request(['/list'])),
      ],
    }),
    { data: {} },
  )
}

/** One finished request. */
export interface Sample {
  readonly step: number
  /** After the begin of the window, in which it ended. */
  readonly second: number
  readonly us: number
  readonly cause: Cause | undefined
}

/** What a worker would report that saw these samples, one per iteration. */
export function shardOf(plan: LoadPlan, index: number, count: number, samples: readonly Sample[]): ShardResult {
  const failed = samples.filter(({ cause }) => cause !== undefined).length
  return {
    index,
    count,
    planHash: plan.hash,
    startedAt: 1_700_000_000_000,
    complete: true,
    iterations: {
      planned: samples.length + 1,
      started: samples.length,
      dropped: 1,
      finished: samples.length - failed,
      failed,
      cut: 0,
    },
    warmUp: { sent: 3, succeeded: 2, failed: 1 },
    steps: [0, 1, 2].map((id) => countsOf(id, samples, plan)),
    intervals: intervalsOf(samples, cutOf(plan)),
    health: {
      lateness: textOf(samples.map(({ us }) => us / 100)),
      loopDelayP99: index,
      loopUtilisation: 0.1 * index,
      cpu: 0.5 - 0.1 * index,
      pauses: { count: index, total: 2 * index, longest: 4 - index },
      machine: { stolen: 0.1 * index, idle: 0.5 + 0.1 * index },
      link: index === 0 ? undefined : 0.1 * index,
      connections: { opened: 5, peak: 4, cap: 10, connect: textOf([200]), tls: textOf([]) },
      staleRetries: index,
    },
    active: Array.from(
      { length: Math.ceil(cutOf(plan).measured / cutOf(plan).length) },
      (_, n) => ((index + n) % 8) / 8,
    ),
    examples: [],
  }
}

function countsOf(id: number, all: readonly Sample[], plan: LoadPlan): StepCounts {
  const samples = all.filter(({ step }) => step === id)
  const succeeded = samples.filter(({ cause }) => cause === undefined)
  const failed = samples.filter(({ cause }) => cause !== undefined)
  const causes: Partial<Record<Cause, number>> = {}
  for (const { cause } of failed) causes[cause!] = (causes[cause!] ?? 0) + 1
  return {
    id,
    sent: samples.length,
    succeeded: succeeded.length,
    failed: failed.length,
    succeededInWindow: succeeded.filter(({ second }) => isWithinWindow(intervalOf(second, cutOf(plan)), cutOf(plan)))
      .length,
    causes,
    statuses: succeeded.length > 0 ? { 200: succeeded.length } : {},
    bytesReceived: samples.length * 100,
    bytesSent: samples.length,
    response: textOf(succeeded.map(({ us }) => us)),
    service: textOf(succeeded.map(({ us }) => us - 1)),
    firstByte: textOf(succeeded.map(({ us }) => us - 2)),
    failures: textOf(failed.map(({ us }) => us)),
    blocks: intervalsOf(samples, cutOf(plan, blockLength)),
  }
}

function intervalsOf(samples: readonly Sample[], cut: Cut): Intervals {
  const indexes = [...new Set(samples.map(({ second }) => intervalOf(second, cut)))].sort((a, b) => a - b)
  const records = indexes.map((index) => {
    const ended = samples.filter(({ second }) => intervalOf(second, cut) === index)
    const succeeded = ended.filter(({ cause }) => cause === undefined)
    return {
      index,
      succeeded: succeeded.length,
      failed: ended.length - succeeded.length,
      response: textOf(succeeded.map(({ us }) => us)),
    }
  })
  return { length: cut.length, records }
}

function intervalOf(second: number, cut: Cut): number {
  return intervalAt(second * 1000, cut)
}

function cutOf({ duration, measureFrom }: LoadPlan, lengthOf = intervalLength): Cut {
  const measured = duration - measureFrom
  return { measured, length: lengthOf(measured) }
}

export function textOf(values: readonly number[]): string {
  const recorder = new Recorder()
  for (const value of values) recorder.record(value)
  return recorder.drain()
}

export function contextOf(plan: LoadPlan, changes: Partial<RunContext> = {}): RunContext {
  return {
    id: 'run-1',
    plan,
    executor: 'inline',
    fingerprint: { plan: plan.hash, generator: '1', machine: { cpu: 'x', cores: 2, os: 'linux 6', node: '24' } },
    commit: 'a'.repeat(40),
    lost: [],
    ...changes,
  }
}
