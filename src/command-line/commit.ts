import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** The commit that is checked out in `cwd`, or undefined outside a git checkout or without git. */
export async function commitIn(cwd: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('git', ['rev-parse', 'HEAD'], { cwd, timeout: 5_000 })
    const commit = stdout.trim()
    return /^[0-9a-f]{40,64}$/.test(commit) ? commit : undefined
  } catch {
    return undefined
  }
}
