import type { LoadProfile } from '../profile/profile.ts'
import { MOST_CONNECTIONS } from '../profile/scalars.ts'
import type { LoadPlan, PlannedConnections } from './plan.ts'
import { requestsPerIteration, thinkPerIteration } from './summarise-plan.ts'

interface PeakLoad {
  /** Highest level: arrivals per second (open) or users (closed). */
  readonly peak: number
  readonly model: LoadPlan['model']
  readonly scenarios: LoadPlan['scenarios']
}

/** As the profile chooses; else each user has a connection of its own where there are enough, and arrivals share. */
export function connectionsOf(profile: LoadProfile, load: PeakLoad): PlannedConnections {
  const { use, limit, maxAge, maxRequests, http = '1.1', verify = true, certificate } = profile.connections
  const most = limit ?? connectionCap(profile, load)
  const own = load.model === 'closed' && load.peak <= most
  const shown = certificate === undefined ? {} : { certificate: true as const }
  return { use: use ?? (own ? 'per-user' : 'shared'), limit: most, maxAge, maxRequests, http, verify, ...shown }
}

/**
 * Closed: one per user, for a user waits for its answer. Open: as many as can be in use if every answer takes the whole
 * timeout (Little's law), but no more than 1,000, or those of a quarter of a second where more: without a cap, a target
 * that stalls is answered with thousands of new connections, which turn a short stall into a long one.
 */
function connectionCap({ timeout, connections }: LoadProfile, load: PeakLoad): number {
  const { peak, model } = load
  if (model === 'closed') return Math.min(MOST_CONNECTIONS, Math.ceil(peak))
  const perSecond = peak * requestsPerIteration(load)
  const useful = Math.min(perSecond * (timeout / 1000), Math.max(1_000, perSecond / 4))
  // A visitor with a connection of its own keeps it while it thinks.
  const idle = connections.use === 'per-iteration' ? peak * (thinkPerIteration(load) / 1000) : 0
  return Math.min(MOST_CONNECTIONS, Math.max(50, Math.ceil(useful + idle)))
}
