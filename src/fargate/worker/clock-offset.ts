// What the bucket's server takes the time for, from the `Date` headers of the answers that are read anyway. A header names a
// whole second, and is written between the sending of the request and the coming of the answer:
//
//   server's clock − own clock  ∈  [Date − received, Date + 1 s − sent]
//
// Each answer gives such bounds, and what is true lies within all of them.
import type { EpochMs, Ms } from '../../units.ts'
import type { MailAnswer } from '../doors.ts'
import type { ClockOffset } from '../protocol.ts'

/** Bounds, and when they were found, on the own monotonic clock. */
export interface Bounds extends ClockOffset {
  readonly at: Ms
}

const SECOND: Ms = 1_000
/** Linux corrects a clock no faster than that: bounds widen by as much, on either side, while they grow old. */
const DRIFT = 500e-6
/** Good enough for a start in lock-step, and not worth a thousand requests at one moment. */
const FINE: Ms = 20

/** Before any answer: three centuries either way, since JSON has no infinity. */
export const UNKNOWN: Bounds = { low: -1e13, high: 1e13, at: 0 }

/**
 * The bounds that one more answer leaves.
 * @param zero what the own date was at 0 of the monotonic clock
 */
export function narrow(
  known: Bounds,
  { date, sent, received }: Omit<MailAnswer, 'body' | 'status'>,
  zero: EpochMs,
): Bounds {
  if (date === undefined) return known
  const seen = { low: date - (zero + received), high: date + SECOND - (zero + sent), at: received }
  const old = agedTo(known, received)
  const both = { low: Math.max(seen.low, old.low), high: Math.min(seen.high, old.high), at: received }
  // A clock has been set, or another server of the bucket answered: the newest is all that is known.
  return both.low <= both.high ? both : seen
}

export function agedTo(bounds: Bounds, now: Ms): Bounds {
  const drift = Math.max(0, now - bounds.at) * DRIFT
  return { low: bounds.low - drift, high: bounds.high + drift, at: Math.max(now, bounds.at) }
}

/** What to take for the server's clock less the own: nothing, where that may be; else the bound that is nearest to it. */
export function correctionOf({ low, high }: ClockOffset): Ms {
  if (low > 0) return low
  return high < 0 ? high : 0
}

/**
 * When to ask next, from `earliest` on and at most a second later: so that by the middle of what is known the server's
 * second changes just then, and either answer halves what is left. Without that, requests every two whole seconds would
 * all learn the same.
 * @param turnaround what the last request took
 */
export function bestMoment({ low, high }: ClockOffset, earliest: EpochMs, turnaround: Ms): EpochMs {
  if (high - low <= Math.max(FINE, 2 * turnaround) || high - low > 2 * SECOND + turnaround) return earliest
  const ahead = (low + high) / 2 + turnaround / 2
  return Math.ceil((earliest + ahead) / SECOND) * SECOND - ahead
}
