import { setTimeout as sleep } from 'node:timers/promises'
import { intervalLength } from '../engine/interval.ts'
import type { Intervals, ShardResult, StepCounts } from '../engine/shard-result.ts'
import { LoadgateError } from '../errors.ts'
import { epochNow } from '../executor/time.ts'
import { sumOf } from '../histogram.ts'
import type { Shard } from '../plan/plan.ts'
import type { RunResult, StepResult } from '../result/result.ts'
import type { EpochMs } from '../units.ts'
import { findJMeter } from './find-jmeter.ts'
import { type JMeterDoors, runJMeter } from './run-jmeter.ts'
import { measuredIn, nothing, scriptedPlan } from './run-script.ts'

interface ShardDoors extends JMeterDoors {
  /** On this machine's clock. */
  readonly startAt: EpochMs
}

/** One of several that run the whole script of a plan at once. That there is no JMeter is what its result says then. */
export async function runScriptShard(shard: Shard, { startAt, ...doors }: ShardDoors): Promise<ShardResult> {
  const { env, signal } = doors
  const { index, count } = shard
  let version: string | undefined
  try {
    const plan = scriptedPlan(shard.plan)
    const jmeter = await findJMeter(env, signal)
    version = jmeter.version
    await sleep(Math.max(0, startAt - epochNow()), undefined, { signal })
    const began = Date.now()
    return await runJMeter(plan, { jmeter, worker: { number: index + 1, of: count } }, doors, async (end) => {
      const reading = { startedAt: began, redact: (text: string) => text, cut: intervalLength }
      const { result, problem } = await measuredIn(end, reading)
      return shardOf(shard, result, { version, problem, complete: problem === undefined && !end.stopped })
    })
  } catch (error) {
    if (signal.aborted) return shardOf(shard, nothing(startAt, 0), { version, problem: undefined, complete: false })
    if (!(error instanceof LoadgateError)) throw error
    const problem = whyNot(error, version)
    return shardOf(shard, nothing(startAt, 0), { version, problem, complete: false })
  }
}

/** Who reads it has no other way into the worker. */
function whyNot(error: LoadgateError, version: string | undefined): string {
  const image = 'Workers need the image with JMeter, and a stack with JMeter=yes (docs/fargate.md).'
  return [`${error.message}.`, version === undefined ? image : error.hint].filter(Boolean).join(' ')
}

interface Ended {
  readonly version: string | undefined
  readonly problem: string | undefined
  readonly complete: boolean
}

/** What JMeter does not tell stands there as nothing, as in the result of a file. */
export function shardOf(
  { plan, index, count }: Shard,
  { startedAt, iterations, warmUp, steps, intervals, plan: { measured }, source }: RunResult,
  { version, problem, complete }: Ended,
): ShardResult {
  const none = sumOf([])
  return {
    ...{ index, count, planHash: plan.hash, startedAt, complete, iterations, warmUp, intervals },
    steps: steps.map((step) => countsOf(step, intervals)),
    active: [],
    health: {
      ...{ lateness: none, loopDelayP99: 0, loopUtilisation: 0, cpu: 0 },
      pauses: { count: 0, total: 0, longest: 0 },
      ...{ machine: undefined, link: undefined },
      connections: { opened: 0, peak: 0, cap: 0, connect: none, tls: none },
      staleRetries: 0,
    },
    examples: [],
    script: {
      ...{ version, measured, problem },
      names: steps.map(({ scenario, step }) => ({ scenario, step })),
      users: source?.users ?? 0,
      together: source?.together ?? 0,
      sums: source?.sums ?? 0,
    },
  }
}

function countsOf({ scenario: _, step: __, events: ___, blocks, ...counts }: StepResult, all: Intervals): StepCounts {
  return { ...counts, blocks: blocks ?? { length: all.length, records: [] }, firstByte: sumOf([]) }
}
