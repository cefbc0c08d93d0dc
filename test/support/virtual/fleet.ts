// A coordinator's part, played by hand, and workers: what tests of the worker need, without the coordinator's own code.
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import {
  type Control,
  keysOf,
  type Order,
  type Orders,
  PROTOCOL,
  type Slot,
  TERM,
} from '../../../src/fargate/protocol.ts'
import type { End } from '../../../src/fargate/worker/ends.ts'
import { work } from '../../../src/fargate/worker/work.ts'
import type { LoadPlan } from '../../../src/plan/plan.ts'
import { hashOf } from '../../../src/plan/plan-hash.ts'
import type { Ms } from '../../../src/units.ts'
import { Bucket, type BucketOptions } from './bucket.ts'
import { type Sending, virtualEngine } from './engine.ts'
import { Machine, type MachineOptions } from './machine.ts'
import { Network, type Weather } from './network.ts'
import { World } from './world.ts'

export const RUN_ID = 'abcdefghij234567klmn'
export const VERSION = '1.2.3'
const KEYS = keysOf(RUN_ID)

export interface FleetOptions {
  readonly seed?: number
  readonly plan: LoadPlan
  readonly slots: number
  readonly weather?: Partial<Weather>
  readonly bucket?: BucketOptions
  readonly term?: Ms
}

/** One worker and what became of it. */
export interface Worked {
  readonly machine: Machine
  readonly lines: readonly string[]
  readonly leave: AbortController
  readonly end: End | undefined
  /** On the world's clock. */
  readonly endedAt: Ms | undefined
}

/** Plans for tests are made without. */
export function withHash({ hash: _, ...load }: LoadPlan): LoadPlan {
  return { ...load, hash: hashOf(load) }
}

export class Fleet {
  readonly world: World
  readonly network: Network
  readonly bucket: Bucket
  readonly sendings: Sending[] = []
  readonly workers: Worked[] = []
  readonly orders: Orders
  readonly #term: Ms
  #sequence = 0
  #order: Order = { kind: 'wait' }

  constructor({ seed = 1, plan, slots, weather, bucket, term = TERM }: FleetOptions) {
    this.world = new World(seed)
    this.network = new Network(this.world, weather)
    this.bucket = new Bucket(this.world, this.network, bucket)
    this.#term = term
    const packed = gzipSync(JSON.stringify(withHash(plan)))
    this.bucket.storage.put(KEYS.plan, packed, false)
    this.orders = {
      kind: 'loadgate-orders',
      protocol: PROTOCOL,
      version: VERSION,
      runId: RUN_ID,
      plan: { url: this.bucket.sign('GET', KEYS.plan), sha256: createHash('sha256').update(packed).digest('hex') },
      controlUrl: this.bucket.sign('GET', KEYS.control),
      count: slots,
      slots: Array.from({ length: slots }, (_, index) => this.#slot(index)),
      lifetime: 3_600_000,
    }
    this.bucket.storage.put(KEYS.orders(0), JSON.stringify(this.orders), false)
    this.renew()
  }

  /** Writes the control once more, as if from within the bucket; the order stays, or changes to this one. */
  renew(order: Order = this.#order): void {
    this.#order = order
    const sequence = ++this.#sequence
    const control: Control = { kind: 'loadgate-control', runId: RUN_ID, sequence, term: this.#term, order }
    this.bucket.storage.put(KEYS.control, JSON.stringify(control), false)
  }

  /** Renews every so often up to a moment. */
  renewEvery(period: Ms, until: Ms): void {
    if (this.world.now + period > until) return
    this.world.after(period, () => {
      this.renew()
      this.renewEvery(period, until)
    })
  }

  /** Orders all slots to start so much later, by the clock of the bucket. */
  start(ahead: Ms, stagger: Ms = 0): void {
    const generations = this.orders.slots.map(({ generation }) => generation)
    this.renew({ kind: 'start', at: this.bucket.date + ahead, stagger, generations })
  }

  /** One more task begins. */
  add(options: MachineOptions = {}): Worked {
    const machine = new Machine(this.world, `worker-${this.workers.length}`, options)
    const lines: string[] = []
    const leave = new AbortController()
    const at = this.workers.push({ machine, lines, leave, end: undefined, endedAt: undefined }) - 1
    const situation = {
      ordersUrl: this.bucket.sign('GET', KEYS.orders(0)),
      version: VERSION,
      task: machine.name,
      cores: 1,
      onLifetime: () => {},
      leave,
    }
    const doors = {
      time: machine.time,
      mail: this.bucket.mailOf(machine),
      engine: virtualEngine(this.world, machine, this.sendings),
      random: this.world.chance.fork(),
      log: (line: string) => void lines.push(line),
    }
    void work(situation, doors).then((end) => {
      this.workers[at] = { ...this.workers[at]!, end, endedAt: this.world.now }
    })
    return this.workers[at]!
  }

  /** Of the bucket, parsed; undefined where there is none. */
  read(key: string): unknown {
    const { status, body } = this.bucket.storage.get(key)
    return status === 200 ? JSON.parse(body.toString()) : undefined
  }

  claims(): readonly string[] {
    return this.bucket.storage.list(KEYS.claims).map(({ key }) => key)
  }

  results(): readonly string[] {
    return this.bucket.storage.list(KEYS.results).map(({ key }) => key)
  }

  #slot(index: number): Slot {
    const claim = KEYS.claim(index, 0)
    return {
      index,
      generation: 0,
      claimUrl: this.bucket.sign('PUT', claim, { once: true }),
      claimedUrl: this.bucket.sign('GET', claim),
      progressUrl: this.bucket.sign('PUT', KEYS.progress(index, 0)),
      resultUrl: this.bucket.sign('PUT', KEYS.result(index, 0), { once: true }),
    }
  }
}
