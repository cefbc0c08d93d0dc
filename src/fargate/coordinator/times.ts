import type { EpochMs, Ms } from '../../units.ts'
import { POLL } from '../protocol.ts'
import type { CoordinatorDoors } from './job.ts'

/** From the first launch until all workers have claimed their slots. Of a task, start-up takes one to three minutes. */
export const READY_WITHIN: Ms = 10 * 60_000
/** A write of the control that takes longer is left to itself: the next one says the same, or what is newer. */
export const ONE_WRITE: Ms = 4_000
/** Between the word and the start: three looks of each worker at the control, and two writes of it that come to nothing. */
export const START_AHEAD: Ms = 3 * POLL + 2 * ONE_WRITE
/** For the results of workers that have ended. */
export const RESULTS_WITHIN: Ms = 60_000

/** The latest that the clock of the bucket's server can show now; by the own one before it has ever answered. */
export function serverNow({ time, objects }: Pick<CoordinatorDoors, 'time' | 'objects'>): EpochMs {
  const date = objects.date()
  return date === undefined ? time.epoch() : date.until + (time.now() - date.sent)
}
