// A whole shard on a clock and a network of the test's own.
import { expect } from '@jest/globals'
import { runShard, type ShardOptions } from '../../src/engine/run-shard.ts'
import type { LoadPlan } from '../../src/plan/plan.ts'
import type { Ms } from '../../src/units.ts'
import { manualClock } from './manual-clock.ts'
import { scriptedTransport } from './scripted-transport.ts'
import { unaccounted } from './shard-figures.ts'

export const START = 1_000

interface RunOptions extends ShardOptions {
  readonly script?: Parameters<typeof scriptedTransport>[1]
  readonly pass?: Ms
}

/** What was sent, each with its moment from the start, and the result, in which nothing may be lost. */
export async function runOnClock(plan: LoadPlan, { script, pass = 120_000, ...options }: RunOptions = {}) {
  const clock = manualClock()
  const transport = scriptedTransport(clock, script)
  const ports = { startClock: async () => clock, openTransport: () => transport }
  const running = runShard({ plan, index: 0, count: 1 }, { startAt: 1_000_000 + START, ...options }, ports)
  await clock.pass(pass)
  const result = await running
  expect(unaccounted(result)).toEqual([])
  expect([clock.stopped, transport.closed]).toEqual([true, true])
  return { result, sent: transport.sent.map(({ at, path }) => [at - START, path]) }
}
