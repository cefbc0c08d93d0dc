import { messageOf } from '../../errors.ts'
import { counted, type EpochMs, type Ms } from '../../units.ts'
import { type Control, keysOf, TERM } from '../protocol.ts'
import { MOST_CONTROL, readControl } from '../read-control.ts'
import { isRunId } from '../run-id.ts'
import { type CleanUp, cleanUp } from './clean-up.ts'
import { insist } from './insist.ts'
import type { CoordinatorDoors } from './job.ts'
import { revoke } from './revoke.ts'
import { serverNow } from './times.ts'

/** So that one answer which never comes leaves time for another try. */
const CALL_WITHIN: Ms = 45_000
const WHY = 'Left behind by a run that nobody watches over'

export interface SweepOptions {
  /** The run that asks; it is not touched. */
  readonly except?: string
  /** These are ended whether somebody watches over them or not; undefined for all that nobody does. */
  readonly runs?: readonly string[]
  readonly signal?: AbortSignal
}

export interface Swept extends CleanUp {
  /** Runs that were ended. */
  readonly ended: readonly string[]
  /** Runs with tasks that were let be, since they are watched over, go on by themselves, or nothing is known of them. */
  readonly letBe: readonly string[]
  /** Runs that were to be ended, of which neither tasks nor objects are here. */
  readonly unknown: readonly string[]
}

/**
 * Ends what earlier runs have left. A run lives as long as its control is renewed: that is seen by reading it twice, so long
 * apart that its own workers would have given it up. One that was detached lives by its term, and ends by its name only.
 */
export async function sweep(doors: CoordinatorDoors, { except, runs, signal }: SweepOptions = {}): Promise<Swept> {
  const { tasks, tell } = doors
  const listed = await insist(doors, () => tasks.list(), { within: CALL_WITHIN, signal })
  const living = listed.filter(({ hasStopped }) => !hasStopped)
  const byRun = Map.groupBy(living, ({ runId }) => runId)
  const found = [...byRun.keys()].filter((runId) => runId !== except)
  const unknown = runs === undefined ? [] : await withoutTrace(runs, { tasks: byRun, doors, signal })
  const ended = runs?.filter((runId) => !unknown.includes(runId)) ?? (await abandoned(found, doors, signal))
  const arnsOf = (runId: string) => (byRun.get(runId) ?? []).map(({ arn }) => arn)
  const swept: CleanUp[] = []
  for (const runId of ended) {
    signal?.throwIfAborted()
    tell(`Ending what is left of the run ${runId}: ${counted(arnsOf(runId).length, 'task')}.`)
    await revoke(runId, WHY, doors)
    const leftovers = { runId, arns: arnsOf(runId), states: [], uncertain: false, old: false }
    swept.push(await cleanUp(leftovers, doors, { grace: 0, why: WHY }))
  }
  return {
    ended,
    letBe: found.filter((runId) => !ended.includes(runId)),
    stopped: swept.flatMap(({ stopped }) => stopped),
    left: swept.flatMap(({ left }) => left),
    unknown,
  }
}

interface Place {
  readonly tasks: ReadonlyMap<string, unknown>
  readonly doors: CoordinatorDoors
  readonly signal: AbortSignal | undefined
}

/** Ending what never was would be told as done. */
async function withoutTrace(runs: readonly string[], { tasks, doors, signal }: Place): Promise<readonly string[]> {
  const unknown: string[] = []
  for (const runId of runs) {
    if (tasks.has(runId)) continue
    const get = () => doors.objects.get(keysOf(runId).control, MOST_CONTROL)
    const known = isRunId(runId) && (await insist(doors, get, { within: CALL_WITHIN, signal })) !== undefined
    if (!known) unknown.push(runId)
  }
  return unknown
}

async function abandoned(
  found: readonly string[],
  doors: CoordinatorDoors,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  if (found.length === 0) return []
  const before = await controlsOf(found, doors, signal)
  await doors.time.sleep(TERM, signal)
  const after = await controlsOf(found, doors, signal)
  const now = serverNow(doors)
  return found.filter((runId) => isAbandoned(before.get(runId), after.get(runId), now))
}

/**
 * Where nothing renews the control, and nothing is to go on by itself. A control that is not there, or could not be read, says
 * nothing: that of a neighbour in this cluster may be in another bucket, and workers that see none do not live for a minute.
 */
function isAbandoned(before: Control | undefined, after: Control | undefined, now: EpochMs): boolean {
  if (before === undefined || after === undefined || before.sequence !== after.sequence) return false
  const { order, term } = after
  return term <= TERM || order.kind === 'stop' || (order.kind === 'start' && now > order.at + term)
}

async function controlsOf(
  runs: readonly string[],
  doors: CoordinatorDoors,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, Control | undefined>> {
  const controls = new Map<string, Control | undefined>()
  for (const runId of runs) controls.set(runId, await controlOf(runId, doors, signal))
  return controls
}

async function controlOf(
  runId: string,
  doors: CoordinatorDoors,
  signal: AbortSignal | undefined,
): Promise<Control | undefined> {
  try {
    const get = () => doors.objects.get(keysOf(runId).control, MOST_CONTROL)
    const bytes = await insist(doors, get, { within: CALL_WITHIN, signal })
    if (bytes !== undefined) return readControl(bytes, runId)
    doors.tell(`The run ${runId} is watched over from another bucket, or its objects have expired.`)
    return undefined
  } catch (error) {
    signal?.throwIfAborted()
    doors.tell(`Whether somebody watches over the run ${runId} is not known: ${messageOf(error)}.`)
    return undefined
  }
}
