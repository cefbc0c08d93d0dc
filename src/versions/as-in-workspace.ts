import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { LoadgateError } from '../errors.ts'
import { askGit, type GitOptions, git } from './git.ts'

// Both versions have what the workspace has: with its submodules and large files here and not there, the difference in
// files would be measured in place of the change.

const POINTER = 'version https://git-lfs.github.com/spec/'

/** The variable that keeps Git LFS from fetching files, where the workspace has pointers in their place, too. */
export async function lfsAsIn(workspace: GitOptions): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await askGit(['ls-files', '-z', '--', ':(attr:filter=lfs)'], workspace)
  const [first] = stdout.split('\0')
  if (!first) return {}
  return (await beginningOf(join(workspace.directory, first))) === POINTER ? { GIT_LFS_SKIP_SMUDGE: '1' } : {}
}

async function beginningOf(path: string): Promise<string | undefined> {
  const file = await open(path).catch(() => undefined)
  try {
    if (!(await file?.stat())?.isFile()) return undefined
    const { buffer, bytesRead } = await file!.read(Buffer.alloc(POINTER.length))
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file?.close()
  }
}

/** Fetches the submodules of a checkout, where those of the workspace are there. */
export async function fillSubmodules(
  workspace: GitOptions,
  checkout: GitOptions,
  progress: (line: string) => void,
): Promise<void> {
  const { stdout } = await askGit(['submodule', 'status'], workspace)
  // A line begins with "-" where the submodule was not fetched.
  if (!/^[ +U]/m.test(stdout)) return
  progress('Fetching the submodules of the base version')
  try {
    await git(['submodule', '--quiet', 'update', '--init', '--recursive', '--depth=1'], checkout)
  } catch (cause) {
    checkout.signal.throwIfAborted()
    throw new LoadgateError('infrastructure', 'The submodules of the base version could not be fetched', {
      hint: 'They are fetched from their own addresses, with what git itself knows of credentials.',
      cause,
    })
  }
}
