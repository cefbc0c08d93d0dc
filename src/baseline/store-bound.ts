import type { Retrying, Waiting } from '../github/retry.ts'
import type { Ms } from '../units.ts'

/** As long as thirty writers that come at once need one after the other, and many times what one reading takes. */
export const STORE_WITHIN: Ms = 180_000

/** The end of one reading, or of one append: whatever it takes, requests and pauses, all together. */
export function storeBound(waiting: Waiting, signal: AbortSignal | undefined): Retrying {
  return { waiting, until: waiting.now() + STORE_WITHIN, signal }
}
