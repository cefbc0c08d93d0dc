// Whether what the engine reports is what happened, by the log of the server.
import type { ShardResult } from '../src/engine/shard-result.ts'
import type { Ms } from '../src/units.ts'
import { quantile, responseOf } from '../test/support/shard-figures.ts'
import { runEngine } from './observe.ts'
import { openPlan } from './plans.ts'
import { inTurn, type Spread, spread } from './rounds.ts'
import { STALL, STALL_EVERY, startTimedServer } from './timed-server.ts'

export const RATES = [200, 1_000, 5_000, 20_000] as const
const WARM_UP = 2
const SHARES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const
export type ShareName = keyof typeof SHARES
export const SHARE_NAMES = Object.keys(SHARES) as ShareName[]

export interface Difference {
  readonly truth: Ms
  /** Reported less true. */
  readonly off: Spread
}

export interface Comparison {
  readonly of: Readonly<Record<ShareName, Difference>>
  /** Share of the time in which the server, or the client where that is more, was kept from its core. */
  readonly waited: Spread
}

/** At a constant rate, against latencies from a lognormal distribution. */
export async function measureTruth(rounds: number): Promise<ReadonlyMap<number, Comparison>> {
  const taken = await inTurn(RATES.map(String), rounds, (rate) => latenciesAt(Number(rate)))
  return new Map(RATES.map((rate) => [rate, comparison(taken[rate]!)]))
}

interface Round {
  readonly truth: Readonly<Record<ShareName, Ms>>
  readonly reported: Readonly<Record<ShareName, Ms>>
  readonly waited: number
}

async function latenciesAt(rate: number): Promise<Round> {
  const server = await startTimedServer('lognormal')
  try {
    const { result, window } = await runEngine(openPlan({ port: server.port, rate, warmUp: WARM_UP }), server)
    const { p50, p95, p99, waited } = await server.truth(rate * WARM_UP)
    return { truth: { p50, p95, p99 }, reported: reported(result), waited: Math.max(waited, window.waited) }
  } finally {
    await server.stop()
  }
}

const STALLED_RATE = 200

/** Two stalls of 1 s in 20 s: whoever waits for an answer before it asks again sees almost nothing of them. */
export async function measureStalls(rounds: number): Promise<Comparison> {
  const { stalls } = await inTurn(['stalls'], rounds, stalled)
  return comparison(stalls!)
}

async function stalled(): Promise<Round> {
  const server = await startTimedServer('stalling')
  try {
    const seconds = (2 * STALL_EVERY) / 1000
    const plan = openPlan({ port: server.port, rate: STALLED_RATE, seconds, warmUp: 0 })
    const { result, window } = await runEngine(plan, server)
    const { waited } = await server.truth(0)
    // A share STALL / STALL_EVERY of the arrivals waits for times spread evenly from 0 to STALL; the rest waits not at all.
    const waits = (share: number): Ms => Math.max(0, STALL - (1 - share) * STALL_EVERY)
    const truth = { p50: waits(SHARES.p50), p95: waits(SHARES.p95), p99: waits(SHARES.p99) }
    return { truth, reported: reported(result), waited: Math.max(waited, window.waited) }
  } finally {
    await server.stop()
  }
}

function reported(result: ShardResult): Round['reported'] {
  const response = responseOf(result)
  return {
    p50: quantile(response, SHARES.p50),
    p95: quantile(response, SHARES.p95),
    p99: quantile(response, SHARES.p99),
  }
}

function comparison(rounds: readonly Round[]): Comparison {
  const of = (name: ShareName): Difference => ({
    truth: spread(rounds.map(({ truth }) => truth[name])).median,
    off: spread(rounds.map(({ truth, reported }) => reported[name] - truth[name])),
  })
  const waited = spread(rounds.map((round) => round.waited))
  return { of: { p50: of('p50'), p95: of('p95'), p99: of('p99') }, waited }
}
