import type { Engine, Mail, Time } from '../doors.ts'

/** Everything through which a worker touches the world. */
export interface WorkerDoors {
  readonly time: Time
  readonly mail: Mail
  readonly engine: Engine
  /** From 0 up to 1. */
  random(): number
  /** One line that has no address and nothing of the plan in it. */
  log(line: string): void
}
