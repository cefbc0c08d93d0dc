import { resolve as absolute } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Endpoint } from '../engine/http/connection.ts'
import { LoadgateError } from '../errors.ts'
import type { ServiceSpec } from '../profile/profile.ts'
import { formatDuration, type Ms } from '../units.ts'
import { type Asked, askHttp1, askHttp2 } from './ask-ready.ts'
import { howItEnded, type RunningService, type ServiceExit } from './spawn-service.ts'

const POLL_EVERY: Ms = 100
const POLL_TIMEOUT: Ms = 5_000
/** Who had less time than this, just before the end, is not blamed for having given no answer. */
const FAIR: Ms = 1_000
const TELL_EVERY: Ms = 10_000

/** What of the profile's `service` is needed to start it and to know that it is ready. */
export type StartSpec = Pick<ServiceSpec, 'start' | 'ready' | 'readyWithin'>

interface Waiting extends Pick<Asked, 'target' | 'connections'> {
  readonly cwd: string
  readonly endpoint: Endpoint
  readonly signal?: AbortSignal | undefined
  /** Told how it stands, now and then: "is not ready after 10 s: GET http://127.0.0.1:8080/healthz: status 503". */
  readonly onWait?: ((still: string) => void) | undefined
  /** How often. */
  readonly tellEvery?: Ms | undefined
}

/** Resolves once the service answers 2xx or 3xx on `ready`; rejects when it dies, when it takes too long or when the signal fires. */
export async function untilReady(
  service: RunningService,
  spec: StartSpec,
  { cwd, target, connections, endpoint, signal, onWait, tellEvery = TELL_EVERY }: Waiting,
): Promise<void> {
  const url = target + spec.ready
  const ask = connections.http === '2' ? askHttp2 : askHttp1
  const died = new AbortController()
  const exit = service.exited.then((exit) => {
    died.abort()
    return exit
  })
  const ended = signal ? AbortSignal.any([signal, died.signal]) : died.signal
  const deadline = performance.now() + spec.readyWithin
  let answer: string | undefined
  let told = 0
  for (let left = spec.readyWithin; left > 0; left = deadline - performance.now()) {
    const patience = AbortSignal.timeout(Math.ceil(Math.min(left, POLL_TIMEOUT)))
    const latest = await ask(url, endpoint, AbortSignal.any([ended, patience]))
    if (answer === undefined || left >= FAIR || !patience.aborted) answer = latest
    signal?.throwIfAborted()
    if (died.signal.aborted) throw deathBeforeReady(service, await exit, spec.start, cwd)
    if (answer === 'ready') return
    const times = Math.floor((performance.now() - (deadline - spec.readyWithin)) / tellEvery)
    if (times > told) onWait?.(`is not ready after ${formatDuration(times * tellEvery)}: GET ${url}: ${answer}`)
    told = times
    await sleep(POLL_EVERY, undefined, { signal: ended }).catch(() => {})
  }
  throw new LoadgateError(
    'target',
    `The service was not ready within ${formatDuration(spec.readyWithin)}: GET ${url}: ${answer ?? 'nothing was asked'}${outputOf(service)}`,
    { hint: 'Check `target`, `service.ready` and the port the service listens on, or raise `service.ready-within`.' },
  )
}

function deathBeforeReady(service: RunningService, exit: ServiceExit, start: string, cwd: string) {
  return new LoadgateError('target', `The service ${howItEnded(exit)} before it was ready${outputOf(service)}`, {
    hint:
      exit.code === 0
        ? '`service.start` must stay in the foreground: Loadgate stops what it started when the run is over.'
        : `Try \`${start}\` by hand in ${absolute(cwd)}, the profile's directory.`,
  })
}

function outputOf(service: RunningService): string {
  const output = service.lastOutput()
  return output ? `; its last output:\n${output}` : '; it wrote nothing'
}
