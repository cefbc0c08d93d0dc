import { messageOf } from '../../errors.ts'
import { formatDuration, type Ms } from '../../units.ts'
import type { Collection } from './collect.ts'
import { bounded } from './insist.ts'
import type { CoordinatorDoors } from './job.ts'

const LOOK_EVERY: Ms = 500

/** After the word to stop: waits so long for what the workers have measured. Never rejects, but ends when it is aborted. */
export async function lastResults(
  collection: Collection,
  doors: CoordinatorDoors,
  { within, signal }: { readonly within: Ms; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const { time } = doors
  const until = time.now() + within
  while (collection.open.length > 0 && time.now() < until && !signal?.aborted) {
    const left = until - time.now()
    const look = () => collection.look({ within: left, signal })
    await bounded(time, look, { limit: left, signal }).catch((error) => {
      if (!signal?.aborted) doors.tell(`${messageOf(error)}.`)
    })
    if (collection.open.length > 0) await time.sleep(LOOK_EVERY, signal).catch(() => {})
  }
  if (signal?.aborted) return
  for (const index of collection.open)
    collection.lose(index, `it gave no result within ${formatDuration(within)} after it was told to stop`)
}
