import type { Ms } from '../../units.ts'
import { type CleanUp, cleanUp, stopHastily } from './clean-up.ts'
import { bounded } from './insist.ts'
import type { Run } from './run.ts'

const HASTY: Ms = 2_000
const CLOSE_WITHIN: Ms = 500
/** A worker that has given its result ends by itself. */
const GRACE: Ms = 10_000
/** After so long ECS shows every task that it has started. */
export const VISIBLE_WITHIN: Ms = 5 * 60_000
/** In all; `cleanUp` has its own bound, which is lower. */
const MOST: Ms = 10 * 60_000

/** The last thing of a run: its tasks are verified as stopped, or, for whoever has no time left, asked to stop. */
export async function endTasks(
  { job, doors, options, control, roster }: Run,
  { verify, failed }: { readonly verify: boolean; readonly failed: boolean },
): Promise<CleanUp> {
  const { runId } = job
  const leftovers = { runId, arns: roster.arns, states: roster.states, uncertain: roster.isUncertain }
  const why = failed ? 'The run did not begin' : 'The run is over'
  const hasty = () => stopHastily({ arns: roster.arns, states: roster.states }, doors, { within: HASTY, why })
  if (!verify) return await closing(hasty())
  const old = doors.time.now() - roster.lastStart >= VISIBLE_WITHIN
  const whole = () => cleanUp({ ...leftovers, old }, doors, { grace: failed ? 0 : GRACE, why })
  return await closing(bounded(doors.time, whole, { limit: MOST, signal: options.signal }).catch(hasty))

  // Renewed until the last moment: a sweeper must not take a run for abandoned that is being ended.
  async function closing(ended: Promise<CleanUp>): Promise<CleanUp> {
    const result = await ended
    await bounded(doors.time, () => control.close(), { limit: CLOSE_WITHIN }).catch(() => {})
    return result
  }
}
