import { dirname, join } from 'node:path'
import { withCertificates } from './certificates.ts'
import { checkSchemas } from './check-schemas.ts'
import { LoadgateError } from './errors.ts'
import { insideOf, readBytes, readText } from './files.ts'
import { inspectFunctions } from './inspect-functions.ts'
import type { LoadPlan } from './plan/plan.ts'
import { poolsNeeded } from './plan/plan-data.ts'
import { filesUsed, MOST_FILES } from './plan/plan-files.ts'
import { planLoad, SEED } from './plan/plan-load.ts'
import { callIssues } from './profile/check-calls.ts'
import { type ParsedData, parseData } from './profile/data.ts'
import { dataEnvironment } from './profile/data-environment.ts'
import { formatIssues } from './profile/format-issues.ts'
import type { LoadProfile } from './profile/profile.ts'
import { parseProfile } from './profile/read-profile.ts'
import type { Bytes } from './units.ts'

const PROFILE_LIMIT: Bytes = 1_048_576
const DATA_LIMIT: Bytes = 64 * 1_048_576
/** It goes to every worker, and is in every plan. */
const FUNCTIONS_LIMIT: Bytes = 1_048_576

export interface LoadedProfile {
  readonly profile: LoadProfile
  readonly plan: LoadPlan
  /** Directory of the profile: its files and the service live there. */
  readonly directory: string
  /** Values from the environment that no log, report or file may show. */
  readonly secrets: readonly string[]
}

/** Reads a profile and the files it names, and plans it. Throws LoadgateError 'usage' with all issues. */
export async function loadProfile(
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<LoadedProfile> {
  const text = await readText(path, PROFILE_LIMIT)
  const { profile: written, secrets } = parseProfile(text, { file: path, env })
  const directory = dirname(path)
  const profile = await withCertificates(written, directory, env)
  const data: Record<string, ParsedData> = {}
  const environment = dataEnvironment(env)
  for (const [name, { file, format, env: fills }] of Object.entries(profile.data)) {
    const content = await readText(await insideOf(directory, file), DATA_LIMIT)
    const meaning = fills ? { meaning: environment.meaning } : {}
    data[name] = parseData(content, { file: join(directory, file), format, ...meaning })
  }
  environment.check()
  const files: Record<string, Buffer> = {}
  for (const file of filesUsed(profile)) files[file] = await readBytes(await insideOf(directory, file), MOST_FILES)
  await checkSchemas(profile, directory, files)
  const functions = await readFunctions(profile, directory, text)
  const names = poolsNeeded(profile, files)
  // Who uses none does not wait for the library.
  const pools = names.length > 0 ? (await import('./draw-pools.ts')).drawPools(names, SEED) : undefined
  const plan = planLoad(profile, { data, functions, files, pools, file: path })
  return { profile, plan, directory, secrets: [...new Set([...secrets, ...environment.secrets])] }
}

/** The text of the module, every call of which has been found to fit. */
async function readFunctions(profile: LoadProfile, directory: string, text: string): Promise<string | undefined> {
  if (!profile.functions) return undefined
  const { file } = profile.functions
  const functions = await readText(await insideOf(directory, file), FUNCTIONS_LIMIT)
  const mistakes = callIssues(profile, await inspectFunctions(functions, join(directory, file)))
  if (mistakes.length > 0) throw new LoadgateError('usage', formatIssues(mistakes, text), { mistakes })
  return functions
}
