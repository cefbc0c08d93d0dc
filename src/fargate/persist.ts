import type { Ms } from '../units.ts'
import type { Time } from './doors.ts'
import { orAborted } from './or-aborted.ts'

export interface Persistence {
  readonly time: Time
  /** From 0 up to 1: a thousand workers whose first try failed together must not come back together. */
  readonly random: () => number
  readonly tries: number
  /** For all tries and the pauses between them. */
  readonly within: Ms
  readonly signal: AbortSignal
}

const FIRST_PAUSE: Ms = 400
const LONGEST_PAUSE: Ms = 6_000

/**
 * Makes a try again while it throws, and throws the last failure, or the reason of the signal at once. Each try is told how
 * much time is left. The pauses are anything from 0 up to a limit that doubles ("full jitter").
 */
export async function persist<T>(
  attempt: (left: Ms) => Promise<T>,
  { time, random, tries, within, signal }: Persistence,
): Promise<T> {
  const until = time.now() + within
  for (let number = 1; ; number++) {
    signal.throwIfAborted()
    try {
      return await orAborted(attempt(until - time.now()), signal)
    } catch (error) {
      signal.throwIfAborted()
      const pause = random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (number - 1))
      if (number === tries || time.now() + pause >= until) throw error
      await time.sleep(pause, signal)
    }
  }
}
