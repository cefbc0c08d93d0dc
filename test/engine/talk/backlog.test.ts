// What comes while nobody waits for it: kept only where somebody may still wait for it, and bounded for all together.
import { expect, test } from '@jest/globals'
import { Conversations } from '../../../src/engine/http/conversations.ts'
import { http1 } from '../../../src/engine/http/http1.ts'
import { Backlog, Kept } from '../../../src/engine/http/message.ts'
import type { TransportOptions } from '../../../src/engine/http/transport.ts'
import { listensAhead } from '../../../src/engine/listens-ahead.ts'
import { runShard } from '../../../src/engine/run-shard.ts'
import { startTalkServer } from '../../support/talk-server.ts'
import { until } from '../../support/until.ts'
import { planOf } from './profiles.ts'

const LISTEN = { receive: { text: 'x' } }
const ASK = { send: 'a', receive: { text: 'x' } }
const TELL = { send: 'a' }

test.each([
  ['nobody waits', [TELL, TELL], [false, false, false]],
  ['nobody waits without sending', [TELL, ASK], [false, false, false]],
  ['somebody waits in the end', [TELL, LISTEN], [true, true, false]],
  ['somebody waits first', [LISTEN, ASK, TELL], [true, false, false, false]],
  ['a wait is repeated', [{ ...LISTEN, repeat: 2 }, TELL], [true, true, false]],
  [
    'a wait is in what is repeated',
    [TELL, { repeat: 2, steps: [LISTEN, TELL] }, TELL],
    [true, true, true, true, false],
  ],
])('%s', (_, talk, expected) => {
  const before = { websocket: '/other', talk: [LISTEN] }
  const plan = planOf({ port: 1, steps: [before, { steps: [{ websocket: '/', talk }], repeat: 2 }, before] })
  const [scenario] = plan.scenarios
  const ids = listensAhead(scenario!)
  const parts = scenario!.steps.flatMap((step) => (step.kind === 'request' ? [step.id] : []))
  // Those before it and behind it are three each.
  expect(parts.slice(3, -3).map((id) => ids.has(id))).toEqual([...expected, false])
})

test.each([
  ['is let go at once where nobody will wait', [{ think: '10m' }], 5],
  ['is let go once the last wait is over', [{ receive: { text: '1' } }, { think: '10m' }], 4],
  ['is kept for a later wait', [{ think: '10m' }, LISTEN], 0],
])('what comes %s', async (_, talk, passedOver) => {
  await using server = await startTalkServer({
    onOpen: ({ socket }) => void ['0', '1', '2', '3', '4'].map((text) => socket.send(text)),
  })
  let transport: Conversations | undefined
  const openTransport = (options: TransportOptions) => {
    transport = new Conversations(http1, options)
    return transport
  }
  const stop = new AbortController()
  const plan = planOf({ port: server.port, load: { users: 1, for: '1m' }, steps: [{ websocket: '/', talk }] })
  const going = runShard({ plan, index: 0, count: 1 }, { signal: stop.signal }, { openTransport })
  await until(() => transport?.stats.messages.received === 5)
  await until(() => transport?.stats.messages.passedOver === passedOver)
  expect(server.open).toBe(1)
  stop.abort()
  await going
})

test('all together keep no more than is allowed: what goes is of whoever has kept for longest', () => {
  const kept = new Kept(1_000)
  const [first, second] = [new Backlog(kept), new Backlog(kept)]
  const message = (text: string) => ({ text, size: 200 })
  const anything = { json: [], text: undefined, matches: undefined }
  expect(['a', 'b'].map((text) => first.add(message(text)))).toEqual([0, 0])
  expect(second.add(message('c'))).toBe(0)
  expect(second.add(message('d'))).toBe(1)
  expect(first.take(anything).message?.text).toBe('b')
  expect(first.take(anything)).toEqual({ message: undefined, passed: 0 })
  expect(second.add(message('e'))).toBe(0)
  expect(second.clear()).toBe(3)
  expect([1, 2, 3, 4].map(() => first.add(message('f')))).toEqual([0, 0, 0, 1])
})
