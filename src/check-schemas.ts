import { join } from 'node:path'
import { LoadgateError, messageOf } from './errors.ts'
import { readJson } from './profile/data.ts'
import type { LoadProfile } from './profile/profile.ts'

/**
 * Throws LoadgateError 'usage' where a JSON Schema of the profile is none. Who uses none does not wait for the library.
 *
 * @param files by their paths, relative to the profile
 */
export async function checkSchemas(
  { scenarios }: LoadProfile,
  directory: string,
  files: Readonly<Record<string, Buffer>>,
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
    const document = 'file' in schema ? readJson(String(files[schema.file]), place) : schema.inline
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
