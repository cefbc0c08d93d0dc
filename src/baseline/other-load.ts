import type { RunResult, StepResult } from '../result/result.ts'
import { counted, formatDuration } from '../units.ts'

type Sent = Partial<Pick<RunResult, 'source' | 'plan' | 'steps'>>

/** Beyond it two loads are not the same one that met a quicker or slower service, or a few seconds more of a ramp. */
const MUCH = 1.25

/**
 * How the loads of two runs of another generator differ, in words. Their files hold no plan to be compared, so it is told by
 * what was sent: other users, or another length of time and another number of requests. One of the two alone may be what the
 * service did: users who wait for it send fewer requests in the same time, or the same number in a longer one.
 */
export function otherLoad(then: Sent, now: Sent): string | undefined {
  if (!then.source || !now.source || !then.plan || !now.plan) return undefined
  const [were, are] = [then.source.users, now.source.users]
  if (were !== undefined && are !== undefined && apart(were, are))
    return `another load: ${counted(were, 'user')}, now ${are}`
  const [sentThen, sentNow] = [sentIn(then.steps), sentIn(now.steps)]
  if (!apart(then.plan.measured, now.plan.measured) || !apart(sentThen, sentNow)) return undefined
  return `another load: ${amount(sentThen, then.plan.measured)}, now ${amount(sentNow, now.plan.measured)}`
}

function apart(a: number, b: number): boolean {
  return Math.max(a, b) > MUCH * Math.min(a, b)
}

function sentIn(steps: readonly StepResult[] = []): number {
  return steps.reduce((sum, { sent }) => sum + sent, 0)
}

function amount(sent: number, measured: number): string {
  return `${counted(sent, 'request')} in ${formatDuration(measured)}`
}
