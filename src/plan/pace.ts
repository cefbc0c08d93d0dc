import type { Pace } from '../profile/profile.ts'
import { QUICKEST, SLOWEST } from '../profile/read-pace.ts'
import { randomAt } from './choice.ts'
import { pauseTime } from './pause.ts'

/** The factor of user (or arrival) `n`, which is the same in all of its iterations. */
export function paceOf(pace: Pace, seed: number, n: number): number {
  // Those of an iteration begin at 0, and -1 is a pair's.
  let salt = -1
  const factor = pauseTime(pace, { draw: () => randomAt(seed, n, --salt) })
  return Math.min(SLOWEST, Math.max(QUICKEST, factor))
}
