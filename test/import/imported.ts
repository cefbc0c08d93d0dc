// Real sources in, and what is made of them read, planned and run by the real thing.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runShard } from '../../src/engine/run-shard.ts'
import type { ShardResult } from '../../src/engine/shard-result.ts'
import { type Account, createAccount, KINDS } from '../../src/import/account.ts'
import { type Format, type ImportedProfile, importProfile } from '../../src/import/import.ts'
import { filesUsed } from '../../src/plan/plan-files.ts'
import { planLoad } from '../../src/plan/plan-load.ts'
import { type ParsedData, parseData } from '../../src/profile/data.ts'
import type { LoadProfile, RequestStep } from '../../src/profile/profile.ts'
import { parseProfile } from '../../src/profile/read-profile.ts'

export const FILES = join(import.meta.dirname, 'files')

export interface Tried extends ImportedProfile {
  /** As the reader of profiles reads it, with `env-of-NAME` for each variable. */
  readonly read: LoadProfile
  readonly steps: readonly RequestStep[]
}

/** What is made of a file of `files`, or of a text. */
export function imported(
  format: Format,
  {
    file,
    text,
    target,
    neighbour,
  }: { file: string; text?: string; target?: string; neighbour?: (name: string) => Buffer | undefined },
): Tried {
  const source = {
    file,
    text: text ?? readFileSync(join(FILES, file), 'utf8'),
    target,
    ...(neighbour ? { neighbour } : {}),
  }
  const made = importProfile(format, source, createAccount())
  const { profile: read } = parseProfile(made.profile, { file: 'loadgate.yml', env: environment(made.variables) })
  const steps = read.scenarios.flatMap((scenario) => scenario.steps).filter((step) => step.kind === 'request')
  planLoad(read, besides(made, read))
  return { ...made, read, steps }
}

function environment(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, `env-of-${name}`]))
}

function besides(made: ImportedProfile, read: LoadProfile) {
  const contentOf = (name: string) => made.files.find((file) => file.name === name)?.content ?? `content of ${name}`
  const files = Object.fromEntries(filesUsed(read).map((name) => [name, Buffer.from(contentOf(name))]))
  return { data: dataOf(made, read), files, file: 'loadgate.yml' }
}

function dataOf({ files }: ImportedProfile, { data }: LoadProfile): Record<string, ParsedData> {
  return Object.fromEntries(
    Object.entries(data).flatMap(([name, { file, format }]) => {
      const content = files.find((one) => one.name === file)?.content
      return content === undefined ? [] : [[name, parseData(content.toString(), { file, format })]]
    }),
  )
}

/** Sent once, without its pauses, to a server on this machine. */
export async function sentOnce(made: ImportedProfile, port: number): Promise<ShardResult> {
  const text = made.profile
    .replace(/^ *(?:- think|between): .*\n/gm, '')
    .replace(/^load:.*\n(?: .*\n)*/m, 'load: { rate: 1/s, for: 1s }\n')
  const env = { ...environment(made.variables), TARGET_URL: `http://127.0.0.1:${port}` }
  const { profile } = parseProfile(text, { file: 'loadgate.yml', env })
  const plan = planLoad(profile, besides(made, profile))
  return runShard({ plan, index: 0, count: 1 }, { signal: AbortSignal.timeout(10_000) })
}

/** Kinds that do not add up to what was counted; nothing where all is well. */
export function missingIn({ counts, left }: Account): readonly string[] {
  return KINDS.filter((kind) => {
    const out = left.filter((one) => one.kind === kind).length
    return counts[kind].found !== counts[kind].taken + out
  })
}

export function leftOut({ left }: Account, kind: 'request' | 'header' | 'body' | 'element'): readonly string[] {
  return left.filter((one) => one.kind === kind).map(({ why, what }) => `${what}: ${why}`)
}
