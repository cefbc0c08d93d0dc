import { LoadgateError } from '../errors.ts'
import { type Reader, where } from '../reader.ts'
import { failureOf, type Retrying, withRetry } from './retry.ts'

/**
 * Makes a call as `withRetry` does, and reads of its answer what is needed. octokit hands over a broken JSON body, or the
 * HTML page of a proxy, as text and calls it success: what cannot be read is asked for again.
 * @param what the answer is, for the message
 */
export function ask<T>(
  what: string,
  call: () => Promise<{ readonly data: unknown }>,
  read: Reader<T>,
  retrying: Retrying,
): Promise<T> {
  return withRetry(async () => {
    const { data } = await call()
    try {
      return read(data, '')
    } catch (cause) {
      throw new LoadgateError('infrastructure', `${what} could not be read in GitHub's answer`, { cause })
    }
  }, retrying)
}

/** The answer, or undefined where GitHub refuses with one of these statuses. */
export async function unlessRefused<T>(statuses: readonly number[], call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call()
  } catch (error) {
    const failure = failureOf(error)
    if (failure.kind === 'refused' && statuses.includes(failure.status)) return undefined
    throw error
  }
}

/** Text of any length. */
export const longText: Reader<string> = (value) => {
  if (typeof value === 'string') return value
  throw new Error('not a text')
}

/** The name of a git object. */
export const objectId = where(longText, (id) => /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(id), 'the name of a git object')
