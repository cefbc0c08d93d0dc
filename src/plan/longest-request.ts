import type { Ms } from '../units.ts'
import type { LoadPlan } from './plan.ts'

/** A stream that neither ends nor is read for a time, from its first event on. */
export const LONGEST_STREAM: Ms = 600_000

/**
 * How long after it was due a request may end at the latest: it may wait for a connection as long as it may then take, and
 * again behind a redirect, for what is left of its time.
 */
export function longestRequest({ scenarios }: Pick<LoadPlan, 'scenarios'>): Ms {
  const steps = scenarios.flatMap(({ steps }) => steps)
  return steps.reduce((longest, step) => {
    if (step.kind !== 'request') return longest
    const first = (step.redirects === 'follow' ? 3 : 2) * step.timeout
    // What is read for a time is read no longer when the load is over.
    const endless = step.events !== undefined && step.events.for === undefined
    return Math.max(longest, endless ? first + LONGEST_STREAM : first)
  }, 0)
}
