import type { Ms } from '../units.ts'
import type { LoadPlan } from './plan.ts'

/**
 * How long after it was due a request may end at the latest: it may wait for a connection as long as it may then take, and
 * again behind a redirect, for what is left of its time.
 */
export function longestRequest({ scenarios }: Pick<LoadPlan, 'scenarios'>): Ms {
  const steps = scenarios.flatMap(({ steps }) => steps)
  return steps.reduce((longest, step) => {
    if (step.kind !== 'request') return longest
    return Math.max(longest, (step.redirects === 'follow' ? 3 : 2) * step.timeout)
  }, 0)
}
