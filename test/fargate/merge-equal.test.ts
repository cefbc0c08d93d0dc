// What the workers of a fleet have measured, once it is merged, is what one process would have measured: count for count, and
// histogram for histogram, bucket by bucket.
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Ledger } from '../../src/engine/ledger.ts'
import type { Cause, ShardResult } from '../../src/engine/shard-result.ts'
import { Collection } from '../../src/fargate/coordinator/collect.ts'
import { runOnFargate } from '../../src/fargate/coordinator/run-on-fargate.ts'
import { keysOf, type Outcome } from '../../src/fargate/protocol.ts'
import { deliver } from '../../src/fargate/worker/deliver.ts'
import { Histogram } from '../../src/histogram.ts'
import type { LoadPlan } from '../../src/plan/plan.ts'
import { mergeResults } from '../../src/result/merge-results.ts'
import type { RunResult } from '../../src/result/result.ts'
import type { Ms } from '../../src/units.ts'
import { contextOf, planOf, shardOf } from '../result/shards.ts'
import { Machine } from '../support/virtual/machine.ts'
import { JOB, RUN, Stage } from './faults/stage.ts'

const plan = planOf('closed')

/** One request, of which an iteration consists. */
interface Sample {
  readonly step: number
  readonly due: Ms
  readonly us: number
  readonly lateness: Ms
  readonly cause: Cause | undefined
  /** Which of the workers has sent it. */
  readonly by: number
}

const sample: fc.Arbitrary<Sample> = fc.record({
  step: fc.integer({ min: 0, max: 2 }),
  due: fc.integer({ min: 0, max: 10_999 }),
  us: fc.oneof(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 1, max: 30_000_000 })),
  lateness: fc.integer({ min: 0, max: 100 }),
  cause: fc.constantFrom<Cause | undefined>(undefined, undefined, undefined, 'timeout', 'unexpected-status'),
  by: fc.nat(),
})

const fleet = fc.integer({ min: 1, max: 16 }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    seed: fc.nat({ max: 10_000 }),
    samples: fc.array(sample, { maxLength: 300, size: 'max' }),
    // When each of them comes, and so in which order.
    comesAt: fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: count, maxLength: count }),
  }),
)

test('any number of workers, in any order of arrival, are one process with the same samples', async () => {
  await fc.assert(
    fc.asyncProperty(fleet, async ({ count, seed, samples, comesAt }) => {
      const shards = split(samples, count).map((own, index) => measured(own, index, count))
      const collected = await throughTheBucket(shards, comesAt, seed)
      const merged = mergeResults(collected, contextOf(plan))
      expect(figuresOf(merged)).toEqual(figuresOf(alone(samples)))
      expect(merged.shards).toEqual({ expected: count, reported: count, lost: [] })
    }),
    { numRuns: 25 },
  )
}, 120_000)

test('quantiles of the merged histograms are those of the samples themselves', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(sample, { minLength: 1, maxLength: 400, size: 'max' }), async (samples) => {
      const shards = split(samples, 8).map((own, index) => measured(own, index, 8))
      const { steps } = mergeResults(shards, contextOf(plan))
      for (const { id, response } of steps) {
        const counted = samples.filter(({ step, due, cause }) => step === id && due >= plan.measureFrom && !cause)
        const sorted = counted.map(({ us }) => us).sort((a, b) => a - b)
        const histogram = Histogram.of(response)
        expect(histogram.count).toBe(sorted.length)
        for (const q of [0.01, 0.5, 0.9, 0.95, 0.99, 0.999, 1]) {
          const exact = sorted[Math.ceil(q * sorted.length) - 1]
          const read = histogram.quantile(q)
          // Of a bucket the middle is read: half a thousandth off, and half a microsecond below two milliseconds.
          if (exact !== undefined) expect(Math.abs(read! - exact)).toBeLessThanOrEqual(0.5 + exact / 2_000)
          else expect(read).toBeUndefined()
        }
      }
    }),
    { numRuns: 25 },
  )
}, 120_000)

test('of the workers that are left the sum is still exact, and it is said that it is not all', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(sample, { maxLength: 200, size: 'max' }), fc.nat({ max: 7 }), async (samples, lost) => {
      const shards = split(samples, 8).map((own, index) => measured(own, index, 8))
      const kept = shards.map((shard) => (shard.index === lost ? undefined : shard))
      const merged = mergeResults(kept, contextOf(plan))
      const others = samples.filter(({ by }) => by % 8 !== lost)
      expect(figuresOf(merged)).toEqual({ ...figuresOf(alone(others)), complete: false })
      expect(merged.shards).toMatchObject({ expected: 8, reported: 7 })
    }),
    { numRuns: 10 },
  )
}, 120_000)

test('a whole run of eight workers has the figures of a run of one', async () => {
  const runOf = async (count: number, seed: number) => {
    const stage = new Stage({ seed })
    const { shards } = await stage.until(runOnFargate({ ...JOB, count }, stage.doorsOf()))
    return mergeResults(shards, { ...contextOf(JOB.plan), executor: 'fargate' })
  }
  const [one, eight] = [await runOf(1, 3), await runOf(8, 4)]
  expect(figuresOf(eight)).toEqual(figuresOf(one))
  expect(eight.shards).toEqual({ expected: 8, reported: 8, lost: [] })
  expect(eight.steps.map(({ sent }) => sent)).toEqual([800])
})

function split(samples: readonly Sample[], count: number): readonly (readonly Sample[])[] {
  return Array.from({ length: count }, (_, index) => samples.filter(({ by }) => by % count === index))
}

/** By the engine's own ledger. */
function measured(samples: readonly Sample[], index: number, count: number, of: LoadPlan = plan): ShardResult {
  const { measureFrom, duration } = of
  const ledger = new Ledger({ steps: 3, measureFrom, measured: duration - measureFrom, keepRecent: false })
  const ends = ({ due, us }: Sample) => due + us / 1_000
  for (const { step, due, us, lateness, cause } of [...samples].sort((a, b) => ends(a) - ends(b))) {
    const doneAt = due + us / 1_000
    const unanswered = cause === 'timeout' ? { status: 0, cause } : { status: 200, cause: undefined }
    const answer = { ...unanswered, headers: {}, text: undefined }
    const bytes = { bytesSent: 10 + step, bytesReceived: us }
    const times = { startedAt: due, sentAt: due + lateness / 1_000, firstByteAt: (due + doneAt) / 2, doneAt }
    ledger.sample({ id: step, explain: () => undefined }, due, { ...answer, ...bytes, ...times }, cause)
    ledger.late(due, due + lateness)
    if (!ledger.measures(due)) continue
    ledger.iterations.planned++
    ledger.iterations.started++
    if (cause === undefined) ledger.iterations.finished++
    else ledger.iterations.failed++
  }
  const { health } = shardOf(of, 0, count, [])
  return { ...shardOf(of, index, count, []), ...ledger.result(), health: { ...health, lateness: ledger.lateness() } }
}

function alone(samples: readonly Sample[]): RunResult {
  return mergeResults([measured(samples, 0, 1)], contextOf(plan))
}

/** All that is a sum; what is the worst of several workers differs, as it must. */
function figuresOf({ steps, intervals, iterations, warmUp, complete, health: { lateness } }: RunResult) {
  return { steps, intervals, iterations, warmUp, complete, lateness }
}

/** Handed in by the workers' own code, and taken by the coordinator's, while packets are lost on the way. */
async function throughTheBucket(
  shards: readonly ShardResult[],
  comesAt: readonly Ms[],
  seed: number,
): Promise<readonly (ShardResult | undefined)[]> {
  const stage = new Stage({ seed })
  const { world, network, bucket } = stage
  network.weather = { delay: [5, 400], loss: 0.02 }
  const keys = keysOf(RUN)
  const carriers = shards.map(() => ({ generation: 0, task: undefined }))
  const collection = new Collection({ runId: RUN, plan, count: shards.length, stagger: 0 }, carriers, stage.doorsOf())
  for (const result of shards) {
    const { index } = result
    const machine = new Machine(world, `worker-${index}`)
    const clock = { low: -5, high: 5 }
    const outcome: Outcome = {
      ...{ kind: 'loadgate-outcome', runId: RUN, index, generation: 0, clock, stopped: undefined },
      result,
    }
    const url = (method: 'GET' | 'PUT', key: string, once = false) => bucket.sign(method, key, { once })
    const slot = {
      ...{ index, generation: 0, resultUrl: url('PUT', keys.result(index, 0), true) },
      ...{ claimUrl: '', claimedUrl: '', progressUrl: '' },
    }
    const doors = { time: machine.time, mail: bucket.mailOf(machine), random: world.chance.fork(), log: () => {} }
    const engine = () => Promise.reject(new Error('it has sent already'))
    world.at(comesAt[index]!, () => void deliver(outcome, slot, { ...doors, engine }, new AbortController().signal))
  }
  const { time } = stage.coordinator
  const collect = async () => {
    while (collection.open.length > 0) {
      await collection.look({ within: 60_000 }).catch(() => undefined)
      await time.sleep(1_000)
    }
    return collection.results
  }
  return await stage.until(collect())
}
