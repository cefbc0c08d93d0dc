// What measuring costs a request. Its readings of the clock and its records in histograms are counted in a run of the
// engine, so that the count cannot grow old; what one of each costs is timed in a loop of them.
//
//   node clocks.ts PORT
import type { ChildProcess } from 'node:child_process'
import { startSystemClock } from '../src/engine/clock.ts'
import { runShard } from '../src/engine/run-shard.ts'
import { Recorder } from '../src/histogram.ts'
import type { Us } from '../src/units.ts'
import { CLIENT_CORE, nextMessage, script, start, stop } from './pinned.ts'
import { closedPlans } from './plans.ts'
import type { Server } from './server.ts'

export interface Measuring {
  /** Per request. */
  readonly readings: number
  readonly records: number
  /** ns of one. */
  readonly reading: number
  readonly record: number
  /** µs per request, all of them. */
  readonly cost: Us
}

const CALLS = 5_000_000

export async function measuring(server: Server): Promise<Measuring> {
  const child: ChildProcess = start(CLIENT_CORE, script('clocks.ts', server.port))
  try {
    return await nextMessage<Measuring>(child)
  } finally {
    await stop(child)
  }
}

async function measure(port: number): Promise<Measuring> {
  const [reading, record] = [await timeReading(), timeRecord()]
  const { readings, records } = await countCalls(port)
  return { readings, records, reading, record, cost: (readings * reading + records * record) / 1000 }
}

async function countCalls(port: number): Promise<{ readings: number; records: number }> {
  const calls = { readings: 0, records: 0 }
  const { record } = Recorder.prototype
  Recorder.prototype.record = function (us) {
    calls.records++
    record.call(this, us)
  }
  const startClock = async () => {
    const clock = await startSystemClock()
    const { now } = clock
    clock.now = () => {
      calls.readings++
      return now()
    }
    return clock
  }
  const plan = { ...closedPlans(port).small, measureFrom: 0 }
  const { steps } = await runShard({ plan, index: 0, count: 1 }, { onProgress: () => {} }, { startClock })
  const sent = steps[0]!.sent
  return { readings: calls.readings / sent, records: calls.records / sent }
}

async function timeReading(): Promise<number> {
  const clock = await startSystemClock()
  const took = nanoseconds(() => clock.now())
  await clock.stop()
  return took
}

function timeRecord(): number {
  const recorder = new Recorder()
  // From 0.1 to 10 ms, as latencies are: the branch predictor must not learn one value.
  const values = Float64Array.from({ length: 4_096 }, () => 10 ** (2 + 2 * Math.random()))
  return nanoseconds((n) => recorder.record(values[n & 4_095]!))
}

/** Of one call, the loop around it included; the second pass is of compiled code. */
function nanoseconds(call: (n: number) => unknown): number {
  let took = 0
  for (let pass = 0; pass < 2; pass++) {
    const begun = process.hrtime.bigint()
    for (let n = 0; n < CALLS; n++) call(n)
    took = Number(process.hrtime.bigint() - begun) / CALLS
  }
  return took
}

if (import.meta.filename === process.argv[1]) process.send?.(await measure(Number(process.argv[2])))
