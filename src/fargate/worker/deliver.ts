import { gzipSync } from 'node:zlib'
import { messageOf } from '../../errors.ts'
import { counted, formatBytes, type Ms } from '../../units.ts'
import type { Time } from '../doors.ts'
import { persist } from '../persist.ts'
import type { Outcome, Slot } from '../protocol.ts'
import type { End } from './ends.ts'
import type { WorkerDoors } from './worker-doors.ts'

const TRIES = 12
const ONE_TRY: Ms = 15_000
const WITHIN: Ms = 120_000
/** Who leaves early has to be gone within 10 s, three of which its engine may take to stop. */
const IN_HASTE: Ms = 5_500

/**
 * Uploads what was measured, once, and answers with what that makes of the worker's end. Whatever made the load end early, its
 * result is still wanted, but not waited for.
 */
export async function deliver(
  outcome: Outcome,
  { resultUrl }: Slot,
  { time, mail, random, log }: WorkerDoors,
  leaving: AbortSignal,
): Promise<End> {
  const body = gzipSync(JSON.stringify(outcome))
  let tries = 0
  const write = (left: Ms) => {
    tries++
    return mail.put(resultUrl, body, { once: true, deadline: Math.min(ONE_TRY, left) })
  }
  try {
    const answer = await persist(write, {
      time,
      random,
      tries: TRIES,
      within: WITHIN,
      signal: laterThan(leaving, IN_HASTE, time),
    })
    // Of this generation of the slot nobody but this worker knows anything: after a try without an answer it is its own.
    if (answer === 'done' || (answer === 'taken' && tries > 1)) {
      log(`Result uploaded: ${formatBytes(body.length)}, ${counted(tries, 'try', 'tries')}`)
      return { kind: 'done', words: 'the result is uploaded' }
    }
    const why = answer === 'taken' ? 'there is a result of this slot already' : 'the address may have expired'
    return { kind: 'unsent', words: `the bucket does not take the result: ${why}` }
  } catch (error) {
    return { kind: 'unsent', words: `the result could not be uploaded: ${messageOf(error)}` }
  }
}

/** Aborted some time after another one. */
function laterThan(signal: AbortSignal, delay: Ms, time: Time): AbortSignal {
  const later = new AbortController()
  const wait = () => void time.sleep(delay).then(() => later.abort(new Error('there was no more time')))
  if (signal.aborted) wait()
  else signal.addEventListener('abort', wait, { once: true })
  return later.signal
}
