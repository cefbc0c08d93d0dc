import { askGit, type GitOptions } from '../versions/git.ts'
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
