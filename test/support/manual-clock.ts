// Time for tests: it passes when the test says so.
import type { Clock } from '../../src/engine/clock.ts'
import type { Ms } from '../../src/units.ts'

export interface ManualClock extends Clock {
  /** Lets `ms` pass. What falls due on the way happens at its very moment and runs to its end before time goes on. */
  pass(ms: Ms): Promise<void>
  /** For the test's other doors. */
  at(moment: Ms, happen: () => void): void
  readonly stopped: boolean
}

/** Begins at 0; its epoch is 1,000,000 ms later. */
export function manualClock(): ManualClock {
  let now: Ms = 0
  let alarm: Ms = Number.POSITIVE_INFINITY
  const happenings: { readonly moment: Ms; readonly happen: () => void }[] = []
  const clock = {
    stopped: false,
    now: () => now,
    epoch: () => now + 1_000_000,
    setAlarm(moment: Ms) {
      alarm = moment
    },
    onAlarm: () => {},
    at(moment: Ms, happen: () => void) {
      happenings.push({ moment, happen })
      happenings.sort((a, b) => a.moment - b.moment)
    },
    async stop() {
      clock.stopped = true
    },
    async pass(ms: Ms) {
      const end = now + ms
      await settle()
      for (;;) {
        const first = happenings[0]
        const next = Math.min(alarm, first?.moment ?? Number.POSITIVE_INFINITY)
        if (next > end) break
        now = Math.max(now, next)
        if (first && first.moment === next) {
          happenings.shift()
          first.happen()
        } else {
          alarm = Number.POSITIVE_INFINITY
          clock.onAlarm()
        }
        await settle()
      }
      now = end
      await settle()
    },
  }
  return clock
}

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
