import { relative, resolve, sep } from 'node:path'
import { askGit, type GitOptions, git } from '../versions/git.ts'
import { isCommit } from '../versions/workspace.ts'

/** The commit that is checked out here, or undefined outside a git checkout or without git. */
export async function commitIn(here: GitOptions): Promise<string | undefined> {
  try {
    const { stdout } = await askGit(['rev-parse', 'HEAD'], here)
    const commit = stdout.trim()
    return isCommit(commit) ? commit : undefined
  } catch {
    return undefined
  }
}

/**
 * Whether files under version control differ from the commit that is checked out.
 * @param own files and directories that Loadgate writes itself: they change nothing of the service
 */
export async function isChanged(here: GitOptions, own: readonly string[]): Promise<boolean> {
  try {
    const root = (await git(['rev-parse', '--show-toplevel'], here)).replace(/\n$/, '')
    const names = await git(['diff', '--name-only', '--no-relative', '--no-ext-diff', '-z', 'HEAD', '--'], here)
    const files = names.split('\0').flatMap((name) => (name === '' ? [] : resolve(root, name)))
    return files.some((file) => !own.some((path) => isIn(resolve(here.directory, path), file)))
  } catch {
    // What is not known to be the commit is not recorded as it.
    return true
  }
}

function isIn(path: string, file: string): boolean {
  const way = relative(path, file)
  return way !== '..' && !way.startsWith(`..${sep}`)
}
