import { expect, test } from '@jest/globals'
import { drawCurve } from '../../src/plan/draw-curve.ts'
import { planLoad } from '../../src/plan/plan-load.ts'
import type { Load } from '../../src/profile/profile.ts'
import { profile } from './profiles.ts'

const draw = (load: Load, size = { width: 60, height: 8 }) => drawCurve(planLoad(profile({ load }), { data: {} }), size)

test('a warm-up, a ramp and a hold', () => {
  const stages = [
    { from: 50, to: 200, over: 30_000 },
    { from: 200, to: 200, over: 60_000 },
  ]
  expect(`\n${draw({ model: 'open', warmUp: 10_000, shape: { kind: 'stages', stages } })}`).toBe(`
200/s ┤                  ▁▄▇████████████████████████████████
      │               ▁▃▆███████████████████████████████████
      │             ▂▅██████████████████████████████████████
      │          ▁▄▇████████████████████████████████████████
100/s ┤       ▁▃▆███████████████████████████████████████████
      │     ▂▅██████████████████████████████████████████████
      │█████████████████████████████████████████████████████
      │█████████████████████████████████████████████████████
  0/s └╌╌╌╌╌────────────────────────────────────────────────
       0 s  10 s warm-up                          1 min 40 s`)
})

test('users in steps', () => {
  const shape = { kind: 'steps', from: 10, add: 10, every: 20_000, until: 50, over: 120_000 } as const
  expect(`\n${draw({ model: 'closed', warmUp: 0, shape }, { width: 50, height: 5 })}`).toBe(`
50 users ┤                          ██████████████
         │                    ████████████████████
         │             ███████████████████████████
         │      ██████████████████████████████████
         │████████████████████████████████████████
 0 users └────────────────────────────────────────
          0 s                                2 min`)
})

test('a spike shorter than a column is seen, and so is a load next to nothing', () => {
  const levels = [
    { at: 0, level: 1 },
    { at: 30_000, level: 1_000 },
    { at: 30_100, level: 0 },
  ]
  const shape = { kind: 'levels', levels, over: 60_000 } as const
  expect(`\n${draw({ model: 'open', warmUp: 0, shape }, { width: 40, height: 2 })}`).toBe(`
1000/s ┤                █
 500/s ┤▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁█
   0/s └────────────────────────────────
        0 s                        1 min`)
})

test('no line is longer than asked for', () => {
  for (const width of [20, 33, 80])
    for (const line of draw(profile().load!, { width, height: 4 }).split('\n'))
      expect(line.length).toBeLessThanOrEqual(width)
})
