import { messageOf } from '../../errors.ts'
import { counted, formatDuration, type Ms } from '../../units.ts'
import type { TaskState } from '../doors.ts'
import { bounded, eachOf } from './insist.ts'
import type { CoordinatorDoors } from './job.ts'
import { pacer, type Rate } from './pace.ts'
import { describeAll } from './task-states.ts'

const LOOK_EVERY: Ms = 3_000
const ASK_AGAIN: Ms = 20_000
const CALL_WITHIN: Ms = 10_000
const STOPPED_AT_ONCE = 20
// StopTask may be called 100 times at once and 40 times a second, and RunTask counts as well.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html
const STOPS: Rate = { burst: 80, perSecond: 35 }
/** A container has up to two minutes from its signal to its end, and Fargate takes its time after that. */
const STOPPED_WITHIN: Ms = 5 * 60_000
/** A task whose start was never answered is listed by then. */
const LISTED_WITHIN: Ms = 30_000
const MOST_NAMED = 50

export interface CleanUp {
  /** Every one that is known to be STOPPED; for what they cost. */
  readonly stopped: readonly TaskState[]
  /** ARNs of those that are not known to have stopped. */
  readonly left: readonly string[]
}

export interface Leftovers {
  readonly runId: string
  readonly arns: readonly string[]
  /** As far as they have been seen; of tasks that stopped long ago ECS knows nothing any more. */
  readonly states: readonly TaskState[]
  /** Something was asked of ECS and not answered: there may be tasks that nobody knows of. */
  readonly uncertain: boolean
  /** They were started so long ago that ECS has to know them: what it does not know then has stopped and is forgotten. */
  readonly old: boolean
}

export interface Haste {
  /** For tasks that end by themselves. */
  readonly grace: Ms
  /** In all; what is not verified by then is left, and told. */
  readonly within?: Ms
  readonly why: string
}

/**
 * Resolves when every task of the run is verified as stopped, or the time is up: that is told with their ARNs. Asks ECS which
 * there are, since of some nobody may know here. Never rejects.
 */
export async function cleanUp(
  { runId, arns, states, uncertain, old }: Leftovers,
  doors: CoordinatorDoors,
  { grace, within = STOPPED_WITHIN, why }: Haste,
): Promise<CleanUp> {
  const { time } = doors
  const began = time.now()
  const open = new Set(arns)
  const stopped = new Map<string, TaskState>()
  const asked = new Map<string, Ms>()
  const paceStops = pacer(time, STOPS)
  const note = (state: TaskState) => {
    if (state.status !== 'STOPPED') return
    stopped.set(state.arn, state)
    open.delete(state.arn)
  }
  states.forEach(note)
  const troubles = new Set<string>()
  const attempt = async (act: () => Promise<void>): Promise<boolean> => {
    try {
      await bounded(time, act, { limit: Math.max(1, Math.min(2 * CALL_WITHIN, began + within - time.now())) })
      return true
    } catch (error) {
      troubles.add(messageOf(error))
      return false
    }
  }

  for (;;) {
    const listed = await attempt(async () => {
      for (const { arn, runId: of } of await doors.tasks.list()) if (of === runId && !stopped.has(arn)) open.add(arn)
    })
    await attempt(async () => {
      const seen = await describeAll([...open], doors, { within: CALL_WITHIN })
      if (old) forget(open, { seen, asked })
      seen.forEach(note)
    })
    const known = listed && (!uncertain || time.now() - began >= LISTED_WITHIN)
    if ((open.size === 0 && known) || time.now() - began >= within) break
    const due = [...open].filter((arn) => time.now() - (asked.get(arn) ?? Number.NEGATIVE_INFINITY) >= ASK_AGAIN)
    if (time.now() - began >= grace)
      await eachOf(due, STOPPED_AT_ONCE, async (arn) => {
        if (time.now() - began >= within) return
        await paceStops(1)
        asked.set(arn, time.now())
        await attempt(() => doors.tasks.stop(arn, why))
      })
    await time.sleep(Math.min(LOOK_EVERY, Math.max(1, began + within - time.now())))
  }
  const left = [...open]
  if (left.length > 0 || troubles.size > 0)
    doors.tell(unverified(left, troubles, { runId, within: time.now() - began }))
  return { stopped: [...stopped.values()], left }
}

/** Of what was asked for once already: a task that ECS leaves out twice is gone. */
function forget(
  open: Set<string>,
  { seen, asked }: { readonly seen: readonly TaskState[]; readonly asked: ReadonlyMap<string, Ms> },
): void {
  for (const arn of open) if (asked.has(arn) && !seen.some((state) => state.arn === arn)) open.delete(arn)
}

function unverified(
  left: readonly string[],
  troubles: ReadonlySet<string>,
  { runId, within }: { readonly runId: string; readonly within: Ms },
): string {
  const said = saidOf(troubles)
  if (left.length === 0) return `All known tasks of the run ${runId} have stopped, but not every answer came${said}.`
  const named = left.slice(0, MOST_NAMED).join(', ')
  const more = left.length > MOST_NAMED ? ` and ${left.length - MOST_NAMED} more` : ''
  return `${counted(left.length, 'task')} of the run ${runId} could not be verified as stopped within ${formatDuration(within)}${said}. They end by themselves, but look after them with \`loadgate sweep\`: ${named}${more}.`
}

function saidOf(troubles: ReadonlySet<string>): string {
  return troubles.size === 0 ? '' : ` (${[...troubles].slice(0, 3).join('; ')})`
}

/**
 * For whoever has a few seconds: asks ECS once to stop each task, as many as it may be asked for in that time, and waits for no
 * more than that. What is left is for the next step of the job to verify. Never rejects.
 */
export async function stopHastily(
  { arns, states }: Pick<Leftovers, 'arns' | 'states'>,
  doors: CoordinatorDoors,
  { within, why }: { readonly within: Ms; readonly why: string },
): Promise<CleanUp> {
  const { time, tasks, tell } = doors
  const until = time.now() + within
  const stopped = states.filter(({ status }) => status === 'STOPPED')
  const known = new Set(stopped.map(({ arn }) => arn))
  const left = arns.filter((arn) => !known.has(arn))
  const paceStops = pacer(time, STOPS)
  const troubles = new Set<string>()
  let asked = 0
  const stopAll = () =>
    eachOf(left, STOPPED_AT_ONCE, async (arn) => {
      // What nobody waits for any more is not begun.
      if (time.now() >= until) return
      await paceStops(1)
      await tasks.stop(arn, why).then(
        () => asked++,
        (error) => troubles.add(messageOf(error)),
      )
    })
  await bounded(time, stopAll, { limit: within }).catch(() => {})
  if (left.length > 0) tell(`${whatWasAsked(asked, left.length)}; it was not waited for their end${saidOf(troubles)}.`)
  return { stopped, left }
}

function whatWasAsked(asked: number, all: number): string {
  return asked === all ? `${counted(all, 'task')} asked to stop` : `${asked} of ${counted(all, 'task')} asked to stop`
}
