import { count, list, optional, type Reader, record, text } from '../reader.ts'
import { ask, objectId } from './ask.ts'
import { type GitHub, type Repository, withinAll } from './client.ts'
import type { Retrying } from './retry.ts'

/** An open pull request, as GitHub knows it. */
export interface OpenPullRequest {
  readonly number: number
  readonly headSha: string
  /** Undefined where the fork is gone. */
  readonly headRepository: number | undefined
  readonly baseRepository: number
}

const PAGE = 100

const repository = record({ id: count })
const orGone: Reader<{ readonly id: number } | undefined> = (value, place) =>
  optional(repository)(value ?? undefined, place)

const pulls = list(
  record({
    number: count,
    state: text,
    head: record({ sha: objectId, repo: orGone }),
    base: record({ repo: repository }),
  }),
  PAGE,
)

/** Those of a branch: GitHub's own list of a run's pull requests is empty for forks. */
export async function openPullRequests(
  { rest }: GitHub,
  { owner, repo }: Repository,
  head: { readonly owner: string; readonly branch: string },
  retrying: Retrying,
): Promise<readonly OpenPullRequest[]> {
  const query = { owner, repo, state: 'open', head: `${head.owner}:${head.branch}`, per_page: PAGE } as const
  const call = () => rest.pulls.list({ ...query, ...withinAll(retrying) })
  const found = await ask('the list of pull requests', call, pulls, retrying)
  return found
    .filter(({ state }) => state === 'open')
    .map(({ number, head, base }) => ({
      number,
      headSha: head.sha,
      headRepository: head.repo?.id,
      baseRepository: base.repo.id,
    }))
}
