// The engine with all its measuring, in a process of its own. Sends what it measured when its plan is spent.
//
//   node engine-client.ts PLAN-AS-JSON
import { runShard } from '../src/engine/run-shard.ts'

const plan = JSON.parse(process.argv[2]!)
const result = await runShard({ plan, index: 0, count: 1 }, { onProgress: () => {} })
process.send?.(result)
