import type { Ms } from '../units.ts'
import { firstAbove } from './first-above.ts'
import type { Segment } from './plan.ts'

/**
 * The moment arrival `n` (from 0) is due, in ms from the start; undefined once the curve is spent.
 * Arrival n is due when the area under the curve reaches n, so the first one comes as soon as the level leaves 0.
 */
export function arrivalAt(curve: readonly Segment[], n: number): Ms | undefined {
  const { arrivals, starts } = tableOf(curve)
  const at = firstAbove(arrivals, n)
  if (at === curve.length) return undefined
  const before = at === 0 ? 0 : arrivals[at - 1]!
  return starts[at]! + timeOfArea(curve[at]!, n - before)
}

/** How many arrivals there are in all: `arrivalAt` gives a moment for each n below this and for no other. */
export function arrivalsIn(curve: readonly Segment[]): number {
  return Math.ceil(tableOf(curve).arrivals.at(-1) ?? 0)
}

/** The level at `t` ms from the start, 0 before the start and from the end on. Where the level jumps, the new one. */
export function levelAt(curve: readonly Segment[], t: Ms): number {
  const { ends, starts } = tableOf(curve)
  const at = firstAbove(ends, t)
  if (t < 0 || at === curve.length) return 0
  const { from, to, over } = curve[at]!
  return from + (to - from) * ((t - starts[at]!) / over)
}

/** What is left of it from `t` ms on. */
export function curveFrom(curve: readonly Segment[], t: Ms): readonly Segment[] {
  const { starts, ends } = tableOf(curve)
  return curve.slice(firstAbove(ends, t)).map((segment, at, left) => {
    const gone = at === 0 ? t - starts[curve.length - left.length]! : 0
    const { from, to, over } = segment
    return gone <= 0 ? segment : { from: from + (to - from) * (gone / over), to, over: over - gone }
  })
}

export function peakLevel(curve: readonly Segment[]): number {
  return curve.reduce((peak, { from, to }) => Math.max(peak, from, to), 0)
}

export function lengthOf(curve: readonly Segment[]): Ms {
  return tableOf(curve).ends.at(-1) ?? 0
}

/** How many of its segments end by `t` ms from the start. */
export function segmentsUntil(curve: readonly Segment[], t: Ms): number {
  // A sum of lengths is not always the same to the last digit.
  return firstAbove(tableOf(curve).ends, t + 1e-6)
}

/** Several curves on top of each other, each `times` its level: straight segments once more. */
export function sumOfCurves(
  parts: readonly { readonly curve: readonly Segment[]; readonly times: number }[],
): readonly Segment[] {
  const ends = [...new Set(parts.flatMap(({ curve }) => [...tableOf(curve).ends]))].sort((a, b) => a - b)
  return ends.map((end, at) => {
    const start = ends[at - 1] ?? 0
    const level = (t: Ms) => parts.reduce((sum, { curve, times }) => sum + times * levelWithin(curve, start, t), 0)
    return { from: level(start), to: level(end), over: end - start }
  })
}

/** At `t`, of the segment that is under way right behind `start`: where the level jumps at its end, the old one. */
function levelWithin(curve: readonly Segment[], start: Ms, t: Ms): number {
  const { starts, ends } = tableOf(curve)
  const at = firstAbove(ends, start)
  if (at === curve.length) return 0
  const { from, to, over } = curve[at]!
  return from + (to - from) * ((t - starts[at]!) / over)
}

/** When user `user` (from 0) is active, which is while the level is above `user`: in order, apart, never empty. */
export function userSpans(curve: readonly Segment[], user: number): readonly { from: Ms; to: Ms }[] {
  const { starts, ends } = tableOf(curve)
  const spans: { from: Ms; to: Ms }[] = []
  for (const [at, { from, to, over }] of curve.entries()) {
    if (from <= user && to <= user) continue
    const crossing = starts[at]! + over * ((user - from) / (to - from))
    const span = { from: from > user ? starts[at]! : crossing, to: to > user ? ends[at]! : crossing }
    const last = spans.at(-1)
    if (last?.to === span.from) last.to = span.to
    else if (span.from < span.to) spans.push(span)
  }
  return spans
}

interface Table {
  readonly starts: Float64Array
  readonly ends: Float64Array
  /** Area under the curve up to the end of each segment. */
  readonly arrivals: Float64Array
}

// Worked out once per curve: `arrivalAt` is asked for every arrival, of curves with up to thousands of segments.
const tables = new WeakMap<readonly Segment[], Table>()

function tableOf(curve: readonly Segment[]): Table {
  const known = tables.get(curve)
  if (known) return known
  const table = {
    starts: new Float64Array(curve.length),
    ends: new Float64Array(curve.length),
    arrivals: new Float64Array(curve.length),
  }
  let end = 0
  let area = 0
  for (const [at, { from, to, over }] of curve.entries()) {
    table.starts[at] = end
    table.ends[at] = end += over
    area += ((from + to) / 2) * (over / 1000)
    table.arrivals[at] = snap(area)
  }
  tables.set(curve, table)
  return table
}

/** 4.4/s for 12.5 s are 55 arrivals, not the 56 that their product 55.00000000000001 would round up to. */
function snap(area: number): number {
  const whole = Math.round(area)
  return Math.abs(area - whole) < 1e-6 ? whole : area
}

// area(x) = from·x + slope·x²/2, solved for x. This form has no 0/0 when the segment is flat, so constant load and
// ramp need no branch. Where a ramp ends at 0, rounding may carry what is under the root below it.
function timeOfArea({ from, to, over }: Segment, area: number): Ms {
  if (area === 0) return 0
  const slope = (to - from) / (over / 1000)
  const root = Math.sqrt(Math.max(0, from * from + 2 * slope * area))
  return ((2 * area) / (from + root)) * 1000
}
