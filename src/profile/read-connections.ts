import { formatCount } from '../units.ts'
import type { ConnectionsSection } from './grammar-connections.ts'
import type { ConnectionChoices, Load } from './profile.ts'
import { readCredentials } from './read-credentials.ts'
import { highestLevel } from './read-load.ts'
import { complain, type Reading } from './reading.ts'
import { MOST_CONNECTIONS } from './scalars.ts'
import type { Loose } from './schema.ts'
import type { Path } from './tree.ts'

interface Surroundings {
  readonly path: Path
  /** Undefined when it is broken, and then nothing is said of what would have to fit it. */
  readonly load: Load | undefined
  readonly target: string | undefined
}

/** The choices for connections; where they do not fit the rest of the profile, the log says so. */
export function readConnections(
  reading: Reading,
  section: Loose<typeof ConnectionsSection>,
  { path, load, target }: Surroundings,
): ConnectionChoices {
  const { use, limit, http, verify } = section
  const refuse = (key: 'use' | 'limit' | 'verify', why: string) => complain(reading, [...path, key], 'conflict', why)
  if (use === 'per-user' && load?.model === 'open')
    refuse('use', 'arrivals are not users that come back; write per-iteration or shared')
  if (use === 'per-user' && load?.model === 'closed') {
    const users = highestLevel(load.shape)
    const each = `${formatCount(users)} users cannot have a connection each`
    if (users > MOST_CONNECTIONS)
      refuse('use', `${each}: a machine has ports for ${formatCount(MOST_CONNECTIONS)}; write shared, or fewer users`)
    else if (limit !== undefined && limit < users)
      refuse('limit', `${each} with a limit of ${formatCount(limit)}; write at least ${users}, or "use: shared"`)
  }
  if (verify === false && target?.startsWith('http:'))
    refuse('verify', 'an http target has no certificate to check; write an https target, or remove "verify"')
  const credentials = readCredentials(reading, section, { path, target })
  return { use, limit, maxAge: section['max-age'], maxRequests: section['max-requests'], http, verify, ...credentials }
}
