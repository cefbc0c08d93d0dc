import { Ledger } from '../../../src/engine/ledger.ts'
import { requestSteps } from '../../../src/engine/scenario.ts'
import type { HealthRecord, ShardResult } from '../../../src/engine/shard-result.ts'
import type { Engine } from '../../../src/fargate/doors.ts'
import { Recorder } from '../../../src/histogram.ts'
import { arrivalOf } from '../../../src/plan/arrivals.ts'
import type { Shard } from '../../../src/plan/plan.ts'
import type { EpochMs, Ms } from '../../../src/units.ts'
import type { Machine } from './machine.ts'
import type { World } from './world.ts'

/** What one machine did to the target, on the world's clock. */
export interface Sending {
  readonly machine: Machine
  readonly index: number
  /** When it began, or was to begin. */
  readonly from: Ms
  /** When it sent its last; as long as it is undefined it sends, unless its machine was killed. */
  readonly until: Ms | undefined
}

const PROGRESS_EVERY: Ms = 1_000
/** Filled and emptied within one report: one for all of them. */
const recent = new Recorder()

const ANSWER = { cause: undefined, status: 200, headers: {}, text: undefined, bytesSent: 100, bytesReceived: 1_000 }
const HEALTH: Omit<HealthRecord, 'lateness'> = {
  loopDelayP99: 0.1,
  loopUtilisation: 0.1,
  cpu: 0.1,
  pauses: { count: 0, total: 0, longest: 0 },
  machine: undefined,
  link: undefined,
  connections: { opened: 1, peak: 1, cap: 1, connect: 'h1:', tls: 'h1:' },
  staleRetries: 0,
}

/**
 * Sends nothing, in the time that sending would take. Its results add up like those of the real one: each arrival of the shard
 * (open model) is a request of each step, answered at once after some 10 to 40 ms that follow from its number. It keeps
 * nothing but a number while it runs, so that a thousand of them are light.
 */
export function virtualEngine(
  world: World,
  machine: Machine,
  sendings: Sending[] = [],
  { reportEvery = PROGRESS_EVERY }: { readonly reportEvery?: Ms } = {},
): Engine {
  return async (shard, { startAt, signal, onProgress }) => {
    const from = machine.worldTimeOf(startAt)
    const at = sendings.push({ machine, index: shard.index, from, until: undefined }) - 1
    const end = startAt + shard.plan.duration
    let next = shard.index
    const report = () => {
      const elapsed = Math.min(machine.time.epoch(), end) - startAt
      for (
        let due = arrivalOf(shard.plan, next);
        due !== undefined && due <= elapsed;
        due = arrivalOf(shard.plan, next)
      ) {
        recent.record(latencyOf(next) * 1_000)
        next += shard.count
      }
      const sent = Math.ceil((next - shard.index) / shard.count)
      onProgress({
        index: shard.index,
        elapsed,
        sent,
        succeeded: sent,
        failed: 0,
        dropped: 0,
        active: 0,
        recent: recent.drain(),
      })
    }
    const complete = await spend({ machine, startAt, end, signal, report, reportEvery })
    sendings[at] = { ...sendings[at]!, until: Math.max(from, world.now) }
    report()
    return resultOf(shard, { startAt, complete, next })
  }
}

interface Spending {
  readonly machine: Machine
  readonly startAt: EpochMs
  readonly end: EpochMs
  readonly signal: AbortSignal
  readonly report: () => void
  readonly reportEvery: Ms
}

/** Whether the plan was spent. */
async function spend({ machine: { time }, startAt, end, signal, report, reportEvery }: Spending): Promise<boolean> {
  try {
    await time.sleep(startAt - time.epoch(), signal)
    while (time.epoch() < end) {
      await time.sleep(Math.min(reportEvery, end - time.epoch()), signal)
      report()
    }
    return true
  } catch {
    return false
  }
}

/** No answer comes sooner. */
const SOONEST: Ms = 10

function latencyOf(n: number): Ms {
  return SOONEST + ((n * 7_919) % 3_000) / 100
}

interface Sample {
  readonly due: Ms
  readonly doneAt: Ms
}

/** In the order in which they end, as an engine has them. */
function* samplesOf({ plan, index, count }: Shard, next: number): Iterable<Sample> {
  const underWay: Sample[] = []
  for (let n = index; n < next; n += count) {
    const due = arrivalOf(plan, n) ?? plan.duration
    while (underWay.length > 0 && underWay[0]!.doneAt <= due + SOONEST) yield underWay.shift()!
    const doneAt = due + latencyOf(n)
    let at = underWay.length
    while (at > 0 && underWay[at - 1]!.doneAt > doneAt) at--
    underWay.splice(at, 0, { due, doneAt })
  }
  yield* underWay
}

/** What was measured of a shard up to its next arrival that was not sent. */
export function resultOf(
  shard: Shard,
  { startAt, complete, next }: { readonly startAt: EpochMs; readonly complete: boolean; readonly next: number },
): ShardResult {
  const { plan, index, count } = shard
  const steps = requestSteps(plan)
  const { measureFrom, duration } = plan
  const ledger = new Ledger({ steps: steps.length, measureFrom, measured: duration - measureFrom, keepRecent: false })
  for (const { due, doneAt } of samplesOf(shard, next)) {
    const answer = { ...ANSWER, startedAt: due, sentAt: due, firstByteAt: doneAt, doneAt }
    for (const { id } of steps) ledger.sample({ id, explain: () => undefined }, due, answer, undefined)
    if (!ledger.measures(due)) continue
    ledger.late(due, due)
    ledger.iterations.planned++
    ledger.iterations.started++
    ledger.iterations.finished++
  }
  const health = { ...HEALTH, lateness: ledger.lateness() }
  return { index, count, planHash: plan.hash, startedAt: startAt, complete, ...ledger.result(), health }
}
