import { once } from 'node:events'
import { get as httpGet, type IncomingMessage } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { get as httpsGet } from 'node:https'
import { connect } from 'node:net'
import { resolve as absolute } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Credentials, credentialsOf } from '../engine/http/credentials.ts'
import { LoadgateError } from '../errors.ts'
import type { ConnectionChoices, ServiceSpec } from '../profile/profile.ts'
import { formatDuration, type Ms } from '../units.ts'
import { howItEnded, type RunningService, type ServiceExit } from './spawn-service.ts'

const POLL_EVERY: Ms = 100
const POLL_TIMEOUT: Ms = 5_000
/** Who had less time than this, just before the end, is not blamed for having given no answer. */
const FAIR: Ms = 1_000
const TELL_EVERY: Ms = 10_000

/** What of the profile's `connections` decides how the service is spoken to: as it will be under load. */
export type Spoken = Pick<ConnectionChoices, 'http' | 'verify' | 'tls'>

/** What of the profile's `service` is needed to start it and to know that it is ready. */
export type StartSpec = Pick<ServiceSpec, 'start' | 'ready' | 'readyWithin'>

type TlsOptions = Credentials & { readonly rejectUnauthorized: boolean }

interface Waiting {
  readonly cwd: string
  readonly target: string
  readonly connections: Spoken
  readonly signal?: AbortSignal | undefined
  /** Told how it stands, now and then: "is not ready after 10 s: GET http://127.0.0.1:8080/healthz: status 503". */
  readonly onWait?: ((still: string) => void) | undefined
  /** How often. */
  readonly tellEvery?: Ms | undefined
}

/** Another process on the target's port would be measured in place of ours: any listener counts, whatever it answers. */
export async function refuseOccupied(target: string): Promise<void> {
  const { hostname } = new URL(target)
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: portOf(target) })
  const occupied = await Promise.race([
    once(socket, 'connect').then(
      () => true,
      () => false,
    ),
    sleep(1_000, false, { ref: false }),
  ])
  socket.on('error', () => {})
  socket.destroy()
  if (!occupied) return
  throw new LoadgateError('target', `Something already answers on ${target}, before the service was started`, {
    hint: 'Stop it (an earlier run that was killed may have left it) or choose another port; to measure what is running already, remove `service` from the profile.',
  })
}

/** The port that an address stands for, written or not. */
export function portOf(target: string): number {
  const { port, protocol } = new URL(target)
  return Number(port) || (protocol === 'https:' ? 443 : 80)
}

/** Resolves once the service answers 2xx or 3xx on `ready`; rejects when it dies, when it takes too long or when the signal fires. */
export async function untilReady(
  service: RunningService,
  spec: StartSpec,
  { cwd, target, connections, signal, onWait, tellEvery = TELL_EVERY }: Waiting,
): Promise<void> {
  const url = target + spec.ready
  const ask = connections.http === '2' ? askHttp2 : askHttp1
  const { tls, verify = true } = connections
  const options = { rejectUnauthorized: verify, ...(tls && credentialsOf(tls)) }
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
    const latest = await ask(url, options, AbortSignal.any([ended, patience]))
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

/** "ready" or the reason why not; never rejects. The answer is read to its end, so that none is left open. */
function askHttp1(url: string, tls: TlsOptions, signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const failed = (error: Error) => resolve(reasonOf(error))
    const onResponse = (response: IncomingMessage) => {
      response
        .on('end', () => resolve(judge(response.statusCode)))
        .on('error', failed)
        .resume()
    }
    const options = { agent: false, signal }
    const request = url.startsWith('https:')
      ? httpsGet(url, { ...options, ...tls }, onResponse)
      : httpGet(url, options, onResponse)
    request.on('error', failed)
  })
}

/** As above, on a connection of its own, which is closed again. */
function askHttp2(url: string, tls: TlsOptions, signal: AbortSignal): Promise<string> {
  const { origin, pathname, search } = new URL(url)
  return new Promise<string>((resolve) => {
    const failed = (error: Error) => resolve(reasonOf(error))
    const session = connectHttp2(origin, tls).on('error', failed)
    session.on('close', () => resolve('the connection was closed'))
    const request = session.request({ ':path': pathname + search }, { signal }).on('error', failed)
    request.on('response', ({ ':status': status }) => request.on('end', () => resolve(judge(status))).resume())
    // Also ends what is still being connected.
    request.on('close', () => session.destroy())
  })
}

function judge(status = 0): string {
  return status >= 200 && status < 400 ? 'ready' : `status ${status}`
}

function reasonOf({ name, code, message, cause }: NodeJS.ErrnoException): string {
  if (name === 'AbortError') return 'no answer in time'
  // A stream that was cancelled with its session says only that; the session's own error is behind it.
  const behind = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : undefined
  return behind ?? code ?? message
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
