// Every kind of fault at everything that a worker reads and writes: each ends, in time, in the way that this table says.
import { expect, test } from '@jest/globals'
import { keysOf } from '../../../src/fargate/protocol.ts'
import type { EndKind } from '../../../src/fargate/worker/ends.ts'
import { onePlan, requestStep } from '../../support/plans.ts'
import type { Fault } from '../../support/virtual/bucket.ts'
import { Fleet, RUN_ID, withHash } from '../../support/virtual/fleet.ts'

const plan = withHash(onePlan({ port: 1, steps: [requestStep()], level: 5, seconds: 20 }))
const keys = keysOf(RUN_ID)

const status = (status: number): Fault => ({ kind: 'status', status })
const body = (text: string): Fault => ({ kind: 'body', body: Buffer.from(text) })
const HUGE = body(' '.repeat(70_000_000))

/** By what answers so from the beginning, and for ever. */
const PERMANENT: readonly (readonly [
  what: string,
  Fault,
  at: Record<'orders' | 'plan' | 'control' | 'claims' | 'results', EndKind>,
])[] = [
  [
    '404',
    status(404),
    { orders: 'unreachable', plan: 'unreachable', control: 'abandoned', claims: 'unreachable', results: 'unsent' },
  ],
  [
    '403',
    status(403),
    { orders: 'unreachable', plan: 'unreachable', control: 'abandoned', claims: 'unreachable', results: 'unsent' },
  ],
  [
    '500',
    status(500),
    { orders: 'unreachable', plan: 'unreachable', control: 'abandoned', claims: 'unreachable', results: 'unsent' },
  ],
  [
    '503',
    status(503),
    { orders: 'unreachable', plan: 'unreachable', control: 'abandoned', claims: 'unreachable', results: 'unsent' },
  ],
  [
    '409',
    status(409),
    { orders: 'unreachable', plan: 'unreachable', control: 'abandoned', claims: 'unreachable', results: 'unsent' },
  ],
  [
    '412',
    status(412),
    { orders: 'unreachable', plan: 'unreachable', control: 'abandoned', claims: 'surplus', results: 'unsent' },
  ],
  [
    'no answer',
    { kind: 'deaf' },
    { orders: 'unreachable', plan: 'abandoned', control: 'abandoned', claims: 'abandoned', results: 'unsent' },
  ],
]

test.each(
  PERMANENT.flatMap(([what, fault, at]) =>
    Object.entries(at).map(([place, end]) => [what, place, end, fault] as const),
  ),
)('%s from the %s: %s', async (_, place, end, fault) => {
  const fleet = fleetWith(place, fault, place === 'plan' || place === 'claims')
  await fleet.world.run({ until: 300_000 })
  expect(fleet.workers[0]).toMatchObject({ end: { kind: end } })
  expect(fleet.workers[0]!.endedAt).toBeLessThan(200_000)
})

const orders = (change: object) => (fleet: Fleet) => body(JSON.stringify({ ...fleet.orders, ...change }))
const control = (change: object) => (fleet: Fleet) =>
  body(JSON.stringify({ ...(fleet.read(keys.control) as object), ...change }))

const WRONG: readonly (readonly [what: string, place: string, (fleet: Fleet) => Fault, EndKind])[] = [
  ['orders cut off', 'orders', (fleet) => body(JSON.stringify(fleet.orders).slice(0, -100)), 'refused'],
  ['orders that are too large', 'orders', () => HUGE, 'unreachable'],
  ['orders of no text', 'orders', () => ({ kind: 'body', body: Buffer.from([0xff, 0xfe]) }), 'refused'],
  ['orders that are null', 'orders', () => body('null'), 'refused'],
  ['orders of another protocol', 'orders', orders({ protocol: 2 }), 'refused'],
  ['orders of another version', 'orders', orders({ version: '1.2.4' }), 'refused'],
  ['orders of another kind', 'orders', orders({ kind: 'loadgate-control' }), 'refused'],
  ['orders for ever', 'orders', orders({ lifetime: 1e300 }), 'refused'],
  ['orders that name files', 'orders', orders({ controlUrl: 'file:///etc/passwd' }), 'refused'],
  ['orders for a shard that there is not', 'orders', orders({ count: 0 }), 'refused'],
  ['orders without slots', 'orders', orders({ slots: [] }), 'surplus'],
  [
    'another hash',
    'orders',
    (fleet) => orders({ plan: { ...fleet.orders.plan, sha256: '0'.repeat(64) } })(fleet),
    'refused',
  ],
  [
    'a plan cut off',
    'plan',
    (fleet) => ({ kind: 'body', body: fleet.bucket.storage.get(keys.plan).body.subarray(0, -1) }),
    'refused',
  ],
  ['a plan that is too large', 'plan', () => HUGE, 'unreachable'],
  ['a control that is no JSON', 'control', () => body('<Error/>'), 'abandoned'],
  ['a control that is too large', 'control', () => HUGE, 'abandoned'],
  [
    'a control of another run',
    'control',
    control({ runId: 'another', order: { kind: 'stop', why: 'of another run' } }),
    'abandoned',
  ],
  ['a control that never changes', 'control', control({}), 'abandoned'],
  ['a control with a term of years', 'control', control({ term: 1e13 }), 'abandoned'],
  ['a control with another order', 'control', control({ order: { kind: 'burn' } }), 'abandoned'],
  ['a control with half an order', 'control', control({ order: { kind: 'start', at: 1 } }), 'abandoned'],
]

test.each(WRONG)('%s', async (_, place, faultOf, end) => {
  const fleet = fleetWith(place, undefined, true)
  const fault = faultOf(fleet)
  fleet.bucket.faultOf = ({ key }) => (key.includes(place) ? fault : undefined)
  await fleet.world.run({ until: 300_000 })
  expect(fleet.workers[0]).toMatchObject({ end: { kind: end } })
  expect(fleet.workers[0]!.endedAt).toBeLessThan(200_000)
  expect(fleet.sendings).toEqual([])
})

test.each(['orders', 'plan', 'control', 'claims', 'results', 'progress'])(
  'what passes is outlived: %s',
  async (place) => {
    const fleet = fleetWith(place, undefined)
    const left = new Map<string, number>()
    fleet.bucket.faultOf = ({ key }) => {
      const times = left.get(key) ?? 0
      left.set(key, times + 1)
      return key.includes(place) && times < 3 ? [status(503), { kind: 'mute' as const }, status(500)][times] : undefined
    }
    await fleet.world.run({ until: 300_000 })
    expect(fleet.workers[0]).toMatchObject({ end: { kind: 'done' } })
  },
)

test('no line has an address in it', async () => {
  const fleet = fleetWith('control', status(503))
  await fleet.world.run({ until: 300_000 })
  expect(fleet.workers[0]!.lines.join()).not.toMatch(/http|X-Amz/)
})

/** One worker, and a control that is renewed, with a start after a while. */
function fleetWith(place: string, fault: Fault | undefined, silent = false): Fleet {
  const fleet = new Fleet({ plan, slots: 1 })
  fleet.bucket.faultOf = ({ key }) => (key.includes(place) ? fault : undefined)
  fleet.add()
  if (!silent) fleet.renewEvery(5_000, 250_000)
  if (!silent) fleet.world.at(40_000, () => fleet.start(6_000))
  return fleet
}
