import { cpus, platform, release } from 'node:os'
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
