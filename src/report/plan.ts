import { MOST_REDIRECTS } from '../engine/redirects.ts'
import type { PlannedConnections } from '../plan/plan.ts'
import type { PlanFacts } from '../plan/summarise-plan.ts'
import type { Guard } from '../profile/profile.ts'
import { counted, formatBytes, formatCount, formatDuration, formatRate, formatShare } from '../units.ts'

/** What a plan amounts to, under its curve, for `loadgate plan`. */
export function renderPlan(facts: PlanFacts, curve: string): string {
  return [
    curve,
    '',
    `${windowPhrase(facts)}; ${peakPhrase(facts)}.`,
    amountLine(facts),
    ...redirectsLines(facts),
    ...filesLines(facts),
    connectionsLine(facts.connections),
    '',
    ...facts.scenarios.map(scenarioLine),
  ].join('\n')
}

export function windowPhrase({ warmUp, measured }: Pick<PlanFacts, 'warmUp' | 'measured'>): string {
  const before = warmUp > 0 ? `${formatDuration(warmUp)} of warm-up, then ` : ''
  return `${before}${formatDuration(measured)} measured`
}

export function peakPhrase({ model, peak }: PlanFacts): string {
  return model === 'open' ? `${formatRate(peak)} arrivals at the peak` : `${counted(peak, 'user')} at the peak`
}

export function amountLine({ arrivals, requests }: PlanFacts): string {
  if (arrivals === undefined || requests === undefined) return 'As many requests as the answers leave time for.'
  return `${counted(arrivals, 'arrival')}, ${counted(requests, 'request')} if none fails.`
}

/** None where none are followed. */
export function redirectsLines({ following }: Pick<PlanFacts, 'following'>): readonly string[] {
  if (following === 0) return []
  const whose = following === 1 ? 'One step follows redirects' : `${formatCount(following)} steps follow redirects`
  return [`${whose}, which are not counted: one request is then up to ${MOST_REDIRECTS + 1} on the wire.`]
}

/** None where the requests carry none. */
export function filesLines({ files: { count, size } }: Pick<PlanFacts, 'files'>): readonly string[] {
  return count === 0 ? [] : [`The requests carry ${counted(count, 'file')} of ${formatBytes(size)}.`]
}

/** What ends the load, and by what: a line each. */
export function renderGuards(guards: readonly Guard[]): string {
  const lines = guards.map(({ name, url, every, within, failures }) => {
    const called = name === url ? url : `${name}: ${url}`
    const asked = `asked every ${formatDuration(every)}, to answer within ${formatDuration(within)}`
    return `  ${called}, ${asked}; ${failures === 1 ? 'a failure' : `${failures} failures in a row`}`
  })
  const each = guards.length === 1 ? 'A guard ends the load' : `Each of ${guards.length} guards ends the load`
  return ['', `${each}:`, ...lines].join('\n')
}

export function connectionsLine(connections: PlannedConnections): string {
  const { use, limit, maxAge, maxRequests, http, parallel, verify, certificate } = connections
  const several = http === '1.1' && parallel !== undefined && parallel > 1
  const used = {
    'per-user': several ? `At most ${counted(parallel, 'connection')} for each user` : 'A connection for each user',
    'per-iteration': `${several ? 'New connections' : 'A new connection'} for each iteration, at most ${formatCount(limit)} at a time`,
    shared: `At most ${counted(limit, 'connection')}, shared`,
  }
  const bounds = [
    ...(maxAge === undefined ? [] : [formatDuration(maxAge)]),
    ...(maxRequests === undefined ? [] : [counted(maxRequests, 'request')]),
  ]
  const parts = [
    used[use],
    http === '2' && 'HTTP/2',
    parallel !== undefined && `at most ${counted(parallel, 'request')} beside a page at a time`,
    bounds.length > 0 && `each for at most ${bounds.join(' and ')}`,
    !verify && 'certificates are not checked',
    certificate === true && 'with a certificate of the client',
  ]
  return `${parts.filter((part) => part !== false).join('; ')}.`
}

export function scenarioLine({ name, share, once, requests, think }: PlanFacts['scenarios'][number]): string {
  const pauses = think > 0 ? ` and ${formatDuration(think)} of thinking` : ''
  return `${formatShare(share).padStart(7)}  ${name}: ${counted(requests, 'request')}${pauses}${once > 0 ? `, and once for each user ${counted(once, 'request')}` : ''}`
}
