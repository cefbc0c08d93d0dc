import { messageOf } from '../../errors.ts'
import type { Ms } from '../../units.ts'
import { type Claim, keysOf } from '../protocol.ts'
import { eachOf, insist } from './insist.ts'
import type { CoordinatorDoors, FargateJob } from './job.ts'
import { LARGEST_CLAIM, readClaim, seatIn } from './read-worker.ts'
import type { Roster, Seat } from './roster.ts'

const LOOK_WITHIN: Ms = 15_000
const READ_AT_ONCE = 25

/** Reads the claims that are new, and enters those that are right in the roster. */
export function claimsReader(
  job: FargateJob,
  roster: Roster,
  doors: CoordinatorDoors,
): (signal?: AbortSignal) => Promise<void> {
  const { objects, tell } = doors
  const read = new Set<string>()
  const readOne = async (key: string, seat: Seat, signal: AbortSignal | undefined) => {
    const bytes = await insist(doors, () => objects.get(key, LARGEST_CLAIM), { within: LOOK_WITHIN, signal })
    if (bytes === undefined) return
    read.add(key)
    const claim = checked(bytes, seat, job)
    if (typeof claim !== 'string') return roster.claim(seat, claim.task)
    roster.losses.push(claim)
    tell(`Worker ${seat.index + 1} of ${job.count} is not taken: ${claim}.`)
    roster.refuse(seat)
  }
  return async (signal) => {
    const { claims } = keysOf(job.runId)
    const listed = await insist(doors, () => objects.list(claims), { within: LOOK_WITHIN, signal })
    const news = listed.flatMap(({ key }) => {
      const seat = seatIn(key)
      return seat !== undefined && !read.has(key) && roster.awaits(seat.index, seat.generation) ? [{ key, seat }] : []
    })
    await eachOf(news, READ_AT_ONCE, ({ key, seat }) => readOne(key, seat, signal))
  }
}

/** The claim, or why it is none. */
function checked(bytes: Buffer, { index, generation }: Seat, { runId, plan }: FargateJob): Claim | string {
  try {
    const claim = readClaim(bytes)
    if (claim.runId !== runId || claim.index !== index || claim.generation !== generation)
      return 'its claim is of another slot'
    return claim.planHash === plan.hash ? claim : 'it has another plan than this'
  } catch (error) {
    return `its claim cannot be read (${messageOf(error)})`
  }
}
