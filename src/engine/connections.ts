import type { Ms } from '../units.ts'
import { addressBook } from './addresses.ts'
import { Connection, type ConnectionHost } from './connection.ts'
import { type ConnectionStats, type Receiver, type Transport, unsent, type WireRequest } from './transport.ts'

/** How often requests are looked through for those that have lasted or waited too long. */
const SWEEP_EVERY: Ms = 10

// A target that stalls for 20 ms at 20,000/s would be met with 400 new connections at once, and opening them would
// lengthen the stall. What cannot be opened now waits its turn, and mostly finds a free one first.
const OPENED_PER_TURN = 10

// RFC 9110 9.2.2: to send one of these twice means what sending it once means.
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

interface Waiting {
  readonly request: WireRequest
  readonly receiver: Receiver
  readonly user: object | undefined
  readonly since: Ms
}

interface ConnectionsOptions {
  readonly origin: string
  /** Most connections at one time. */
  readonly cap: number
  /** The engine's clock. */
  readonly now?: () => Ms
}

/** The network: a bounded set of connections, each with one request or none, and a queue before them. */
export class Connections implements Transport, ConnectionHost {
  readonly origin: string
  readonly lookup = addressBook()
  readonly now: () => Ms
  readonly #cap: number
  readonly #all = new Set<Connection>()
  /** Last in, first out: few users keep to few connections. Those that have died meanwhile are passed over. */
  readonly #free: Connection[] = []
  /** Those of users that have one of their own, also while it is free. */
  readonly #own = new Map<object, Connection>()
  readonly #waiting: Waiting[] = []
  /** Index of the first that still waits. */
  #head = 0
  readonly #sweep: NodeJS.Timeout
  #turn: NodeJS.Immediate | undefined
  #openedThisTurn = 0
  #opened = 0
  #peak = 0
  #staleRetries = 0
  #cancelled = false

  constructor({ origin, cap, now = () => performance.now() }: ConnectionsOptions) {
    this.origin = origin
    this.now = now
    this.#cap = cap
    this.#sweep = setInterval(() => this.#onSweep(), SWEEP_EVERY)
  }

  get stats(): ConnectionStats {
    return { opened: this.#opened, peak: this.#peak, cap: this.#cap, staleRetries: this.#staleRetries }
  }

  send(request: WireRequest, receiver: Receiver, user?: object): void {
    const now = this.now()
    const connection = this.#queued === 0 && !this.#cancelled ? this.#take(user) : undefined
    if (connection) connection.send(request, receiver, now + request.timeout, connection.fresh ? now : undefined)
    else if (this.#cancelled) setImmediate(() => receiver.onAnswer(unsent('cancelled', this.now(), now)))
    else this.#waiting.push({ request, receiver, user, since: now })
  }

  cancel(): void {
    this.#cancelled = true
    while (this.#queued > 0) {
      const { receiver, since } = this.#shift()
      receiver.onAnswer(unsent('cancelled', this.now(), since))
    }
    for (const connection of this.#all) connection.fail('cancelled')
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep)
    clearImmediate(this.#turn)
    await Promise.all([...this.#all].map((connection) => connection.destroy()))
    this.#all.clear()
  }

  onOpening(): void {
    this.#opened++
  }

  onAnswered(connection: Connection, receiver: Receiver): void {
    // Free before the receiver is told: its next request finds this connection on top, and goes out at once.
    if (connection.user === undefined) this.#free.push(connection)
    receiver.onAnswer(connection)
    this.#serve()
  }

  onFailed(connection: Connection): void {
    const { request, receiver } = connection
    this.#all.delete(connection)
    if (request && receiver) {
      if (this.#mayRepeat(connection, request)) this.#repeat(connection, request, receiver)
      else receiver.onAnswer(connection)
    }
    this.#serve()
  }

  onClosed(connection: Connection): void {
    this.#all.delete(connection)
    this.#serve()
  }

  // A server may close a kept connection at any moment, also while a request is on its way to it. That says nothing
  // about the service, so the request is sent once more, on a connection that has carried none yet, as browsers and
  // Go's http.Transport (hence k6) do; its time still counts from its intended start, and the repetition is counted.
  // Only where it cannot be the answer to the request: not a byte of one was seen, the end was an orderly one (or a
  // reset after a second of idleness), and to send it twice does no harm. A reset of a connection in use is a failure.
  #mayRepeat(connection: Connection, { method }: WireRequest): boolean {
    const harmless = connection.sentAt === undefined || IDEMPOTENT.has(method)
    return connection.stale && harmless && !this.#cancelled
  }

  #repeat({ deadline, startedAt, user }: Connection, request: WireRequest, receiver: Receiver): void {
    this.#staleRetries++
    this.#open(user).send(request, receiver, deadline, startedAt)
  }

  get #queued(): number {
    return this.#waiting.length - this.#head
  }

  #shift(): Waiting {
    const first = this.#waiting[this.#head++]!
    // Each element is moved at most once on average, so that the queue costs the same however long it gets.
    if (this.#head * 2 >= this.#waiting.length) {
      this.#waiting.splice(0, this.#head)
      this.#head = 0
    }
    return first
  }

  #serve(): void {
    if (this.#queued === 0) return
    this.#dropExpired()
    while (this.#queued > 0) {
      const connection = this.#take(this.#waiting[this.#head]!.user)
      if (!connection) return
      const { request, receiver, since } = this.#shift()
      connection.send(request, receiver, this.now() + request.timeout, since)
    }
  }

  #take(user: object | undefined): Connection | undefined {
    const free = user === undefined ? this.#popFree() : this.#own.get(user)
    if (free && !free.over) return free
    if (this.#all.size >= this.#cap || this.#openedThisTurn >= OPENED_PER_TURN) return undefined
    this.#openedThisTurn++
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined
      this.#openedThisTurn = 0
      this.#serve()
    })
    return this.#open(user)
  }

  #popFree(): Connection | undefined {
    let free = this.#free.pop()
    while (free?.over) free = this.#free.pop()
    return free
  }

  #open(user: object | undefined): Connection {
    const connection = new Connection(this, user)
    if (user !== undefined) this.#own.set(user, connection)
    this.#all.add(connection)
    this.#peak = Math.max(this.#peak, this.#all.size)
    return connection
  }

  // One look at all every 10 ms instead of two operations on a timer per request.
  #onSweep(): void {
    const now = this.now()
    for (const connection of this.#all) if (connection.deadline <= now) connection.expire()
    this.#dropExpired()
  }

  // Only the first is looked at: one that waits behind another with a longer timeout is dropped when its turn comes.
  #dropExpired(): void {
    const now = this.now()
    while (this.#queued > 0 && waitedTooLong(this.#waiting[this.#head]!, now)) {
      const { receiver, since } = this.#shift()
      receiver.onAnswer(unsent('no-connection', now, since))
    }
  }
}

function waitedTooLong({ request, since }: Waiting, now: Ms): boolean {
  return now - since >= request.timeout
}
