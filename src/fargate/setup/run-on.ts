import { demandOf } from '../../plan/demand.ts'
import type { LoadPlan } from '../../plan/plan.ts'
import { formatCount, type PerSecond } from '../../units.ts'

/** What the machine that Loadgate runs on could send by itself. */
export interface RunnerRoom {
  /** Without being seen in the response times. */
  readonly rate: PerSecond
  readonly users: number
}

export interface RunOn {
  readonly where: 'runner' | 'fargate'
  /** In words, for people. */
  readonly why: string
}

interface Choice {
  readonly asked: 'runner' | 'fargate' | 'auto'
  /** Whether it is known where workers run. */
  readonly configured: boolean
  /** The target is on this machine: workers elsewhere do not reach it. */
  readonly targetIsHere: boolean
  readonly room: RunnerRoom
}

/** Where a plan is sent from. */
export function chooseRunOn(plan: LoadPlan, { asked, configured, targetIsHere, room }: Choice): RunOn {
  const runner = (why: string): RunOn => ({ where: 'runner', why })
  if (asked !== 'auto') return { where: asked, why: `\`run-on\` is ${asked}` }
  if (targetIsHere) return runner('the target is on this machine')
  if (!configured) return runner('no `fargate-stack` is named')
  const { rate, users } = demandOf(plan)
  const needs = [
    ...(rate > 0 ? [{ need: rate, has: room.rate, what: 'requests/s' }] : []),
    ...(users > 0 ? [{ need: users, has: room.users, what: 'users' }] : []),
  ]
  const peakIs = needs
    .map(
      ({ need, has, what }) => `the peak is ${rounded(need)} ${what}, and this machine can send about ${rounded(has)}`,
    )
    .join('; ')
  // Who sends both has a part of the machine for each.
  const share = needs.reduce((sum, { need, has }) => sum + need / has, 0)
  return share <= 1 ? runner(peakIs) : { where: 'fargate', why: peakIs }
}

function rounded(value: number): string {
  return formatCount(Number(value.toPrecision(3)))
}
