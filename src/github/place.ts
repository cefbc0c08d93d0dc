import type { Repository } from './client.ts'
import type { Variables } from './variables.ts'

/** Where on GitHub this is: in a workflow, or on a machine that was told a repository. Plain data. */
export interface GitHubPlace extends Repository {
  readonly apiUrl: string
  readonly token: string | undefined
  /** Undefined outside a workflow. */
  readonly run: ThisRun | undefined
}

/** The workflow run that this is. */
export interface ThisRun {
  readonly id: number
  /** Counts from 1. */
  readonly attempt: number
  readonly event: string
  /** What was checked out; on a pull request a merge commit that no branch has. */
  readonly commit: string
  /** The branch of a push, a schedule or a dispatch; undefined for a tag and for a pull request. */
  readonly branch: string | undefined
  /** The branch that a pull request is for; undefined without one. */
  readonly base: string | undefined
}

/** By the variables of the runner, which a laptop may set as well; undefined where no repository is named. */
export function placeOf(env: Variables, token = env.GITHUB_TOKEN): GitHubPlace | undefined {
  const [, owner, repo] = /^([\w.-]+)\/([\w.-]+)$/.exec(env.GITHUB_REPOSITORY ?? '') ?? []
  if (!owner || !repo) return undefined
  return {
    owner,
    repo,
    apiUrl: env.GITHUB_API_URL || 'https://api.github.com',
    token: token || undefined,
    run: runOf(env),
  }
}

/**
 * The commit, or the branch, whose history holds what this run may be compared with, where GitHub can tell: runs of later
 * commits count for nothing, also where an old run is made again. Undefined outside a workflow, and without a token, since
 * the shallow clone of a job knows of no earlier commit.
 */
export function historyOfRun({ token, run }: GitHubPlace): string | undefined {
  return token === undefined ? undefined : run && (run.base ?? run.commit)
}

function runOf(env: Variables): ThisRun | undefined {
  const id = Number(env.GITHUB_RUN_ID)
  const { GITHUB_SHA: commit, GITHUB_EVENT_NAME: event } = env
  if (!Number.isSafeInteger(id) || id <= 0 || !commit || !event) return undefined
  const base = env.GITHUB_BASE_REF || undefined
  const branch = base === undefined && env.GITHUB_REF_TYPE === 'branch' ? env.GITHUB_REF_NAME : undefined
  return { id, attempt: Number(env.GITHUB_RUN_ATTEMPT ?? 1), event, commit, branch, base }
}
