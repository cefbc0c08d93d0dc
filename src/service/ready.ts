import { once } from 'node:events'
import { get as httpGet } from 'node:http'
import { get as httpsGet } from 'node:https'
import { connect } from 'node:net'
import { resolve as absolute } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { LoadgateError } from '../errors.ts'
import type { ServiceSpec } from '../profile/profile.ts'
import { formatDuration, type Ms } from '../units.ts'
import { howItEnded, type RunningService, type ServiceExit } from './spawn-service.ts'

const POLL_EVERY: Ms = 100
const POLL_TIMEOUT: Ms = 5_000

interface Waiting {
  readonly cwd: string
  readonly target: string
  readonly signal?: AbortSignal | undefined
}

/** Another process on the target's port would be measured in place of ours: any listener counts, whatever it answers. */
export async function refuseOccupied(target: string): Promise<void> {
  const { hostname, port, protocol } = new URL(target)
  const socket = connect({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
  })
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

/** Resolves once the service answers 2xx or 3xx on `ready`; rejects when it dies, when it takes too long or when the signal fires. */
export async function untilReady(
  service: RunningService,
  spec: ServiceSpec,
  { cwd, target, signal }: Waiting,
): Promise<void> {
  const url = target + spec.ready
  const died = new AbortController()
  const exit = service.exited.then((exit) => {
    died.abort()
    return exit
  })
  const ended = signal ? AbortSignal.any([signal, died.signal]) : died.signal
  const deadline = performance.now() + spec.readyWithin
  let answer = 'nothing was asked'
  for (let left = spec.readyWithin; left > 0; left = deadline - performance.now()) {
    answer = await ask(url, AbortSignal.any([ended, AbortSignal.timeout(Math.ceil(Math.min(left, POLL_TIMEOUT)))]))
    signal?.throwIfAborted()
    if (died.signal.aborted) throw deathBeforeReady(service, await exit, spec.start, cwd)
    if (answer === 'ready') return
    await sleep(POLL_EVERY, undefined, { signal: ended }).catch(() => {})
  }
  throw new LoadgateError(
    'target',
    `The service was not ready within ${formatDuration(spec.readyWithin)}: GET ${url}: ${answer}${outputOf(service)}`,
    { hint: 'Check `target`, `service.ready` and the port the service listens on, or raise `service.ready-within`.' },
  )
}

/** "ready" or the reason why not; never rejects. The answer is read to its end, so that none is left open. */
function ask(url: string, signal: AbortSignal): Promise<string> {
  const get = url.startsWith('https:') ? httpsGet : httpGet
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) =>
      resolve(error.name === 'AbortError' ? 'no answer in time' : (error.code ?? error.message))
    const request = get(url, { agent: false, signal }, (response) => {
      const status = response.statusCode ?? 0
      response.on('end', () => resolve(status >= 200 && status < 400 ? 'ready' : `status ${status}`))
      response.on('error', failed).resume()
    })
    request.on('error', failed)
  })
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
