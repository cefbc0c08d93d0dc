import { LoadgateError } from '../../errors.ts'
import { formatDuration, type Ms } from '../../units.ts'
import { Refused } from '../doors.ts'
import type { CoordinatorDoors } from './job.ts'

const FIRST_PAUSE: Ms = 500
const LONGEST_PAUSE: Ms = 10_000
/** No call of AWS that is worth waiting for takes longer. */
const ONE_CALL: Ms = 20_000

export interface Patience {
  /** For all tries together. */
  readonly within: Ms
  /** For one of them. */
  readonly each?: Ms
  readonly signal?: AbortSignal | undefined
}

/**
 * Makes a call again and again, with pauses that double and are drawn at random, until it succeeds, is refused for good, or
 * the time is up: then the last failure is thrown. The call must be such that doing it twice does no harm.
 */
export async function insist<T>(
  { time, random }: Pick<CoordinatorDoors, 'time' | 'random'>,
  call: () => Promise<T>,
  { within, each = ONE_CALL, signal }: Patience,
): Promise<T> {
  const until = time.now() + within
  for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    try {
      return await bounded(time, call, { limit: Math.min(each, Math.max(1, until - time.now())), signal })
    } catch (error) {
      const drawn = pause * (0.5 + random() / 2)
      if (error instanceof Refused || signal?.aborted || time.now() + drawn >= until) throw error
      await time.sleep(drawn, signal)
    }
  }
}

/** What `call` resolves to, or a rejection when it takes too long or the signal fires: it is then left to itself. */
export async function bounded<T>(
  time: CoordinatorDoors['time'],
  call: () => Promise<T>,
  { limit, signal }: { readonly limit: Ms; readonly signal?: AbortSignal | undefined },
): Promise<T> {
  signal?.throwIfAborted()
  const over = new AbortController()
  const end = () => over.abort(signal?.reason)
  signal?.addEventListener('abort', end)
  const late = time.sleep(limit, over.signal).then(() => {
    throw new LoadgateError('infrastructure', `There was no answer within ${formatDuration(limit)}`)
  })
  const answer = call()
  // Whichever of the two loses is heard by nobody.
  late.catch(() => {})
  answer.catch(() => {})
  try {
    return await Promise.race([answer, late])
  } finally {
    signal?.removeEventListener('abort', end)
    over.abort()
  }
}

/** Does all of it, with so many under way at a time. The first failure is thrown, and nothing new begun after it. */
export async function eachOf<T>(items: Iterable<T>, most: number, act: (item: T) => Promise<void>): Promise<void> {
  const rest = items[Symbol.iterator]()
  let failed = false
  const lane = async () => {
    for (let next = rest.next(); !next.done && !failed; next = rest.next())
      await act(next.value).catch((error) => {
        failed = true
        throw error
      })
  }
  await Promise.all(Array.from({ length: most }, lane))
}
