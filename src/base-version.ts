import { join } from 'node:path'
import { LoadgateError, messageOf } from './errors.ts'
import { mergeBaseOnGitHub } from './github/merge-base.ts'
import type { GitHubPlace } from './github/place.ts'
import type { GateOptions } from './inputs.ts'
import type { Output } from './output/output.ts'
import { counted } from './units.ts'
import { type CheckoutDoors, checkOut, type OwnCheckout } from './versions/checkout.ts'
import { type BaseCommit, findBase, type PullRequest } from './versions/merge-base.ts'
import { workspaceAt } from './versions/workspace.ts'

/** The version before the change, checked out beside the workspace. Whoever has it disposes of it. */
export interface BaseVersion extends AsyncDisposable {
  readonly commit: BaseCommit
  readonly checkout: OwnCheckout
  /** The profile's directory in its files, whether or not it is there. */
  readonly directory: string
}

interface BaseDoors extends Omit<CheckoutDoors, 'progress'> {
  readonly output: Output
  /** Undefined where there is none, as on a laptop. */
  readonly pullRequest: PullRequest | undefined
  readonly github: GitHubPlace | undefined
}

/**
 * The base version, where there is one to speak of: on a pull request, whose head is held to the base's budgets, and where
 * both are to be measured. Undefined otherwise. On a pull request that it cannot be had is told, unless it was asked for.
 * @param directory of the profile
 */
export async function baseVersion(
  directory: string,
  { compare, baseTarget }: Pick<GateOptions, 'compare' | 'baseTarget'>,
  doors: BaseDoors,
): Promise<BaseVersion | undefined> {
  const asked = compare === 'side-by-side' && baseTarget === undefined
  if (!asked && !doors.pullRequest) return undefined
  try {
    return await checkedOut(directory, doors)
  } catch (error) {
    doors.signal.throwIfAborted()
    if (asked || !(error instanceof LoadgateError)) throw error
    const hint = error.hint ? ` ${error.hint}` : ''
    doors.output.warning(
      `The base version is out of reach: ${messageOf(error)}.${hint} The head is judged by its own profile, and not measured side by side.`,
    )
    return undefined
  }
}

async function checkedOut(directory: string, doors: BaseDoors): Promise<BaseVersion> {
  const { output, env, signal, pullRequest, github } = doors
  const git = { directory, env, signal }
  const workspace = await workspaceAt(git)
  const token = github?.token
  const askGitHub =
    github && token
      ? (base: string | undefined, head: string) =>
          mergeBaseOnGitHub(github, { token, apiUrl: github.apiUrl }, { base, head, signal })
      : undefined
  const commit = await findBase(workspace, { ...git, pullRequest, askGitHub })
  output.info(`The base version is commit ${commit.sha.slice(0, 7)}${howFound(commit)}.`)
  const checkout = await checkOut(workspace, commit.sha, { ...doors, progress: output.info })
  return {
    commit,
    checkout,
    directory: join(checkout.directory, workspace.folder),
    [Symbol.asyncDispose]: () => removed(checkout, output),
  }
}

async function removed(checkout: OwnCheckout, output: Output): Promise<void> {
  const left = await checkout.remove()
  if (left !== undefined) output.warning(left)
}

const FOUND: Record<BaseCommit['found'], string> = {
  'test-merge': 'into which the pull request is merged here',
  github: 'where the branch was left, says GitHub',
  git: 'where the branch was left, says the history',
}

function howFound({ found, ahead }: BaseCommit): string {
  return `, ${FOUND[found]}${ahead === undefined ? '' : `, ${counted(ahead, 'commit')} ago`}`
}
