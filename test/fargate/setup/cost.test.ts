import { expect, test } from '@jest/globals'
import { lifetimeOf } from '../../../src/fargate/lifetime.ts'
import { costAsRun, estimateCost, type Fleet } from '../../../src/fargate/setup/cost.ts'
import { formatDollars, pricesIn } from '../../../src/fargate/setup/prices.ts'
import { onePlan, requestStep } from '../../support/plans.ts'

const fleet = (changes: Partial<Fleet> = {}): Fleet => ({
  region: 'us-east-1',
  architecture: 'X86_64',
  size: { cpu: 1_024, memory: 2_048 },
  spot: false,
  publicAddress: false,
  workers: 1,
  ...changes,
})
const HOUR = 3_600_000
const hours = (count: number) => [{ startedAt: 0, stoppedAt: count * HOUR }]
const compute = (changes: Partial<Fleet>) => costAsRun([{ fleet: fleet(changes), tasks: hours(1) }], 0).compute

// By hand: vCPUs × price + GB × price.
test.each([
  [{}, 0.04048 + 2 * 0.004445],
  [{ size: { cpu: 2_048, memory: 4_096 } }, 2 * 0.04048 + 4 * 0.004445],
  [{ architecture: 'ARM64' as const }, 0.03238 + 2 * 0.00356],
  [{ spot: true }, 0.4 * (0.04048 + 2 * 0.004445)],
  [{ region: 'eu-central-1' }, 0.04656 + 2 * 0.00511],
  [{ region: 'sa-east-1' }, 0.0696 + 2 * 0.0076],
  [{ region: 'mars-north-1' }, 0.0696 + 2 * 0.0076],
])('an hour of %j', (changes, dollars) => {
  expect(compute(changes)).toBeCloseTo(dollars, 10)
})

// By the second, rounded up, a minute at least; what never started costs nothing.
test.each([
  [{ startedAt: 0, stoppedAt: 1 }, 60_000],
  [{ startedAt: 0, stoppedAt: 60_001 }, 61_000],
  [{ startedAt: 1_000, stoppedAt: 91_000 }, 90_000],
  [{ startedAt: 0, stoppedAt: undefined }, 100_000],
  [{ startedAt: undefined, stoppedAt: 90_000 }, 0],
  [{ startedAt: 9_000, stoppedAt: 8_000 }, 60_000],
])('%j is billed as so many ms', (task, billed) => {
  expect(costAsRun([{ fleet: fleet(), tasks: [task] }], 100_000).taskTime).toBe(billed)
})

test('a public address and the requests to the bucket have their price', () => {
  const { addresses, requests, total, compute } = costAsRun(
    [{ fleet: fleet({ publicAddress: true }), tasks: hours(10) }],
    0,
  )
  expect(addresses).toBeCloseTo(0.05, 10)
  // A worker's: 720 progress an hour, 1,800 looks at the control; the coordinator's: 720 renewals, 720 looks at progress.
  expect(requests).toBeCloseTo(10 * ((1_440 * 0.005) / 1_000 + (2_520 * 0.0004) / 1_000), 10)
  expect(total).toBeCloseTo(compute + addresses + requests, 12)
})

const plan = onePlan({ port: 1, steps: [requestStep({ timeout: 5_000 })], seconds: 600, timeout: 30_000 })

test('the estimate: the load, its last answers and two minutes, of every worker', () => {
  const { expected, most, asOf, guessed } = estimateCost(
    [fleet({ workers: 3 }), fleet({ workers: 2, region: 'eu-north-9' })],
    plan,
    0,
  )
  expect(expected.taskTime).toBe(5 * 750_000)
  // Two more in place of others; each comes after four minutes, and its orders let it live until then.
  expect(most.taskTime).toBe(7 * (240_000 + lifetimeOf({ plan, count: 5, stagger: 0 })))
  expect([asOf, guessed]).toEqual([['2026-04-01', 'an unknown day'], ['eu-north-9']])
})

test('who begins later has waited for it, and paid', () => {
  const { expected } = estimateCost([fleet({ workers: 3 })], plan, 60_000)
  expect(expected.taskTime).toBe((750 + 810 + 690 + 60 * 3) * 1_000)
})

test('those that are started in place of others may be where it is dearest', () => {
  const [cheap, dear] = [fleet(), fleet({ region: 'sa-east-1', publicAddress: true })]
  const { most } = estimateCost([cheap, dear], plan, 0)
  const each = (one: Fleet) => estimateCost([{ ...one, workers: 1 }], plan, 0).most
  expect(most.compute).toBeCloseTo(each(cheap).compute / 3 + each(dear).compute, 10)
  expect(most.addresses).toBeCloseTo(each(dear).addresses, 10)
})

test('every region has prices, ARM below x86, and dates', () => {
  for (const region of ['us-east-1', 'eu-central-1', 'ap-northeast-2', 'sa-east-1', 'nowhere', 'constructor']) {
    const { prices, asOf } = pricesIn(region)
    expect(prices.ARM64.vcpu).toBeLessThan(prices.X86_64.vcpu)
    expect(asOf).toMatch(/^(\d{4}-\d\d-\d\d|an unknown day)$/)
  }
  expect([pricesIn('us-east-1').guessed, pricesIn('constructor').guessed]).toEqual([false, true])
})

test.each([
  [0, '$0'],
  [0.00042, '$0.0004'],
  [0.0951, '$0.10'],
  [0.374, '$0.37'],
  [12.4, '$12.40'],
  [1_239.6, '$1,240'],
])('%s dollars', (dollars, text) => {
  expect(formatDollars(dollars)).toBe(text)
})
