import { createSecureContext } from 'node:tls'
import { type HistogramText, Recorder } from '../../histogram.ts'
import type { Ms } from '../../units.ts'
import { addressBook } from './addresses.ts'
import type { Connection, ConnectionHost, Endpoint, Handshakes, Protocol } from './connection.ts'
import {
  type ConnectionStats,
  type Place,
  type Receiver,
  type Transport,
  type TransportOptions,
  unsent,
  type WireRequest,
} from './transport.ts'

/** How often requests are looked through for those that have lasted or waited too long. */
const SWEEP_EVERY: Ms = 10

// A target that stalls for 20 ms at 20,000/s would be met with 400 new connections at once, and opening them would
// lengthen the stall. What cannot be opened now waits its turn, and mostly finds a free one first.
const OPENED_PER_TURN = 10

// RFC 9110 9.2.2: to send one of these twice means what sending it once means.
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

// A server under load may leave one connection after the other; one that begins with nothing serves nobody.
const MOST_TURNS = 10

interface Waiting {
  readonly request: WireRequest
  readonly receiver: Receiver
  readonly user: object | undefined
  readonly since: Ms
}

/** The network: a bounded set of connections, each with one request or none, and a queue before them. */
export class Connections implements Transport, ConnectionHost {
  readonly endpoint: Endpoint
  readonly now: () => Ms
  readonly maxAge: Ms
  readonly maxRequests: number
  feedsEnded = false
  readonly #cap: number
  /** Still to be opened before any request needs them; below 0 when more were needed. */
  #ahead: number
  readonly #protocol: Protocol
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
  #serving = false
  readonly #connect = new Recorder()
  readonly #tls = new Recorder()
  #openings = 0
  #peak = 0
  #staleRetries = 0
  #cancelled = false

  constructor(protocol: Protocol, options: TransportOptions) {
    const { target, verify, credentials, cap, ahead, maxAge, maxRequests, now, refuses, resolve } = options
    this.#protocol = protocol
    const context = credentials && createSecureContext({ ...credentials })
    this.endpoint = { url: target, verify, context, refuses, lookup: addressBook(refuses, resolve) }
    this.now = now
    this.maxAge = maxAge ?? Number.POSITIVE_INFINITY
    this.maxRequests = maxRequests ?? Number.POSITIVE_INFINITY
    this.#cap = cap
    this.#ahead = ahead
    this.#sweep = setInterval(() => this.#onSweep(), SWEEP_EVERY)
    this.#openAhead()
  }

  get stats(): ConnectionStats {
    return { opened: this.#openings, peak: this.#peak, cap: this.#cap, staleRetries: this.#staleRetries }
  }

  handshakes(): { readonly connect: HistogramText; readonly tls: HistogramText } {
    return { connect: this.#connect.drain(), tls: this.#tls.drain() }
  }

  send(request: WireRequest, receiver: Receiver, user?: object): void {
    const now = this.now()
    if (this.#cancelled) {
      setImmediate(() => receiver.onAnswer(unsent('cancelled', this.now(), now)))
      return
    }
    // Who shares connections stands in line, also when its own last answer has just freed one.
    const inLine = this.#queued > 0
    const kept = inLine && user === undefined ? undefined : this.#kept(user, now)
    const connection = kept ?? (inLine ? undefined : this.#another(user))
    if (connection) connection.send(request, receiver, now)
    else this.#waiting.push({ request, receiver, user, since: now })
  }

  hasRoom(place: Place): boolean {
    if (this.#protocol.multiplexes || this.#own.has(place)) return true
    return this.#queued === 0 && this.#size < this.#cap
  }

  protected connectionOf(user: object): Connection | undefined {
    return this.#own.get(user)
  }

  endFeeds(): void {
    this.feedsEnded = true
    for (const connection of this.#all) connection.endFeed?.()
  }

  cancel(): void {
    this.#cancelled = true
    this.#ahead = 0
    while (this.#queued > 0) {
      const { receiver, since } = this.#shift()
      receiver.onAnswer(unsent('cancelled', this.now(), since))
    }
    for (const connection of this.#all) connection.fail('cancelled')
  }

  release(user: object): void {
    const connection = this.#own.get(user)
    this.#own.delete(user)
    if (connection && !connection.over) connection.expire()
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep)
    clearImmediate(this.#turn)
    const all = [...this.#all]
    for (const connection of all) connection.destroy()
    await Promise.all(all.map((connection) => connection.closed()))
    this.#all.clear()
  }

  onOpening(): void {
    this.#openings++
  }

  onOpen(connection: Connection, { connect, tls }: Handshakes): void {
    this.#connect.record(1000 * connect)
    if (tls !== undefined) this.#tls.record(1000 * tls)
    if (connection.receiver === undefined && connection.user === undefined) this.#free.push(connection)
    this.#serve()
  }

  onAnswered(connection: Connection, receiver: Receiver): void {
    // Free before the receiver is told: its next request finds this connection on top, and goes out at once if none waits.
    if (connection.over) this.#forget(connection)
    else if (connection.user === undefined) this.#free.push(connection)
    receiver.onAnswer(connection)
    this.#serve()
  }

  onFailed(connection: Connection): void {
    const { request, receiver } = connection
    this.#forget(connection)
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

  #forget(connection: Connection): void {
    if (!connection.lingers) this.#all.delete(connection)
  }

  // A server may close a kept connection at any moment, also while a request is on its way to it. That says nothing
  // about the service, so the request is sent once more, on a connection that has carried none yet, as browsers and
  // Go's http.Transport (hence k6) do; its time still counts from its intended start, and the repetition is counted.
  // Only where it cannot be the answer to the request: not a byte of one was seen, the end was an orderly one (or a
  // reset after a second of idleness), and to send it twice does no harm. A reset of a connection in use is a failure.
  // What a server that takes its leave has not begun with, as it says, has never been done, whatever its method.
  #mayRepeat({ stale, turnedAway, sentAt }: Connection, { method }: WireRequest): boolean {
    if (this.#cancelled) return false
    if (turnedAway > 0) return turnedAway < MOST_TURNS
    return stale && (sentAt === undefined || IDEMPOTENT.has(method))
  }

  #repeat({ deadline, startedAt, user, turnedAway }: Connection, request: WireRequest, receiver: Receiver): void {
    this.#staleRetries++
    const fresh = this.#joined(user) ?? this.#open(user)
    fresh.send(request, receiver, this.now(), startedAt, deadline, turnedAway)
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

  // A connection that turns out to be too old closes, which asks for this again: once is enough.
  #serve(): void {
    if (this.#serving || this.#queued === 0) return
    this.#serving = true
    this.#dropExpired()
    this.#serveLine()
    this.#serving = false
  }

  #serveLine(): void {
    while (this.#queued > 0) {
      const { user } = this.#waiting[this.#head]!
      const now = this.now()
      const connection = this.#kept(user, now) ?? this.#another(user)
      if (!connection) return
      const { request, receiver, since } = this.#shift()
      connection.send(request, receiver, now, since)
    }
  }

  /** One that is there already. */
  #kept(user: object | undefined, now: Ms): Connection | undefined {
    if (user !== undefined) return this.#usable(this.#own.get(user), now)
    while (this.#free.length > 0) {
      const free = this.#usable(this.#free.pop(), now)
      if (free) return free
    }
    return undefined
  }

  #usable(connection: Connection | undefined, now: Ms): Connection | undefined {
    if (connection === undefined || connection.over) return undefined
    if (now < connection.deadline && now - connection.openedAt < this.maxAge) return connection
    connection.expire()
    return undefined
  }

  #another(user: object | undefined): Connection | undefined {
    return this.#joined(user) ?? this.#opened(user)
  }

  #joined(user: object | undefined): Connection | undefined {
    const joined = this.#protocol.join(this, user)
    if (joined) this.#keep(joined)
    return joined
  }

  /** One that may be opened now. */
  #opened(user: object | undefined): Connection | undefined {
    if (this.#openedThisTurn >= OPENED_PER_TURN || !this.#hasRoomFor(user)) return undefined
    this.#openedThisTurn++
    this.#ahead--
    this.#turn ??= setImmediate(() => this.#onTurn())
    return this.#open(user)
  }

  /** Who needs one of their own does not wait while there are others that nobody needs. */
  #hasRoomFor(user: object | undefined): boolean {
    if (this.#size < this.#cap) return true
    if (user !== undefined) this.#makeRoom()
    return this.#size < this.#cap
  }

  /** For one: others wait behind it. Of a connection that several share, all places have to be left. */
  #makeRoom(): void {
    while (this.#size - (this.#protocol.closing?.() ?? 0) >= this.#cap) {
      const idle = this.#kept(undefined, this.now())
      if (!idle) return
      idle.expire()
    }
  }

  #onTurn(): void {
    this.#turn = undefined
    this.#openedThisTurn = 0
    this.#serve()
    this.#openAhead()
  }

  // The first arrivals would else measure handshakes that later ones do not have. Each once, whatever becomes of it.
  #openAhead(): void {
    while (this.#ahead > 0 && this.#opened(undefined));
  }

  #open(user: object | undefined): Connection {
    const connection = this.#protocol.open(this, user)
    this.#keep(connection)
    this.#peak = Math.max(this.#peak, this.#size)
    return connection
  }

  #keep(connection: Connection): void {
    this.#all.add(connection)
    if (connection.user !== undefined) this.#own.set(connection.user, connection)
  }

  /** Connections that are open, or being opened. */
  get #size(): number {
    return this.#protocol.count(this.#all)
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
