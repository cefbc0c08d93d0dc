import type { Scenario, Template } from '../profile/profile.ts'
import { templatesIn } from '../profile/talk.ts'

/** All that is sent by the steps of a scenario, or filled in to wait for something. */
export function templatesOf({ steps }: Scenario): readonly Template[] {
  return steps.flatMap((step) =>
    step.kind === 'request'
      ? [
          step.path,
          ...step.headers.map(([, value]) => value),
          ...(step.body ? [step.body.content] : []),
          ...templatesIn(step.talk),
        ]
      : [],
  )
}
