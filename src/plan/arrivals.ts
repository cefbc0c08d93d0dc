import type { Ms } from '../units.ts'
import { randomAt } from './choice.ts'
import { arrivalAt, arrivalsIn } from './curve.ts'
import type { LoadPlan, Segment, Side } from './plan.ts'

type Arriving = Pick<LoadPlan, 'curve' | 'seed' | 'side'>

// Where two versions are compared side by side, both together get twice the load, in pairs of arrivals: one of each side, in
// an order that is random within every pair. So what disturbs the machine meets both alike (Bulej et al. 2020, "Duet
// benchmarking").

/** When arrival `n` (from 0) of a plan, or of its side, is due; undefined once the curve is spent. */
export function arrivalOf({ curve, seed, side }: Arriving, n: number): Ms | undefined {
  return side === undefined ? arrivalAt(curve, n) : arrivalAt(doubled(curve), slotOf(n, seed, side))
}

/** How many arrivals a plan, or its side, has in the first `segments` of its curve. */
export function arrivalsOf({ curve, seed, side }: Arriving, segments = curve.length): number {
  const part = segments < curve.length ? curve.slice(0, segments) : curve
  if (side === undefined) return arrivalsIn(part)
  const slots = arrivalsIn(doubled(part))
  // Of the last pair only the first may be on the curve.
  const whole = Math.floor(slots / 2)
  return slotOf(whole, seed, side) < slots ? whole + 1 : whole
}

function slotOf(n: number, seed: number, side: Side): number {
  const first: Side = randomAt(seed, n, WHO_IS_FIRST) < 0.5 ? 'base' : 'head'
  return 2 * n + (side === first ? 0 : 1)
}

// The salts of an iteration's choices count up from 0.
const WHO_IS_FIRST = -1

// Worked out once: what is known of a curve is kept by its identity.
const twice = new WeakMap<readonly Segment[], readonly Segment[]>()

function doubled(curve: readonly Segment[]): readonly Segment[] {
  const known = twice.get(curve)
  if (known) return known
  const made = curve.map(({ from, to, over }) => ({ from: 2 * from, to: 2 * to, over }))
  twice.set(curve, made)
  return made
}
