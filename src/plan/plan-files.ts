import { LoadgateError } from '../errors.ts'
import type { LoadProfile, Scenario } from '../profile/profile.ts'
import type { LoadPlan } from './plan.ts'

/** Paths, relative to the profile, of the files whose text the load needs. */
export function filesNeeded({ scenarios }: Pick<LoadProfile, 'scenarios'>): readonly string[] {
  return [...new Set(scenarios.flatMap(filesIn))]
}

function filesIn({ steps }: Scenario): readonly string[] {
  return steps.flatMap((step) => {
    const schema = step.kind === 'request' ? step.expect.schema : undefined
    return schema && 'file' in schema ? [schema.file] : []
  })
}

/** Nothing where nothing is needed. */
export function filesOf(
  profile: Pick<LoadProfile, 'scenarios'>,
  texts: Readonly<Record<string, string>>,
): Pick<LoadPlan, 'files'> {
  const needed = filesNeeded(profile)
  if (needed.length === 0) return {}
  const files = needed.map((file) => {
    const text = Object.hasOwn(texts, file) ? texts[file] : undefined
    if (text === undefined)
      throw new LoadgateError('usage', `${file} is not there`, { hint: 'Keep it by the profile.' })
    return [file, text] as const
  })
  return { files: Object.fromEntries(files) }
}
