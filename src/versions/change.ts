import { askGit, type GitOptions } from './git.ts'

/** The first line of a commit's message; undefined where it cannot be read. */
export async function changeOf(here: GitOptions, commit: string): Promise<string | undefined> {
  try {
    const { stdout } = await askGit(['log', '-1', '--format=%s', commit], here)
    return stdout.trim().slice(0, 500) || undefined
  } catch {
    return undefined
  }
}
