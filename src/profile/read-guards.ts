import { ANSWER_CHECKS } from './answer-checks.ts'
import { type GuardSection, MOST_GUARDS } from './grammar-guards.ts'
import type { Expect, Guard } from './profile.ts'
import { readExpect } from './read-expect.ts'
import { complain, type Reading } from './reading.ts'
import type { Loose } from './schema.ts'
import { show } from './show.ts'
import { keysAt, type Path } from './tree.ts'
import { writtenAddress } from './written-address.ts'

const EVERY = 5_000
const WITHIN = 2_000
const FAILURES = 3

type Section = Loose<typeof GuardSection>

/** The guards that are whole; what is wrong with the others is in the log. */
export function readGuards(
  reading: Reading,
  sections: readonly (Section | undefined)[],
  { path }: { readonly path: Path },
): readonly Guard[] {
  if (sections.length > MOST_GUARDS)
    complain(
      reading,
      path,
      'too-large',
      `"guards" has more than ${MOST_GUARDS} entries; each is one more request`,
      'head',
    )
  const seen = new Set<string>()
  return sections.flatMap((section, at) => {
    const guard = section && readGuard(reading, section, [...path, at])
    if (guard === undefined) return []
    if (seen.has(guard.name)) {
      const where = section?.name === undefined ? 'get' : 'name'
      complain(
        reading,
        [...path, at, where],
        'duplicate-name',
        `another guard is called ${show(guard.name)}; name one of them otherwise`,
      )
    }
    seen.add(guard.name)
    return [guard]
  })
}

function readGuard(reading: Reading, section: Section, path: Path): Guard | undefined {
  const { name, get, every = EVERY, within = WITHIN, failures = FAILURES } = section
  const expect = readGuardExpect(reading, section.expect, [...path, 'expect'])
  const written = writtenAddress(reading, [...path, 'get'])
  if (get === undefined || expect === undefined || written === undefined) return undefined
  return { name: name ?? get, url: get, written, every, within, failures, expect }
}

/** Guards are asked from where the load is coordinated, which has neither the profile's functions nor its files at hand. */
function readGuardExpect(reading: Reading, section: Section['expect'], path: Path): Expect | undefined {
  const further = keysAt(reading.root, path).filter((key) => ANSWER_CHECKS.some((check) => check === key))
  for (const key of further)
    complain(
      reading,
      [...path, key],
      'conflict',
      `the answer of a guard is not judged by "${key}"; write status, json, headers or body`,
      'head',
    )
  const read = readExpect(reading, section && { ...section, ...NOT_JUDGED }, path)
  return further.length > 0 ? undefined : read
}

const NOT_JUDGED = Object.fromEntries(ANSWER_CHECKS.map((check) => [check, undefined]))
