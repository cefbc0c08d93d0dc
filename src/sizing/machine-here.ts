import { availableParallelism, cpus } from 'node:os'
import type { Machine } from '../plan/split-plan.ts'
import { targetIsHere } from '../plan/target-here.ts'
import type { LoadProfile } from '../profile/profile.ts'

export interface MachineHere extends Machine {
  /** As the system names it. */
  readonly cpu: string
}

/** This machine, for a profile's load: its cores are those that this process may use. */
export function machineHere(profile: Pick<LoadProfile, 'service' | 'target'>): MachineHere {
  return {
    cores: availableParallelism(),
    shared: targetIsHere(profile),
    cpu: cpus()[0]?.model.trim() || 'unknown processor',
  }
}
