import { createHash } from 'node:crypto'
import type { Segment } from '../plan/plan.ts'
import { counted, formatCount, formatDuration, formatRate, type Ms } from '../units.ts'
import { boundDiffers, type Difference, numberDiffers, textDiffers } from './difference.ts'
import type { Policy } from './policy.ts'

/** How much is sent, how long an answer may take, and over which connections. */
export function loadDifferences(base: Policy, head: Policy): readonly Difference[] {
  return [
    ...curveDifferences(base.plan, head.plan),
    ...numberDiffers('timeout', [base.profile.timeout, head.profile.timeout], 'looser', formatDuration),
    ...textDiffers('redirects', base.profile.redirects ?? 'none', head.profile.redirects ?? 'none'),
    ...connectionDifferences(base, head),
  ]
}

function curveDifferences(base: Policy['plan'], head: Policy['plan']): readonly Difference[] {
  const [before, after] = [measuredPart(base), measuredPart(head)]
  const found = [
    ...numberDiffers('load: warm-up', [base.measureFrom, head.measureFrom], 'different', formatDuration),
    ...numberDiffers('load: measured for', [before.length, after.length], 'tighter', formatDuration),
    ...(base.model === head.model
      ? levelDifferences(before, after, base.model)
      : textDiffers('load: model', MODEL[base.model](before.peak), MODEL[head.model](after.peak))),
  ]
  if (found.length > 0 || JSON.stringify(base.curve) === JSON.stringify(head.curve)) return found
  return textDiffers('load: shape', shapeOf(base.curve, base.model), shapeOf(head.curve, head.model))
}

const MODEL = {
  open: (peak: number) => `open, up to ${formatRate(peak)}`,
  closed: (peak: number) => `closed, up to ${counted(peak, 'user')}`,
} as const

function levelDifferences(before: Measured, after: Measured, model: 'open' | 'closed'): readonly Difference[] {
  const [unit, say] = model === 'open' ? (['rate', formatRate] as const) : (['users', formatCount] as const)
  const peak = numberDiffers(`load: highest ${unit}`, [before.peak, after.peak], 'tighter', say)
  if (peak.length > 0) return peak
  return numberDiffers(`load: ${unit} on average`, [round(before.mean), round(after.mean)], 'tighter', say)
}

interface Measured {
  readonly length: Ms
  readonly peak: number
  readonly mean: number
}

/** The curve behind its warm-up, which is made of whole segments. */
function measuredPart({ curve, measureFrom }: Policy['plan']): Measured {
  let start: Ms = 0
  let [length, area, peak] = [0, 0, 0]
  for (const { from, to, over } of curve) {
    if (start >= measureFrom) {
      length += over
      area += ((from + to) / 2) * over
      peak = Math.max(peak, from, to)
    }
    start += over
  }
  return { length, peak, mean: length > 0 ? area / length : 0 }
}

function shapeOf(curve: readonly Segment[], model: 'open' | 'closed'): string {
  const say = model === 'open' ? formatRate : formatCount
  return curve
    .map(
      ({ from, to, over }) => `${from === to ? say(from) : `${say(from)} to ${say(to)}`} for ${formatDuration(over)}`,
    )
    .join(', ')
}

/** The same load in other pieces differs in the last digits of the sum only. */
function round(value: number): number {
  return Number(value.toPrecision(9))
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
  return [
    ...(use ? textDiffers('connections: use', before.use, after.use) : []),
    ...(chosen ? numberDiffers('connections: limit', [before.limit, after.limit], 'looser', formatCount) : []),
    ...boundDiffers('connections: max-age', [before.maxAge, after.maxAge], 'looser', formatDuration),
    ...boundDiffers('connections: max-requests', [before.maxRequests, after.maxRequests], 'looser', formatCount),
    ...textDiffers('connections: http', before.http, after.http),
    ...textDiffers('connections: ca', vouched(base, 'ca'), vouched(head, 'ca')),
    ...textDiffers('connections: certificate', vouched(base, 'certificate'), vouched(head, 'certificate')),
    ...textDiffers('connections: key', base.profile.connections.key, head.profile.connections.key),
    ...numberDiffers('connections: verify', [Number(before.verify), Number(after.verify)], 'tighter', (on) =>
      String(on === 1),
    ),
  ]
}
