import { dirname, join, resolve } from 'node:path'
import { LoadgateError } from '../errors.ts'
import { bytesIfThere, checkWritable, writeText } from '../files.ts'
import { createAccount } from '../import/account.ts'
import { type Format, type ImportedProfile, importProfile } from '../import/import.ts'
import { variableList } from '../import/names.ts'
import type { Source } from '../import/source.ts'
import { countLines, leftLines } from '../import/summary.ts'
import type { Output } from '../output/output.ts'
import type { Bytes } from '../units.ts'

const LARGEST: Bytes = 256 * 1_048_576

export interface Wanted {
  /** Undefined for standard output. */
  readonly path: string | undefined
  /** Overwrites what is there. */
  readonly force: boolean
}

/** Makes a profile of what another tool wrote, and says what became of everything, also where nothing can be made of it. */
export async function giveProfile(format: Format, source: Source, wanted: Wanted, output: Output): Promise<void> {
  const made = told(format, source, output)
  const { path } = wanted
  if (path === undefined) {
    if (made.files.length > 0)
      output.warning(`Not written without --output: ${made.files.map((file) => file.name).join(', ')}.`)
    output.document(made.profile)
    return
  }
  const files = [
    { path, content: made.profile },
    ...made.files.map(({ name, content }) => ({ path: join(dirname(path), name), content })),
  ]
  const twice = files.slice(1).find((file) => resolve(file.path) === resolve(path))
  if (twice)
    throw new LoadgateError('usage', `${path} is also a file that the profile sends`, { hint: 'Name another one.' })
  for (const file of files) await refuseOverwriting(file, wanted.force)
  for (const file of files) await writeText(file.path, file.content)
  output.info(`Written: ${files.map((file) => file.path).join(', ')}.`)
  if (made.variables.length > 0) output.info(`Set before it runs: ${variableList(made.variables)}.`)
}

function told(format: Format, source: Source, output: Output): ImportedProfile {
  const account = createAccount()
  try {
    return importProfile(format, source, account)
  } finally {
    const lines = [...countLines(account), ...leftLines(account).map((line) => `left out: ${line}`), ...account.notes]
    if (lines.length > 0) output.warning(lines.join('\n'))
  }
}

/** Throws where another file is there, or none can be. */
export async function refuseOverwriting(
  { path, content }: { readonly path: string; readonly content?: string | Buffer },
  force: boolean,
): Promise<void> {
  await checkWritable(path)
  const there = await bytesIfThere(path, LARGEST)
  if (there === undefined || force || (content !== undefined && there.equals(Buffer.from(content)))) return
  throw new LoadgateError('usage', `${path} is there already`, {
    hint: 'Name another file, or overwrite it with --force.',
  })
}
