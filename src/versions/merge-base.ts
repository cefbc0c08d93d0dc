import { LoadgateError, messageOf } from '../errors.ts'
import { askGit, type GitOptions, git } from './git.ts'
import { isClean, isCommit, type Workspace } from './workspace.ts'

/** GitHub's answer to `GET /repos/{owner}/{repo}/compare/{base}...{head}`; without a base, of the default branch. */
export type AskMergeBase = (
  base: string | undefined,
  head: string,
) => Promise<{ readonly sha: string; readonly ahead: number }>

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
  // In a history that is cut off, an older common ancestor may be all that git sees. Of a whole one, outside of a pull
  // request, nothing needs to be asked: it may have commits that GitHub has never seen.
  const askFirst = pullRequest !== undefined || shallow
  const told =
    askGitHub && askFirst ? await asked(askGitHub, { branch: pullRequest?.baseBranch, head, failures }) : undefined
  signal.throwIfAborted()
  const base = told ?? (shallow ? undefined : await fromHistory(options))
  if (base) return notItself(base, head, options)
  const { lack, hint } = await lackOf(shallow, options)
  const branch = pullRequest ? `the branch ${pullRequest.baseBranch}` : 'the default branch'
  const inWorkflow = pullRequest !== undefined || options.env.GITHUB_ACTIONS === 'true'
  // On a laptop it is a matter of what is checked out, as it is where there is no repository at all.
  throw new LoadgateError(
    inWorkflow ? 'infrastructure' : 'usage',
    `Where ${branch} was left is not known: ${[...failures, lack].join('; ')}`,
    { hint: inWorkflow ? IN_WORKFLOW : hint },
  )
}

const IN_WORKFLOW = 'Give the action a `github-token` that may read contents, or check out with `fetch-depth: 0`.'

/** What keeps git from knowing, and the way out on a laptop. */
async function lackOf(
  shallow: boolean,
  options: BaseOptions,
): Promise<{ readonly lack: string; readonly hint: string }> {
  if (shallow)
    return { lack: 'the history here is cut off', hint: 'Fetch the rest of the history: `git fetch --unshallow`.' }
  for (const ref of refsOf(options.pullRequest))
    if ((await askGit(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], options)).code === 0)
      return {
        lack: 'git knows no commit that both have',
        hint: 'Check out a branch that began on it, or compare with stored runs (`--compare baseline`).',
      }
  return {
    lack: options.pullRequest ? 'git does not know that branch' : 'there is no origin/HEAD, main or master here',
    hint: '`git remote set-head origin -a` asks the remote which branch is its default one.',
  }
}

async function asked(
  askGitHub: AskMergeBase,
  { branch, head, failures }: { branch: string | undefined; head: string; failures: string[] },
): Promise<BaseCommit | undefined> {
  try {
    const { sha, ahead } = await askGitHub(branch, head)
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

/**
 * Of a pull request that is merged already, every commit is on its base branch, and on the default branch itself every commit
 * is: it would be compared with itself, and pass. What is not committed is a change all the same.
 */
async function notItself(base: BaseCommit, head: string, options: BaseOptions): Promise<BaseCommit> {
  const { pullRequest } = options
  if (base.sha !== head) return base
  if (pullRequest)
    throw new LoadgateError('usage', `The branch ${pullRequest.baseBranch} already has what is checked out`, {
      hint: 'Nothing is left to compare: the pull request was merged, or has no commits of its own.',
    })
  if (!(await isClean(options))) return base
  throw new LoadgateError(
    'usage',
    'The default branch already has what is checked out, so it is its own base version',
    {
      hint: 'Check a branch with commits of its own out, or compare with stored runs (`compare: baseline`). `loadgate aa` is for comparing a version with itself.',
    },
  )
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
