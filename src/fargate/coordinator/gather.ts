import { LoadgateError, messageOf } from '../../errors.ts'
import { counted, formatDuration, type Ms } from '../../units.ts'
import { Refused, type TaskState } from '../doors.ts'
import { mostLosses, STUCK_AFTER } from '../lifetime.ts'
import { claimsReader } from './claims.ts'
import { explainStop } from './failures.ts'
import { insist } from './insist.ts'
import type { CoordinatorDoors, FargateJob } from './job.ts'
import { launcher } from './launch.ts'
import type { Roster } from './roster.ts'
import type { PackedPlan } from './summary.ts'
import { describeAll } from './task-states.ts'
import { READY_WITHIN } from './times.ts'

const LOOK_EVERY: Ms = 2_000
const TELL_EVERY: Ms = 15_000
const STOP_WITHIN: Ms = 10_000

/**
 * Resolves when every slot has been claimed: starts tasks, and others in place of those that fail before the start. Throws
 * when too many fail, or when it takes too long.
 */
export async function gather(
  job: FargateJob,
  plan: PackedPlan,
  roster: Roster,
  doors: CoordinatorDoors,
  signal: AbortSignal,
): Promise<void> {
  const { time, tell } = doors
  const launch = launcher(job, plan, roster, doors)
  const readClaims = claimsReader(job, roster, doors)
  const until = time.now() + READY_WITHIN
  let told = time.now()
  const lose = (why: string) => {
    roster.losses.push(why)
    tell(`A worker failed before the start: ${why}.`)
  }
  const look = async () => {
    // First the tasks and then their claims: what a dead one wrote before is seen.
    const ended = await endedTasks(roster, doors, signal)
    await passing(doors, () => readClaims(signal), signal)
    for (const state of ended) if (roster.misses(state.arn)) lose(explainStop(state))
    await giveUpStuck(roster, doors, lose, signal)
    roster.reseat()
    if (roster.losses.length > mostLosses(job.count)) throw tooMany(job, roster)
  }
  for (;;) {
    await launch.fill(signal)
    // Some may have claimed their slots and died since they were looked at.
    if (roster.claimed === job.count) await look()
    if (roster.claimed === job.count) return
    if (time.now() >= until) throw tooLate(job, roster, launch.trouble)
    if (time.now() - told >= TELL_EVERY) {
      told = time.now()
      tell(`${roster.claimed} of ${counted(job.count, 'worker')} are ready; ${roster.living.length} tasks are started.`)
    }
    await time.sleep(LOOK_EVERY, signal)
    await look()
  }
}

/** The tasks that have ended since the last look. */
async function endedTasks(roster: Roster, doors: CoordinatorDoors, signal: AbortSignal): Promise<readonly TaskState[]> {
  const ended: TaskState[] = []
  await passing(
    doors,
    async () => {
      const states = await describeAll(roster.living, doors, { signal })
      ended.push(...states.filter((state) => roster.seen(state)))
    },
    signal,
  )
  return ended
}

/** Stops the tasks that have got stuck, whether ECS says so or not. */
async function giveUpStuck(
  roster: Roster,
  doors: CoordinatorDoors,
  lose: (why: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { time, tasks } = doors
  for (const arn of roster.overdue(time.now(), STUCK_AFTER)) {
    roster.giveUp(arn)
    lose(`its task was not ready within ${formatDuration(STUCK_AFTER)} (${arn})`)
    const stop = () => insist(doors, () => tasks.stop(arn, 'Not ready in time'), { within: STOP_WITHIN, signal })
    await passing(doors, stop, signal)
  }
}

/** What may be well at the next look is told only. */
async function passing({ tell }: CoordinatorDoors, act: () => Promise<void>, signal: AbortSignal): Promise<void> {
  try {
    await act()
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof Refused || !(error instanceof LoadgateError)) throw error
    tell(`${messageOf(error)}; it is tried again.`)
  }
}

function tooLate({ count }: FargateJob, roster: Roster, trouble: string | undefined): LoadgateError {
  const states = roster.states.filter(({ status }) => status !== 'STOPPED').map(({ status }) => status)
  const byState = [...Map.groupBy(states, (status) => status)].map(([status, { length }]) => `${length} ${status}`)
  const why = [...(trouble ? [trouble] : []), ...byState, ...roster.losses.slice(0, 3)]
  return new LoadgateError(
    'infrastructure',
    `Only ${roster.claimed} of ${counted(count, 'worker')} were ready within ${formatDuration(READY_WITHIN)}${why.length > 0 ? `: ${why.join(', ')}` : ''}`,
    { hint: 'Nothing has been sent. Look at the tasks and their log in ECS, or use fewer workers.' },
  )
}

function tooMany({ count }: FargateJob, { losses }: Roster): LoadgateError {
  const words = [...new Set(losses)].slice(0, 3).join('; ')
  return new LoadgateError(
    'infrastructure',
    `${losses.length} tasks for ${counted(count, 'worker')} failed before the start: ${words}`,
    { hint: 'Nothing has been sent. The log group of the stack has what the workers said.' },
  )
}
