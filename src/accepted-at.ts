import { basename, dirname } from 'node:path'
import type { AcceptedAt } from './history/history.ts'
import { type Acceptance, regressionOf } from './trust/acceptance.ts'
import { readAcceptances } from './trust/read-acceptances.ts'
import type { Ms } from './units.ts'
import { git as runGit } from './versions/git.ts'

/** A window has twenty runs; what came into force before them changes none of their levels. */
const MOST_COMMITS = 20
/** All of them together. */
const LIMIT: Ms = 10_000

/**
 * When each entry of the file came onto the branch that is checked out: of a merge it is the merge. Empty where git or the
 * history is not there, since it only adds marks to a history that stands without them.
 */
export async function acceptedAt(file: string): Promise<readonly AcceptedAt[]> {
  const options = { directory: dirname(file), env: process.env, signal: AbortSignal.timeout(LIMIT) }
  const git = (...args: readonly string[]) => runGit(args, options)
  const name = `./${basename(file)}`
  const entriesIn = async (revision: string, now: number) => {
    const text = await git('show', `${revision}:${name}`).catch(() => '')
    return readAcceptances(text, { file, now }).acceptances
  }
  try {
    const log = await git('log', '--first-parent', '-m', `-${MOST_COMMITS}`, '--format=%H %ct %P', '--', name)
    const shallow = (await git('rev-parse', '--is-shallow-repository')).trim() === 'true'
    const commits = [...log.matchAll(/^([0-9a-f]{40,64}) (\d+) (.*)$/gm)].flatMap(
      ([, commit = '', seconds, parents]) =>
        // Where a history is cut off, everything seems to begin.
        shallow && parents === '' ? [] : [{ commit, at: Number(seconds) * 1000 }],
    )
    const found: AcceptedAt[] = []
    for (const { commit, at } of commits) {
      const before = new Set((await entriesIn(`${commit}^`, at)).map(keyOf))
      for (const entry of await entriesIn(commit, at))
        if (!before.has(keyOf(entry))) found.push({ commit, at, ...marked(entry) })
    }
    return found
  } catch {
    return []
  }
}

function keyOf(entry: Acceptance): string {
  return JSON.stringify([regressionOf(entry), entry.limit])
}

function marked(entry: Acceptance): Omit<AcceptedAt, 'commit' | 'at'> {
  return {
    regression: regressionOf(entry),
    limit: entry.limitText,
    until: entry.expires,
    reason: entry.reason,
  }
}
