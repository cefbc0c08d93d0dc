import { LoadgateError, messageOf } from '../../errors.ts'
import type { EpochMs, Ms } from '../../units.ts'
import { sendingTime } from '../lifetime.ts'
import { POLL } from '../protocol.ts'
import type { ControlDesk } from './control.ts'
import { bounded } from './insist.ts'
import type { CoordinatorDoors, FargateJob } from './job.ts'
import type { Roster } from './roster.ts'
import { RESULTS_WITHIN, START_AHEAD, serverNow } from './times.ts'

/** When a run begins, and when its end is to be expected. */
export interface Schedule {
  /** On the coordinator's own clock: when the first worker begins. */
  readonly begins: Ms
  /** On the coordinator's own clock: when the last worker's plan is spent, and when no result can come any more. */
  readonly spent: Ms
  readonly until: Ms
}

/**
 * Tells all workers who they are and when they begin. Throws when the word was not out two looks before that moment: then
 * some would begin late, and others not at all.
 */
export async function giveStart(
  control: ControlDesk,
  roster: Roster,
  job: Pick<FargateJob, 'plan' | 'count' | 'stagger'>,
  doors: CoordinatorDoors,
  signal: AbortSignal,
): Promise<Schedule> {
  const at = Math.ceil(serverNow(doors)) + START_AHEAD
  const schedule = scheduleOf(at, job, doors)
  const generations = roster.carriers.map(({ generation }) => generation)
  const order = { kind: 'start', at, stagger: job.stagger, generations } as const
  try {
    const within = START_AHEAD - 2 * POLL
    await bounded(doors.time, () => control.give(order, { within }), { limit: within, signal })
  } catch (cause) {
    signal.throwIfAborted()
    throw new LoadgateError('infrastructure', `The start could not be given in time: ${messageOf(cause)}`, {
      hint: 'Look at the network to the bucket.',
      cause,
    })
  }
  return schedule
}

/** Of a run that starts, or has started, at this moment by the clock of the bucket's server. */
export function scheduleOf(
  at: EpochMs,
  job: Pick<FargateJob, 'plan' | 'count' | 'stagger'>,
  doors: Pick<CoordinatorDoors, 'time' | 'objects'>,
): Schedule {
  const begins = doors.time.now() + (at - serverNow(doors))
  const stagger = job.stagger * (job.count - 1)
  return {
    begins,
    spent: begins + stagger + job.plan.duration,
    until: begins + sendingTime(job) + RESULTS_WITHIN,
  }
}
