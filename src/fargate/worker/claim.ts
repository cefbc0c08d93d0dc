import { messageOf } from '../../errors.ts'
import type { Ms } from '../../units.ts'
import type { PutAnswer } from '../doors.ts'
import { persist } from '../persist.ts'
import type { Claim, Slot } from '../protocol.ts'
import { Leaving } from './ends.ts'
import type { WorkerDoors } from './worker-doors.ts'

const TRIES = 6
const WITHIN: Ms = 60_000
const ONE_TRY: Ms = 10_000

/**
 * Takes the first slot that nobody else has, or answers undefined where all are taken. A slot is taken by writing an object
 * that must not be there yet, so of any number of tasks exactly one gets it.
 */
export async function claimSlot(
  slots: readonly Slot[],
  claim: Omit<Claim, 'index' | 'generation'>,
  doors: WorkerDoors,
  signal: AbortSignal,
): Promise<Slot | undefined> {
  // Ten tasks that begin together do not all begin with the first.
  const first = Math.floor(doors.random() * slots.length)
  for (const slot of [...slots.slice(first), ...slots.slice(0, first)])
    if (await takes(slot, claim, doors, signal)) return slot
  return undefined
}

async function takes(
  { index, generation, claimUrl, claimedUrl }: Slot,
  claim: Omit<Claim, 'index' | 'generation'>,
  doors: WorkerDoors,
  signal: AbortSignal,
): Promise<boolean> {
  const body = JSON.stringify({ ...claim, index, generation })
  const { time, mail, random } = doors
  const patience = { time, random, tries: TRIES, within: WITHIN, signal }
  let tries = 0
  const write = async (left: Ms): Promise<PutAnswer> => {
    tries++
    return mail.put(claimUrl, body, { once: true, deadline: Math.min(ONE_TRY, left) })
  }
  // A try whose answer was lost may have been the one that took the slot. No two tasks write the same claim.
  const isOurs = async (left: Ms): Promise<boolean> => {
    const { status, body: there } = await mail.get(claimedUrl, 2 * body.length, Math.min(ONE_TRY, left))
    if (status === 'denied') throw new Leaving('unreachable', 'the bucket does not give out the claim')
    return there.toString() === body
  }
  try {
    const answer = await persist(write, patience)
    if (answer === 'denied')
      throw new Leaving('unreachable', 'the bucket does not take the claim: the address may have expired')
    return answer === 'done' || (tries > 1 && (await persist(isOurs, patience)))
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof Leaving) throw error
    throw new Leaving('unreachable', `slot ${index} could not be claimed: ${messageOf(error)}`)
  }
}
