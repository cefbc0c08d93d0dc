import { readFileSync } from 'node:fs'
import type { HealthRecord } from '../shard-result.ts'

/** What all cores together have done since the system began, in ticks of the kernel. */
export interface MachineTime {
  readonly total: number
  readonly idle: number
  /** Wanted here, and given to another machine by the host. */
  readonly stolen: number
}

/** Undefined where there is no /proc/stat: Linux has one. */
export function machineTime(): MachineTime | undefined {
  try {
    return parseMachineTime(readFileSync('/proc/stat', 'utf8'))
  } catch {
    return undefined
  }
}

// proc(5): `cpu user nice system idle iowait irq softirq steal guest guest_nice`. The guests' time is in the user's
// already. Waiting for a disk leaves the core to others: it is idle.
export function parseMachineTime(text: string): MachineTime | undefined {
  const ticks = /^cpu +(\d+(?: \d+){7})/.exec(text)?.[1]?.split(' ').map(Number)
  if (!ticks) return undefined
  const [, , , idle = 0, waiting = 0, , , stolen = 0] = ticks
  return { total: ticks.reduce((sum, part) => sum + part), idle: idle + waiting, stolen }
}

/** Undefined when nothing passed between the two: some sandboxes have a clock of zeros. */
export function machineShares(
  before: MachineTime | undefined,
  after: MachineTime | undefined,
): HealthRecord['machine'] {
  if (!before || !after || after.total <= before.total) return undefined
  const total = after.total - before.total
  // Some kernels take back what they have counted.
  const share = (ticks: number) => Math.max(0, ticks / total)
  return { stolen: share(after.stolen - before.stolen), idle: share(after.idle - before.idle) }
}
