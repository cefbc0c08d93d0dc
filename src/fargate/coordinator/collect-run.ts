import { LoadgateError, messageOf } from '../../errors.ts'
import type { Ms } from '../../units.ts'
import { keysOf, type Order } from '../protocol.ts'
import { MOST_CONTROL, readControl } from '../read-control.ts'
import { cleanUp } from './clean-up.ts'
import { Collection } from './collect.ts'
import { VISIBLE_WITHIN } from './end-tasks.ts'
import { insist } from './insist.ts'
import type { CoordinatorDoors, FargateJob } from './job.ts'
import { lastResults } from './last-results.ts'
import { revoke } from './revoke.ts'
import { endOf, type FargateEnd, type FargateOptions } from './run.ts'
import { type Schedule, scheduleOf } from './start.ts'
import { readJob } from './summary.ts'
import { tellSeldom } from './tell-seldom.ts'
import { serverNow } from './times.ts'
import { watch } from './watch.ts'

const CALL_WITHIN: Ms = 60_000
const LAST_RESULTS: Ms = 30_000
const GRACE: Ms = 10_000

export type DetachedRun = Awaited<ReturnType<typeof readJob>>

/** What a run is about that was detached, or whose coordinator is gone. Throws LoadgateError `usage` where there is none. */
export async function findRun(
  runId: string,
  doors: CoordinatorDoors,
  signal = new AbortController().signal,
): Promise<DetachedRun> {
  const run = await readJob(runId, doors, signal)
  if (run.summary.carriers.length === run.job.count) return run
  throw new LoadgateError('usage', `The run ${runId} did not begin: there is nothing to collect`, {
    hint: 'If tasks of it are left, `loadgate sweep` ends them.',
  })
}

/**
 * Waits for a run that was detached, or whose coordinator is gone, and ends it as that would have done. A signal ends the
 * waiting only: then it rejects, and the run goes on.
 */
export async function collectFromFargate(
  { job, summary: { carriers, tasks, started } }: DetachedRun,
  world: CoordinatorDoors,
  { signal = new AbortController().signal, enough, onProgress, onWorkerLost }: FargateOptions = {},
): Promise<FargateEnd> {
  const doors = tellSeldom(world)
  const { runId } = job
  const schedule = await scheduleFrom(job, doors, signal)
  const collection = new Collection(job, carriers, doors, onWorkerLost)
  const stop = enough ? AbortSignal.any([signal, enough]) : signal
  try {
    await watch({ job, carriers, collection, schedule, onProgress, onEnded: undefined, signal: stop }, doors)
  } catch (error) {
    if (signal.aborted || !stop.aborted) throw error
    await revoke(runId, messageOf(stop.reason), doors)
    await lastResults(collection, doors, { within: LAST_RESULTS, signal })
    signal.throwIfAborted()
  }
  const why = 'The run is over'
  await revoke(runId, why, doors)
  const old = serverNow(doors) - started >= VISIBLE_WITHIN
  const leftovers = { runId, arns: tasks, states: [], uncertain: false, old }
  const { stopped, left } = await cleanUp(leftovers, doors, { grace: GRACE, why })
  return endOf(collection, { arns: tasks, stopped, left })
}

/** Of a run that has been stopped, what there is will be there soon. */
async function scheduleFrom(job: FargateJob, doors: CoordinatorDoors, signal: AbortSignal): Promise<Schedule> {
  const get = () => doors.objects.get(keysOf(job.runId).control, MOST_CONTROL)
  const bytes = await insist(doors, get, { within: CALL_WITHIN, signal })
  const order = bytes && orderIn(bytes, job.runId)
  if (order?.kind === 'start') return scheduleOf(order.at, job, doors)
  const now = doors.time.now()
  return { begins: now, spent: now, until: now + LAST_RESULTS }
}

function orderIn(bytes: Buffer, runId: string): Order {
  try {
    return readControl(bytes, runId).order
  } catch (cause) {
    throw new LoadgateError('infrastructure', `The control of the run ${runId} is damaged: ${messageOf(cause)}`, {
      hint: 'Try again; if it stays so, `loadgate sweep` ends the workers.',
      cause,
    })
  }
}
