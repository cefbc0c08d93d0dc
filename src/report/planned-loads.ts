import { lengthOf, sumOfCurves } from '../plan/curve.ts'
import type { Segment } from '../plan/plan.ts'
import type { RunResult } from '../result/result.ts'

/** The load of the measured window as it was planned. */
export interface PlannedLoads {
  /** Per second; undefined where there are none, and in runs that did not keep it. */
  readonly arrivals?: readonly Segment[]
  /** As above. */
  readonly users?: readonly Segment[]
}

/** Of all that is measured for the figures of the run; both where arrivals and users are. */
export function plannedLoads({ plan, groups }: Pick<RunResult, 'plan' | 'groups'>): PlannedLoads {
  const { model, curve, measured } = plan
  if (model !== 'mixed') {
    if (curve === undefined || curve.length === 0) return {}
    return model === 'open' ? { arrivals: curve } : { users: curve }
  }
  const own = (wanted: 'open' | 'closed') =>
    (groups ?? []).flatMap(({ model, background, curve }) =>
      background || model !== wanted ? [] : [{ curve, times: 1 }],
    )
  const together = (wanted: 'open' | 'closed') => untilEnd(sumOfCurves(own(wanted)), measured)
  return { arrivals: together('open'), users: together('closed') }
}

/** One that has ended is at 0 until the others have. */
function untilEnd(curve: readonly Segment[], measured: number): readonly Segment[] {
  const rest = measured - lengthOf(curve)
  return rest > 0 ? [...curve, { from: 0, to: 0, over: rest }] : curve
}
