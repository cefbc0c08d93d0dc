import type { Ancestry } from '../github/ancestry.ts'
import { signalWithin } from '../github/retry.ts'
import type { Ms } from '../units.ts'
import { askGit } from '../versions/git.ts'

const LIMIT: Ms = 10_000

/** Asks the git of a clone. In a shallow one, commits beyond its edge are no ancestors. */
export function ancestryInClone(directory: string): Ancestry {
  return async (commit, of, retrying) => {
    // Text from a store must not be taken for an option.
    if (!/^[0-9a-f]{7,64}$/.test(commit) || !/^[\w./-]+$/.test(of) || of.startsWith('-')) return undefined
    const git = async (...args: readonly string[]): Promise<string | undefined> => {
      const { code, stdout } = await askGit(args, {
        directory,
        env: process.env,
        signal: signalWithin(LIMIT, retrying),
      })
      return code === 0 ? stdout : undefined
    }
    try {
      if ((await git('merge-base', '--is-ancestor', commit, of)) === undefined) return undefined
      const counted = Number(await git('rev-list', '--count', `${commit}..${of}`))
      return Number.isSafeInteger(counted) ? counted : undefined
    } catch {
      // There is no git here, or it does not answer.
      retrying.signal?.throwIfAborted()
      return undefined
    }
  }
}
