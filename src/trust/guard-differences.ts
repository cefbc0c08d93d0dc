import type { Guard, LoadProfile } from '../profile/profile.ts'
import { formatDuration } from '../units.ts'
import { type Difference, demandDiffers, namesOf, numberDiffers, textDiffers } from './difference.ts'
import { expectDifferences } from './step-differences.ts'

type Guarded = Pick<LoadProfile, 'guards'>

/** What ends a load for the sake of others: a guard that is gone, or more patient, lets more harm be done. */
export function guardDifferences(base: Guarded, head: Guarded): readonly Difference[] {
  const [was, is] = [byName(base), byName(head)]
  return namesOf(was.keys(), is.keys()).flatMap((name) => {
    const [before, after] = [was.get(name), is.get(name)]
    const what = `guard "${name}"`
    if (before === undefined || after === undefined) return demandDiffers(what, before?.url, after?.url)
    return [
      ...textDiffers(`${what}: address`, before.url, after.url),
      ...numberDiffers(`${what}: every`, [before.every, after.every], 'looser', formatDuration),
      ...numberDiffers(`${what}: within`, [before.within, after.within], 'looser', formatDuration),
      ...numberDiffers(`${what}: failures`, [before.failures, after.failures], 'looser', String),
      ...expectDifferences(what, before.expect, after.expect),
    ]
  })
}

function byName({ guards = [] }: Guarded): ReadonlyMap<string, Guard> {
  return new Map(guards.map((guard) => [guard.name, guard]))
}
