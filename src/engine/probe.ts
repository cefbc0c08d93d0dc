import { get as httpGet, type IncomingMessage } from 'node:http'
import { get as httpsGet } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { hostOf } from '../allowed-targets.ts'
import type { Expect } from '../profile/profile.ts'
import { type Bytes, formatBytes, formatDuration, type Ms } from '../units.ts'
import { compileCheck } from './check.ts'
import { explain } from './explain.ts'
import { addressBook, type Refuses, type Resolve } from './http/addresses.ts'
import { causeOf } from './http/causes.ts'
import { guarded } from './http/sockets.ts'
import { type Answer, unsent } from './http/transport.ts'
import { NOTHING } from './template.ts'

/** Of an answer; who watches something asks for a small page. */
const MOST_BODY: Bytes = 262_144

export interface ProbeOptions {
  readonly url: string
  readonly within: Ms
  readonly expect: Expect
  readonly agent: string
  readonly refuses: Refuses
  /** The system's resolver unless given. */
  readonly resolve?: Resolve | undefined
}

export interface ProbeResult {
  readonly took: Ms
  /** What was wrong, for the end of a sentence; undefined where nothing was. It may quote what the target sent. */
  readonly failure: string | undefined
}

/** Asks once, on a connection of its own; never rejects. An abort is a failure like any other. */
export type Probe = (signal: AbortSignal) => Promise<ProbeResult>

/** A small request that is made again and again beside the load, to something that is not its target. */
export function openProbe(options: ProbeOptions): Probe {
  const { refuses, resolve, expect, within } = options
  const lookup = addressBook(refuses, resolve)
  const { check } = compileCheck(expect, [])
  return async (signal) => {
    const startedAt = performance.now()
    const late = AbortSignal.timeout(within)
    const answer = await ask(options, lookup, AbortSignal.any([signal, late]))
    const took = performance.now() - startedAt
    if (typeof answer === 'string')
      return { took, failure: late.aborted ? `no answer within ${formatDuration(within)}` : answer }
    const cause = check(answer, NOTHING_KEPT, NOTHING)
    return { took, failure: cause && (explain(expect, [], answer) ?? cause) }
  }
}

const NOTHING_KEPT = { keep: () => {}, now: () => Date.now() }

/** The whole answer, or why there is none. */
function ask(
  { url: address, agent, refuses }: ProbeOptions,
  lookup: LookupFunction,
  signal: AbortSignal,
): Promise<Answer | string> {
  const url = new URL(address)
  const host = hostOf(url)
  const refused = isIP(host) ? refuses(host) : undefined
  if (refused !== undefined) return Promise.resolve(refused)
  return new Promise((resolve) => {
    const failed = (error: Error) => resolve(reasonOf(error))
    const get = url.protocol === 'https:' ? httpsGet : httpGet
    const headers = { 'user-agent': agent, connection: 'close' }
    const request = get(url, { agent: false, lookup, signal, headers }, (response) => {
      response.on('error', failed)
      read(response, resolve)
    })
    request.on('socket', (socket) => guarded(socket, refuses)).on('error', failed)
  })
}

function read(response: IncomingMessage, done: (answer: Answer | string) => void): void {
  const pieces: Buffer[] = []
  let length = 0
  response
    .on('data', (piece: Buffer) => {
      pieces.push(piece)
      length += piece.length
      if (length <= MOST_BODY) return
      done(`an answer of more than ${formatBytes(MOST_BODY)}`)
      response.destroy()
    })
    .on('end', () => {
      const { statusCode: status = 0, headers } = response
      const text = Buffer.concat(pieces).toString()
      done({ ...unsent('cancelled', 0), cause: undefined, status, headers, text })
    })
}

function reasonOf(error: Error): string {
  const { name, message } = error
  if ('code' in error && error.code === 'ERR_ADDRESS_NOT_ALLOWED') return message
  return name === 'AbortError' ? 'it was not asked to the end' : causeOf(error, false)
}
