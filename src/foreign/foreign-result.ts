import { createHash } from 'node:crypto'
import type { Intervals } from '../engine/shard-result.ts'
import type { PartPercentiles, RunResult, Source, StepResult } from '../result/result.ts'
import type { EpochMs, Ms } from '../units.ts'

/** What a file of another generator comes to. */
export interface ForeignRun {
  /** Of the file's bytes: the same file is the same run. */
  readonly sha256: string
  /** What its runs are called: those of another name are another load. Undefined for the generator's own name. */
  readonly name: string | undefined
  readonly source: Source
  readonly startedAt: EpochMs
  /** '' where the file does not tell. */
  readonly target: string
  readonly measured: Ms
  readonly dropped: number
  /** Undefined where the file does not tell. */
  readonly iterations: number | undefined
  readonly steps: readonly StepResult[]
  readonly intervals: Intervals
  readonly percentiles?: readonly PartPercentiles[] | undefined
}

/** The one shape of all runs. What no file tells stands there as nothing, and `source` says that it is not known. */
export function foreignResult(run: ForeignRun): RunResult {
  const { source, dropped, iterations = 0, measured, name = run.source.tool } = run
  return {
    kind: 'loadgate-result',
    schema: 1,
    id: `${source.tool.toLowerCase()}-${run.sha256.slice(0, 32)}`,
    startedAt: Math.max(0, Math.floor(run.startedAt)),
    profile: name,
    fingerprint: {
      plan: createHash('sha256')
        .update(JSON.stringify([source.tool, source.form, name]))
        .digest('hex'),
      generator: `${source.tool}, ${source.form}`,
      machine: { cpu: 'unknown', cores: 0, os: 'unknown', node: 'unknown' },
    },
    commit: undefined,
    // Its model is not known either. Users wait for answers, which is the one of the two that proves less.
    plan: { model: 'closed', target: run.target, measured, warmUp: 0, seed: 0, executor: source.tool },
    shards: { expected: 1, reported: 1, lost: [] },
    complete: true,
    iterations: {
      planned: iterations + dropped,
      started: iterations,
      dropped,
      finished: iterations,
      failed: 0,
      cut: 0,
    },
    warmUp: { sent: 0, succeeded: 0, failed: 0 },
    steps: run.steps,
    intervals: run.intervals,
    health: {
      lateness: 'h1:',
      loopDelayP99: 0,
      loopUtilisation: 0,
      cpu: 0,
      pauses: undefined,
      machine: undefined,
      link: undefined,
      connections: { opened: 0, peak: 0, cap: 0, connect: undefined, tls: undefined, short: undefined },
      staleRetries: 0,
    },
    source,
    percentiles: run.percentiles,
  }
}
