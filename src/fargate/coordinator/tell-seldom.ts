import type { Ms } from '../../units.ts'
import type { CoordinatorDoors } from './job.ts'

const AGAIN_AFTER: Ms = 60_000
const MOST_KNOWN = 1_000

/** The same doors, but what was told already is not told again within a minute: a trouble may come with every look. */
export function tellSeldom(doors: CoordinatorDoors): CoordinatorDoors {
  const told = new Map<string, Ms>()
  return {
    ...doors,
    tell: (message) => {
      const now = doors.time.now()
      if (now - (told.get(message) ?? Number.NEGATIVE_INFINITY) < AGAIN_AFTER) return
      if (told.size >= MOST_KNOWN) told.clear()
      told.set(message, now)
      doors.tell(message)
    },
  }
}
