import { LoadgateError } from './errors.ts'
import type { LoadProfile } from './profile/profile.ts'

/** LoadgateError `usage`, with its place, where the load is another generator's, which this cannot be done with. */
export function refuseScript({ engine }: Pick<LoadProfile, 'engine'>, why: string, hint: string): void {
  if (engine === undefined) return
  const { place, kind } = engine
  const message = kind === 'script' ? `"engine": a script of ${engine.tool} ${why}` : RESULTS
  throw new LoadgateError('usage', `${place.file}:${place.line}:${place.column} ${message}`, {
    hint,
    mistakes: [{ place, message }],
  })
}

/** The same where a script could be sent so. */
export function refuseResults(profile: Pick<LoadProfile, 'engine'>): void {
  refuseScript(profile, '', 'Leave `run-on` out.')
}

const RESULTS =
  '"engine": results are of a load that has been sent, and cannot be sent, measured or compared in any other way'
