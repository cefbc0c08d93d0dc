import type { LoadPlan } from '../plan/plan.ts'
import type { LoadProfile } from '../profile/profile.ts'

/** All by which a version is judged: its profile as written, and the plan that follows from it. */
export interface Policy {
  readonly profile: LoadProfile
  readonly plan: LoadPlan
}
