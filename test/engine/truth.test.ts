// The engine against a server whose latencies are known, from its own log: what is reported must be what happened.
import { expect, test } from '@jest/globals'
import { runShard } from '../../src/engine/run-shard.ts'
import { onePlan, requestStep } from '../support/plans.ts'
import { quantile, responseOf } from '../support/shard-figures.ts'
import { probe, startTruthServer } from '../support/truth-server.ts'

const SHARES = [0.5, 0.95, 0.99]

// Server, client and all other tests share the machine, which lets both ends wait before they run. A probe that does
// nothing but ask and read tells how long, at the same time and in the same process: as much is granted to the engine,
// and never more than when its waits are added to what the requests really took; and three attempts. What is left is the
// engine's, which is off every time when it is off.
const ATTEMPTS = 3

test.each([200, 1_000])(
  'p50, p95 and p99 at %s/s are the server’s within 2 %% or 0.3 ms',
  async (rate) => {
    await using server = await startTruthServer({ medianMs: 5, sigma: 0.6 })
    const send = async (seconds: number) => {
      const plan = onePlan({ port: server.port, level: rate, seconds, steps: [requestStep()] })
      const over = new AbortController()
      const probing = probe(server.port, over.signal)
      const result = await runShard({ plan, index: 0, count: 1 })
      over.abort()
      const waits = await probing
      const log = await server.takeLog()
      expect(log).toHaveLength(rate * seconds)
      expect(result.steps[0]!.succeeded).toBe(rate * seconds)
      return { result, waits, truth: log.toSorted((a, b) => a - b), waited: withWaits(log, waits) }
    }
    await send(1)
    const attempts: string[][] = []
    do {
      const { result, waits, truth, waited } = await send(3)
      const off = SHARES.flatMap((share) => {
        const real = at(truth, share)
        const measured = quantile(responseOf(result), share)
        // Never less than it was, on any machine: but for the width of a histogram's slot.
        expect(measured).toBeGreaterThan(real * 0.998)
        const most = Math.min(real + at(waits, share), at(waited, share)) + Math.max(0.02 * real, 0.3)
        return measured <= most ? [] : [`p${share * 100}: ${measured} ms for ${real} ms, at most ${most} ms`]
      })
      if (off.length === 0) return
      attempts.push(off)
    } while (attempts.length < ATTEMPTS)
    expect(attempts).toEqual([])
  },
  60_000,
)

/** Each time with some wait, each wait as often as any other. Sorted. */
function withWaits(times: readonly number[], waits: readonly number[]): readonly number[] {
  return times.map((time, n) => time + waits[n % waits.length]!).toSorted((a, b) => a - b)
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(share * sorted.length) - 1]!
}
