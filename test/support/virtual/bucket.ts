import { LoadgateError } from '../../../src/errors.ts'
import { type Mail, type Objects, Refused } from '../../../src/fargate/doors.ts'
import type { EpochMs, Ms } from '../../../src/units.ts'
import { exchange } from './exchange.ts'
import type { Machine } from './machine.ts'
import type { Network } from './network.ts'
import { Storage, type StorageAnswer } from './storage.ts'
import { Tally } from './tally.ts'
import { BEGINNING, type World } from './world.ts'

/** What the server does instead of answering as it should. */
export type Fault =
  /** Nothing is done, and this is the answer: 403, 500, 503, … */
  | { readonly kind: 'status'; readonly status: number }
  /** Nothing is done, and no answer comes. */
  | { readonly kind: 'deaf' }
  /** It is done, and no answer comes. */
  | { readonly kind: 'mute' }
  /** It is done, and something else is the body of the answer. */
  | { readonly kind: 'body'; readonly body: Buffer }

export interface Call {
  /** Name of the machine. */
  readonly from: string
  readonly method: 'GET' | 'PUT' | 'LIST'
  readonly key: string
}

interface Answer extends StorageAnswer {
  readonly date: EpochMs
  readonly sent: Ms
  readonly received: Ms
}

export interface BucketOptions {
  /** The name that the network knows it by. */
  readonly name?: string
  /** Its date less the true one. */
  readonly skew?: Ms
}

/** A bucket behind the network, and the doors to it. */
export class Bucket {
  readonly storage = new Storage()
  /** What came, lost requests not counted. A list is a read as well. */
  readonly reads: Tally
  readonly writes: Tally
  /** Asked about each request that comes. */
  faultOf: (call: Call) => Fault | undefined = () => undefined
  readonly #world: World
  readonly #network: Network
  readonly #name: string
  readonly #skew: Ms

  constructor(world: World, network: Network, { name = 'bucket', skew = 0 }: BucketOptions = {}) {
    this.#world = world
    this.#network = network
    this.reads = new Tally(world)
    this.writes = new Tally(world)
    this.#name = name
    this.#skew = skew
  }

  /** What its server takes the date for. */
  get date(): EpochMs {
    return BEGINNING + this.#world.now + this.#skew
  }

  /** An address as the coordinator would sign it, without a call of anybody. */
  sign(method: 'GET' | 'PUT', key: string, { once = false, expiresIn = 86_400_000 } = {}): string {
    return this.storage.sign({ method, key, once, until: Math.floor(this.date + expiresIn) })
  }

  /** The worker's door: like the real one, it makes one try. */
  mailOf(machine: Machine): Mail {
    return {
      get: async (url, most, deadline) => {
        const answer = await this.#call(machine, { method: 'GET', key: this.storage.keyOf(url) }, deadline, () =>
          this.storage.bySignature('GET', url, this.date, '', false),
        )
        const { status, body, date, sent, received } = answer
        if (body.length > most) throw trouble('the object is too large')
        return { status: readStatus(status), body, date: Math.floor(date / 1_000) * 1_000, sent, received }
      },
      put: async (url, body, { once, deadline }) => {
        const { status } = await this.#call(machine, { method: 'PUT', key: this.storage.keyOf(url) }, deadline, () =>
          this.storage.bySignature('PUT', url, this.date, body, once),
        )
        return status === 412 ? 'taken' : readStatus(status) === 'ok' ? 'done' : 'denied'
      },
    }
  }

  /** The coordinator's door: like the real one, it makes one try. */
  objectsOf(machine: Machine): Objects {
    let last: ReturnType<Objects['date']>
    const call = async (method: Call['method'], key: string, act: () => StorageAnswer): Promise<Answer> => {
      const answer = await this.#call(machine, { method, key }, ONE_ANSWER, act)
      const { date, sent, received, status } = answer
      const from = Math.floor(date / 1_000) * 1_000
      last = { from, until: from + 1_000, sent, received }
      if (status === 401 || status === 403) throw new Refused('infrastructure', `the bucket answered ${status}`)
      if (status >= 400 && status !== 404) throw trouble(`the bucket answered ${status}`)
      return answer
    }
    return {
      get: async (key, most) => {
        const { status, body } = await call('GET', key, () => this.storage.get(key))
        if (body.length > most) throw trouble('the object is too large')
        return status === 404 ? undefined : body
      },
      put: async (key, body) => void (await call('PUT', key, () => this.storage.put(key, body, false))),
      list: async (prefix) => {
        const list = () => ({ status: 200, body: Buffer.from(JSON.stringify(this.storage.list(prefix))) })
        return JSON.parse((await call('LIST', prefix, list)).body.toString())
      },
      // As the SDK does it: by computing alone, by the own clock.
      sign: async ({ method, key, once = false, expiresIn }) =>
        this.storage.sign({ method, key, once, until: Math.floor(machine.time.epoch() + expiresIn) }),
      date: () => last,
    }
  }

  async #call(from: Machine, call: Omit<Call, 'from'>, deadline: Ms, act: () => StorageAnswer): Promise<Answer> {
    const handle = () => {
      const answer = this.#handle({ ...call, from: from.name }, act)
      return answer && { ...answer, date: this.date }
    }
    const exchanged = exchange(this.#world, this.#network, { from, to: this.#name, deadline, handle })
    const { answer, sent, received } = await exchanged
    const { status } = answer
    if (status >= 500 || [408, 409, 429].includes(status)) throw trouble(`the bucket answered ${status}`)
    return { ...answer, sent, received }
  }

  #handle(call: Call, act: () => StorageAnswer): StorageAnswer | undefined {
    const tally = call.method === 'PUT' ? this.writes : this.reads
    tally.count()
    const fault = this.faultOf(call)
    if (fault?.kind === 'deaf') return undefined
    if (fault?.kind === 'status') return { status: fault.status, body: Buffer.alloc(0) }
    const answer = act()
    if (fault?.kind === 'mute') return undefined
    return fault?.kind === 'body' ? { ...answer, body: fault.body } : answer
  }
}

/** As the real door has it. */
const ONE_ANSWER: Ms = 15_000

function readStatus(status: number): 'ok' | 'missing' | 'denied' {
  if (status === 200) return 'ok'
  return status === 404 ? 'missing' : 'denied'
}

function trouble(message: string): LoadgateError {
  return new LoadgateError('infrastructure', message)
}
