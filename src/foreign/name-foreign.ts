import type { LoadPlan } from '../plan/plan.ts'
import type { RunResult } from '../result/result.ts'

/** What decided its load, where that is known: of a file that somebody brings it is not, and the same file stays the same run. */
type Known = Partial<Pick<RunResult, 'id' | 'fingerprint' | 'calibration'>>

/** A run of another generator under the names by which the profile is told and kept. Its steps have theirs since it was read. */
export function nameForeign(
  result: RunResult,
  { name, target }: Pick<LoadPlan, 'name' | 'target'>,
  { commit, ...known }: Pick<RunResult, 'commit'> & Known,
): RunResult {
  return { ...result, ...known, profile: name, commit, plan: { ...result.plan, target } }
}
