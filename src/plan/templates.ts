import type { Scenario, Template } from '../profile/profile.ts'

/** All that is sent by the steps of a scenario. */
export function templatesOf({ steps }: Scenario): readonly Template[] {
  return steps.flatMap((step) =>
    step.kind === 'request'
      ? [step.path, ...step.headers.map(([, value]) => value), ...(step.body ? [step.body.content] : [])]
      : [],
  )
}
