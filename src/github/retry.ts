import { setTimeout as sleep } from 'node:timers/promises'
import { LoadgateError } from '../errors.ts'
import type { EpochMs, Ms } from '../units.ts'

const ATTEMPTS = 4
const FIRST_PAUSE: Ms = 1_000
/** GitHub asks for at least a minute when a secondary limit comes without `retry-after`. */
const SECONDARY_PAUSE: Ms = 60_000

/** Everything that publishing may wait for GitHub in all, a minute's secondary limit included. */
export const PATIENCE: Ms = 90_000

/** The door to waiting. `now` only ever rises; `wait` resolves early when the signal fires. */
export interface Waiting {
  now(): Ms
  wait(pause: Ms, signal: AbortSignal | undefined): Promise<void>
}

export const realWaiting: Waiting = {
  now: () => performance.now(),
  wait: (pause, signal) => sleep(pause, undefined, { signal }).catch(() => undefined),
}

export interface Retrying {
  readonly waiting: Waiting
  /** The moment of `waiting.now()` after which no pause may end; shared by all the calls of one act. */
  readonly until: Ms
  readonly signal?: AbortSignal | undefined
}

/** Fires after `limit`, when the patience is at its end, or with the caller's own signal. */
export function signalWithin(limit: Ms, { waiting, until, signal }: Retrying): AbortSignal {
  const late = AbortSignal.timeout(Math.max(0, Math.ceil(Math.min(limit, until - waiting.now()))))
  return signal === undefined ? late : AbortSignal.any([signal, late])
}

/**
 * Makes a call up to four times while its failure may pass: a 5xx, a broken connection, an answer that cannot be read, a
 * rate limit. Throws the last failure. A `call` that writes must look first whether an earlier try of it succeeded and
 * only its answer was lost.
 */
export async function withRetry<T>(call: () => Promise<T>, { waiting, until, signal }: Retrying): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      const pause = pauseAfter(failureOf(error), attempt)
      if (pause === undefined || attempt === ATTEMPTS || signal?.aborted || waiting.now() + pause > until) throw error
      await waiting.wait(pause, signal)
      if (signal?.aborted) throw error
    }
  }
}

export type Failure =
  | { readonly kind: 'limited'; readonly pause: Ms }
  /** The other side's or the network's; `status` is undefined when there was no answer. */
  | { readonly kind: 'passing'; readonly status: number | undefined }
  | { readonly kind: 'refused'; readonly status: number; readonly said: string }
  /** Not an answer of GitHub's at all. */
  | { readonly kind: 'unexpected' }

/** What a failed call to GitHub was. Octokit gives a connection that never answered the status 500 and no response. */
export function failureOf(error: unknown): Failure {
  if (error instanceof LoadgateError && error.kind === 'infrastructure') return { kind: 'passing', status: undefined }
  if (!(error instanceof Error)) return { kind: 'unexpected' }
  if ('errors' in error && Array.isArray(error.errors)) return graphqlFailure(error.errors)
  if (!('status' in error) || typeof error.status !== 'number') return { kind: 'unexpected' }
  const { status } = error
  const response = 'response' in error ? (error.response as Answer | undefined) : undefined
  if (response === undefined) return { kind: 'passing', status: undefined }
  const said = messageIn(response.data)
  const pause = limitPause(status, response.headers ?? {}, said)
  if (pause !== undefined) return { kind: 'limited', pause }
  return status >= 500 ? { kind: 'passing', status } : { kind: 'refused', status, said }
}

/** GraphQL answers 200 and lists what went wrong. */
function graphqlFailure(errors: readonly unknown[]): Failure {
  const first: unknown = errors[0]
  const type = typeof first === 'object' && first !== null && 'type' in first ? first.type : undefined
  return type === 'RATE_LIMITED'
    ? { kind: 'limited', pause: SECONDARY_PAUSE }
    : { kind: 'refused', status: 403, said: messageIn(first) }
}

interface Answer {
  readonly headers?: Readonly<Record<string, string | number | undefined>>
  readonly data?: unknown
}

function pauseAfter(failure: Failure, attempt: number): Ms | undefined {
  if (failure.kind === 'limited') return failure.pause
  return failure.kind === 'passing' ? FIRST_PAUSE * 2 ** (attempt - 1) : undefined
}

// GitHub answers 403 or 429 for both limits. The primary one names the moment it resets, the secondary one at most how
// long to stay away.
function limitPause(status: number, headers: NonNullable<Answer['headers']>, said: string): Ms | undefined {
  if (status !== 403 && status !== 429) return undefined
  if (headers['retry-after'] !== undefined) return secondsOf(headers['retry-after']) ?? SECONDARY_PAUSE
  if (String(headers['x-ratelimit-remaining']) === '0') return untilReset(headers) ?? SECONDARY_PAUSE
  return status === 429 || /rate limit|abuse/i.test(said) ? SECONDARY_PAUSE : undefined
}

/** By GitHub's own clock where it says what that is: the runner's may be off. */
function untilReset(headers: NonNullable<Answer['headers']>): Ms | undefined {
  const reset = secondsOf(headers['x-ratelimit-reset'])
  const sent: EpochMs = Date.parse(String(headers.date))
  if (reset === undefined) return undefined
  return Math.max(0, reset - (Number.isNaN(sent) ? Date.now() : sent)) + 1_000
}

function secondsOf(value: string | number | undefined): Ms | undefined {
  const seconds = value === undefined || value === '' ? Number.NaN : Number(value)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined
}

/** The `message` of GitHub's JSON, one short line; nothing of an HTML page. */
function messageIn(data: unknown): string {
  const message = typeof data === 'object' && data !== null && 'message' in data ? String(data.message) : ''
  return message.replace(/[\s\p{C}]+/gu, ' ').slice(0, 200)
}
