import { LoadgateError } from '../errors.ts'
import type { LoadPlan } from '../plan/plan.ts'
import type { ThinkStep } from '../profile/profile.ts'
import { type Check, compileCheck } from './check.ts'
import { compileRequest, type Prepare } from './request.ts'

/** A scenario made ready to be run thousands of times a second. */
export interface CompiledScenario {
  readonly steps: readonly CompiledStep[]
}

export type CompiledStep =
  | { readonly kind: 'request'; readonly id: number; readonly prepare: Prepare; readonly check: Check }
  | ThinkStep

export function compileScenarios(plan: LoadPlan): readonly CompiledScenario[] {
  return plan.scenarios.map(({ name, steps }) => {
    // One without would be over as soon as it began, and its user would begin the next at once, for ever.
    if (!steps.some(({ kind }) => kind === 'request'))
      throw new LoadgateError('usage', `The scenario "${name}" sends no request`)
    return {
      steps: steps.map((step) => {
        if (step.kind === 'think') return step
        const { check, wants } = compileCheck(step)
        return { kind: 'request' as const, id: step.id, check, prepare: compileRequest(step, plan, wants) }
      }),
    }
  })
}

/** Ids count the request steps of the whole plan from 0. */
export function requestSteps({ scenarios }: LoadPlan) {
  return scenarios.flatMap(({ steps }) => steps.filter((step) => step.kind === 'request'))
}
