import type { ShardResult } from '../engine/shard-result.ts'
import { messageOf } from '../errors.ts'
import { mixOf } from '../plan/demand.ts'
import type { LoadPlan } from '../plan/plan.ts'
import { requestsPerIteration } from '../plan/summarise-plan.ts'
import type { Ms, PerSecond, Us } from '../units.ts'
import { sendHere } from './send-here.ts'
import { type StandIn, startStandIn } from './stand-in.ts'
import { type StandInLoad, standInPlan } from './stand-in-plan.ts'

/** What the plan's requests cost this machine, or why that is not known, a sentence's end. */
export type Measurement = RequestCost | Unmeasured

interface Unmeasured {
  readonly unmeasured: string
}

type Cost = Omit<RequestCost, 'atFullLoad'>

export interface RequestCost {
  /** CPU time of the engine's thread per request, at a moderate rate. */
  readonly perRequest: Us
  /** The same of a thread that is spent. */
  readonly atFullLoad: Us
  readonly requests: number
  readonly took: Ms
}

// Users who ask without a pause make the engine's code warm, and show the least that a request can cost: a busy loop
// reads and writes many at one go.
const USERS: StandInLoad = { model: 'closed', level: 32, warmUp: 400, measured: 400 }

// Arrivals come one by one, each with a wake-up of its own, so that at moderate rates a request costs two to four times
// as much as the busy loop says. They are therefore measured near the rate that comes out: what would be this share of a
// core at the cost of full load is some 40 % of one in truth.
const SHARE_AT_FULL_LOAD = 0.16
const WARM_UP: Ms = 200
const MEASURED: Ms = 1_200

/** Together they are over long before, unless the machine stands still. */
const WITHIN: Ms = 5_000

export const STOPPED = 'it was stopped before its end'

/** Below this a few wake-ups more or less are the figure. */
const FEWEST = 100

/**
 * Sends the plan's own requests to a stand-in on this machine, for two seconds and from this thread, as a run with one
 * thread does. The plan's target is not contacted. Never rejects.
 */
export async function measureCost(plan: LoadPlan, signal: AbortSignal): Promise<Measurement> {
  const end = AbortSignal.any([signal, AbortSignal.timeout(WITHIN)])
  let standIn: StandIn | undefined
  try {
    standIn = await startStandIn(plan, end)
    return await measureAgainst(standIn, plan, end)
  } catch (error) {
    return { unmeasured: end.aborted ? STOPPED : messageOf(error) }
  } finally {
    await standIn?.close()
  }
}

async function measureAgainst(standIn: StandIn, plan: LoadPlan, signal: AbortSignal): Promise<Measurement> {
  const send = async (load: StandInLoad) => {
    const asked = standInPlan(plan, standIn.origin, load)
    return costOf(await sendHere(asked, signal), asked)
  }
  const full = await send(USERS)
  if ('unmeasured' in full) return full
  const rate: PerSecond = (SHARE_AT_FULL_LOAD * 1_000_000) / full.perRequest
  const level = rate / requestsPerIteration({ ...mixOf(plan), model: 'open' })
  const moderate = await send({ model: 'open', level, warmUp: WARM_UP, measured: MEASURED })
  return 'unmeasured' in moderate ? moderate : { ...moderate, atFullLoad: full.perRequest }
}

/** CPU time is measured until the curve is spent, hence the requests that had ended by then. */
function costOf({ complete, steps, health }: ShardResult, plan: LoadPlan): Cost | Unmeasured {
  const took = plan.duration - plan.measureFrom
  const failure = failureIn(steps, plan)
  if (failure !== undefined) return { unmeasured: failure }
  const requests = steps.reduce((sum, { succeededInWindow }) => sum + succeededInWindow, 0)
  const perRequest: Us = (health.cpu * took * 1000) / requests
  if (!complete) return { unmeasured: STOPPED }
  if (requests < FEWEST || !(perRequest > 0)) return { unmeasured: `only ${requests} requests came back in time` }
  return { perRequest, requests, took }
}

/** A stand-in that a step cannot be content with says nothing about the cost of one that it can. */
function failureIn(counts: ShardResult['steps'], { scenarios }: LoadPlan): string | undefined {
  const failed = counts.find(({ failed }) => failed > 0)
  if (!failed) return undefined
  const step = scenarios.flatMap(({ steps }) => steps).find((step) => step.kind === 'request' && step.id === failed.id)
  const name = step?.kind === 'request' ? step.name : ''
  return `the stand-in's answers to "${name}" failed (${Object.keys(failed.causes).join(', ')})`
}
