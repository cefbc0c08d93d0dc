// How punctual the arrivals of an open model are, from one core.
import { Histogram } from '../src/histogram.ts'
import type { Ms } from '../src/units.ts'
import { runEngine } from './observe.ts'
import { openPlan } from './plans.ts'
import { inTurn, type Spread, spread } from './rounds.ts'
import { startTimedServer } from './timed-server.ts'

export const RATES = [1_000, 10_000] as const
const WARM_UP = 2

export interface Schedule {
  readonly rate: number
  /** From due to sent, of the arrivals, in ms. */
  readonly p50: Spread
  readonly p95: Spread
  readonly p99: Spread
  /** Of the gaps between arrivals at the server: standard deviation over mean. */
  readonly variation: Spread
  /** CPU of the whole process, in cores. */
  readonly core: Spread
  /** Share of the time in which the client was kept from its core. */
  readonly waited: Spread
}

interface Round {
  readonly late: Histogram
  readonly variation: number
  readonly core: number
  readonly waited: number
}

export async function measureSchedule(rounds: number): Promise<readonly Schedule[]> {
  const taken = await inTurn(RATES.map(String), rounds, (rate) => arrivalsAt(Number(rate)))
  return RATES.map((rate) => {
    const runs = taken[rate]!
    const lateness = (share: number): Spread => spread(runs.map(({ late }): Ms => (late.quantile(share) ?? 0) / 1000))
    return {
      rate,
      p50: lateness(0.5),
      p95: lateness(0.95),
      p99: lateness(0.99),
      variation: spread(runs.map(({ variation }) => variation)),
      core: spread(runs.map(({ core }) => core)),
      waited: spread(runs.map(({ waited }) => waited)),
    }
  })
}

async function arrivalsAt(rate: number): Promise<Round> {
  const server = await startTimedServer('at-once')
  try {
    const { window, result } = await runEngine(openPlan({ port: server.port, rate, warmUp: WARM_UP }), server)
    const { variation } = await server.truth(rate * WARM_UP)
    const { core, waited } = window
    return { late: Histogram.of(result.health.lateness), variation, core, waited }
  } finally {
    await server.stop()
  }
}
