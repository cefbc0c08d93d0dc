import { LoadgateError } from '../errors.ts'
import { type Bytes, type EpochMs, formatBytes, formatDuration, type Ms } from '../units.ts'
import type { Mail, Time } from './doors.ts'

/**
 * Reads and writes what addresses are signed for, by Node's own `fetch`. No message has an address in it, nor anything
 * that the other side said: both would give the signature to whoever reads the log.
 */
export function openMail(time: Pick<Time, 'now'>): Mail {
  return {
    async get(url, most, deadline) {
      const sent = time.now()
      return within(deadline, async (signal) => {
        const response = await fetch(url, { ...ALWAYS, headers: { 'accept-encoding': 'identity' }, signal })
        const received = time.now()
        const status = readStatus(response.status)
        if (status !== 'ok') await response.body?.cancel()
        const body = status === 'ok' ? await collect(response, most) : Buffer.alloc(0)
        return { status, body, date: dateOf(response), sent, received }
      })
    },
    put: (url, body, { once, deadline }) =>
      within(deadline, async (signal) => {
        const headers = once ? { 'if-none-match': '*' } : {}
        const response = await fetch(url, {
          ...ALWAYS,
          method: 'PUT',
          body: new Uint8Array(Buffer.from(body)),
          headers,
          signal,
        })
        await response.body?.cancel()
        return writeStatus(response.status)
      }),
  }
}

// An address is signed for one place; where that sends elsewhere, it is not the bucket that answers.
const ALWAYS = { redirect: 'manual' } as const

function readStatus(status: number): 'ok' | 'missing' | 'denied' {
  if (status === 200) return 'ok'
  if (status === 404) return 'missing'
  if (isFinal(status)) return 'denied'
  throw trouble(`the bucket answered ${status}`)
}

function writeStatus(status: number): 'done' | 'taken' | 'denied' {
  if (status >= 200 && status < 300) return 'done'
  if (status === 412) return 'taken'
  if (isFinal(status)) return 'denied'
  throw trouble(`the bucket answered ${status}`)
}

/** 409: another conditional write was under way. An address that has expired, or a bucket that is gone, is refused for good. */
function isFinal(status: number): boolean {
  return status >= 400 && status < 500 && ![408, 409, 425, 429].includes(status)
}

async function collect(response: Response, most: Bytes): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    size += part.length
    if (size > most) throw trouble(`the object has more than ${formatBytes(most)}`)
    parts.push(part)
  }
  const said = Number(response.headers.get('content-length') ?? size)
  if (size !== said) throw trouble(`the object was cut off after ${formatBytes(size)}`)
  return Buffer.concat(parts)
}

function dateOf(response: Response): EpochMs | undefined {
  const date = Date.parse(response.headers.get('date') ?? '')
  return Number.isNaN(date) ? undefined : date
}

async function within<T>(deadline: Ms, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = Math.max(1, Math.ceil(deadline))
  const signal = AbortSignal.timeout(limit)
  try {
    return await act(signal)
  } catch (error) {
    if (error instanceof LoadgateError) throw error
    if (signal.aborted) throw trouble(`the bucket did not answer within ${formatDuration(limit)}`)
    throw trouble(`the bucket could not be reached (${codeOf(error)})`)
  }
}

/** Of the innermost cause that has one; messages are not passed on, they may quote the address. */
function codeOf(error: unknown): string {
  let code = 'no cause given'
  for (let at = error, depth = 0; typeof at === 'object' && at !== null && depth < 5; depth++) {
    if ('code' in at && typeof at.code === 'string' && /^[A-Z0-9_]{1,60}$/.test(at.code)) code = at.code
    at = 'cause' in at ? at.cause : undefined
  }
  return code
}

function trouble(message: string): LoadgateError {
  return new LoadgateError('infrastructure', message, { hint: 'Check the network from the task to the bucket.' })
}
