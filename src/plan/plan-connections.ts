import { connectionsEach, isBeside, parallelOf } from '../profile/beside.ts'
import type { LoadProfile } from '../profile/profile.ts'
import { MOST_CONNECTIONS } from '../profile/scalars.ts'
import { peakLevel } from './curve.ts'
import type { LoadPlan, PlannedConnections } from './plan.ts'
import { requestsPerIteration, talkPausesPerIteration, thinkPerIteration } from './summarise-plan.ts'

interface PeakLoad {
  /** Highest level: arrivals per second (open) or users (closed). */
  readonly peak: number
  readonly model: LoadPlan['model']
  readonly scenarios: LoadPlan['scenarios']
}

/** As the profile chooses; else each user has a connection of its own where there are enough, and arrivals share. */
export function connectionsOf(profile: LoadProfile, load: PeakLoad): PlannedConnections {
  const { use, limit, maxAge, maxRequests, http = '1.1', verify = true, certificate } = profile.connections
  const each = connectionsEach(profile.connections, load.scenarios)
  const most = limit ?? connectionCap(profile, load, each)
  const own = load.model === 'closed' && load.peak * each <= most
  const beside = load.scenarios.some(({ steps }) => steps.some(isBeside))
  return {
    use: use ?? (own ? 'per-user' : 'shared'),
    limit: most,
    maxAge,
    maxRequests,
    http,
    verify,
    ...(beside && { parallel: parallelOf(profile.connections) }),
    ...(certificate !== undefined && { certificate: true as const }),
  }
}

// As many as an open load has at least.
const ROOM_FOR_ARRIVALS = 50

/**
 * The same of several loads, each as a plan of its own: users have connections of their own where that leaves enough to those
 * who share.
 */
export function usesOf(profile: LoadProfile, plans: readonly LoadPlan[]) {
  const loads = plans.map(({ curve, model, scenarios }) => {
    const each = connectionsEach(profile.connections, scenarios)
    return { peak: peakLevel(curve), model, scenarios, each }
  })
  const limit =
    profile.connections.limit ??
    Math.min(
      MOST_CONNECTIONS,
      sum(loads, (load) => connectionCap(profile, load, load.each)),
    )
  const users = sum(loads, ({ model, peak, each }) => (model === 'closed' ? Math.ceil(peak) * each : 0))
  const rest = loads.some(({ model }) => model === 'open') ? ROOM_FOR_ARRIVALS : 0
  const own = users + rest <= limit
  const uses = loads.map(({ model }) => profile.connections.use ?? (model === 'closed' && own ? 'per-user' : 'shared'))
  const all = { ...loads[0]!, scenarios: loads.flatMap(({ scenarios }) => scenarios) }
  const connections = connectionsOf({ ...profile, connections: { ...profile.connections, limit } }, all)
  return { uses, connections: { ...connections, use: uses[0]! } }
}

function sum<T>(parts: readonly T[], read: (part: T) => number): number {
  return parts.reduce((total, part) => total + read(part), 0)
}

/**
 * Closed: one per user, for a user waits for its answer; `each` where it has several under way. Open: as many as can be in
 * use if every answer takes the whole timeout (Little's law), but no more than 1,000, or those of a quarter of a second
 * where more: without a cap, a target that stalls is answered with thousands of new connections, which turn a short stall
 * into a long one.
 */
function connectionCap({ timeout, connections }: LoadProfile, load: PeakLoad, each: number): number {
  const { peak, model } = load
  if (model === 'closed') return Math.min(MOST_CONNECTIONS, Math.ceil(peak) * each)
  const perSecond = peak * requestsPerIteration(load)
  const useful = Math.min(perSecond * (timeout / 1000), Math.max(1_000, perSecond / 4))
  // A visitor with a connection of its own keeps it while it thinks; and everybody does in a conversation.
  const idle =
    connections.use === 'per-iteration'
      ? each * peak * (thinkPerIteration(load) / 1000)
      : peak * (talkPausesPerIteration(load) / 1000)
  return Math.min(MOST_CONNECTIONS, Math.max(ROOM_FOR_ARRIVALS, Math.ceil(useful + idle)))
}
