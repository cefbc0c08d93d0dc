import { rmdirSync, rmSync } from 'node:fs'
import { mkdtemp, realpath, rm, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative, sep } from 'node:path'
import { LoadgateError, messageOf } from '../errors.ts'
import type { Ms } from '../units.ts'
import { fillSubmodules, lfsAsIn } from './as-in-workspace.ts'
import { askGit, type GitOptions, git } from './git.ts'
import { isCommit, type Workspace } from './workspace.ts'

/** A checkout of ours, as plain data: a later process can remove it if this one is killed. */
export interface Checkout {
  readonly directory: string
  /** What git keeps about it in the workspace's repository. */
  readonly record: string
}

/** Whoever made it removes it, whatever happens in between. */
export interface OwnCheckout extends Checkout {
  /** Never rejects: what could not be removed is told in a sentence. May be called again. */
  remove(): Promise<string | undefined>
}

export interface CheckoutDoors extends Pick<GitOptions, 'env' | 'signal'> {
  readonly progress: (line: string) => void
  /** Told of the checkout before there is anything in it, so that a kill in between leaves something to find it by. */
  readonly onCheckout?: ((checkout: Checkout) => void) | undefined
}

const FETCH_WITHIN: Ms = 300_000
const CHECK_OUT_WITHIN: Ms = 300_000
const NAME = 'loadgate-base-'

/**
 * Checks a commit out beside the workspace, in a directory of its own for temporary files, and fetches it first where the
 * history does not reach that far. Index, branch and files of the workspace stay as they are.
 */
export async function checkOut(workspace: Workspace, sha: string, doors: CheckoutDoors): Promise<OwnCheckout> {
  if (!isCommit(sha)) throw new LoadgateError('usage', `${JSON.stringify(sha)} is no commit`)
  const { env, signal, progress, onCheckout } = doors
  const here = { directory: workspace.root, env, signal }
  if ((await askGit(['cat-file', '-e', `${sha}^{commit}`], here)).code !== 0) {
    progress(`Fetching the base version, commit ${sha.slice(0, 7)}`)
    await fetchCommit(workspace, sha, here)
  }
  const directory = await mkdtemp(join(await outsideOf(workspace, env), NAME))
  const checkout = ownCheckout({ directory, record: join(workspace.gitDirectory, 'worktrees', basename(directory)) })
  try {
    onCheckout?.({ directory, record: checkout.record })
    const options = { ...here, env: { ...env, ...(await lfsAsIn(here)) }, within: CHECK_OUT_WITHIN }
    await git(['worktree', 'add', '--quiet', '--detach', '--', directory, sha], options)
    await fillSubmodules(here, { ...options, directory }, progress)
    return checkout
  } catch (error) {
    await checkout.remove()
    throw error
  }
}

/** Removes what an earlier process of ours left behind. */
export async function removeCheckout({ directory, record }: Checkout): Promise<void> {
  // The names come from a file; nothing but what was made above is deleted.
  if (!basename(directory).startsWith(NAME) || basename(record) !== basename(directory)) return
  // Not by `git worktree remove`: it refuses what a killed `git worktree add` has left half done. This is the layout that
  // gitrepository-layout(5) describes.
  await rm(directory, { recursive: true, force: true, maxRetries: 3 })
  await rm(record, { recursive: true, force: true, maxRetries: 3 })
  // As git does when the last worktree goes; it fails where there are others.
  await rmdir(dirname(record)).catch(() => {})
}

function ownCheckout(checkout: Checkout): OwnCheckout {
  const { directory, record } = checkout
  // The last resort for an exit that skips `remove`: 'exit' listeners run synchronously.
  const onProcessExit = () => {
    try {
      for (const path of [directory, record]) rmSync(path, { recursive: true, force: true })
      rmdirSync(dirname(record))
    } catch {
      // Nobody is left to tell.
    }
  }
  process.once('exit', onProcessExit)
  return {
    ...checkout,
    remove: async () => {
      try {
        await removeCheckout(checkout)
        return undefined
      } catch (error) {
        return `The checkout of the base version in ${directory} could not be removed: ${messageOf(error)}.`
      } finally {
        process.removeListener('exit', onProcessExit)
      }
    },
  }
}

/** Where temporary files go, which must not be inside of what is measured. */
async function outsideOf({ root }: Workspace, env: NodeJS.ProcessEnv): Promise<string> {
  const temp = await realpath(env.RUNNER_TEMP || tmpdir())
  const way = relative(await realpath(root), temp)
  if (way === '..' || way.startsWith(`..${sep}`)) return temp
  throw new LoadgateError('usage', `${temp}, the directory for temporary files, is inside of the repository`, {
    hint: 'Set TMPDIR to a directory outside of it: the base version is checked out there.',
  })
}

/** GitHub gives out single commits; the credentials are those that actions/checkout left. */
async function fetchCommit({ shallow }: Workspace, sha: string, options: GitOptions): Promise<void> {
  // `--depth` would cut off the history of a repository that has all of it.
  const depth = shallow ? ['--depth=1'] : []
  const untouched = ['--no-tags', '--no-write-fetch-head', '--refmap=', '--no-recurse-submodules']
  try {
    await git(['fetch', '--quiet', ...depth, ...untouched, 'origin', sha], { ...options, within: FETCH_WITHIN })
  } catch (cause) {
    options.signal.throwIfAborted()
    throw new LoadgateError('infrastructure', `The base version, commit ${sha}, could not be fetched`, {
      hint: 'Check out with `fetch-depth: 0`, or let actions/checkout keep its credentials (`persist-credentials`).',
      cause,
    })
  }
}
