// Whether somebody still watches over this worker. The coordinator rewrites the control with a higher sequence again and
// again; a worker that no longer sees it rise stops. No two machines' clocks are compared: all moments here are the worker's own.
import type { Ms } from '../../units.ts'
import { type Control, POLL, TERM } from '../protocol.ts'

export interface Lease {
  readonly sequence: number
  readonly term: Ms
  /** When the read was sent that first showed this sequence. */
  readonly seen: Ms
  /** When the last read was sent that did not show it yet: no renewal is older. */
  readonly unseen: Ms
  /** When the last read of all was sent. */
  readonly read: Ms
  /** Whether it was seen to rise at all: the first one seen may have been left by somebody who is long gone. */
  readonly risen: boolean
}

// By this much a renewal may be older than the read that shows it: two reads. More must not make the lease longer, or reads
// that are lost at the wrong moment would prolong the load of a coordinator that is gone.
const LAG: Ms = 2 * POLL

/** As if it had just been renewed, for the time until the control is first seen. */
export function openLease(now: Ms): Lease {
  return { sequence: -1, term: TERM, seen: now, unseen: now, read: now, risen: false }
}

/** @param sent when the read was sent that showed this control */
export function heed(lease: Lease, { sequence, term }: Pick<Control, 'sequence' | 'term'>, sent: Ms): Lease {
  if (sequence === lease.sequence) return { ...lease, read: Math.max(lease.read, sent) }
  // An answer that was overtaken by a later one.
  if (sequence < lease.sequence) return lease
  return { sequence, term, seen: sent, unseen: lease.read, read: sent, risen: lease.sequence >= 0 }
}

/** From this moment on nothing may be sent any more. */
export function endOf({ seen, unseen, term }: Lease): Ms {
  return Math.min(seen + term, unseen + term + LAG)
}
