import { count, oneOf, record } from '../result/reader.ts'
import { ask, unlessRefused } from './ask.ts'
import { type Access, connect, type Repository, within } from './client.ts'
import type { Retrying } from './retry.ts'

/** How many commits `of` has that `commit` has not; undefined where `commit` is neither an ancestor of it nor `of` itself. */
export type Ancestry = (commit: string, of: string) => Promise<number | undefined>

const comparison = record({ status: oneOf('ahead', 'identical', 'behind', 'diverged'), ahead_by: count })

/** Asks GitHub, so that a shallow clone, or none, is enough. One request for each pair. */
export function ancestryOnGitHub({ owner, repo }: Repository, access: Access, retrying: () => Retrying): Ancestry {
  const { repos } = connect(access).rest
  const known = new Map<string, Promise<number | undefined>>()
  const distance = async (basehead: string): Promise<number | undefined> => {
    // The first page lists up to 300 changed files; the second one has no more than what is read here.
    const page = { owner, repo, basehead, per_page: 1, page: 2 }
    const call = () => repos.compareCommitsWithBasehead({ ...page, ...within() })
    // 404: a commit that is gone, as after a branch was rewritten, or histories that never met.
    const found = await unlessRefused([404], () => ask('a comparison of commits', call, comparison, retrying()))
    return found?.status === 'ahead' || found?.status === 'identical' ? found.ahead_by : undefined
  }
  return (commit, of) => {
    const basehead = `${commit}...${of}`
    const asked = known.get(basehead) ?? distance(basehead)
    known.set(basehead, asked)
    return asked
  }
}
