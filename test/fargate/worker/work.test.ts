// The worker on a virtual clock, network and bucket; every other piece is the real one but the engine.
import { gunzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Claim, Outcome, Progress } from '../../../src/fargate/protocol.ts'
import { keysOf, POLL } from '../../../src/fargate/protocol.ts'
import { countIn } from '../../../src/histogram.ts'
import { flawOf } from '../../../src/result/shard-flaw.ts'
import { onePlan, requestStep } from '../../support/plans.ts'
import type { Call, Fault } from '../../support/virtual/bucket.ts'
import { Fleet, RUN_ID, withHash } from '../../support/virtual/fleet.ts'

/** The warm-up, and what is measured. */
const CURVE = [5_000, 25_000].map((over) => ({ from: 20, to: 20, over }))
const plan = withHash(onePlan({ port: 1, steps: [requestStep()], curve: CURVE, warmUp: 5 }))
const keys = keysOf(RUN_ID)

const outcomeOf = (fleet: Fleet, index: number): Outcome =>
  JSON.parse(gunzipSync(fleet.bucket.storage.get(keys.result(index, 0)).body).toString())
const kinds = (fleet: Fleet) => fleet.workers.map(({ end }) => end?.kind)

test('three tasks claim three slots, start together and hand in all of the plan', async () => {
  const fleet = new Fleet({ plan, slots: 3 })
  for (let n = 0; n < 3; n++) fleet.add()
  fleet.renewEvery(5_000, 80_000)
  await fleet.world.run({ until: 10_000 })
  expect(fleet.claims()).toHaveLength(3)
  const claim = fleet.read(keys.claim(1, 0)) as Claim
  expect(claim).toMatchObject({ kind: 'loadgate-claim', index: 1, planHash: plan.hash })
  expect(claim.clock.low).toBeLessThanOrEqual(0)
  expect(claim.clock.high).toBeGreaterThanOrEqual(0)
  expect(fleet.read(keys.progress(1, 0))).toMatchObject({ state: 'waiting' })
  fleet.start(6_000)
  await fleet.world.run({ until: 30_000 })
  expect(fleet.read(keys.progress(1, 0))).toMatchObject({ state: 'sending' })
  await fleet.world.run({ until: 90_000 })
  expect(kinds(fleet)).toEqual(['done', 'done', 'done'])
  const starts = fleet.sendings.map(({ from }) => from)
  expect(Math.max(...starts) - Math.min(...starts)).toBeLessThan(2)
  for (const index of [0, 1, 2]) {
    const outcome = outcomeOf(fleet, index)
    expect(outcome).toMatchObject({ runId: RUN_ID, index, generation: 0 })
    expect(outcome.stopped).toBeUndefined()
    expect(outcome.result.complete).toBe(true)
    expect(flawOf(outcome.result, plan, { index, count: 3 })).toBeUndefined()
    const progress = fleet.read(keys.progress(index, 0)) as Progress
    expect(progress.state).toBe('ended')
    expect(progress.progress?.sent).toBe(200)
  }
})

test('a staggered start begins each worker so much later than the one before', async () => {
  const fleet = new Fleet({ plan, slots: 3 })
  for (let n = 0; n < 3; n++) fleet.add()
  fleet.renewEvery(5_000, 80_000)
  await fleet.world.run({ until: 5_000 })
  fleet.start(6_000, 4_000)
  await fleet.world.run({ until: 90_000 })
  expect(kinds(fleet)).toEqual(['done', 'done', 'done'])
  for (const { index, from } of fleet.sendings) expect(Math.abs(from - (11_000 + 4_000 * index))).toBeLessThan(2)
})

test('one task more than slots leaves with nothing left to do', async () => {
  const fleet = new Fleet({ plan, slots: 2 })
  for (let n = 0; n < 3; n++) fleet.add()
  await fleet.world.run({ until: 5_000 })
  expect(kinds(fleet).filter((kind) => kind === 'surplus')).toHaveLength(1)
  expect(fleet.claims()).toHaveLength(2)
})

test('who is not named in the start leaves, and sends nothing', async () => {
  const fleet = new Fleet({ plan, slots: 2 })
  for (let n = 0; n < 2; n++) fleet.add()
  await fleet.world.run({ until: 5_000 })
  fleet.renew({ kind: 'start', at: fleet.bucket.date + 6_000, stagger: 0, generations: [0, 1] })
  await fleet.world.run({ until: 12_000 })
  expect(fleet.sendings.map(({ index }) => index)).toEqual([0])
  expect(kinds(fleet)).toContain('unnamed')
})

test('a start that nobody renews is not followed: it may have been left by somebody who is gone', async () => {
  const fleet = new Fleet({ plan, slots: 1 })
  fleet.start(20_000)
  fleet.add()
  await fleet.world.run({ until: 60_000 })
  expect(kinds(fleet)).toEqual(['abandoned'])
  expect(fleet.sendings).toEqual([])
})

test('who sees the start when it is over leaves, and sends nothing', async () => {
  const fleet = new Fleet({ plan, slots: 1 })
  fleet.add()
  await fleet.world.run({ until: 5_000 })
  fleet.start(-1)
  await fleet.world.run({ until: 10_000 })
  expect(kinds(fleet)).toEqual(['late'])
  expect(fleet.sendings).toEqual([])
})

test.each([4_760, 4_780, 4_800, 4_820])(
  'the word to stop, given after %i ms, is followed after the pause between two looks at the latest',
  async (at) => {
    const fleet = new Fleet({ plan, slots: 3 })
    for (let n = 0; n < 3; n++) fleet.add()
    await fleet.world.run({ until: 500 })
    // The clock is known badly by then, and a look at the right moment would tell more of it.
    fleet.start(3_500)
    await fleet.world.run({ until: at })
    fleet.renew({ kind: 'stop', why: 'a budget is exceeded' })
    await fleet.world.run({ until: at + 10_000 })
    expect(fleet.sendings).toHaveLength(3)
    for (const { until } of fleet.sendings) expect(until! - at).toBeLessThan(POLL + 50)
  },
)

test('the word to stop ends the load, and what was measured is handed in', async () => {
  const fleet = new Fleet({ plan, slots: 2 })
  for (let n = 0; n < 2; n++) fleet.add()
  fleet.renewEvery(5_000, 80_000)
  await fleet.world.run({ until: 5_000 })
  fleet.start(6_000)
  await fleet.world.run({ until: 20_000 })
  fleet.renew({ kind: 'stop', why: 'a budget is exceeded' })
  await fleet.world.run({ until: 30_000 })
  expect(kinds(fleet)).toEqual(['stopped', 'stopped'])
  expect(outcomeOf(fleet, 0)).toMatchObject({
    stopped: { kind: 'stopped', words: 'told to stop: a budget is exceeded' },
    result: { complete: false },
  })
})

test('a claim whose answer was lost is known for the own one again', async () => {
  const fleet = new Fleet({ plan, slots: 5 })
  fleet.bucket.faultOf = mute('PUT', 'claims', 1)
  fleet.add()
  await fleet.world.run({ until: 30_000 })
  expect(fleet.claims()).toHaveLength(1)
})

test('a result whose answer was lost is handed in', async () => {
  const fleet = new Fleet({ plan, slots: 1 })
  fleet.add()
  fleet.renewEvery(5_000, 200_000)
  await fleet.world.run({ until: 5_000 })
  fleet.start(6_000)
  fleet.bucket.faultOf = mute('PUT', 'results', 2)
  await fleet.world.run({ until: 200_000 })
  expect(kinds(fleet)).toEqual(['done'])
})

test('a result that is there already is not replaced', async () => {
  const fleet = new Fleet({ plan, slots: 1 })
  fleet.add()
  fleet.renewEvery(5_000, 80_000)
  await fleet.world.run({ until: 5_000 })
  fleet.start(6_000)
  fleet.bucket.storage.put(keys.result(0, 0), 'forged', true)
  await fleet.world.run({ until: 90_000 })
  expect(kinds(fleet)).toEqual(['unsent'])
  expect(fleet.bucket.storage.get(keys.result(0, 0)).body.toString()).toBe('forged')
})

test('response times that could not be told are told later, once each', async () => {
  const fleet = new Fleet({ plan, slots: 1 })
  fleet.add()
  fleet.renewEvery(5_000, 80_000)
  const told: Progress[] = []
  fleet.bucket.faultOf = ({ method, key }: Call) => {
    const outage = fleet.world.now > 15_000 && fleet.world.now < 28_000
    if (method === 'PUT' && key.includes('progress')) {
      if (outage) return { kind: 'status', status: 503 }
      fleet.world.after(0, () => told.push(fleet.read(key) as Progress))
    }
    return undefined
  }
  await fleet.world.run({ until: 5_000 })
  fleet.start(6_000)
  await fleet.world.run({ until: 90_000 })
  const times = told.flatMap(({ progress }) => (progress ? [countIn(progress.recent)] : []))
  expect(times.reduce((sum, count) => sum + count, 0)).toBe(600)
})

// Whoever watches is gone at some moment; the network loses a tenth of all messages, and every clock is wrong.
test('no worker sends 30 s after the control was last renewed, nor lives 60 s after, whatever the network does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 0, max: 40_000 }), async (seed, silentAt) => {
      const long = { ...onePlan({ port: 1, steps: [requestStep()], level: 1, seconds: 300 }) }
      const fleet = new Fleet({ seed, plan: long, slots: 4, weather: { delay: [1, 400], loss: 0.1 } })
      const { chance } = fleet.world
      for (let n = 0; n < 4; n++)
        fleet.add({ skew: chance.between(-3_600_000, 3_600_000), drift: chance.between(-50e-6, 50e-6) })
      const last = Math.floor(silentAt / 5_000) * 5_000
      fleet.renewEvery(5_000, silentAt)
      fleet.world.at(12_000, () => {
        if (silentAt > 12_000) fleet.start(8_000)
      })
      await fleet.world.run({ until: 120_000 })
      const renewed = silentAt > 12_000 ? Math.max(last, 12_000) : last
      for (const { from, until } of fleet.sendings)
        expect(until ?? 1e9).toBeLessThanOrEqual(Math.max(from, renewed + 30_000))
      for (const { endedAt } of fleet.workers) expect(endedAt ?? 1e9).toBeLessThanOrEqual(renewed + 60_000)
    }),
    { numRuns: 40 },
  )
})

test('clocks that are an hour off make no difference to the start', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const fleet = new Fleet({ seed, plan, slots: 4, bucket: { skew: 3_600_000 }, weather: { delay: [2, 30] } })
      const { chance } = fleet.world
      for (let n = 0; n < 4; n++)
        fleet.add({ skew: chance.between(-3_600_000, 3_600_000), drift: chance.between(-50e-6, 50e-6) })
      fleet.renewEvery(5_000, 100_000)
      await fleet.world.run({ until: 30_000 })
      fleet.start(6_000)
      await fleet.world.run({ until: 100_000 })
      expect(kinds(fleet)).toEqual(['done', 'done', 'done', 'done'])
      // Within the bounds that each reports, which are narrow by then.
      for (const { index, from } of fleet.sendings) {
        const { low, high } = outcomeOf(fleet, index).clock
        expect(Math.abs(from - 36_000)).toBeLessThanOrEqual(150)
        expect(high - low).toBeLessThan(150)
      }
    }),
    { numRuns: 20 },
  )
})

function mute(method: Call['method'], part: string, times: number): (call: Call) => Fault | undefined {
  let left = times
  return (call) => (call.method === method && call.key.includes(part) && left-- > 0 ? { kind: 'mute' } : undefined)
}
