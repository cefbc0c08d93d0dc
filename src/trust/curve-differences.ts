import type { Segment } from '../plan/plan.ts'
import { counted, formatCount, formatDuration, formatRate, type Ms } from '../units.ts'
import { type Difference, numberDiffers, textDiffers } from './difference.ts'
import type { Policy } from './policy.ts'

type Plan = Policy['plan']

/**
 * How much of a load is sent, and when: that of the profile, or that of a scenario, from its plan.
 * @param begin in what their beginnings differ
 */
export function curveDifferences(
  what: string,
  { base, head }: { readonly base: Plan; readonly head: Plan },
  begin: readonly Difference[],
): readonly Difference[] {
  const [before, after] = [measuredPart(base), measuredPart(head)]
  const found = [
    ...begin,
    ...numberDiffers(`${what}: measured for`, [before.length, after.length], 'tighter', formatDuration),
    ...(base.model === head.model
      ? levelDifferences(what, before, after, base.model)
      : textDiffers(`${what}: model`, MODEL[base.model](before.peak), MODEL[head.model](after.peak))),
  ]
  if (found.length > 0 || JSON.stringify(base.curve) === JSON.stringify(head.curve)) return found
  return textDiffers(`${what}: shape`, shapeOf(base.curve, base.model), shapeOf(head.curve, head.model))
}

const MODEL = {
  open: (peak: number) => `open, up to ${formatRate(peak)}`,
  closed: (peak: number) => `closed, up to ${counted(peak, 'user')}`,
} as const

function levelDifferences(
  what: string,
  before: Measured,
  after: Measured,
  model: 'open' | 'closed',
): readonly Difference[] {
  const [unit, say] = model === 'open' ? (['rate', formatRate] as const) : (['users', formatCount] as const)
  const peak = numberDiffers(`${what}: highest ${unit}`, [before.peak, after.peak], 'tighter', say)
  if (peak.length > 0) return peak
  return numberDiffers(`${what}: ${unit} on average`, [round(before.mean), round(after.mean)], 'tighter', say)
}

interface Measured {
  readonly length: Ms
  readonly peak: number
  readonly mean: number
}

/** The curve behind its warm-up, which is made of whole segments. */
function measuredPart({ curve, measureFrom }: Plan): Measured {
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
