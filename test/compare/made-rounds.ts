// Rounds made to measure: each block has the quantile that is asked for.
import type { Round, SidesOptions } from '../../src/compare/compare-sides.ts'
import type { Intervals } from '../../src/engine/shard-result.ts'
import type { RunResult, StepResult } from '../../src/result/result.ts'
import { histogram, type MadeRun, madeRun, spread, sum } from '../baseline/made-run.ts'

export const PAIRED: SidesOptions = { design: 'paired', freshProcesses: true, mostRounds: 0 }

/** One side of one round. */
export interface MadeSide extends Omit<MadeRun, 'steps' | 'seconds'> {
  /** Of each step, for each block of 5 s, its response times in ms. */
  readonly steps: readonly MadeBlocks[]
}

export interface MadeBlocks {
  readonly step?: string
  readonly blocks: readonly (readonly number[])[]
  /** Failures in each block; none where it is left out. */
  readonly failed?: readonly number[]
}

export function madeRound(base: MadeSide | readonly number[], head: MadeSide | readonly number[]): Round {
  return { base: sideOf(base, 'b'), head: sideOf(head, 'c') }
}

/** As many rounds as wanted of which each is made the same way. */
export function madeRounds(count: number, make: (round: number) => Round): readonly Round[] {
  return Array.from({ length: count }, (_, round) => make(round))
}

/** A list of numbers is one step whose blocks have these p95. */
function sideOf(side: MadeSide | readonly number[], commit: string): RunResult {
  const made: MadeSide = 'steps' in side ? side : { steps: [{ blocks: side.map((p95) => around(p95)) }] }
  const seconds = 5 * Math.max(...made.steps.map(({ blocks }) => blocks.length))
  const run = madeRun({
    ...made,
    seconds,
    steps: made.steps.map(({ step = 'GET /', blocks, failed = [] }) => {
      const timeouts = failed.reduce((total, count) => total + count, 0)
      return { step, times: blocks.flat(), ...(timeouts > 0 ? { causes: { timeout: timeouts } } : {}) }
    }),
  })
  return {
    ...run,
    commit: commit.repeat(40),
    steps: run.steps.map((step, at): StepResult => {
      const blocks = blocksOf(made.steps[at]!)
      return { ...step, blocks, response: sum(blocks.records.map(({ response }) => response)) }
    }),
  }
}

function blocksOf({ blocks, failed = [] }: MadeBlocks): Intervals {
  const records = blocks.map((times, index) => ({
    index,
    succeeded: times.length,
    failed: failed[index] ?? 0,
    response: histogram(times),
  }))
  return { length: 5_000, records: records.filter(({ succeeded, failed }) => succeeded + failed > 0) }
}

/** A block's worth of response times with that p95. */
export function around(p95: number, count = 250): readonly number[] {
  return spread(p95, count)
}
