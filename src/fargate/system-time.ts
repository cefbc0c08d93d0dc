import { setTimeout as sleep } from 'node:timers/promises'
import type { Time } from './doors.ts'

/** Node's timers ring at once where they are asked for more. */
const LONGEST = 2 ** 31 - 1

/** The clock of this machine. */
export const systemTime: Time = {
  now: () => performance.now(),
  epoch: () => performance.timeOrigin + performance.now(),
  async sleep(time, signal) {
    try {
      await sleep(Math.min(time, LONGEST), undefined, { signal })
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    }
  },
}
