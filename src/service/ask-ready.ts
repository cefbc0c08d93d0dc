import { once } from 'node:events'
import { get as httpGet, type IncomingMessage } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { get as httpsGet } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { createSecureContext } from 'node:tls'
import { type AllowedTargets, HOW_TO_ALLOW, refusesFor } from '../allowed-targets.ts'
import { AddressNotAllowed, addressBook, type Resolve } from '../engine/http/addresses.ts'
import type { Endpoint } from '../engine/http/connection.ts'
import { credentialsOf } from '../engine/http/credentials.ts'
import { openStream } from '../engine/http/sockets.ts'
import { LoadgateError } from '../errors.ts'
import type { ConnectionChoices } from '../profile/profile.ts'

/** What of the profile's `connections` decides how the service is spoken to: as it will be under load. */
export type Spoken = Pick<ConnectionChoices, 'http' | 'verify' | 'tls'>

export interface Asked {
  /** Address that `ready` is asked on, without a trailing slash. */
  readonly target: string
  /** How it is asked: as the load will ask. */
  readonly connections: Spoken
  /** What may be connected to: as of the load. */
  readonly allowed?: AllowedTargets | undefined
  /** The system's resolver unless given. */
  readonly resolve?: Resolve | undefined
}

/** Each question resolves the target's name anew: it may lead to the service only once that runs. */
export function endpointOf({ target, connections: { tls, verify = true }, allowed, resolve }: Asked): Endpoint {
  const url = new URL(target)
  const refuses = refusesFor(url, allowed)
  const context = tls && url.protocol === 'https:' ? createSecureContext({ ...credentialsOf(tls) }) : undefined
  const lookup: Endpoint['lookup'] = (...asked) => addressBook(refuses, resolve)(...asked)
  return { url, verify, context, refuses, lookup }
}

/** Another process on the target's port would be measured in place of ours: any listener counts, whatever it answers. */
export async function refuseOccupied(target: string, endpoint: Endpoint): Promise<void> {
  const plain = new URL(`http://${endpoint.url.hostname}:${portOf(target)}`)
  const socket = openStream({ ...endpoint, url: plain }, 'http/1.1')
  const found = await Promise.race([
    once(socket, 'connect').then(
      () => socket.errored ?? 'a listener',
      (error: Error) => error,
    ),
    sleep(1_000, undefined, { ref: false }),
  ])
  socket.on('error', () => {})
  socket.destroy()
  const refused = refusalIn(found)
  if (refused !== undefined) throw notAllowed(refused)
  if (found !== 'a listener') return
  throw new LoadgateError('target', `Something already answers on ${target}, before the service was started`, {
    hint: 'Stop it (an earlier run that was killed may have left it) or choose another port; to measure what is running already, remove `service` from the profile.',
  })
}

/** The port that an address stands for, written or not. */
export function portOf(target: string): number {
  const { port, protocol } = new URL(target)
  return Number(port) || (protocol === 'https:' ? 443 : 80)
}

/** "ready" or the reason why not; rejects only where the address may not be connected to. Redirects are not followed. */
export type Ask = (url: string, endpoint: Endpoint, signal: AbortSignal) => Promise<string>

/** On a connection of its own. The answer is read to its end, so that none is left open. */
export const askHttp1: Ask = (url, endpoint, signal) =>
  new Promise((resolve, reject) => {
    const failed = (error: Error) => settle(error, resolve, reject)
    const onResponse = (response: IncomingMessage) => {
      response
        .on('end', () => resolve(judge(response.statusCode)))
        .on('error', failed)
        .resume()
    }
    const get = url.startsWith('https:') ? httpsGet : httpGet
    const createConnection = () => openStream(endpoint, 'http/1.1').on('error', failed)
    get(url, { createConnection, signal }, onResponse).on('error', failed)
  })

/** As above. */
export const askHttp2: Ask = (url, endpoint, signal) => {
  const { origin, pathname, search } = new URL(url)
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => settle(error, resolve, reject)
    const createConnection = () => openStream(endpoint, 'h2').on('error', failed)
    const session = connectHttp2(origin, { createConnection }).on('error', failed)
    session.on('close', () => resolve('the connection was closed'))
    const request = session.request({ ':path': pathname + search }, { signal }).on('error', failed)
    request.on('response', ({ ':status': status }) => request.on('end', () => resolve(judge(status))).resume())
    // Also ends what is still being connected.
    request.on('close', () => session.destroy())
  })
}

function settle(error: Error, resolve: (reason: string) => void, reject: (error: LoadgateError) => void): void {
  const refused = refusalIn(error)
  if (refused === undefined) resolve(reasonOf(error))
  else reject(notAllowed(refused))
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

function refusalIn(error: unknown): string | undefined {
  if (error instanceof AddressNotAllowed) return error.message
  return error instanceof Error && error.cause instanceof AddressNotAllowed ? error.cause.message : undefined
}

function notAllowed(refused: string): LoadgateError {
  return new LoadgateError('usage', `The service is not asked whether it is ready: ${refused}`, { hint: HOW_TO_ALLOW })
}
