// A network for tests: answers what the test says, after as long as it says, on a manual clock.
import type { Answer, Receiver, Transport, WireRequest } from '../../src/engine/http/transport.ts'
import type { Ms } from '../../src/units.ts'
import type { ManualClock } from './manual-clock.ts'

export interface SentRequest extends WireRequest {
  readonly at: Ms
}

interface Script extends Partial<Omit<Answer, 'sentAt' | 'firstByteAt' | 'doneAt'>> {
  /** Until the last byte. */
  readonly after?: Ms
}

export interface ScriptedTransport extends Transport {
  readonly sent: readonly SentRequest[]
  readonly closed: boolean
}

/** `script` is asked for each request in turn; 200 without a body, at once, unless it says otherwise. */
export function scriptedTransport(
  clock: ManualClock,
  script: (request: WireRequest, n: number) => Script = () => ({}),
): ScriptedTransport {
  const sent: SentRequest[] = []
  const pending = new Set<{ readonly receiver: Receiver; readonly answer: Answer }>()
  const transport = {
    sent,
    closed: false,
    stats: { opened: 0, peak: 0, cap: 1, staleRetries: 0 },
    send(request: WireRequest, receiver: Receiver) {
      const at = clock.now()
      const { after = 0, ...given } = script(request, sent.push({ ...request, at }) - 1)
      const answer: Answer = {
        cause: undefined,
        status: 200,
        headers: {},
        text: undefined,
        bytesSent: request.body.length,
        bytesReceived: 0,
        ...given,
        startedAt: at,
        sentAt: at,
        firstByteAt: at + after,
        doneAt: at + after,
      }
      const entry = { receiver, answer }
      pending.add(entry)
      clock.at(at + after, () => {
        if (pending.delete(entry)) receiver.onAnswer(answer)
      })
    },
    hasRoom: () => true,
    endFeeds() {},
    release() {},
    handshakes: () => ({ connect: 'h1:', tls: 'h1:' }),
    cancel() {
      for (const { receiver, answer } of pending)
        receiver.onAnswer({ ...answer, cause: 'cancelled', status: 0, doneAt: clock.now() })
      pending.clear()
    },
    async close() {
      transport.closed = true
    },
  }
  return transport
}
