import { LoadgateError, messageOf } from '../../errors.ts'
import { counted, formatDuration, type Ms } from '../../units.ts'
import { keysOf } from '../protocol.ts'
import { eachOf, insist } from './insist.ts'
import type { CoordinatorDoors, FargateJob } from './job.ts'
import { LARGEST_PROGRESS, readProgress } from './read-worker.ts'
import type { Schedule } from './start.ts'
import type { Carrier } from './summary.ts'

const LOOK_EVERY: Ms = 2_000
const READ_AT_ONCE = 25
const CALL_WITHIN: Ms = 10_000
/** After the last of them should have begun. */
const SEEN_WITHIN: Ms = 45_000
const HINT = 'The run has been ended. The log group of the stack has what the workers said.'

/** Resolves when every worker has told what it sends; throws when one has ended without it, or does not tell so in time. */
export async function seeStart(
  {
    job,
    carriers,
    schedule,
  }: { readonly job: FargateJob; readonly carriers: readonly Carrier[]; readonly schedule: Schedule },
  doors: CoordinatorDoors,
  signal: AbortSignal,
): Promise<void> {
  const { time, objects, tell } = doors
  const waiting = new Set(carriers.keys())
  const gone = new Set<number>()
  const until = schedule.begins + job.stagger * (job.count - 1) + SEEN_WITHIN
  const look = async (index: number) => {
    const { generation } = carriers[index]!
    const key = keysOf(job.runId).progress(index, generation)
    const bytes = await insist(doors, () => objects.get(key, LARGEST_PROGRESS), { within: CALL_WITHIN, signal })
    if (bytes === undefined) return
    const told = readProgress(bytes)
    if (told.runId !== job.runId || told.generation !== generation) return
    if (told.progress !== undefined) waiting.delete(index)
    else if (told.state === 'ended') gone.add(index)
  }
  while (waiting.size > 0) {
    if (time.now() >= until)
      throw new LoadgateError(
        'infrastructure',
        `${counted(waiting.size, 'worker')} of ${job.count} did not begin within ${formatDuration(SEEN_WITHIN)} of the start`,
        { hint: HINT },
      )
    await time.sleep(LOOK_EVERY, signal)
    try {
      await eachOf([...waiting], READ_AT_ONCE, look)
    } catch (error) {
      signal.throwIfAborted()
      tell(`${messageOf(error)}; it is tried again.`)
    }
    const [first] = gone
    if (first !== undefined)
      throw new LoadgateError('infrastructure', `Worker ${first + 1} of ${job.count} ended before it sent anything`, {
        hint: HINT,
      })
  }
}
