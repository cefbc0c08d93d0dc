import { counted, formatCount } from '../units.ts'
import { connectionsEach, isBeside } from './beside.ts'
import type { ConnectionsSection } from './grammar-connections.ts'
import type { ConnectionChoices, Load, Scenario } from './profile.ts'
import { readCredentials } from './read-credentials.ts'
import { highestLevel } from './read-load.ts'
import { complain, type Reading } from './reading.ts'
import { MOST_CONNECTIONS } from './scalars.ts'
import type { Loose } from './schema.ts'
import type { Path } from './tree.ts'

interface Surroundings {
  readonly path: Path
  /** That of the profile, and those of scenarios. What is broken is left out, and nothing is said of what would have to fit it. */
  readonly loads: readonly Load[]
  readonly target: string | undefined
  /** Undefined where some are broken. */
  readonly scenarios: readonly Scenario[] | undefined
}

/** The choices for connections; where they do not fit the rest of the profile, the log says so. */
export function readConnections(
  reading: Reading,
  section: Loose<typeof ConnectionsSection>,
  { path, loads, target, scenarios }: Surroundings,
): ConnectionChoices {
  const { use, limit, http, parallel, verify } = section
  const refuse = (key: 'use' | 'limit' | 'parallel' | 'verify', why: string) =>
    complain(reading, [...path, key], 'conflict', why)
  if (use === 'per-user' && loads.some(({ model }) => model === 'open'))
    refuse('use', 'arrivals are not users that come back; write per-iteration or shared')
  else if (use === 'per-user') {
    const users = loads.reduce((sum, { shape }) => sum + highestLevel(shape), 0)
    const own = connectionsEach({ http, parallel }, scenarios ?? [])
    const each = `${formatCount(users)} users cannot have ${own === 1 ? 'a connection' : counted(own, 'connection')} each`
    if (users * own > MOST_CONNECTIONS)
      refuse('use', `${each}: a machine has ports for ${formatCount(MOST_CONNECTIONS)}; write shared, or fewer users`)
    else if (limit !== undefined && limit < users * own)
      refuse('limit', `${each} with a limit of ${formatCount(limit)}; write at least ${users * own}, or "use: shared"`)
  }
  if (verify === false && target?.startsWith('http:'))
    refuse('verify', 'an http target has no certificate to check; write an https target, or remove "verify"')
  if (parallel !== undefined && scenarios?.every(({ steps }) => steps.every((step) => !isBeside(step))))
    refuse('parallel', '"parallel" is of requests under "also"; add some, or remove it')
  const credentials = readCredentials(reading, section, { path, target })
  const bounds = { limit, maxAge: section['max-age'], maxRequests: section['max-requests'], parallel }
  return { use, http, verify, ...bounds, ...credentials }
}
