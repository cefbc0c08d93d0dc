// A pull request on the disk: the base's profile and the head's, and what that head is held to.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LoadgateError } from '../../src/errors.ts'
import { type HeldTo, heldTo } from '../../src/held-to.ts'
import type { GateOptions } from '../../src/inputs.ts'
import { createOutput } from '../../src/output/output.ts'
import { loadProfile } from '../../src/profile-file.ts'
import { NOW } from '../baseline/made-run.ts'
import { DOCUMENT, FUNCTIONS, ROWS, type Written } from './shop.ts'

export interface Files {
  /** Undefined where there is none. */
  readonly profile: Written | undefined
  readonly rows?: string | undefined
  /** Text of `loadgate-accept.yml`. */
  readonly accept?: string | undefined
}

export interface Holding extends Partial<Pick<GateOptions, 'compare' | 'baseTarget'>> {
  readonly accepted?: boolean
  readonly env?: Readonly<Record<string, string>>
  /** Gets what is said; where it is absent, nothing may be. */
  readonly said?: string[]
}

/** Whoever opens it disposes of it. Each question is answered for one head at a time. */
export function pullRequest(base: Files) {
  const root = mkdtempSync(join(tmpdir(), 'loadgate-trust-'))
  const [before, after] = [join(root, 'base'), join(root, 'head')]
  write(before, base)
  return {
    heldTo: (head: Files, options: Holding = {}) => {
      rmSync(after, { recursive: true, force: true })
      write(after, head)
      return held(join(after, 'loadgate.yml'), before, options)
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** Undefined for a head that is refused. */
export async function heldOrRefused(holding: Promise<HeldTo>): Promise<HeldTo | undefined> {
  try {
    return await holding
  } catch (error) {
    if (error instanceof LoadgateError && error.kind === 'usage') return undefined
    throw error
  }
}

function write(directory: string, { profile, rows = ROWS, accept }: Files): void {
  mkdirSync(directory)
  // JSON is YAML.
  if (profile !== undefined) writeFileSync(join(directory, 'loadgate.yml'), JSON.stringify(profile))
  for (const file of ['accounts.csv', 'others.csv']) writeFileSync(join(directory, file), rows)
  writeFileSync(join(directory, 'functions.mjs'), FUNCTIONS)
  writeFileSync(join(directory, 'order.json'), DOCUMENT)
  writeFileSync(join(directory, 'shop.jmx'), '<jmeterTestPlan/>')
  if (accept !== undefined) writeFileSync(join(directory, 'loadgate-accept.yml'), accept)
}

async function held(
  path: string,
  base: string,
  { compare = 'auto', baseTarget, accepted = false, env = {}, said }: Holding,
): Promise<HeldTo> {
  const sink = said ? { write: (text: string) => said.push(text) } : SILENT
  const output = createOutput({ stdout: sink, stderr: sink, github: true })
  const doors = { output, env, mask: output.mask }
  const head = await loadProfile(path, env)
  head.secrets.forEach(doors.mask)
  return heldTo(
    head,
    { path, base: { directory: base }, compare, baseTarget, accepted, ofPullRequest: true, now: NOW },
    doors,
  )
}

/** A base that cannot be read would be told, and the head be judged by its own profile. */
const SILENT = {
  write: (text: string) => {
    throw new Error(`nothing was to be said: ${text}`)
  },
}
