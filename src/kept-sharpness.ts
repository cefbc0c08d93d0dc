import { basename, join, parse } from 'node:path'
import type { BaseVersion } from './base-version.ts'
import type { KeptSharpness } from './compare/sharpness.ts'
import { readSharpness } from './compare/sharpness-file.ts'
import { LoadgateError, messageOf } from './errors.ts'
import { textIfThere } from './files.ts'
import type { GateOptions } from './inputs.ts'
import type { Output } from './output/output.ts'
import type { Bytes } from './units.ts'
import type { PullRequest } from './versions/merge-base.ts'

const LIMIT: Bytes = 1_048_576

/** Where `loadgate aa` keeps what it finds: beside the profile, and committed like it. */
export function sharpnessFile(profile: string): string {
  const { dir, name } = parse(profile)
  return join(dir, `${name}.sharpness.json`)
}

interface Doors {
  readonly base: Pick<BaseVersion, 'directory'> | undefined
  readonly pullRequest: PullRequest | undefined
  readonly output: Pick<Output, 'warning'>
}

/**
 * What was found of the gate that compares these two side by side; undefined where nothing was kept, or nothing that can be
 * read. On a pull request it is what its base has: how sharp the gate is, is not for its author to say. Of a base that is
 * deployed, on another machine and with processes that nobody starts afresh, it says nothing.
 */
export async function keptSharpness(
  { profile, baseTarget }: Pick<GateOptions, 'profile' | 'baseTarget'>,
  { base, pullRequest, output }: Doors,
): Promise<KeptSharpness | undefined> {
  if (baseTarget !== undefined) return undefined
  const path = sharpnessFile(pullRequest && base ? join(base.directory, basename(profile)) : profile)
  try {
    const text = await textIfThere(path, LIMIT)
    return text === undefined ? undefined : readSharpness(text)
  } catch (error) {
    if (!(error instanceof LoadgateError)) throw error
    const file = sharpnessFile(profile)
    output.warning(`${file} is left out of the report: ${messageOf(error)}. \`loadgate aa\` writes it anew.`)
    return undefined
  }
}
