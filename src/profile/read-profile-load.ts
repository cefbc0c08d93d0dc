import type { Profile } from './grammar.ts'
import type { Load } from './profile.ts'
import { readLoad } from './read-load.ts'
import { complain, type Reading } from './reading.ts'
import type { Loose } from './schema.ts'
import { keysAt } from './tree.ts'

/** The load that chooses among the scenarios without one of their own; it is missing only where there are such. */
export function readProfileLoad(
  reading: Reading,
  section: Pick<Loose<typeof Profile>, 'load' | 'scenarios'>,
): Load | undefined {
  const keys = keysAt(reading.root, [])
  const isWritten = keys.includes('load')
  const scenarios = section.scenarios ?? []
  const allHave = scenarios.length > 0 && scenarios.every((_, at) => hasOwn(reading, at))
  if (isWritten && allHave) {
    const why = 'every scenario has a load of its own, and this one has none to choose from; remove one of them'
    complain(reading, ['load'], 'conflict', why, 'head')
  }
  // An unknown key is most likely this one, misspelt, and reported already.
  const isMisspelt = keys.some((key) => !(key in section))
  if (!isWritten && !isMisspelt && !allHave) {
    const what = '"load" is missing; add one, as in "load: { rate: 50/s, for: 60s }"'
    complain(reading, [], 'missing-key', what, 'head')
  }
  return section.load && readLoad(reading, section.load, ['load'])
}

function hasOwn({ root }: Reading, at: number): boolean {
  return keysAt(root, ['scenarios', at]).includes('load')
}
