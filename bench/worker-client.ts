// A worker as its task runs it: the engine in a thread of its own, beside one that watches. Tells what it measured, and the
// most memory that it was resident in, in MB.
//
//   node worker-client.ts PLAN-AS-JSON
import { threadsExecutor } from '../src/executor/threads.ts'

const plan = JSON.parse(process.argv[2]!)
const [result] = await threadsExecutor().run([{ plan, index: 0, count: 1 }], { onProgress: () => {} })
process.send?.({ result, resident: process.resourceUsage().maxRSS * 1.024e-3 })
