import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until something is so; a test that waits in vain fails after ten seconds. */
export async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (condition()) return
    await sleep(50)
  }
  throw new Error(`in vain: ${condition}`)
}
