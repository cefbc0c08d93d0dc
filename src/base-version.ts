import { LoadgateError, messageOf } from './errors.ts'
import { mergeBaseOnGitHub } from './github/merge-base.ts'
import type { GitHubPlace } from './github/place.ts'
import type { GateOptions } from './inputs.ts'
import type { Output } from './output/output.ts'
import type { LoadedProfile } from './profile-file.ts'
import { counted } from './units.ts'
import { type BaseCommit, findBase, type PullRequest } from './versions/merge-base.ts'
import type { VersionsOptions } from './versions/prepare-versions.ts'
import { workspaceAt } from './versions/workspace.ts'

interface BaseDoors {
  readonly output: Output
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  /** Undefined where there is none, as on a laptop. */
  readonly pullRequest: PullRequest | undefined
  readonly github: GitHubPlace | undefined
}

/**
 * The version that the head is measured beside; undefined where stored runs are what it is compared with. `auto` takes the
 * sharper instrument where it is possible, and says which one it took and why.
 */
export async function chooseBase(
  loaded: LoadedProfile,
  { compare, baseTarget }: Pick<GateOptions, 'compare' | 'baseTarget'>,
  doors: BaseDoors,
): Promise<VersionsOptions['base'] | undefined> {
  if (baseTarget !== undefined) return { kind: 'target', url: baseTarget }
  if (compare === 'side-by-side') return baseCommit(loaded, doors)
  if (compare !== 'auto' || !doors.pullRequest || !comparesAnything(loaded)) return undefined
  if (!loaded.profile.service) {
    doors.output.info('Compared with the stored baseline: the profile has no `service` to start both versions of.')
    return undefined
  }
  try {
    return await baseCommit(loaded, doors)
  } catch (error) {
    doors.signal.throwIfAborted()
    if (!(error instanceof LoadgateError)) throw error
    const hint = error.hint ? ` ${error.hint}` : ''
    doors.output.warning(`Compared with the stored baseline, not side by side: ${messageOf(error)}.${hint}`)
    return undefined
  }
}

/** Absolute limits need no other version. */
function comparesAnything({ plan }: LoadedProfile): boolean {
  return plan.budgets.some(({ limit }) => limit.kind === 'baseline')
}

async function baseCommit({ directory }: LoadedProfile, doors: BaseDoors): Promise<VersionsOptions['base']> {
  const { output, env, signal, pullRequest, github } = doors
  const git = { directory, env, signal }
  const workspace = await workspaceAt(git)
  const token = github?.token
  const askGitHub =
    github && token
      ? (base: string, head: string) => mergeBaseOnGitHub(github, { token, apiUrl: github.apiUrl }, base, head)
      : undefined
  const base = await findBase(workspace, { ...git, pullRequest, askGitHub })
  output.info(`Compared side by side with the base version, commit ${base.sha.slice(0, 7)}${howFound(base)}.`)
  return { kind: 'commit', sha: base.sha }
}

const FOUND: Record<BaseCommit['found'], string> = {
  'test-merge': 'which the pull request is merged into here',
  github: 'where GitHub says that the branch was left',
  git: 'where the history says that the branch was left',
}

function howFound({ found, ahead }: BaseCommit): string {
  return `, ${FOUND[found]}${ahead === undefined ? '' : `, ${counted(ahead, 'commit')} ago`}`
}
