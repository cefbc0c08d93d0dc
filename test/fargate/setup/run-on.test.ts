import { expect, test } from '@jest/globals'
import { chooseRunOn } from '../../../src/fargate/setup/run-on.ts'
import { mixedPlan } from '../../plan/mixed.ts'
import { onePlan, requestStep } from '../../support/plans.ts'

const open = onePlan({ port: 1, steps: [requestStep(), requestStep()], level: 5_000 })
const closed = onePlan({ port: 1, steps: [requestStep()], model: 'closed', level: 3_000 })
const usual = { asked: 'auto', configured: true, targetIsHere: false, room: { rate: 9_000, users: 2_000 } } as const

test.each([
  [open, {}, 'fargate', 'the peak is 10,000 requests/s, and this machine can send about 9,000'],
  [
    open,
    { room: { rate: 10_000, users: 0 } },
    'runner',
    'the peak is 10,000 requests/s, and this machine can send about 10,000',
  ],
  [closed, {}, 'fargate', 'the peak is 3,000 users, and this machine can send about 2,000'],
  [
    closed,
    { room: { rate: 1, users: 3_000 } },
    'runner',
    'the peak is 3,000 users, and this machine can send about 3,000',
  ],
  [open, { targetIsHere: true }, 'runner', 'the target is on this machine'],
  [open, { configured: false }, 'runner', 'no `fargate-stack` is named'],
  [open, { asked: 'runner' as const }, 'runner', '`run-on` is runner'],
  [closed, { asked: 'fargate' as const, configured: false, targetIsHere: true }, 'fargate', '`run-on` is fargate'],
])('case %#', (plan, changes, where, why) => {
  expect(chooseRunOn(plan, { ...usual, ...changes })).toEqual({ where, why })
})

test('arrivals and users at once share the machine', () => {
  const half = { ...usual, room: { rate: 9_000, users: 2_000 } }
  expect(chooseRunOn(mixedPlan(2_000, 1_000), half)).toEqual({
    where: 'runner',
    why: 'the peak is 4,000 requests/s, and this machine can send about 9,000; the peak is 1,000 users, and this machine can send about 2,000',
  })
  expect(chooseRunOn(mixedPlan(3_000, 1_000), half).where).toBe('fargate')
})
