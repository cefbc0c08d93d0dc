import { expect, test } from '@jest/globals'
import { planLoad } from '../../src/plan/plan-load.ts'
import { summarisePlan } from '../../src/plan/summarise-plan.ts'
import type { LoadProfile } from '../../src/profile/profile.ts'
import { renderPlan } from '../../src/report/plan.ts'
import { profile, request, scenario } from '../plan/profiles.ts'

const shown = (changes: Partial<LoadProfile>) =>
  renderPlan(summarisePlan(planLoad(profile(changes), { data: {} })), 'CURVE').split('\n')

const scenarios = [scenario('shop', 3, request(['/']), request(['/cart'])), scenario('log in', 1, request(['/login']))]

test('a plan says what it amounts to', () => {
  const stages = [{ from: 10, to: 10, over: 60_000 }]
  expect(shown({ scenarios, load: { model: 'open', warmUp: 5_000, shape: { kind: 'stages', stages } } })).toEqual([
    'CURVE',
    '',
    '5 s of warm-up, then 1 min measured; 10/s arrivals at the peak.',
    '650 arrivals, 1,138 requests if none fails; at most 175 connections.',
    '',
    '   75 %  shop: 2 requests',
    '   25 %  log in: 1 request',
  ])
})

test('one is one', () => {
  const stages = [{ from: 1, to: 1, over: 1_000 }]
  const load = { warmUp: 0, shape: { kind: 'stages', stages } } as const
  const users = shown({ load: { model: 'closed', ...load } })
  expect(users[2]).toBe('1 s measured; 1 user at the peak.')
  expect(users[3]).toBe('As many requests as the answers leave time for; at most 1 connection.')
  const rate = shown({ load: { model: 'open', ...load } })
  expect(rate[3]).toMatch(/^1 arrival, 1 request if none fails; at most \d+ connections\.$/)
})
