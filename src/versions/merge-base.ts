import { LoadgateError, messageOf } from '../errors.ts'
import { askGit, type GitOptions, git } from './git.ts'
import { isCommit, type Workspace } from './workspace.ts'

/** GitHub's answer to `GET /repos/{owner}/{repo}/compare/{base}...{head}`. */
export type AskMergeBase = (base: string, head: string) => Promise<{ readonly sha: string; readonly ahead: number }>

/** The commit that a change is compared with. */
export interface BaseCommit {
  readonly sha: string
  /**
   * `test-merge`: the first parent of the merge that GitHub made of the pull request, where that is what is checked
   * out. `github`: GitHub was asked. `git`: found in the history that is here.
   */
  readonly found: 'test-merge' | 'github' | 'git'
  /** Commits from it to what is checked out; undefined where nobody counted. */
  readonly ahead: number | undefined
}

export interface PullRequest {
  /** Name of the branch it is to be merged into. The event's base commit is no substitute: it goes stale. */
  readonly baseBranch: string
  readonly headSha: string
}

interface BaseOptions extends GitOptions {
  /** Undefined outside of a pull request: then the default branch is what a change is compared with. */
  readonly pullRequest: PullRequest | undefined
  /** Undefined where GitHub cannot be asked. */
  readonly askGitHub: AskMergeBase | undefined
}

/** Where what is checked out left the branch that it is to be merged into. */
export async function findBase({ head, shallow }: Workspace, options: BaseOptions): Promise<BaseCommit> {
  const { pullRequest, askGitHub, signal } = options
  const parent = pullRequest && (await parentOfTestMerge(head, pullRequest, options))
  if (parent !== undefined) return { sha: parent, found: 'test-merge', ahead: undefined }
  const failures: string[] = []
  const told = pullRequest && askGitHub && (await asked(askGitHub, { pullRequest, head, failures }))
  signal.throwIfAborted()
  // In a history that is cut off, an older common ancestor may be all that git sees.
  const base = told ?? (shallow ? undefined : await fromHistory(options))
  if (base) return notMerged(base, head, pullRequest)
  failures.push(shallow ? 'the history here is cut off' : 'git knows no commit that both have')
  const branch = pullRequest ? `the branch ${pullRequest.baseBranch}` : 'the default branch'
  throw new LoadgateError('infrastructure', `Where ${branch} was left is not known: ${failures.join('; ')}`, {
    hint: 'Give the action a `github-token` that may read contents, or check out with `fetch-depth: 0`.',
  })
}

async function asked(
  askGitHub: AskMergeBase,
  { pullRequest, head, failures }: { pullRequest: PullRequest; head: string; failures: string[] },
): Promise<BaseCommit | undefined> {
  try {
    const { sha, ahead } = await askGitHub(pullRequest.baseBranch, head)
    if (isCommit(sha)) return { sha, found: 'github', ahead }
    failures.push('GitHub named no commit')
  } catch (error) {
    failures.push(`GitHub could not be asked: ${messageOf(error)}`)
  }
  return undefined
}

/**
 * actions/checkout checks out GitHub's own merge of the pull request into its base. Compared with where the branch was
 * once left, that would show what others have merged since as a change of this one. The parents stand in the commit
 * itself, also where a shallow history ends with it.
 */
async function parentOfTestMerge(head: string, { headSha }: PullRequest, options: GitOptions) {
  const commit = await git(['cat-file', 'commit', head], options)
  const header = commit.slice(0, commit.indexOf('\n\n'))
  const [into, merged, ...more] = [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, sha]) => sha)
  return merged === headSha && more.length === 0 ? into : undefined
}

/** Of a pull request that is merged already, every commit is on its base branch: it would be compared with itself. */
function notMerged(base: BaseCommit, head: string, pullRequest: PullRequest | undefined): BaseCommit {
  if (!pullRequest || base.sha !== head) return base
  throw new LoadgateError('usage', `The branch ${pullRequest.baseBranch} already has what is checked out`, {
    hint: 'Nothing is left to compare: the pull request was merged, or has no commits of its own.',
  })
}

async function fromHistory({ pullRequest, ...options }: BaseOptions): Promise<BaseCommit | undefined> {
  for (const ref of refsOf(pullRequest)) {
    const { code, stdout } = await askGit(['merge-base', ref, 'HEAD'], options)
    const sha = stdout.trim()
    if (code !== 0 || !isCommit(sha)) continue
    return { sha, found: 'git', ahead: Number(await git(['rev-list', '--count', `${sha}..HEAD`], options)) }
  }
  return undefined
}

/** Whole names, so that none can be taken for an option. */
function refsOf(pullRequest: PullRequest | undefined): readonly string[] {
  const at = (branch: string) => [`refs/remotes/origin/${branch}`, `refs/heads/${branch}`]
  if (pullRequest) return at(pullRequest.baseBranch)
  return ['refs/remotes/origin/HEAD', 'main', 'master'].flatMap((name) => (name.includes('/') ? [name] : at(name)))
}
