import { runScriptShard } from '../../jmeter/run-script-shard.ts'
import type { Engine } from '../doors.ts'

/** The generator whose script the plan is, in place of the engine. What is signed for the worker is none of its business. */
export function scriptEngine({ LOADGATE_ORDERS: _, ...env }: NodeJS.ProcessEnv): Engine {
  return (shard, how) => runScriptShard(shard, { ...how, env })
}
