import type { PlannedConnections } from '../plan/plan.ts'
import type { PlanFacts } from '../plan/summarise-plan.ts'
import { counted, formatCount, formatDuration, formatRate, formatShare } from '../units.ts'

/** What a plan amounts to, under its curve, for `loadgate plan`. */
export function renderPlan(facts: PlanFacts, curve: string): string {
  const { model, peak, warmUp, measured, arrivals, requests, connections } = facts
  const peaks = model === 'open' ? `${formatRate(peak)} arrivals at the peak` : `${counted(peak, 'user')} at the peak`
  const before = warmUp > 0 ? `${formatDuration(warmUp)} of warm-up, then ` : ''
  const amount =
    arrivals === undefined || requests === undefined
      ? 'As many requests as the answers leave time for'
      : `${counted(arrivals, 'arrival')}, ${counted(requests, 'request')} if none fails`
  return [
    curve,
    '',
    `${before}${formatDuration(measured)} measured; ${peaks}.`,
    `${amount}.`,
    connectionsLine(connections),
    '',
    ...facts.scenarios.map(scenarioLine),
  ].join('\n')
}

function connectionsLine(connections: PlannedConnections): string {
  const { use, limit, maxAge, maxRequests, http, verify, certificate } = connections
  const used = {
    'per-user': 'A connection for each user',
    'per-iteration': `A new connection for each iteration, at most ${formatCount(limit)} at a time`,
    shared: `At most ${counted(limit, 'connection')}, shared`,
  }
  const bounds = [
    ...(maxAge === undefined ? [] : [formatDuration(maxAge)]),
    ...(maxRequests === undefined ? [] : [counted(maxRequests, 'request')]),
  ]
  const parts = [
    used[use],
    http === '2' && 'HTTP/2',
    bounds.length > 0 && `each for at most ${bounds.join(' and ')}`,
    !verify && 'certificates are not checked',
    certificate === true && 'with a certificate of the client',
  ]
  return `${parts.filter((part) => part !== false).join('; ')}.`
}

function scenarioLine({ name, share, once, requests, think }: PlanFacts['scenarios'][number]): string {
  const pauses = think > 0 ? ` and ${formatDuration(think)} of thinking` : ''
  return `${formatShare(share).padStart(7)}  ${name}: ${counted(requests, 'request')}${pauses}${once > 0 ? `, and once for each user ${counted(once, 'request')}` : ''}`
}
