import { type Cut, intervalLength } from '../engine/interval.ts'
import type { ShardResult, StepCounts } from '../engine/shard-result.ts'
import { messageOf } from '../errors.ts'
import { firstOf, flawOfIntervals, flawOfStep } from './step-flaw.ts'

/** The same of a worker that ran a script, whose steps and window no plan knows. */
export function flawOfScript({ script, steps, intervals }: ShardResult): string | undefined {
  if (script === undefined) return 'says nothing of its script'
  const { measured, names } = script
  const places = new Set(names.map(({ scenario, step }) => JSON.stringify([scenario, step])))
  if (places.size !== steps.length || names.length !== steps.length) return 'does not name every step once'
  if (steps.some(({ id }, at) => id !== at)) return 'does not report on every step'
  const cut = { measured, length: intervalLength(measured) }
  try {
    return flawOfIntervals(intervals, steps, cut) ?? firstOf(steps, (step) => flawOfStepIn(cut, step))
  } catch (error) {
    return messageOf(error)
  }
}

/** Its window ends with its last request. */
function flawOfStepIn(cut: Cut, step: StepCounts): string | undefined {
  if (step.succeededInWindow !== step.succeeded) return 'reports requests behind its last one'
  return flawOfStep(step, cut, { untimed: true })
}
