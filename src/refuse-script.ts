import { LoadgateError } from './errors.ts'
import type { LoadProfile } from './profile/profile.ts'

/** LoadgateError `usage`, with its place, where the load is a script of another generator, which this cannot be done with. */
export function refuseScript({ engine }: Pick<LoadProfile, 'engine'>, why: string, hint: string): void {
  if (engine === undefined) return
  const { place, tool } = engine
  const message = `"engine": a script of ${tool} ${why}`
  throw new LoadgateError('usage', `${place.file}:${place.line}:${place.column} ${message}`, {
    hint,
    mistakes: [{ place, message }],
  })
}
