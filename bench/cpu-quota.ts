// A share of a core's time, kept as Linux keeps containers to theirs: once it is spent, all threads wait for the next period.
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Of the kernel, unless told otherwise; container runtimes keep to it. */
const PERIOD_US = 100_000

export interface CpuQuota {
  /** From now on, with all its threads. */
  hold(pid: number): void
  /** Once nothing is held any more. */
  remove(): Promise<void>
}

interface Cgroup {
  readonly root: string
  /** File and text of the quota, and of a weight as high as there is, so that neighbours take none of it. */
  readonly settings: (quotaUs: number) => readonly (readonly [file: string, text: string])[]
}

const VERSIONS: readonly Cgroup[] = [
  {
    root: '/sys/fs/cgroup/cpu',
    settings: (quotaUs) => [
      ['cpu.cfs_period_us', String(PERIOD_US)],
      ['cpu.cfs_quota_us', String(quotaUs)],
      ['cpu.shares', '262144'],
    ],
  },
  {
    root: '/sys/fs/cgroup',
    settings: (quotaUs) => [
      ['cpu.max', `${quotaUs} ${PERIOD_US}`],
      ['cpu.weight', '10000'],
    ],
  },
]

/** Undefined where nobody may make one: that takes root, and a writable cgroup with the cpu controller (version 1 or 2). */
export function cpuQuota(cores: number): CpuQuota | undefined {
  for (const { root, settings } of VERSIONS) {
    const folder = join(root, `loadgate-bench-${process.pid}-${cores}`)
    try {
      mkdirSync(folder)
      for (const [file, text] of settings(Math.round(cores * PERIOD_US))) writeFileSync(existing(folder, file), text)
      return {
        hold: (pid) => writeFileSync(join(folder, 'cgroup.procs'), String(pid)),
        remove: () => removed(folder),
      }
    } catch {
      if (existsSync(folder)) rmdirSync(folder)
    }
  }
  return undefined
}

/** The kernel makes these files: one that is not there is a controller that is not. */
function existing(folder: string, file: string): string {
  const path = join(folder, file)
  if (!existsSync(path)) throw new Error(`${path} is not there`)
  return path
}

/** The kernel is done with a process some moments after its end. */
async function removed(folder: string): Promise<void> {
  for (let tries = 0; tries < 50 && existsSync(folder); tries++) {
    try {
      rmdirSync(folder)
    } catch {
      await sleep(50)
    }
  }
}
