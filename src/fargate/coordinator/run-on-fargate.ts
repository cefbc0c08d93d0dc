// The course of a run, from nothing to nothing.
import { messageOf } from '../../errors.ts'
import type { Ms } from '../../units.ts'
import type { TaskState } from '../doors.ts'
import { Collection } from './collect.ts'
import { endTasks } from './end-tasks.ts'
import { gather } from './gather.ts'
import type { CoordinatorDoors, FargateJob } from './job.ts'
import { lastResults } from './last-results.ts'
import { endOf, type FargateEnd, type FargateOptions, prepare, type Run } from './run.ts'
import { seeStart } from './see-start.ts'
import { giveStart, type Schedule } from './start.ts'
import { postSummary } from './summary.ts'
import { watch } from './watch.ts'

/** For the results of workers that were told to stop. */
const LAST_RESULTS: Ms = 30_000
/** The same on a cancel: the job's runner kills what has not ended in 7.5 s. */
const HASTY_RESULTS: Ms = 3_500
/** A detached run's control is good for so much longer than its results are waited for. */
const TERM_MARGIN: Ms = 60_000

/**
 * Sends a plan from many tasks of ECS. Resolves when every slot is settled and every task verified as stopped; rejects, after
 * the same verification, when the workers could not be brought to their start.
 */
export async function runOnFargate(
  job: FargateJob,
  doors: CoordinatorDoors,
  options: FargateOptions = {},
): Promise<FargateEnd> {
  const run = await prepare(job, doors, options)
  const collection = await sendAndCollect(run).catch((error) => error as unknown)
  void run.control.stop('The run is over')
  const { stopped, left } = await endTasks(run, {
    verify: !options.signal?.aborted,
    failed: !(collection instanceof Collection),
  })
  if (!(collection instanceof Collection)) throw collection
  return endOf(collection, { arns: run.roster.arns, stopped, left })
}

/**
 * The same up to the moment when all workers are seen to send; then they are left to themselves, with a lease as long as
 * their plan. Rejects, with every task verified as stopped, when it does not come to that.
 */
export async function detachOnFargate(
  job: FargateJob,
  doors: CoordinatorDoors,
  options: Pick<FargateOptions, 'signal'> = {},
): Promise<Schedule> {
  const run = await prepare(job, doors, options)
  try {
    const schedule = await begin(run)
    await seeStart({ job, carriers: run.roster.carriers, schedule }, run.doors, run.stop)
    await run.control.handOver(schedule.until - doors.time.now() + TERM_MARGIN)
    return schedule
  } catch (error) {
    void run.control.stop(`The run did not begin: ${messageOf(error)}`)
    await endTasks(run, { verify: !options.signal?.aborted, failed: true })
    throw error
  }
}

/** Starts the tasks, waits until each shard has its worker, and gives them their start. */
async function begin({ job, doors, plan, control, roster, stop }: Run): Promise<Schedule> {
  await gather(job, plan, roster, doors, stop)
  await postSummary(job, { plan, tasks: roster.arns, carriers: roster.carriers }, doors, stop)
  return await giveStart(control, roster, job, doors, stop)
}

async function sendAndCollect(run: Run): Promise<Collection> {
  const { job, doors, options, roster, stop } = run
  const collect = () => new Collection(job, roster.carriers, doors, options.onWorkerLost)
  let schedule: Schedule
  try {
    schedule = await begin(run)
  } catch (error) {
    if (!stop.aborted) throw error
    const none = collect()
    for (const index of none.open) none.lose(index, `the run was ended before it began: ${messageOf(stop.reason)}`)
    return none
  }
  const collection = collect()
  const { carriers } = roster
  const told = { onProgress: options.onProgress, onEnded: (state: TaskState) => void roster.seen(state) }
  try {
    await watch({ job, carriers, collection, schedule, signal: stop, ...told }, doors)
  } catch (error) {
    if (!stop.aborted) throw error
    await lastResults(collection, doors, { within: LAST_RESULTS, signal: options.signal })
    await lastResults(collection, doors, { within: HASTY_RESULTS })
  }
  return collection
}
