import { Misread, type Reader, text, where } from '../reader.ts'
import type { Ms } from '../units.ts'
import { isRunId } from './run-id.ts'

/** Throws a Misread for whatever is not JSON in UTF-8, or not what `read` expects. */
export function readJson<T>(body: Uint8Array, read: Reader<T>): T {
  return read(parse(body), '')
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw new Misread('', 'JSON')
  }
}

/** The other end's timers would ring at once for more: almost 25 days. */
export const MOST_TIME: Ms = 2 ** 31 - 1

export const address = where(text, (value) => /^https?:\/\/\S+$/.test(value) && URL.canParse(value), 'an address')
export const runId = where(text, isRunId, 'a run id')
export const sha256 = where(text, (value) => /^[0-9a-f]{64}$/.test(value), 'a SHA-256 in hex')
