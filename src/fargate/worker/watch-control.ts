// The loop that reads the control, from the orders to the end of the process.
import { messageOf } from '../../errors.ts'
import { type EpochMs, formatDuration, type Ms } from '../../units.ts'
import type { MailAnswer } from '../doors.ts'
import { orAborted } from '../or-aborted.ts'
import { type Control, type Order, type Orders, POLL } from '../protocol.ts'
import { MOST_CONTROL, readControl } from '../read-control.ts'
import { agedTo, type Bounds, bestMoment, correctionOf, narrow, UNKNOWN } from './clock-offset.ts'
import { Leaving } from './ends.ts'
import { endOf, heed, openLease } from './lease.ts'
import type { WorkerDoors } from './worker-doors.ts'

export type StartOrder = Extract<Order, { kind: 'start' }>

/** What the control has told so far. */
export interface Watched {
  /** Resolves when the control was read for the first time. */
  readonly seen: Promise<void>
  /** Resolves once, on a control that somebody surely keeps up; never where the worker has to leave first. */
  readonly start: Promise<StartOrder>
  /** The bucket server's clock less the own. */
  clock(): Bounds
}

/**
 * Reads the control until the signal of `leave` is aborted, and aborts it itself: at once when it says stop, and when it was
 * not seen renewed for its term.
 */
export function watchControl(
  { controlUrl, runId }: Pick<Orders, 'controlUrl' | 'runId'>,
  answer: MailAnswer,
  { time, mail, log }: WorkerDoors,
  leave: AbortController,
): Watched {
  const { signal } = leave
  const zero: EpochMs = time.epoch() - time.now()
  const seen = Promise.withResolvers<void>()
  const started = Promise.withResolvers<StartOrder>()
  const tell = onChange(log)
  let clock = narrow(UNKNOWN, answer, zero)
  let turnaround = answer.received - answer.sent
  let lease = openLease(time.now())
  let startsAt: EpochMs = Number.POSITIVE_INFINITY

  const take = ({ sequence, term, order }: Control, sent: Ms) => {
    if (sequence < lease.sequence) return
    const before = endOf(lease)
    lease = heed(lease, { sequence, term }, sent)
    // The guard sleeps until an end that was later than this.
    if (endOf(lease) < before) void guardLease()
    if (order.kind === 'stop') leave.abort(new Leaving('stopped', `told to stop: ${order.why}`))
    else if (order.kind === 'start' && lease.risen) {
      startsAt = order.at
      started.resolve(order)
    }
    seen.resolve()
  }
  const read = async () => {
    try {
      const answer = await orAborted(mail.get(controlUrl, MOST_CONTROL, POLL), signal)
      clock = narrow(clock, answer, zero)
      turnaround = answer.received - answer.sent
      if (answer.status !== 'ok') throw new Error(answer.status === 'missing' ? 'it is not there' : 'access is denied')
      take(readControl(answer.body, runId), answer.sent)
      tell('The control can be read')
    } catch (error) {
      if (!signal.aborted) tell(`The control cannot be read: ${messageOf(error)}`)
    }
  }
  const nextRead = (sent: Ms) => {
    const known = agedTo(clock, time.now())
    // From the start on nobody needs the clock any more, and the word to stop is wanted soon.
    if (time.epoch() + correctionOf(known) >= startsAt) return sent + POLL
    return bestMoment(known, zero + sent + POLL, turnaround) - zero
  }

  const readAgainAndAgain = async () => {
    while (!signal.aborted) {
      const sent = time.now()
      await read()
      await pause(nextRead(sent) - time.now())
    }
  }
  const guardLease = async () => {
    for (let left = endOf(lease) - time.now(); !signal.aborted; left = endOf(lease) - time.now()) {
      if (left > 0) await pause(left)
      else leave.abort(new Leaving('abandoned', `the control was not seen renewed for ${formatDuration(lease.term)}`))
    }
  }
  const pause = (left: Ms) => time.sleep(Math.max(0, left), signal).catch(() => undefined)

  void readAgainAndAgain()
  void guardLease()
  return { seen: seen.promise, start: started.promise, clock: () => agedTo(clock, time.now()) }
}

/** Not the same line every two seconds. */
function onChange(log: (line: string) => void): (line: string) => void {
  let last = ''
  return (line) => {
    if (line !== last) log(line)
    last = line
  }
}
