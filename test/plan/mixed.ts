// A plan of arrivals and users at once.

import { planLoad } from '../../src/plan/plan-load.ts'
import type { Load } from '../../src/profile/profile.ts'
import { profile, request, scenario } from './profiles.ts'

const flat = (model: Load['model'], level: number): Load => ({
  model,
  warmUp: 0,
  shape: { kind: 'stages', stages: [{ from: level, to: level, over: 10_000 }] },
})

/** Arrivals of two requests each, and users of one with a second to think. */
export function mixedPlan(rate: number, users: number) {
  const asks = scenario('users', 1, request(['/']), { kind: 'think', from: 1_000, to: 1_000 })
  return planLoad(
    profile({
      load: flat('open', rate),
      scenarios: [
        scenario('arrivals', 1, request(['/1']), request(['/2'])),
        { ...asks, load: { ...flat('closed', users), after: 0 } },
      ],
    }),
    { data: {} },
  )
}
