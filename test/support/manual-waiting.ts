import type { Waiting } from '../../src/github/retry.ts'
import type { Ms } from '../../src/units.ts'

/** Waiting that takes no time, and a record of how long it would have been. */
export function manualWaiting(): Waiting & { readonly pauses: readonly Ms[] } {
  const pauses: Ms[] = []
  return {
    pauses,
    now: () => pauses.reduce((sum, pause) => sum + pause, 0),
    wait: async (pause) => {
      pauses.push(pause)
    },
  }
}
