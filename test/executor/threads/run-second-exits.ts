import { threadsExecutor } from '../../../src/executor/threads.ts'
import { planLoad } from '../../../src/plan/plan-load.ts'
import { splitPlan } from '../../../src/plan/split-plan.ts'
import { profile } from '../../plan/profiles.ts'

const executor = threadsExecutor(new URL('./second-exits.ts', import.meta.url))
const stages = [{ from: 4, to: 4, over: 500 }]
const load = { model: 'open', warmUp: 0, shape: { kind: 'stages', stages } } as const
const plan = planLoad(profile({ target: 'http://127.0.0.1:1', load }), { data: {} })
const shards = await executor.run(splitPlan(plan, 2))
console.log(JSON.stringify(shards.map((shard) => shard !== undefined)))
