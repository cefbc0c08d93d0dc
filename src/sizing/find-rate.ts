import { ownDefects } from '../compare/evidence.ts'
import { messageOf } from '../errors.ts'
import { mixOf } from '../plan/demand.ts'
import type { LoadPlan } from '../plan/plan.ts'
import { requestsPerIteration } from '../plan/summarise-plan.ts'
import { mergeResults } from '../result/merge-results.ts'
import type { RunResult } from '../result/result.ts'
import { counted, type Ms, type PerSecond, type Share } from '../units.ts'
import { ENGINE_MAJOR } from '../version.ts'
import { machineHere } from './machine-here.ts'
import { measureCost, type RequestCost, STOPPED } from './measure-cost.ts'
import { sendHere } from './send-here.ts'
import { UNSEEN } from './size-load.ts'
import { type StandIn, startStandIn } from './stand-in.ts'
import { standInPlan } from './stand-in-plan.ts'

/** One attempt to send at a rate. */
export interface Attempt {
  /** Requests. */
  readonly rate: PerSecond
  /** Of a core, of the engine's thread. */
  readonly cpu: Share
  /** Why this was no sound load, a sentence's end; undefined where it was one. */
  readonly unfit: string | undefined
}

/** What one thread of this machine sends of a plan, by having sent it. */
export interface HeldRate {
  readonly cost: RequestCost
  /** In the order of the attempts; only the last is fit. */
  readonly attempts: readonly Attempt[]
  readonly rate: PerSecond
}

interface Watch {
  readonly signal: AbortSignal
  /** Told of each attempt as it begins and as it ends. */
  readonly onAttempt: (rate: PerSecond, attempt: Attempt | undefined) => void
}

interface RateDoors {
  readonly measure: typeof measureCost
  readonly attemptAt: typeof tryRate
}

// Of what the cost of a request lets one expect. Twice the first, since a neighbour's moment is not the profile's fault.
const SHARES: readonly Share[] = [1, 1, 0.8, 0.6, 0.4]
const WARM_UP: Ms = 500
/** Generators are judged by how busy they were from two seconds on. */
const MEASURED: Ms = 3_000
/** All attempts together take less, unless the machine stands still. */
const WITHIN: Ms = 24_000

/**
 * The highest rate, of a few below the one at which a thread is not seen in the response times, that a run against a stand-in
 * on this machine takes for sound. Within 30 s. The plan's target is not contacted. Never rejects.
 */
export async function findRate(
  plan: LoadPlan,
  watch: Watch,
  { measure = measureCost, attemptAt = tryRate }: Partial<RateDoors> = {},
): Promise<HeldRate | { readonly unmeasured: string }> {
  const cost = await measure(plan, watch.signal)
  if ('unmeasured' in cost) return cost
  const signal = AbortSignal.any([watch.signal, AbortSignal.timeout(WITHIN)])
  let standIn: StandIn | undefined
  try {
    standIn = await startStandIn(plan, signal)
    const { origin } = standIn
    return await firstSound(cost, { ...watch, signal }, (rate) => attemptAt({ plan, origin, rate, signal }))
  } catch (error) {
    return { unmeasured: signal.aborted ? STOPPED : messageOf(error) }
  } finally {
    await standIn?.close()
  }
}

async function firstSound(
  cost: RequestCost,
  { signal, onAttempt }: Watch,
  attemptAt: (rate: PerSecond) => Promise<Attempt>,
) {
  const attempts: Attempt[] = []
  for (const share of SHARES) {
    const rate = (share * UNSEEN * 1_000_000) / cost.perRequest
    onAttempt(rate, undefined)
    const attempt = await attemptAt(rate)
    if (signal.aborted) return { unmeasured: STOPPED }
    onAttempt(rate, attempt)
    attempts.push(attempt)
    if (attempt.unfit === undefined) return { cost, attempts, rate }
  }
  return { unmeasured: `no load was sound: ${attempts.at(-1)?.unfit}` }
}

interface Sending {
  readonly plan: LoadPlan
  /** Of the stand-in. */
  readonly origin: string
  readonly rate: PerSecond
  readonly signal: AbortSignal
}

/** Sends for some seconds, and judges it as every run is judged. */
export async function tryRate({ plan, origin, rate, signal }: Sending): Promise<Attempt> {
  const level = rate / requestsPerIteration({ ...mixOf(plan), model: 'open' })
  const asked = standInPlan(plan, origin, { model: 'open', level, warmUp: WARM_UP, measured: MEASURED })
  const shard = await sendHere(asked, signal)
  const { cores, cpu } = machineHere(plan)
  const result = mergeResults([shard], {
    id: 'stand-in',
    plan: asked,
    executor: 'inline',
    fingerprint: { plan: plan.hash, generator: ENGINE_MAJOR, machine: { cpu, cores, os: '', node: '' } },
    commit: undefined,
    lost: [],
  })
  return { rate, cpu: shard.health.cpu, unfit: ownDefects(result)[0]?.message ?? unanswered(result) }
}

function unanswered({ steps, iterations }: RunResult): string | undefined {
  const failed = steps.reduce((sum, step) => sum + step.failed, iterations.dropped)
  return failed > 0 ? `${counted(failed, 'request')} had no answer in time` : undefined
}
