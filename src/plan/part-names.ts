import { stepLabel } from '../profile/step-label.ts'
import type { LoadPlan } from './plan.ts'

/** Every name that a budget can have behind `of`: scenarios, and `scenario › step`. */
export function partNames({ scenarios }: Pick<LoadPlan, 'scenarios'>): ReadonlySet<string> {
  return new Set(
    scenarios.flatMap(({ name, steps }) => [
      name,
      ...steps.flatMap((step) => (step.kind === 'request' ? [stepLabel(name, step.name)] : [])),
    ]),
  )
}
