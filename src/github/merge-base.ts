import { count, matching, record } from '../reader.ts'
import { defaultBranch } from './artifact-list.ts'
import { type Access, connect, type Repository } from './client.ts'
import { compareCommits } from './compare-commits.ts'
import { PATIENCE, realWaiting } from './retry.ts'

const read = record({
  ahead_by: count,
  merge_base_commit: record({ sha: matching(/^[0-9a-f]{40,64}$/, 'a commit') }),
})

/**
 * Where `head` left `base`, and how many commits it is ahead of that: by GitHub's whole history, however shallow the clone.
 * @param base undefined for the default branch
 */
export async function mergeBaseOnGitHub(
  repository: Repository,
  access: Access,
  { base, head, signal }: { readonly base: string | undefined; readonly head: string; readonly signal: AbortSignal },
): Promise<{ readonly sha: string; readonly ahead: number }> {
  const retrying = { waiting: realWaiting, until: realWaiting.now() + PATIENCE, signal }
  const branch = base ?? (await defaultBranch(connect(access), repository, retrying))
  const { ahead_by, merge_base_commit } = await compareCommits(repository, access, `${branch}...${head}`, {
    read,
    retrying,
  })
  return { sha: merge_base_commit.sha, ahead: ahead_by }
}
