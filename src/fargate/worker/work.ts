import type { ShardProgress, ShardResult } from '../../engine/shard-result.ts'
import { messageOf } from '../../errors.ts'
import type { LoadPlan } from '../../plan/plan.ts'
import { type EpochMs, formatCount, formatDuration, formatMs, type Ms } from '../../units.ts'
import { orAborted } from '../or-aborted.ts'
import type { ClockOffset, Orders, Outcome, Slot } from '../protocol.ts'
import { claimSlot } from './claim.ts'
import { correctionOf } from './clock-offset.ts'
import { deliver } from './deliver.ts'
import { type End, Leaving } from './ends.ts'
import { fetchOrders, fetchPlan } from './fetch-start.ts'
import { tellProgress } from './tell-progress.ts'
import { type StartOrder, type Watched, watchControl } from './watch-control.ts'
import type { WorkerDoors } from './worker-doors.ts'

export interface WorkerSituation {
  readonly ordersUrl: string
  /** Of Loadgate. */
  readonly version: string
  /** The ARN; undefined outside of ECS. */
  readonly task: string | undefined
  readonly cores: number
  /** Told how long the worker may live at most, as soon as that is known. */
  readonly onLifetime: (lifetime: Ms) => void
  /** Aborted, with a Leaving, by whoever wants the worker gone: its surroundings, or the control. Then it is gone within 10 s. */
  readonly leave: AbortController
}

/** So long before the start the engine is made, which on a quarter of a processor takes its time. */
const MAKING_ENGINE: Ms = 5_000
/** For a last progress that is under way when all else is done. */
const LAST_WORDS: Ms = 500

/** One task from its orders to its end. It never rejects: whatever happens is an end. */
export async function work(situation: WorkerSituation, doors: WorkerDoors): Promise<End> {
  const { leave } = situation
  try {
    return await workToTheEnd(situation, doors)
  } catch (error) {
    if (error instanceof Leaving) return error.end
    return { kind: 'failed', words: messageOf(error) }
  } finally {
    // Ends the loops, of which nobody needs to hear any more.
    leave.abort(new Leaving('done', 'at its end'))
  }
}

async function workToTheEnd(situation: WorkerSituation, doors: WorkerDoors): Promise<End> {
  const { ordersUrl, version, leave, onLifetime } = situation
  const { orders, answer } = await fetchOrders(ordersUrl, version, doors, leave.signal)
  onLifetime(orders.lifetime)
  doors.log(`Run ${orders.runId}: orders for ${orders.slots.length} of ${orders.count} shards`)
  const watched = watchControl(orders, answer, doors, leave)
  const plan = await fetchPlan(orders, doors, leave.signal)
  // So that the start, which comes after all claims, is seen as a renewal.
  await orAborted(watched.seen, leave.signal)
  const slot = await claim(orders, plan, watched, situation, doors)
  if (slot === undefined) return { kind: 'surplus', words: 'nothing left to do: all slots are taken' }
  doors.log(`Slot ${slot.index}, generation ${slot.generation}: claimed`)
  return carry({ orders, plan, slot, watched, leave }, doors)
}

function claim(
  { runId, slots }: Orders,
  { hash: planHash }: LoadPlan,
  watched: Watched,
  { task, cores, leave }: WorkerSituation,
  doors: WorkerDoors,
): Promise<Slot | undefined> {
  const { low, high } = watched.clock()
  const about = { kind: 'loadgate-claim', runId, task, planHash, cores, clock: { low, high } } as const
  return claimSlot(slots, about, doors, leave.signal)
}

interface Carried {
  readonly orders: Orders
  readonly plan: LoadPlan
  readonly slot: Slot
  readonly watched: Watched
  readonly leave: AbortController
}

/** From the claim on. */
async function carry(carried: Carried, doors: WorkerDoors): Promise<End> {
  const { orders, slot, watched, leave, plan } = carried
  const { time, log, engine } = doors
  const { signal } = leave
  const teller = tellProgress(orders.runId, slot, doors)
  try {
    const start = await orAborted(watched.start, signal)
    if (start.generations[slot.index] !== slot.generation)
      return { kind: 'unnamed', words: 'the start does not name this worker' }
    // Each look at the control until then tells more of the clock. Who is told to leave meanwhile has a result, of nothing.
    const left = startOf(start, slot, watched.clock()) - time.epoch() - MAKING_ENGINE
    await time.sleep(Math.max(0, left), signal).catch(() => undefined)
    const clock = watched.clock()
    const startAt = startOf(start, slot, clock)
    const ahead = startAt - time.epoch()
    if (ahead < 0) return { kind: 'late', words: `the start was ${formatMs(-ahead)} ago when it was seen` }
    log(`Start in ${formatDuration(ahead)}; the clock is known to ${formatMs(clock.high - clock.low)}`)
    const logNow = everyMinute(log)
    const onProgress = (progress: ShardProgress) => {
      teller.hear(progress)
      logNow(progress)
    }
    const shard = { plan, index: slot.index, count: orders.count }
    const result = await engine(shard, { startAt, signal, onProgress })
    log(`${result.complete ? 'The plan is spent' : 'Ended early'}; uploading the result`)
    return await handIn(result, clock, carried, doors)
  } finally {
    await Promise.race([teller.end(), time.sleep(LAST_WORDS)])
  }
}

/** On the own clock. */
function startOf({ at, stagger }: StartOrder, { index }: Slot, clock: ClockOffset): EpochMs {
  return at - correctionOf(clock) + stagger * index
}

/** @param clock what was known of it when the start was reckoned: what is learnt later says nothing of the start */
async function handIn(
  result: ShardResult,
  { low, high }: ClockOffset,
  { orders, slot, leave }: Carried,
  doors: WorkerDoors,
): Promise<End> {
  const early = endEarly(leave.signal)
  const outcome: Outcome = {
    kind: 'loadgate-outcome',
    runId: orders.runId,
    index: slot.index,
    generation: slot.generation,
    clock: { low, high },
    stopped: early,
    result,
  }
  const end = await deliver(outcome, slot, doors, leave.signal)
  return end.kind === 'done' && early ? early : end
}

function endEarly({ aborted, reason }: AbortSignal): End | undefined {
  if (!aborted) return undefined
  return reason instanceof Leaving ? reason.end : { kind: 'interrupted', words: messageOf(reason) }
}

function everyMinute(log: (line: string) => void): (progress: ShardProgress) => void {
  let minute = 0
  return ({ elapsed, sent, failed, dropped, active }) => {
    if (Math.floor(elapsed / 60_000) <= minute) return
    minute = Math.floor(elapsed / 60_000)
    const counts = { sent, failed, dropped, 'under way': active }
    const said = Object.entries(counts).map(([what, count]) => `${formatCount(count)} ${what}`)
    log(`After ${formatDuration(minute * 60_000)}: ${said.join(', ')}`)
  }
}
