import { LoadgateError } from '../errors.ts'
import type { LoadProfile, Scenario } from '../profile/profile.ts'
import { type Bytes, formatBytes } from '../units.ts'
import { templatesOf } from './templates.ts'

/** Every worker holds all files in memory, and on Fargate they come to it with the plan. */
export const MOST_FILES: Bytes = 32_000_000

/** Paths of the files that requests carry, or checks or a script need, as the profile writes them, each once. */
export function filesUsed({ scenarios, engine }: Pick<LoadProfile, 'scenarios' | 'engine'>): readonly string[] {
  if (engine) return engine.kind === 'script' ? [engine.file, ...engine.files] : []
  const references = scenarios.flatMap(templatesOf).flat()
  const carried = references.flatMap((part) =>
    typeof part === 'object' && 'file' in part.value ? [part.value.file] : [],
  )
  return [...new Set([...carried, ...scenarios.flatMap(schemasOf)])]
}

function schemasOf({ steps }: Scenario): readonly string[] {
  return steps.flatMap((step) => {
    const schema = step.kind === 'request' ? step.expect.schema : undefined
    return schema && 'file' in schema ? [schema.file] : []
  })
}

/** What is in them, base64 by path; undefined where there are none. LoadgateError `usage` when they cannot be sent. */
export function filesOf(
  profile: Pick<LoadProfile, 'scenarios' | 'engine'>,
  files: Readonly<Record<string, Buffer>>,
): Readonly<Record<string, string>> | undefined {
  const used = filesUsed(profile)
  if (used.length === 0) return undefined
  const read = used.map((file) => [file, bytesOf(files, file)] as const)
  const total = read.reduce((sum, [, { length }]) => sum + length, 0)
  if (total > MOST_FILES)
    throw new LoadgateError(
      'usage',
      `The files of the ${profile.engine ? 'script' : 'requests'} have ${formatBytes(total)} together`,
      {
        hint: `Use smaller ones: they may have ${formatBytes(MOST_FILES)}, and each is counted once.`,
      },
    )
  checkBoundaries(profile, new Map(read))
  return Object.fromEntries(read.map(([file, bytes]) => [file, bytes.toString('base64')]))
}

function bytesOf(files: Readonly<Record<string, Buffer>>, file: string): Buffer {
  const bytes = Object.hasOwn(files, file) ? files[file] : undefined
  if (bytes === undefined) throw new LoadgateError('usage', `${file} was not read with the profile`)
  return bytes
}

/** RFC 2046 5.1.1: the boundary must not stand in what it parts. */
function checkBoundaries({ scenarios }: Pick<LoadProfile, 'scenarios'>, files: ReadonlyMap<string, Buffer>): void {
  const forms = scenarios.flatMap(({ steps }) =>
    steps.flatMap((step) => (step.kind === 'request' && step.body?.boundary !== undefined ? [step.body] : [])),
  )
  for (const { boundary, content } of forms)
    for (const part of content) {
      if (typeof part === 'string' || part.value.kind !== 'file') continue
      if (files.get(part.value.file)?.includes(`--${boundary}`))
        throw new LoadgateError('usage', `${part.value.file} holds the boundary of the form that it is sent in`, {
          hint: 'Rename the file, or a field of the form: that makes another boundary.',
        })
    }
}
