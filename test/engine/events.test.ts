// Streams of events against real servers, whose own clock is the truth: this process is both, so that it is one clock.
import { setTimeout as sleep } from 'node:timers/promises'
import {
  brotliCompressSync,
  createBrotliCompress,
  createDeflate,
  createDeflateRaw,
  createGzip,
  createZstdCompress,
} from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import { compileEvents } from '../../src/engine/events.ts'
import { runShard } from '../../src/engine/run-shard.ts'
import type { Cause } from '../../src/engine/shard-result.ts'
import { Histogram } from '../../src/histogram.ts'
import type { Events } from '../../src/profile/profile.ts'
import { mergeResults } from '../../src/result/merge-results.ts'
import { readResult, writeResult } from '../../src/result/result-file.ts'
import { startCountingServer } from '../support/counting-server.ts'
import { type EventServer, startEventServer } from '../support/event-server.ts'
import { onePlan, requestStep } from '../support/plans.ts'
import { unaccounted } from '../support/shard-figures.ts'

type Options = Omit<Parameters<typeof onePlan>[0], 'steps'> & {
  readonly events?: Events
  readonly step?: Parameters<typeof requestStep>[0]
  readonly http?: '1.1' | '2'
}

function planFor({ events = {}, step, http = '1.1', ...options }: Options) {
  return onePlan({
    level: 50,
    seconds: 0.4,
    connections: { http },
    ...options,
    steps: [requestStep({ events, ...step })],
  })
}

async function run(options: Options) {
  const plan = planFor(options)
  const result = await runShard({ plan, index: 0, count: 1 })
  expect(unaccounted(result)).toEqual([])
  return { result, step: result.steps[0]! }
}

const ms = (text: string, q: number) => Histogram.of(text).quantile(q)! / 1000
const numbered = (number: number): Events => ({ until: { kind: 'number', number } })

describe.each(['1.1', '2'] as const)('over HTTP/%s', (http) => {
  test('the time to the first event, between events and to the last is what the server saw', async () => {
    await using server = await startEventServer(http, { pauses: [60, 30, 30, 30] })
    const { result, step } = await run({ port: server.port, http, level: 20, seconds: 1 })
    expect(step).toMatchObject({ sent: 20, succeeded: 20, failed: 0, statuses: { 200: 20 } })
    expect(step.events!.received).toBe(80)
    expect(Histogram.of(step.events!.between).count).toBe(60)
    expect(result.complete).toBe(true)
    const first = server.log.map(({ begun, events }) => events[0]! - begun).sort((a, b) => a - b)
    const gaps = server.log
      .flatMap(({ events }) => events.slice(1).map((at, n) => at - events[n]!))
      .sort((a, b) => a - b)
    const last = server.log.map(({ begun, events }) => events.at(-1)! - begun).sort((a, b) => a - b)
    const median = (times: readonly number[]) => times[Math.floor(times.length / 2)]!
    // What lies between the two is the way through this machine.
    expect(ms(step.response, 0.5) - median(first)).toBeGreaterThan(-1)
    expect(ms(step.response, 0.5) - median(first)).toBeLessThan(15)
    expect(Math.abs(ms(step.events!.between, 0.5) - median(gaps))).toBeLessThan(5)
    expect(ms(step.events!.last, 0.5) - median(last)).toBeGreaterThan(-1)
    expect(ms(step.events!.last, 0.5) - median(last)).toBeLessThan(15)
    // The service took as long as the first event, not as the whole stream.
    expect(ms(step.service, 0.5)).toBeLessThan(ms(step.events!.last, 0.5) - 50)
    expect(server.connections()).toBeLessThanOrEqual(20)
  })

  test('a stream that ends by itself leaves its connection to the next', async () => {
    await using server = await startEventServer(http, { pauses: [1, 1] })
    const { step } = await run({ port: server.port, http, model: 'closed', level: 1, connections: { http } })
    expect(step.failed).toBe(0)
    expect(step.succeeded).toBeGreaterThan(10)
    expect(step.succeeded).toBe(server.log.length)
    expect(server.connections()).toBe(1)
  })

  test('one that is read no further is closed: the connection, or in HTTP/2 the stream alone', async () => {
    await using server = await startEventServer(http, { pauses: [1], endless: true })
    const events = numbered(3)
    const { step } = await run({ port: server.port, http, events, model: 'closed', level: 1, connections: { http } })
    expect(step.failed).toBe(0)
    expect(step.succeeded).toBe(server.log.length)
    expect(step.events!.received).toBe(3 * step.succeeded)
    expect(server.connections()).toBe(http === '2' ? 1 : step.succeeded)
    await sleep(100)
    expect(server.log.filter(({ ended }) => ended === undefined)).toEqual([])
    // Nothing more than what was on its way.
    expect(Math.max(...server.log.map(({ events }) => events.length))).toBeLessThan(30)
  })

  test('a feed is read for a time, from its first event on', async () => {
    await using server = await startEventServer(http, { pauses: [100, 20], endless: true })
    const { step } = await run({ port: server.port, http, events: { for: 150 }, level: 20, seconds: 0.3 })
    expect(step).toMatchObject({ sent: 6, succeeded: 6 })
    // The server learns of it a little later.
    for (let tries = 0; tries < 100 && server.log.some(({ ended }) => ended === undefined); tries++) await sleep(20)
    const read = server.log.map(({ events, ended }) => ended! - events[0]!)
    expect(Math.min(...read)).toBeGreaterThan(145)
    expect(read.toSorted((a, b) => a - b)[3]).toBeLessThan(250)
    // Not one of those that hold up their ends.
    expect(ms(step.response, 0.5)).toBeLessThan(150)
  })

  test('a feed is read no longer when the load is over, and has not failed', async () => {
    await using server = await startEventServer(http, { pauses: [20], endless: true })
    const begun = performance.now()
    const { result, step } = await run({ port: server.port, http, events: { for: 60_000 }, level: 10, seconds: 0.5 })
    // The curve, a second in which steps may begin, and the end.
    expect(performance.now() - begun).toBeLessThan(3_500)
    expect(result.complete).toBe(true)
    expect(step).toMatchObject({ sent: 5, succeeded: 5 })
  })

  test.each<[string, Events, number]>([
    ['when the load is over', { for: 60_000 }, 0.3],
    ['after its time', { for: 60 }, 0.6],
  ])(
    'what is expected of the event that is waited for is not of a stream that is closed before it, %s',
    async (_, given, seconds) => {
      await using server = await startEventServer(http, { pauses: [10], endless: true })
      const events: Events = { ...given, until: { kind: 'event', event: 'done' } }
      const step = { expect: { json: [{ pointer: '/done', value: true }], body: 'done' } }
      const read = await run({ port: server.port, http, events, level: 20, seconds, step })
      expect(read.step).toMatchObject({ sent: 20 * seconds, succeeded: 20 * seconds, failed: 0 })
      const headers = { headers: [{ name: 'content-type', contains: 'charset' }] }
      const refused = await run({ port: server.port, http, events, level: 20, seconds, step: { expect: headers } })
      expect(refused.step.causes).toEqual({ 'unexpected-answer': 20 * seconds })
    },
  )

  test('a value that is captured may be missing where the load is over, not before', async () => {
    await using server = await startEventServer(http, { pauses: [10], endless: true })
    const capture = [{ name: 'sum', from: { kind: 'json', pointer: '/sum' } }] as const
    const needing = requestStep({ path: ['/', { encode: 'url', value: { kind: 'capture', name: 'sum' } }] })
    const causes = async (lasts: number, seconds: number) => {
      const steps = [requestStep({ events: { for: lasts }, capture }), needing]
      const plan = onePlan({ port: server.port, level: 20, seconds, connections: { http }, steps })
      const { steps: counts } = await runShard({ plan, index: 0, count: 1 })
      return counts.map(({ sent, causes }) => ({ sent, causes }))
    }
    expect(await causes(60_000, 0.2)).toEqual([
      { sent: 4, causes: {} },
      { sent: 0, causes: {} },
    ])
    expect(await causes(30, 0.2)).toEqual([
      { sent: 4, causes: { 'missing-capture': 4 } },
      { sent: 0, causes: {} },
    ])
  })

  test.each<[string, Parameters<typeof startEventServer>[1], Partial<Options>, Cause, RegExp]>([
    [
      'another content type',
      { pauses: [1], type: 'application/json' },
      {},
      'no-event-stream',
      /^content-type is "application\/json"$/,
    ],
    ['no event at all', { pauses: [] }, {}, 'events-ended', /^ended before its first event$/],
    ['too few events', { pauses: [1, 1, 1] }, { events: numbered(10) }, 'events-ended', /^ended after 3 of 10 events$/],
    [
      'no end that was waited for',
      { pauses: [1, 1] },
      { events: { until: { kind: 'mark', text: '[DONE]' } } },
      'events-ended',
      /^ended after 2 events, without the one that is waited for$/,
    ],
    ['a first event that comes too late', { pauses: [400] }, { timeout: 100 }, 'timeout', /^$/],
    [
      'a stall',
      { pauses: [1, 1], last: 'hangs' },
      { events: { within: 80 } },
      'events-stalled',
      /^no event for 80 ms after 2 events$/,
    ],
    [
      'a stall for the timeout, where nothing else is said',
      { pauses: [1], last: 'hangs' },
      { timeout: 120 },
      'events-stalled',
      /^no event for 120 ms after 1 event$/,
    ],
    [
      'an event without bound',
      { pauses: [1], data: () => 'x'.repeat(1_100_000) },
      {},
      'event-too-large',
      /^behind 0 events$/,
    ],
    [
      'data that is not as it should be',
      { pauses: [1, 1] },
      { step: { expect: { json: [{ pointer: '/n', value: 1 }] } } },
      'unexpected-answer',
      /^JSON "\/n" is 2 instead of 1$/,
    ],
  ])('%s is a failure that says so', async (_, given, options, cause, detail) => {
    await using server = await startEventServer(http, given)
    const { result, step } = await run({ port: server.port, http, level: 20, seconds: 0.2, ...options })
    expect(step).toMatchObject({ sent: 4, succeeded: 0, failed: 4, causes: { [cause]: 4 } })
    expect(step.events).toEqual({ received: 0, several: 0, between: 'h1:', last: 'h1:' })
    expect(result.examples[0]!.detail ?? '').toMatch(detail)
  })
})

test('a connection that breaks in the middle is that failure', async () => {
  await using server = await startEventServer('1.1', { pauses: [1, 1], last: 'breaks' })
  const { step } = await run({ port: server.port, level: 20, seconds: 0.2 })
  expect(step.failed).toBe(4)
  expect(Object.keys(step.causes)).toEqual(['connection-closed'])
})

test('a status that is not expected is judged as ever; one that is has to be a stream', async () => {
  await using server = await startCountingServer((_, response) => {
    response.writeHead(503, { 'content-type': 'text/plain' }).end('later')
  })
  const refused = await run({ port: server.port, level: 20, seconds: 0.2 })
  expect(refused.step.causes).toEqual({ 'unexpected-status': 4 })
  const expected = { expect: { status: [{ from: 503, to: 503 }] } }
  const allowed = await run({ port: server.port, level: 20, seconds: 0.2, step: expected })
  expect(allowed.step.causes).toEqual({ 'no-event-stream': 4 })
})

test('an answer as of a language model: what is asked for is sent, what came last is looked at and kept', async () => {
  const words = ['Once', ' upon', ' a', ' time']
  await using server = await startCountingServer((request, response) => {
    if (request.url !== '/chat') {
      response.end()
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
    for (const [n, text] of words.entries())
      setTimeout(() => response.write(`data: {"delta":"${text}","n":${n}}\n\n`), 10 * n)
    setTimeout(() => response.end('data: [DONE]\n\n'), 50)
  })
  const body = { type: 'application/json', content: ['{"stream":true}'] }
  const plan = onePlan({
    port: server.port,
    level: 20,
    seconds: 0.3,
    steps: [
      requestStep({
        method: 'POST',
        path: ['/chat'],
        body,
        events: { until: { kind: 'mark', text: '[DONE]' } },
        expect: { json: [{ pointer: '/n', value: 3 }] },
        capture: [{ name: 'word', from: { kind: 'json', pointer: '/delta' } }],
      }),
      requestStep({ path: ['/next/', { encode: 'url', value: { kind: 'capture', name: 'word' } }] }),
    ],
  })
  const { steps } = await runShard({ plan, index: 0, count: 1 })
  expect(steps).toMatchObject([
    { sent: 6, succeeded: 6, events: { received: 30 } },
    { sent: 6, succeeded: 6 },
  ])
  expect(steps[1]).not.toHaveProperty('events')
  const seen = server.requests.map(({ url, body }) => `${url} ${body}`)
  expect(new Set(seen)).toEqual(new Set(['/chat {"stream":true}', '/next/%20time ']))
})

test.each<[string, () => import('node:stream').Transform]>([
  ['gzip', () => createGzip()],
  ['deflate', () => createDeflate()],
  // Some leave out what it is to stand in.
  ['deflate', () => createDeflateRaw()],
  ['br', () => createBrotliCompress()],
  ['zstd', () => createZstdCompress()],
])('a stream that is coded as %s is told event by event', async (coding, create) => {
  const written: number[] = []
  await using server = await startCountingServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': coding })
    const coder = create() as import('node:zlib').Gzip
    coder.on('data', (bytes) => response.write(bytes))
    coder.on('end', () => response.end())
    const tell = (n: number) => {
      if (n > 5) {
        coder.end()
        return
      }
      coder.write(`data: ${n}\n\n`)
      coder.flush(() => written.push(performance.now()))
      setTimeout(() => tell(n + 1), 40)
    }
    tell(1)
  })
  const { step } = await run({ port: server.port, level: 10, seconds: 0.1, step: { expect: { body: '5' } } })
  expect(step).toMatchObject({ sent: 1, succeeded: 1, events: { received: 5 } })
  const gaps = written.slice(1).map((at, n) => at - written[n]!)
  expect(Math.abs(ms(step.events!.between, 0) - Math.min(...gaps))).toBeLessThan(15)
  const spoken = written.at(-1)! - written[0]!
  expect(Math.abs(ms(step.events!.last, 1) - ms(step.response, 1) - spoken)).toBeLessThan(25)
})

test('what is not coded as it says is malformed', async () => {
  await using server = await startCountingServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' })
    response.end(brotliCompressSync('data: 1\n\n'))
  })
  const { step } = await run({ port: server.port, level: 10, seconds: 0.1 })
  expect(step.causes).toEqual({ 'malformed-answer': 1 })
})

test.each(['open', 'closed'] as const)(
  'in the %s model all is accounted for by what the server saw, over shards',
  async (model) => {
    await using server: EventServer = await startEventServer('1.1', { pauses: [5, 3, 3] })
    const plan = {
      ...planFor({ port: server.port, model, level: model === 'open' ? 60 : 4, seconds: 1 }),
      hash: 'a'.repeat(64),
    }
    const startAt = performance.timeOrigin + performance.now() + 50
    const shards = await Promise.all([0, 1, 2].map((index) => runShard({ plan, index, count: 3 }, { startAt })))
    expect(shards.flatMap(unaccounted)).toEqual([])
    const fingerprint = { plan: plan.hash, generator: '1', machine: { cpu: 'x', cores: 2, os: 'linux', node: '24' } }
    const context = { id: 'run', plan, executor: 'inline', fingerprint, commit: undefined, lost: [] }
    const result = mergeResults(JSON.parse(JSON.stringify(shards)), context)
    const [step] = result.steps
    expect(result.shards.lost).toEqual([])
    expect(step!.sent).toBe(server.log.length)
    expect(step!.sent).toBe(step!.succeeded + step!.failed)
    expect(step!.failed).toBe(0)
    expect(step!.events!.received).toBe(server.log.reduce((sum, { events }) => sum + events.length, 0))
    const { planned, started, dropped, finished } = result.iterations
    expect([planned, started]).toEqual([started + dropped, finished])
    expect(step!.events!.several).toBe(server.log.filter(({ events }) => events.length > 1).length)
    expect(Histogram.of(step!.events!.between).toText()).toBe(
      Histogram.of(...shards.map(({ steps }) => steps[0]!.events!.between)).toText(),
    )
    expect(readResult(writeResult(result))).toEqual(JSON.parse(JSON.stringify(result)))
    const [first, ...others] = shards
    const silent = { ...first!, steps: first!.steps.map(({ events, ...step }) => step) }
    expect(mergeResults([silent, ...others], context).shards.lost).toEqual([
      'Worker 1 of 3: reports no events of a step that has some',
    ])
    // Gaps are no requests: neither in the intervals nor in the throughput.
    expect(result.intervals.records.reduce((sum, { succeeded }) => sum + succeeded, 0)).toBe(step!.succeeded)
  },
)

test('what is stopped from outside is cancelled, and its streams are closed', async () => {
  await using server = await startEventServer('1.1', { pauses: [10], endless: true })
  const stop = new AbortController()
  setTimeout(() => stop.abort(), 500)
  const plan = planFor({ port: server.port, events: { for: 60_000 }, level: 20, seconds: 5 })
  const result = await runShard({ plan, index: 0, count: 1 }, { signal: stop.signal })
  expect(result.complete).toBe(false)
  expect(unaccounted(result)).toEqual([])
  expect(Object.keys(result.steps[0]!.causes)).toEqual(['cancelled'])
  await sleep(50)
  expect(server.log.filter(({ ended }) => ended === undefined)).toEqual([])
})

test.each<[Events['until'], readonly boolean[]]>([
  [{ kind: 'event', event: 'done' }, [false, false, true]],
  [{ kind: 'event', event: 'message' }, [true, true, false]],
  [{ kind: 'event', id: '2' }, [false, true, true]],
  [{ kind: 'event', json: [{ pointer: '/n', value: 2 }] }, [false, true, false]],
  [{ kind: 'event', data: '"n"', id: '1' }, [true, false, false]],
  [{ kind: 'mark', text: 'bye' }, [false, false, true]],
  [{ kind: 'number', number: 2 }, [false, true, false]],
])('the last event is told by %j', (until, told) => {
  const events = [
    { event: 'message', id: '1', data: '{"n":1}' },
    { event: 'message', id: '2', data: '{"n":2}' },
    { event: 'done', id: '2', data: 'good bye' },
  ]
  const { isLast } = compileEvents({ until: until! }, 1_000)
  expect(events.map((event, at) => isLast!(event, at + 1))).toEqual(told)
})

test('a redirect leads to the stream', async () => {
  await using server = await startCountingServer(({ url }, response) => {
    if (url === '/old') response.writeHead(302, { location: '/new' }).end()
    else response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: 1\n\ndata: 2\n\n')
  })
  const { step } = await run({
    port: server.port,
    level: 20,
    seconds: 0.2,
    step: { path: ['/old'], redirects: 'follow' },
  })
  expect(step).toMatchObject({ sent: 4, succeeded: 4, events: { received: 8 } })
})
