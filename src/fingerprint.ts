import { cpus, platform, release } from 'node:os'
import type { Fingerprint, Machine } from './result/result.ts'
import { ENGINE_MAJOR } from './version.ts'

export function fingerprintHere(plan: string): Fingerprint {
  return fingerprintOf(plan, thisMachine())
}

/** What must agree before a run is compared with another. */
export function fingerprintOf(plan: string, machine: Machine, generator = ENGINE_MAJOR): Fingerprint {
  return { plan, generator, machine }
}

/** The machine that this runs on. */
export function thisMachine(): Machine {
  const processors = cpus()
  return {
    cpu: processors[0]?.model.trim() || 'unknown',
    cores: processors.length,
    os: `${platform()} ${release().split('.').slice(0, 2).join('.')}`,
    node: process.versions.node.split('.')[0] ?? 'unknown',
  }
}
