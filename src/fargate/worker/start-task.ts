import { availableParallelism } from 'node:os'
import type { Ms } from '../../units.ts'
import { VERSION } from '../../version.ts'
import type { Engine } from '../doors.ts'
import { openMail } from '../mail.ts'
import { systemTime } from '../system-time.ts'
import type { End } from './ends.ts'
import { scriptEngine } from './script-engine.ts'
import { taskArn } from './task-arn.ts'
import { threadEngine } from './thread-engine.ts'
import { work } from './work.ts'

interface TaskSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly leave: AbortController
  readonly log: (line: string) => void
  readonly onLifetime: (lifetime: Ms) => void
}

/** The worker behind its real doors. */
export async function startTask({ env, leave, log, onLifetime }: TaskSurroundings): Promise<End> {
  const cores = availableParallelism()
  log(`Loadgate ${VERSION}, worker on ${cores} cores, Node ${process.version} ${process.arch}`)
  const ordersUrl = env.LOADGATE_ORDERS
  if (!ordersUrl || !/^https?:/.test(ordersUrl) || !URL.canParse(ordersUrl))
    return { kind: 'refused', words: 'LOADGATE_ORDERS is not an address; this image is started by `loadgate run`' }
  const mail = openMail(systemTime)
  const runScript = scriptEngine(env)
  const engine: Engine = (shard, how) => (shard.plan.script ? runScript(shard, how) : threadEngine(shard, how))
  const doors = { time: systemTime, mail, engine, random: Math.random, log }
  const task = await taskArn(env.ECS_CONTAINER_METADATA_URI_V4, doors, leave.signal)
  return work({ ordersUrl, version: VERSION, task, cores, onLifetime, leave }, doors)
}
