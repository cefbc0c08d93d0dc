import { LoadgateError } from './errors.ts'
import type { LoadProfile } from './profile/profile.ts'

/**
 * LoadgateError `usage`, with its place, where the load is another generator's, which this cannot be done with.
 * @param why of a script, behind its name, as `hint` is; of results both are always the same
 */
export function refuseEngine({ engine }: Pick<LoadProfile, 'engine'>, why: string, hint: string): void {
  if (engine === undefined) return
  const { place, kind } = engine
  const refused = kind === 'script' ? { message: `"engine": a script of ${engine.tool} ${why}`, hint } : RESULTS
  throw new LoadgateError('usage', `${place.file}:${place.line}:${place.column} ${refused.message}`, {
    hint: refused.hint,
    mistakes: [{ place, message: refused.message }],
  })
}

const RESULTS = {
  message:
    '"engine": results are of a load that has been sent, and cannot be sent, measured or compared in any other way',
  hint: 'Have them judged by `loadgate run` with its usual settings, or write scenarios instead of `engine`.',
}
