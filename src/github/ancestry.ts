import { count, oneOf, record } from '../reader.ts'
import { unlessRefused } from './ask.ts'
import type { Access, Repository } from './client.ts'
import { compareCommits } from './compare-commits.ts'
import type { Retrying } from './retry.ts'

/** How many commits `of` has that `commit` has not; undefined where `commit` is neither an ancestor of it nor `of` itself. */
export type Ancestry = (commit: string, of: string, retrying: Retrying) => Promise<number | undefined>

const read = record({ status: oneOf('ahead', 'identical', 'behind', 'diverged'), ahead_by: count })

/** Asks GitHub, so that a shallow clone, or none, is enough. One request for each pair. */
export function ancestryOnGitHub(repository: Repository, access: Access): Ancestry {
  const known = new Map<string, Promise<number | undefined>>()
  const distance = async (basehead: string, retrying: Retrying): Promise<number | undefined> => {
    // 404: a commit that is gone, as after a branch was rewritten, or histories that never met.
    const found = await unlessRefused([404], () => compareCommits(repository, access, basehead, { read, retrying }))
    return found?.status === 'ahead' || found?.status === 'identical' ? found.ahead_by : undefined
  }
  return async (commit, of, retrying) => {
    if (commit === of) return 0
    const basehead = `${commit}...${of}`
    const asked = known.get(basehead) ?? distance(basehead, retrying)
    known.set(basehead, asked)
    return asked
  }
}
