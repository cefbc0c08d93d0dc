import { execFile } from 'node:child_process'
import { cpus, platform, release } from 'node:os'
import { promisify } from 'node:util'
import type { Fingerprint } from './result/result.ts'
import { ENGINE_MAJOR } from './version.ts'

/** What must agree before this run is compared with another. */
export function fingerprintHere(plan: string): Fingerprint {
  const processors = cpus()
  return {
    plan,
    generator: ENGINE_MAJOR,
    machine: {
      cpu: processors[0]?.model.trim() || 'unknown',
      cores: processors.length,
      os: `${platform()} ${release().split('.').slice(0, 2).join('.')}`,
      node: process.versions.node.split('.')[0] ?? 'unknown',
    },
  }
}

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
