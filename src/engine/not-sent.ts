import type { Ms } from '../units.ts'
import { type Answer, unsent } from './http/transport.ts'
import type { IterationValues } from './iteration-values.ts'

/** The answer to a request that could not be made: a function of the profile is the reason, or a value was missing. */
export function notSent(
  values: IterationValues,
  now: Ms,
): Answer & { readonly cause: 'function-failed' | 'invalid-request' } {
  const detail = values.takeRefusal()
  const cause = detail === undefined ? 'invalid-request' : 'function-failed'
  return { ...unsent(cause, now), cause, detail }
}
