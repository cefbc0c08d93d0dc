// What bounds a run: how long its tasks live, and how many there may be. What is estimated is what is enforced.
import { timeLimit } from '../executor/time.ts'
import type { LoadPlan } from '../plan/plan.ts'
import type { Ms } from '../units.ts'

/** A task that has not come so long after it was asked for has got stuck, as one in a hundred does. */
export const STUCK_AFTER: Ms = 4 * 60_000
/** The end of whatever a task does, beyond its plan. */
const LIFETIME_MARGIN: Ms = 15 * 60_000

interface Load {
  readonly plan: Pick<LoadPlan, 'duration' | 'timeout' | 'scenarios' | 'script'>
  readonly count: number
  /** Each worker begins so much after the one before it. */
  readonly stagger: Ms
}

/** From the start of the first worker until the last one has surely ended. */
export function sendingTime({ plan, count, stagger }: Load): Ms {
  return timeLimit(plan) + stagger * (count - 1)
}

/** Of a task from the start of its process, whatever happens. */
export function lifetimeOf(load: Load): Ms {
  return sendingTime(load) + LIFETIME_MARGIN
}

/** So many tasks may fail before the start and be replaced, and no more. */
export function mostLosses(count: number): number {
  return Math.max(2, Math.ceil(count / 5))
}
