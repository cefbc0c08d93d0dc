import type { ShardProgress } from '../../engine/shard-result.ts'
import { messageOf } from '../../errors.ts'
import { formatDuration, type Ms } from '../../units.ts'
import type { TaskState } from '../doors.ts'
import { keysOf, TELL } from '../protocol.ts'
import type { Collection } from './collect.ts'
import { explainStop } from './failures.ts'
import { eachOf, insist, type Patience } from './insist.ts'
import type { CoordinatorDoors, FargateJob } from './job.ts'
import { LARGEST_PROGRESS, readProgress } from './read-worker.ts'
import type { Schedule } from './start.ts'
import type { Carrier } from './summary.ts'
import { describeAll } from './task-states.ts'

const ROUND: Ms = 2_000
const DESCRIBE_EVERY: Ms = 10_000
/** Results come at the end; before it, one is there only of a worker that has told so or that has died. */
const LIST_EVERY: Ms = 5_000
const LIST_SELDOM: Ms = 60_000
/** So that a thousand workers are read a hundred times a second, and not more. */
const READ_EACH: Ms = 10
const READ_AT_ONCE = 25
const CALL_WITHIN: Ms = 15_000

export interface Watching {
  readonly job: Pick<FargateJob, 'runId' | 'plan' | 'count'>
  readonly carriers: readonly Carrier[]
  readonly collection: Collection
  readonly schedule: Schedule
  readonly onProgress: ((progress: ShardProgress) => void) | undefined
  /** Told of each task that has ended. */
  readonly onEnded: ((state: TaskState) => void) | undefined
  readonly signal: AbortSignal
}

/** Resolves when every slot is settled: by its result, by the end of its task, or by the time. Rejects only when aborted. */
export async function watch(watching: Watching, doors: CoordinatorDoors): Promise<void> {
  const { collection, signal } = watching
  const { spent, until } = watching.schedule
  const { time } = doors
  const progress = progressReader(watching, doors)
  const patience = { within: CALL_WITHIN, signal }
  const describe = every(time, DESCRIBE_EVERY)
  let listed = time.now()
  for (;;) {
    const ended = await progress.read()
    const dead = describe() ? await endedTasks(watching, doors) : []
    const pause = ended || dead.length > 0 || time.now() >= spent ? LIST_EVERY : LIST_SELDOM
    if (dead.length > 0 || time.now() - listed >= pause) {
      listed = time.now()
      // Only what was listed after its task had ended shows that there is no result.
      const seen = await told(doors, () => collection.look(patience), signal)
      if (seen) for (const { index, why } of dead) collection.lose(index, why)
    }
    if (collection.open.length === 0) return
    if (time.now() >= until) break
    await time.sleep(ROUND, signal)
  }
  await told(doors, () => collection.look(patience), signal)
  for (const index of collection.open)
    collection.lose(index, `it gave no result within ${formatDuration(until - spent)} after the end of its plan`)
}

/** True when so much time has passed since it was last true. */
function every(time: CoordinatorDoors['time'], pause: Ms): () => boolean {
  let last = time.now()
  return () => {
    if (time.now() - last < pause) return false
    last = time.now()
    return true
  }
}

/** The slots that are open although their task has ended, with the words of ECS. */
async function endedTasks(
  { collection, carriers, onEnded, signal }: Watching,
  doors: CoordinatorDoors,
): Promise<readonly { readonly index: number; readonly why: string }[]> {
  const slots = new Map(
    collection.open.flatMap((index) => {
      const arn = carriers[index]!.task
      return arn === undefined ? [] : [[arn, index] as const]
    }),
  )
  const ended: { index: number; why: string }[] = []
  await told(
    doors,
    async () => {
      for (const state of await describeAll([...slots.keys()], doors, { signal })) {
        const index = slots.get(state.arn)
        if (index === undefined || state.status !== 'STOPPED') continue
        onEnded?.(state)
        ended.push({ index, why: explainStop(state) })
      }
    },
    signal,
  )
  return ended
}

/** Hands on what is new of each worker's progress. */
function progressReader({ job, carriers, collection, onProgress, signal }: Watching, doors: CoordinatorDoors) {
  const { time, objects, tell } = doors
  const sequences = new Map<number, number>()
  const unreadable = new Set<number>()
  const ended = new Set<number>()
  let last = time.now()

  const take = (index: number, bytes: Buffer) => {
    const { runId, generation, sequence, state, progress } = readProgress(bytes)
    if (runId !== job.runId || generation !== carriers[index]!.generation || (progress?.index ?? index) !== index)
      throw new Error('it is that of another worker')
    if (sequence <= (sequences.get(index) ?? -1)) return
    sequences.set(index, sequence)
    if (state === 'ended') ended.add(index)
    if (progress) onProgress?.(progress)
  }

  const readOne = async (index: number) => {
    const key = keysOf(job.runId).progress(index, carriers[index]!.generation)
    const patience: Patience = { within: CALL_WITHIN, signal }
    const bytes = await insist(doors, () => objects.get(key, LARGEST_PROGRESS), patience)
    try {
      if (bytes !== undefined) take(index, bytes)
    } catch (error) {
      if (unreadable.has(index)) return
      unreadable.add(index)
      tell(`The progress of worker ${index + 1} of ${job.count} cannot be read: ${messageOf(error)}.`)
    }
  }

  return {
    /** Answers whether some worker has ended whose result is not here. */
    async read(): Promise<boolean> {
      const { open } = collection
      if (time.now() - last >= Math.max(TELL, open.length * READ_EACH)) {
        last = time.now()
        await told(doors, () => eachOf(open, READ_AT_ONCE, readOne), signal)
      }
      return open.some((index) => ended.has(index))
    },
  }
}

/** What fails here may be well at the next round: it is told, and answered with false. */
async function told({ tell }: CoordinatorDoors, act: () => Promise<void>, signal: AbortSignal): Promise<boolean> {
  try {
    await act()
    return true
  } catch (error) {
    signal.throwIfAborted()
    tell(`${messageOf(error)}; it is tried again.`)
    return false
  }
}
