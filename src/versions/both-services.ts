import type { AllowedTargets } from '../allowed-targets.ts'
import { LoadgateError } from '../errors.ts'
import { randomAt } from '../plan/choice.ts'
import type { Side } from '../plan/plan.ts'
import type { Spoken } from '../service/ask-ready.ts'
import type { ServiceProcess } from '../service/process-group.ts'
import { howItEnded, type RunningService } from '../service/spawn-service.ts'
import { launchService } from '../service/start-service.ts'
import { freePorts, type PortPair } from './ports.ts'
import { nameOf, type Version } from './versions.ts'

/** What is started in a round. */
export interface BothVersions {
  readonly base: Version
  readonly head: Version
  /** The ports that the two change between rounds; undefined where each is at its own address. */
  readonly ports: PortPair | undefined
  readonly connections: Spoken
  /** What may be connected to: as of the load. */
  readonly allowed?: AllowedTargets | undefined
  readonly seed: number
}

export interface ServiceDoors {
  readonly env: NodeJS.ProcessEnv
  /** Stops what was started, at once. */
  readonly signal: AbortSignal
  /** Told of each process before the wait for readiness, so that a kill in between leaves something to find it by. */
  readonly onService?: ((started: ServiceProcess) => void) | undefined
  /** Told how it stands while a version is not ready. */
  readonly progress?: ((line: string) => void) | undefined
}

/** Services that answer. Whoever started them calls `stop`, whatever happens in between. */
export interface Serving {
  /** Where each version that was started answers, or is deployed. */
  readonly targets: Readonly<Record<Side, string>>
  /** The version whose service ended by itself; the other one was stopped then. */
  died(): Death | undefined
  /** Aborted when one has died: the rest of the load would measure nothing. */
  readonly lost: AbortSignal
  /** Resolves when every process is gone. May be called again. */
  stop(): Promise<void>
}

export interface Death {
  readonly side: Side
  /** What became of it, one sentence. */
  readonly sentence: string
  /** The last lines it wrote, as written: text from outside. */
  readonly lastOutput: string
}

/**
 * Starts both versions, in an order that is random and follows from the seed, and resolves when both are ready; when one
 * fails, none is left running.
 * @param round counted from 0; in every other one the ports are swapped
 */
export async function startRound(versions: BothVersions, round: number, doors: ServiceDoors): Promise<Serving> {
  const { base, head } = await targetsOf(versions, round)
  const inOrder = firstOf(versions.seed, round) === 'base' ? (['base', 'head'] as const) : (['head', 'base'] as const)
  return serve(versions, { base, head }, inOrder, doors)
}

/** Starts one version where it would also serve by itself, for versions that cannot serve at once. */
export function startOne(versions: BothVersions, side: Side, doors: ServiceDoors): Promise<Serving> {
  const { base, head } = versions
  return serve({ ...versions, ports: undefined }, { base: base.target, head: head.target }, [side], doors)
}

const ORDER = 0x0de5

/** Whichever starts first gets the machine to itself for a moment. */
function firstOf(seed: number, round: number): Side {
  return randomAt(seed, round, ORDER) < 0.5 ? 'base' : 'head'
}

async function targetsOf({ base, head, ports }: BothVersions, round: number): Promise<Record<Side, string>> {
  if (!ports) return { base: base.target, head: head.target }
  // Somebody else may have taken one in the meantime.
  const [one, other] = await freePorts(ports)
  const [baseAt, headAt] = round % 2 === 0 ? [one, other] : [other, one]
  return { base: onPort(base.target, baseAt), head: onPort(head.target, headAt) }
}

function onPort(target: string, port: number): string {
  const url = new URL(target)
  url.port = String(port)
  return url.href.replace(/\/+$/, '')
}

interface Started {
  readonly version: Version
  readonly service: RunningService
  readonly ready: Promise<void>
}

async function serve(
  versions: BothVersions,
  targets: Record<Side, string>,
  sides: readonly Side[],
  doors: ServiceDoors,
): Promise<Serving> {
  const { env, signal, onService, progress } = doors
  const failed = new AbortController()
  const started: Started[] = []
  try {
    for (const side of sides) {
      const version = versions[side]
      const { service: spec, directory } = version
      if (!spec || directory === undefined) continue
      const target = targets[side]
      const ended = AbortSignal.any([signal, failed.signal])
      const onWait = (still: string) => progress?.(`The ${nameOf(version)} ${still}`)
      const { connections, allowed } = versions
      const options = { cwd: directory, env, target, connections, allowed, signal: ended, onWait }
      const launching = launchService(spec, { ...options, onStart: onService })
      started.push({ version, ...(await told(launching, version, versions)) })
    }
    await Promise.all(started.map(({ version, ready }) => told(ready, version, versions)))
  } catch (error) {
    failed.abort()
    await Promise.all(started.map(({ service }) => service.stop()))
    throw error
  }
  return { targets, ...watch(started, signal) }
}

/** One dies, all are stopped; the signal fires, all are stopped. */
function watch(started: readonly Started[], signal: AbortSignal): Omit<Serving, 'targets'> {
  const lost = new AbortController()
  let death: Death | undefined
  let stopping: Promise<unknown> | undefined
  const stop = async () => {
    signal.removeEventListener('abort', stop)
    stopping ??= Promise.all(started.map(({ service }) => service.stop()))
    await stopping
  }
  for (const { version, service } of started)
    void service.exited.then((exit) => {
      if (stopping !== undefined) return
      const sentence = `The service of the ${nameOf(version)} ${howItEnded(exit)} while the load was running.`
      death = { side: version.side, sentence, lastOutput: service.lastOutput() }
      lost.abort()
      return stop()
    })
  if (signal.aborted) void stop()
  else signal.addEventListener('abort', stop, { once: true })
  return { died: () => death, lost: lost.signal, stop }
}

/** What fails says of which version, and what side by side asks of it. */
async function told<T>(doing: Promise<T>, version: Version, { ports }: BothVersions): Promise<T> {
  try {
    return await doing
  } catch (cause) {
    if (!(cause instanceof LoadgateError)) throw cause
    const hints = [
      ports &&
        'Each version gets a port of its own: the service must listen on $PORT. Where two of them cannot serve at once, write `alone: true` under `service`.',
      version.service?.prepare === undefined &&
        version.side === 'base' &&
        'It runs in a fresh checkout: `service.prepare` says how a version is installed and built.',
      version.side === 'head' && cause.hint,
    ]
    const hint = hints.filter((hint) => typeof hint === 'string').join(' ') || cause.hint
    throw new LoadgateError(cause.kind, `The ${nameOf(version)} did not start: ${cause.message}`, { hint, cause })
  }
}
