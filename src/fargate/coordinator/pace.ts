import type { PerSecond } from '../../units.ts'
import type { Time } from '../doors.ts'

export interface Rate {
  /** So many at once after a quiet time. */
  readonly burst: number
  readonly perSecond: PerSecond
}

/** Answers when so many more may be taken from a bucket of tokens; whoever asks first is served first. */
export function pacer(time: Time, { burst, perSecond }: Rate): (count: number, signal?: AbortSignal) => Promise<void> {
  const each = 1_000 / perSecond
  // The moment at which the bucket would be full again.
  let full = Number.NEGATIVE_INFINITY
  return async (count, signal) => {
    const now = time.now()
    const at = Math.max(now, full + (count - burst) * each)
    full = Math.max(full, at) + count * each
    if (at > now) await time.sleep(at - now, signal)
  }
}
