import type { ServiceSpec } from '../profile/profile.ts'
import type { ServiceProcess } from './process-group.ts'
import { refuseOccupied, type Spoken, untilReady } from './ready.ts'
import { type RunningService, type SpawnOptions, spawnService } from './spawn-service.ts'

export interface StartOptions extends SpawnOptions {
  /** Address that `ready` is asked on, without a trailing slash. */
  readonly target: string
  /** How `ready` is asked: as the load will ask. */
  readonly connections: Spoken
  /** Ends the wait for readiness; afterwards the service is stopped by `stop` alone. */
  readonly signal?: AbortSignal | undefined
  /** Told of the process before the wait for readiness, so that a kill in between leaves something to find it by. */
  readonly onStart?: ((started: ServiceProcess) => void) | undefined
}

/** Starts the service and resolves once it answers 2xx or 3xx on `ready`; on any failure nothing is left running. */
export async function startService(spec: ServiceSpec, options: StartOptions): Promise<RunningService> {
  await refuseOccupied(options.target)
  options.signal?.throwIfAborted()
  const service = await spawnService(spec.start, options)
  try {
    options.onStart?.({ pid: service.pid, startTime: service.startTime })
    await untilReady(service, spec, options)
    return service
  } catch (error) {
    await service.stop()
    throw error
  }
}
