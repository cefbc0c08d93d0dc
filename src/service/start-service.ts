import type { Ms } from '../units.ts'
import { type Asked, endpointOf, portOf, refuseOccupied } from './ask-ready.ts'
import type { ServiceProcess } from './process-group.ts'
import { type StartSpec, untilReady } from './ready.ts'
import { type RunningService, type SpawnOptions, spawnService } from './spawn-service.ts'

/** The target's port is PORT in the service's environment. */
export interface StartOptions extends SpawnOptions, Asked {
  /** Ends the wait for readiness; afterwards the service is stopped by `stop` alone. */
  readonly signal?: AbortSignal | undefined
  /** Told how it stands, now and then, while it is not ready: "is not ready after 10 s: …". */
  readonly onWait?: ((still: string) => void) | undefined
  readonly tellEvery?: Ms | undefined
  /** Told of the process before the wait for readiness, so that a kill in between leaves something to find it by. */
  readonly onStart?: ((started: ServiceProcess) => void) | undefined
}

/** A service whose process is there. Whoever launched it stops it, also when it never becomes ready. */
export interface LaunchedService {
  readonly service: RunningService
  /** Resolves once it answers 2xx or 3xx on `ready`; rejects when it dies, takes too long, or is called off. */
  readonly ready: Promise<void>
}

/** Starts the process of the service; on a failure to do even that, nothing is left running. */
export async function launchService(spec: StartSpec, options: StartOptions): Promise<LaunchedService> {
  const { target, env, signal, onStart } = options
  const endpoint = endpointOf(options)
  await refuseOccupied(target, endpoint)
  signal?.throwIfAborted()
  const service = await spawnService(spec.start, { ...options, env: { ...env, PORT: String(portOf(target)) } })
  try {
    onStart?.({ pid: service.pid, startTime: service.startTime })
  } catch (error) {
    await service.stop()
    throw error
  }
  const ready = untilReady(service, spec, { ...options, endpoint })
  // Whoever launches several services in a row waits for the first only later.
  ready.catch(() => {})
  return { service, ready }
}

/** Starts the service and resolves once it answers 2xx or 3xx on `ready`; on any failure nothing is left running. */
export async function startService(spec: StartSpec, options: StartOptions): Promise<RunningService> {
  const { service, ready } = await launchService(spec, options)
  try {
    await ready
    return service
  } catch (error) {
    await service.stop()
    throw error
  }
}
