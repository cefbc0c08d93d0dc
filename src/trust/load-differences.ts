import { createHash } from 'node:crypto'
import { formatCount, formatDuration } from '../units.ts'
import { curveDifferences } from './curve-differences.ts'
import { boundDiffers, type Difference, numberDiffers, textDiffers } from './difference.ts'
import { groupDifferences } from './group-differences.ts'
import type { Policy } from './policy.ts'

/** How much is sent, how long an answer may take, and over which connections. */
export function loadDifferences(base: Policy, head: Policy): readonly Difference[] {
  return [
    ...mainDifferences(base, head),
    ...groupDifferences(base, head),
    ...numberDiffers('timeout', [base.profile.timeout, head.profile.timeout], 'looser', formatDuration),
    ...textDiffers('redirects', base.profile.redirects ?? 'none', head.profile.redirects ?? 'none'),
    ...connectionDifferences(base, head),
  ]
}

/** Of the load of the profile; where there is none, all that is sent is in the scenarios' own. */
function mainDifferences(base: Policy, head: Policy): readonly Difference[] {
  const [before, after] = [base.plan, head.plan]
  const warmUp = numberDiffers('load: warm-up', [before.measureFrom, after.measureFrom], 'different', formatDuration)
  if (base.profile.load && head.profile.load) return curveDifferences('load', { base: before, head: after }, warmUp)
  const whose = ({ profile }: Policy) =>
    profile.load ? "of the profile, and the scenarios' own" : "the scenarios' own"
  const window = ({ duration, measureFrom }: Policy['plan']) => duration - measureFrom
  return [
    ...textDiffers('load: whose', whose(base), whose(head)),
    ...warmUp,
    ...numberDiffers('load: measured for', [window(before), window(after)], 'tighter', formatDuration),
  ]
}

/** A certificate may be renewed in the same file. */
function vouched({ profile: { connections } }: Policy, by: 'ca' | 'certificate'): string | undefined {
  const pem = connections.tls?.[by]
  const print = pem === undefined ? '' : ` (${createHash('sha256').update(pem).digest('hex').slice(0, 12)})`
  return connections[by] && `${connections[by]}${print}`
}

function connectionDifferences(base: Policy, head: Policy): readonly Difference[] {
  const [before, after] = [base.plan.connections, head.plan.connections]
  // What nobody has chosen follows from the load, whose differences are told.
  const chosen = base.profile.connections.limit !== undefined || head.profile.connections.limit !== undefined
  const use = base.profile.connections.use !== undefined || head.profile.connections.use !== undefined
  const parallel = base.profile.connections.parallel !== undefined || head.profile.connections.parallel !== undefined
  return [
    ...(use ? textDiffers('connections: use', before.use, after.use) : []),
    ...(chosen ? numberDiffers('connections: limit', [before.limit, after.limit], 'looser', formatCount) : []),
    ...boundDiffers('connections: max-age', [before.maxAge, after.maxAge], 'looser', formatDuration),
    ...boundDiffers('connections: max-requests', [before.maxRequests, after.maxRequests], 'looser', formatCount),
    ...textDiffers('connections: http', before.http, after.http),
    ...(parallel ? textDiffers('connections: parallel', countOf(before.parallel), countOf(after.parallel)) : []),
    ...textDiffers('connections: ca', vouched(base, 'ca'), vouched(head, 'ca')),
    ...textDiffers('connections: certificate', vouched(base, 'certificate'), vouched(head, 'certificate')),
    ...textDiffers('connections: key', base.profile.connections.key, head.profile.connections.key),
    ...numberDiffers('connections: verify', [Number(before.verify), Number(after.verify)], 'tighter', (on) =>
      String(on === 1),
    ),
  ]
}

/** Where nothing is sent beside a page there is none. */
function countOf(parallel: number | undefined): string | undefined {
  return parallel === undefined ? undefined : formatCount(parallel)
}
