import { execFile } from 'node:child_process'
import type { Ancestry } from '../github/ancestry.ts'
import type { Ms } from '../units.ts'

const LIMIT: Ms = 10_000

/** Asks the git of a clone. In a shallow one, commits beyond its edge are no ancestors. */
export function ancestryInClone(cwd: string): Ancestry {
  return async (commit, of) => {
    // Text from a store must not be taken for an option.
    if (!/^[0-9a-f]{7,64}$/.test(commit) || !/^[\w./-]+$/.test(of) || of.startsWith('-')) return undefined
    if ((await git(cwd, 'merge-base', '--is-ancestor', commit, of)) === undefined) return undefined
    const counted = Number(await git(cwd, 'rev-list', '--count', `${commit}..${of}`))
    return Number.isSafeInteger(counted) ? counted : undefined
  }
}

/** What it printed; undefined when it failed, or is not there. */
function git(cwd: string, ...args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile('git', ['-C', cwd, ...args], { timeout: LIMIT }, (error, stdout) => resolve(error ? undefined : stdout))
  })
}
