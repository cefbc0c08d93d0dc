import { count, matching, record } from '../result/reader.ts'
import { ask } from './ask.ts'
import { type Access, connect, type Repository, within } from './client.ts'
import { PATIENCE, realWaiting } from './retry.ts'

const comparison = record({
  ahead_by: count,
  merge_base_commit: record({ sha: matching(/^[0-9a-f]{40,64}$/, 'a commit') }),
})

/** Where `head` left `base`, and how many commits it is ahead of that: by GitHub's whole history, however shallow the clone. */
export async function mergeBaseOnGitHub(
  { owner, repo }: Repository,
  access: Access,
  base: string,
  head: string,
): Promise<{ readonly sha: string; readonly ahead: number }> {
  const { repos } = connect(access).rest
  // The first page lists up to 300 changed files, the second one what is read here and no more.
  const page = { owner, repo, basehead: `${base}...${head}`, per_page: 1, page: 2 }
  const retrying = { waiting: realWaiting, until: realWaiting.now() + PATIENCE }
  const call = () => repos.compareCommitsWithBasehead({ ...page, ...within() })
  const { ahead_by, merge_base_commit } = await ask('the merge base', call, comparison, retrying)
  return { sha: merge_base_commit.sha, ahead: ahead_by }
}
