import { expect, test } from '@jest/globals'
import { drawCurve } from '../../src/plan/draw-curve.ts'
import { planLoad } from '../../src/plan/plan-load.ts'
import { summarisePlan } from '../../src/plan/summarise-plan.ts'
import type { Load, LoadProfile } from '../../src/profile/profile.ts'
import { renderPlan } from '../../src/report/plan.ts'
import { renderLoads } from '../../src/report/plan-groups.ts'
import { profile, request, scenario } from '../plan/profiles.ts'

const paper = { width: 40, height: 2 }
const load = (model: Load['model'], level: number, over: number): Load => {
  const stages = [{ from: level, to: level, over }]
  return { model, warmUp: 0, shape: { kind: 'stages', stages } }
}
const planOf = (changes: Partial<LoadProfile>) => planLoad(profile(changes), { data: {} })

test('each load is drawn on the same axis of time, and all of them are counted together', () => {
  const plan = planOf({
    load: { ...load('open', 10, 30_000), warmUp: 10_000 },
    scenarios: [
      scenario('shop', 3, request(['/']), request(['/cart'])),
      scenario('look', 1, request(['/'])),
      { ...scenario('sale', 1, request(['/sale'])), load: { ...load('closed', 5, 10_000), after: 10_000 } },
      { ...scenario('noise', 1, request(['/'])), load: { ...load('open', 4, 30_000), after: 0 }, background: true },
    ],
  })
  expect(`\n${renderLoads(plan, paper)}`).toBe(`
shop, look:
10/s ┤██████████████████████████████████
 5/s ┤██████████████████████████████████
 0/s └╌╌╌╌╌╌╌╌╌─────────────────────────
      0 s      10 s warm-up         40 s
10/s arrivals at the peak. 400 arrivals, 700 requests if none fails.
   75 %  shop: 2 requests
   25 %  look: 1 request

sale, 10 s later:
  5 users ┤              ████████
2.5 users ┤              ████████
  0 users └╌╌╌╌╌╌╌──────────────────────
           0 s    10 s warm-up      40 s
5 users at the peak. As many requests as the answers leave time for.
  100 %  sale: 1 request

noise (in the background):
4/s ┤███████████████████████████████████
2/s ┤███████████████████████████████████
0/s └╌╌╌╌╌╌╌╌╌──────────────────────────
     0 s      10 s warm-up          40 s
4/s arrivals at the peak. 160 arrivals, 160 requests if none fails.
  100 %  noise: 1 request

Together: 10 s of warm-up, then 30 s measured; 21.5 requests/s and 5 users at the peak.
One for each user of a closed load, the others shared. At most 230 connections, shared.`)
})

test('one load is told as ever', () => {
  const plan = planOf({})
  expect(renderLoads(plan, paper)).toBe(renderPlan(summarisePlan(plan), drawCurve(plan, paper)))
})
