import type { Cause, SecondRecord, ShardResult, StepCounts } from '../../src/engine/shard-result.ts'
import { Recorder } from '../../src/histogram.ts'
import type { LoadPlan } from '../../src/plan/plan.ts'
import { planLoad } from '../../src/plan/plan-load.ts'
import type { RunContext } from '../../src/result/merge-results.ts'
import { profile, request, scenario } from '../plan/profiles.ts'

/** Two scenarios, three request steps. */
export function planOf(model: 'open' | 'closed', level = 10): LoadPlan {
  return planLoad(
    profile({
      load: { model, warmUp: 1_000, shape: { kind: 'stages', stages: [{ from: level, to: level, over: 10_000 }] } },
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
    steps: [0, 1, 2].map((id) => countsOf(id, samples)),
    seconds: [...new Set(samples.map(({ second }) => second))].sort((a, b) => a - b).map((at) => secondOf(at, samples)),
    health: {
      lateness: textOf(samples.map(({ us }) => us / 100)),
      loopDelayP99: index,
      loopUtilisation: 0.1 * index,
      cpu: 0.5 - 0.1 * index,
      connections: { opened: 5, peak: 4, cap: 10 },
      staleRetries: index,
    },
  }
}

function countsOf(id: number, all: readonly Sample[]): StepCounts {
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
    causes,
    statuses: succeeded.length > 0 ? { 200: succeeded.length } : {},
    bytesReceived: samples.length * 100,
    bytesSent: samples.length,
    service: textOf(succeeded.map(({ us }) => us - 1)),
    failures: textOf(failed.map(({ us }) => us)),
  }
}

function secondOf(second: number, all: readonly Sample[]): SecondRecord {
  const samples = all.filter((sample) => sample.second === second)
  const steps = [...new Set(samples.map(({ step }) => step))].sort().map((id) => {
    const ofStep = samples.filter(({ step }) => step === id)
    const succeeded = ofStep.filter(({ cause }) => cause === undefined)
    return {
      id,
      succeeded: succeeded.length,
      failed: ofStep.length - succeeded.length,
      response: textOf(succeeded.map(({ us }) => us)),
    }
  })
  return { second, steps }
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
