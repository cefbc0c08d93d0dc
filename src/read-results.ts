import { LoadgateError } from './errors.ts'
import { insideOf } from './files.ts'
import { readForeign } from './foreign/read-foreign.ts'
import type { LoadPlan } from './plan/plan.ts'
import type { LoadedProfile } from './profile-file.ts'
import type { RunResult } from './result/result.ts'
import { type EpochMs, formatDuration, type Ms } from './units.ts'

/** What lies there for longer is of another job: a step that has written nothing must not be judged by what was there before. */
const OLDEST: Ms = 24 * 3_600_000
/** So far apart clocks may be. */
const MOST_AHEAD: Ms = 3_600_000

/**
 * The run that another generator has written down, under the profile's name: those of other names are not compared. Its labels
 * are outside text as any other.
 */
export async function readResults(
  file: string,
  { plan, directory }: Pick<LoadedProfile, 'directory'> & { readonly plan: Pick<LoadPlan, 'name'> },
  { redact, now = Date.now() }: { readonly redact: (text: string) => string; readonly now?: EpochMs },
): Promise<RunResult> {
  const path = await insideOf(directory, file)
  const result = await readForeign(path, plan.name)
  if (result === undefined)
    throw new LoadgateError('usage', `${file} is a file of Loadgate's own, and no run of another generator`, {
      hint: 'Compare it with `loadgate compare`.',
    })
  const age = now - result.startedAt
  if (age < -MOST_AHEAD)
    throw new LoadgateError('usage', `${file} is of a run that begins in ${formatDuration(-age)}: its clock is ahead`, {
      hint: 'Set the clock of the machine that wrote it, or of this one: its age tells whether it is of this job.',
    })
  if (age <= OLDEST) {
    const steps = result.steps.map((step) => ({ ...step, scenario: redact(step.scenario), step: redact(step.step) }))
    return { ...result, steps }
  }
  throw new LoadgateError('usage', `${file} is of a run that began ${formatDuration(age)} ago, and not of this one`, {
    hint: 'See why it was not written anew; an earlier run is judged by `loadgate compare`.',
  })
}
