import { join } from 'node:path'
import { LoadgateError, messageOf } from './errors.ts'
import { insideOf, readText } from './files.ts'
import { filesNeeded } from './plan/plan-files.ts'
import { readJson } from './profile/data.ts'
import type { LoadProfile } from './profile/profile.ts'
import type { Bytes } from './units.ts'

/** Each goes to every worker. */
const LIMIT: Bytes = 4 * 1_048_576

/**
 * Texts of the files that the steps of a profile name, by their paths. Throws LoadgateError 'usage' where one is not there, or
 * is no JSON Schema where it should be one.
 */
export async function readStepFiles(
  profile: LoadProfile,
  directory: string,
): Promise<Readonly<Record<string, string>>> {
  const texts: Record<string, string> = {}
  for (const file of filesNeeded(profile)) texts[file] = await readText(await insideOf(directory, file), LIMIT)
  await checkSchemas(profile, directory, texts)
  return texts
}

async function checkSchemas(
  { scenarios }: LoadProfile,
  directory: string,
  texts: Readonly<Record<string, string>>,
): Promise<void> {
  const wanted = scenarios.flatMap(({ name, steps }) =>
    steps.flatMap((step) =>
      step.kind === 'request' && step.expect.schema
        ? [{ step: `${name} › ${step.name}`, schema: step.expect.schema }]
        : [],
    ),
  )
  if (wanted.length === 0) return
  const { compileSchema } = await import('./json-schema.ts')
  const wrong = wanted.flatMap(({ step, schema }) => {
    const place = 'file' in schema ? join(directory, schema.file) : `schema of ${step}`
    const document = 'file' in schema ? readJson(texts[schema.file] ?? '', place) : schema.inline
    try {
      compileSchema(document)
      return []
    } catch (error) {
      const named = 'file' in schema ? [{ file: place, line: 1, column: 1 }] : []
      return [{ place, named, message: messageOf(error) }]
    }
  })
  if (wrong.length === 0) return
  throw new LoadgateError('usage', wrong.map(({ place, message }) => `${place}: ${message}`).join('\n'), {
    hint: 'A JSON Schema is of draft 7 or 2020-12, and refers to nothing outside of itself.',
    mistakes: wrong.flatMap(({ named, message }) => named.map((place) => ({ place, message }))),
  })
}
