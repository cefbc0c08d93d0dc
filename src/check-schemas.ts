import { join } from 'node:path'
import { LoadgateError, messageOf, type PlacedMistake } from './errors.ts'
import { readJson } from './profile/data.ts'
import { createIssueLog } from './profile/issue-log.ts'
import { type Places, placeAt, placesIn } from './profile/places.ts'
import type { LoadProfile } from './profile/profile.ts'
import { readYaml } from './profile/yaml-tree.ts'
import { SchemaFault } from './schema-fault.ts'

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
        ? [{ of: `${name} › ${step.name}`, schema: step.expect.schema, places: step.schemaPlaces }]
        : [],
    ),
  )
  if (wanted.length === 0) return
  const { compileSchema } = await import('./json-schema.ts')
  const wrong = wanted.flatMap(({ of, schema, places }): readonly PlacedMistake[] => {
    const file = 'file' in schema ? join(directory, schema.file) : ''
    const text = 'file' in schema ? String(files[schema.file]) : ''
    const document = 'file' in schema ? readJson(text, file) : schema.inline
    try {
      compileSchema(document)
      return []
    } catch (error) {
      const pointer = error instanceof SchemaFault ? error.pointer : ''
      const place = placeAt(places ?? placesInFile(text, file), pointer) ?? { file, line: 1, column: 1 }
      const whose = 'file' in schema ? '' : `the schema of ${of}: `
      return [{ place, message: `${whose}${messageOf(error)}` }]
    }
  })
  if (wrong.length === 0) return
  const lines = wrong.map(({ place, message }) => `${place.file}:${place.line}:${place.column} ${message}`)
  // One file may be of several steps.
  throw new LoadgateError('usage', [...new Set(lines)].join('\n'), {
    hint: 'A JSON Schema is of draft 7 or 2020-12, and refers to nothing outside of itself.',
    mistakes: wrong.filter((_, at) => lines.indexOf(lines[at]!) === at),
  })
}

/** JSON is YAML, whose reader knows where everything stands; none of a text that it does not take. */
function placesInFile(text: string, file: string): Places {
  const log = createIssueLog(text, file)
  const root = readYaml(text, log)
  return root ? placesIn(root, root.span, log) : {}
}
