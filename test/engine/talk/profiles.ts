// Conversations as profiles write them, sent by the engine.
import { expect } from '@jest/globals'
import { runShard, type ShardOptions } from '../../../src/engine/run-shard.ts'
import type { ShardResult } from '../../../src/engine/shard-result.ts'
import type { LoadPlan } from '../../../src/plan/plan.ts'
import { planLoad } from '../../../src/plan/plan-load.ts'
import { readProfile } from '../../../src/profile/read-profile.ts'
import { unaccounted } from '../../support/shard-figures.ts'

export interface Talking {
  readonly port: number
  readonly steps: readonly object[]
  readonly load?: object
  readonly more?: object
  readonly files?: Readonly<Record<string, Buffer>>
  readonly functions?: string
}

/** A moment of one arrival. */
export const ONCE = { rate: '1/s', for: '1s' }

export function planOf({ port, steps, load = ONCE, more = {}, ...beside }: Talking): LoadPlan {
  const target = `http://127.0.0.1:${port}`
  const text = JSON.stringify({ name: 'talk', target, load, timeout: '2s', scenarios: [{ name: 's', steps }], ...more })
  const { profile, issues } = readProfile(text, { file: 'x.yml', env: {} })
  expect(issues).toEqual([])
  // As it goes to a worker.
  return JSON.parse(JSON.stringify(planLoad(profile!, { data: {}, ...beside })))
}

export async function send(plan: LoadPlan, options: ShardOptions = {}, count = 1): Promise<readonly ShardResult[]> {
  const results = await Promise.all(
    Array.from({ length: count }, (_, index) => runShard({ plan, index, count }, options)),
  )
  for (const result of results) expect(unaccounted(result)).toEqual([])
  return results
}

export async function run(talking: Talking, options?: ShardOptions): Promise<ShardResult> {
  const [result] = await send(planOf(talking), options)
  return result!
}

/** Steps' names with what became of them. */
export function outcomes(plan: LoadPlan, results: readonly ShardResult[]) {
  const names = plan.scenarios.flatMap(({ steps }) => steps.flatMap((step) => (step.kind === 'request' ? [step] : [])))
  return Object.fromEntries(
    names.map(({ id, name }) => {
      const counts = results.map(({ steps }) => steps[id]!)
      const sum = (key: 'sent' | 'succeeded' | 'failed') => counts.reduce((total, one) => total + one[key], 0)
      return [name, { sent: sum('sent'), succeeded: sum('succeeded'), failed: sum('failed') }]
    }),
  )
}
