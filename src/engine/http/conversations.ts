import type { MessageCounts } from '../shard-result.ts'
import type { Protocol } from './connection.ts'
import { Connections } from './connections.ts'
import { Conversation, type Tally } from './conversation.ts'
import { Kept } from './message.ts'
import type { ConnectionStats, Receiver, TransportOptions, WireRequest } from './transport.ts'

/** Whoever talks, and has a connection for that besides those for requests. */
class Talker {}

/** The network with conversations in it: each has a connection to itself, which is one of those that are bounded together. */
export class Conversations extends Connections {
  readonly #talkers = new Map<Receiver, Talker>()
  readonly #open: Set<Conversation>
  readonly #tally: Tally

  constructor(protocol: Protocol, options: TransportOptions) {
    const open = new Set<Conversation>()
    const tally = { sent: 0, received: 0, passedOver: 0 }
    super(talking(protocol, open, tally), options)
    this.#open = open
    this.#tally = tally
  }

  override get stats(): ConnectionStats & { readonly messages: MessageCounts } {
    return { ...super.stats, messages: { ...this.#tally } }
  }

  override send(request: WireRequest, receiver: Receiver, user?: object): void {
    super.send(request, receiver, request.talk === undefined ? user : this.#talker(receiver))
  }

  conversation(receiver: Receiver): 'open' | 'lost' | undefined {
    const talker = this.#talkers.get(receiver)
    const connection = talker && this.connectionOf(talker)
    if (!(connection instanceof Conversation) || connection.over) return undefined
    return connection.lost ? 'lost' : 'open'
  }

  leave(receiver: Receiver): void {
    const talker = this.#talkers.get(receiver)
    if (talker === undefined) return
    this.#talkers.delete(receiver)
    this.release(talker)
  }

  override async close(): Promise<void> {
    await super.close()
    await Promise.all([...this.#open].map((conversation) => conversation.closed()))
  }

  #talker(receiver: Receiver): Talker {
    const talker = this.#talkers.get(receiver) ?? new Talker()
    this.#talkers.set(receiver, talker)
    return talker
  }
}

/** The same protocol, but that whoever talks has a WebSocket. */
function talking(protocol: Protocol, open: Set<Conversation>, tally: Tally): Protocol {
  const kept = new Kept()
  return {
    multiplexes: protocol.multiplexes,
    open(host, user) {
      if (!(user instanceof Talker)) return protocol.open(host, user)
      const conversation = new Conversation(host, user, tally, kept)
      open.add(conversation)
      void conversation.ended.then(() => open.delete(conversation))
      return conversation
    },
    join: (host, user) => (user instanceof Talker ? undefined : protocol.join(host, user)),
    closing: () => protocol.closing?.() ?? 0,
    // The streams of HTTP/2 are no connections of their own.
    count: (all) => protocol.count(all) + (protocol.multiplexes ? open.size : 0),
  }
}
