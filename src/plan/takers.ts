import { LoadgateError } from '../errors.ts'
import { formatCount } from '../units.ts'
import { arrivalsIn, segmentsUntil } from './curve.ts'
import { takersIn } from './groups.ts'
import type { LoadPlan } from './plan.ts'

// Level and length have bounds of their own; their product beyond this is a mistake in a unit.
const MOST_ARRIVALS = 200_000_000

/** Who takes rows. */
export interface Takers {
  readonly count: number
  readonly word: 'arrivals' | 'users' | 'arrivals and users'
}

type Sent = Pick<LoadPlan, 'model' | 'curve' | 'measureFrom'>

/** All arrivals (open) and users (closed), the warm-up's included; refuses a load without any, and too many together. */
export function checkedTakers(loads: readonly Sent[]): Takers {
  for (const { model, curve, measureFrom } of loads) {
    const before = model === 'open' ? arrivalsIn(curve.slice(0, segmentsUntil(curve, measureFrom))) : 0
    if (takersIn({ model, curve }) - before < 1)
      throw new LoadgateError('usage', `The load has no ${WORD[model]} that are measured`, {
        hint: 'Raise the level, or make the load longer.',
      })
  }
  const takers = takersOf(loads)
  if (takers.count > MOST_ARRIVALS)
    throw new LoadgateError(
      'usage',
      `The load has ${formatCount(takers.count)} arrivals, more than ${formatCount(MOST_ARRIVALS)}`,
      { hint: 'Lower the level, or make the load shorter.' },
    )
  return takers
}

const WORD = { open: 'arrivals', closed: 'users' } as const

export function takersOf(loads: readonly Sent[]): Takers {
  const models = new Set(loads.map(({ model }) => model))
  return {
    count: loads.reduce((sum, load) => sum + takersIn(load), 0),
    word: models.size > 1 ? 'arrivals and users' : WORD[loads[0]?.model ?? 'open'],
  }
}
