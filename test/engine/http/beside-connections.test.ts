// Which connections requests beside a page go over, seen from the server.
import { createServer as createHttp } from 'node:http'
import { createServer as createHttp2 } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { expect, test } from '@jest/globals'
import { runShard } from '../../../src/engine/run-shard.ts'
import { onePlan, page, requestStep } from '../../support/plans.ts'
import { unaccounted } from '../../support/shard-figures.ts'

interface Seen {
  readonly path: string
  /** Number of the iteration, or of the user. */
  readonly by: string
  readonly connection: number
  readonly cookie: string | undefined
}

/** Answers after a while; remembers what came over which connection, and how much was under way at once for each. */
async function startServer(http: '1.1' | '2', answersFor = 8) {
  const seen: Seen[] = []
  const numbers = new Map<object, number>()
  const underWay = new Map<string, number>()
  const most = new Map<string, number>()
  const server = (http === '2' ? createHttp2() : createHttp()).on('request', (request, response) => {
    const { session } = request.stream ?? {}
    const connection = numbers.get(session?.socket === undefined ? request.socket : session) ?? numbers.size
    numbers.set(session?.socket === undefined ? request.socket : session, connection)
    const { url: path = '', headers } = request
    const by = String(headers['x-by'])
    seen.push({ path, by, connection, cookie: headers.cookie })
    underWay.set(by, (underWay.get(by) ?? 0) + 1)
    most.set(by, Math.max(most.get(by) ?? 0, underWay.get(by)!))
    setTimeout(() => {
      underWay.set(by, underWay.get(by)! - 1)
      if (path === '/reset') request.socket.destroy()
      else if (path === '/moved') response.writeHead(302, { location: '/there' }).end()
      else response.writeHead(200, path === '/cookie' ? { 'set-cookie': 'seen=yes; path=/' } : {}).end('ok')
    }, answersFor)
  })
  const sockets = new Set<Socket>()
  let opened = 0
  server.on('connection', (socket: Socket) => {
    opened++
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    most,
    get opened() {
      return opened
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const get = (path: string, by: 'user' | 'iteration') =>
  requestStep({ path: [path], headers: [['x-by', [{ encode: 'none', value: { kind: by } }]]] })
const pageWith = (assets: number, by: 'user' | 'iteration') =>
  page(get('/page', by), ...Array.from({ length: assets }, (_, n) => get(`/${n}`, by)))

async function run(options: Parameters<typeof onePlan>[0]) {
  const result = await runShard({ plan: onePlan(options), index: 0, count: 1 })
  expect(unaccounted(result)).toEqual([])
  expect(result.iterations.failed).toBe(0)
  return result
}

/** By whom each connection was used. */
function usersOf(seen: readonly Seen[]): ReadonlyMap<number, ReadonlySet<string>> {
  const users = new Map<number, Set<string>>()
  for (const { connection, by } of seen) users.set(connection, (users.get(connection) ?? new Set()).add(by))
  return users
}

const sent = ({ steps }: Awaited<ReturnType<typeof run>>) => steps.reduce((sum, step) => sum + step.sent, 0)

test('each user: six connections of its own, of which the page’s is one, and never more at once', async () => {
  await using server = await startServer('1.1')
  const connections = { use: 'per-user', limit: 18 } as const
  const result = await run({
    port: server.port,
    model: 'closed',
    level: 3,
    seconds: 0.6,
    steps: pageWith(9, 'user'),
    connections,
  })
  expect(server.seen).toHaveLength(sent(result))
  expect(result.iterations.finished).toBeGreaterThan(3)
  expect([...usersOf(server.seen).values()].map((users) => users.size)).toEqual(Array(18).fill(1))
  expect(server.opened).toBe(18)
  expect([...server.most.values()]).toEqual([6, 6, 6])
  const pages = server.seen.filter(({ path }) => path === '/page')
  expect(new Set(pages.map(({ connection }) => connection)).size).toBe(3)
  expect(result.health.connections).toMatchObject({ opened: 18, peak: 18 })
})

test('shards have room for all that their users need', async () => {
  await using server = await startServer('1.1')
  const connections = { use: 'per-user', limit: 16 } as const
  const steps = pageWith(3, 'user')
  const plan = onePlan({ port: server.port, model: 'closed', level: 5, seconds: 0.4, steps, connections })
  const shards = await Promise.all([0, 1].map((index) => runShard({ plan, index, count: 2 })))
  expect(shards.map(({ health }) => [health.connections.opened, health.connections.cap])).toEqual([
    [9, 10],
    [6, 6],
  ])
  expect(shards.flatMap(({ steps }) => steps.filter(({ failed }) => failed > 0))).toEqual([])
})

test('each iteration opens as many as it needs, and closes them', async () => {
  await using server = await startServer('1.1')
  const steps = [
    ...pageWith(3, 'iteration'),
    ...pageWith(1, 'iteration').map((step) => ({ ...step, name: `${step.name} again` })),
  ]
  const connections = { use: 'per-iteration', limit: 100 } as const
  const result = await run({ port: server.port, level: 20, seconds: 0.5, steps, connections })
  expect(result.iterations.finished).toBe(10)
  expect(server.seen).toHaveLength(60)
  expect([...usersOf(server.seen).values()].map((users) => users.size)).toEqual(Array(30).fill(1))
  expect(server.opened).toBe(30)
})

test('a user of a closed load that opens anew for each iteration does so for all of them', async () => {
  await using server = await startServer('1.1')
  const connections = { use: 'per-iteration', limit: 10 } as const
  const result = await run({
    port: server.port,
    model: 'closed',
    level: 1,
    seconds: 0.4,
    steps: pageWith(2, 'iteration'),
    connections,
  })
  const whole = result.iterations.finished
  expect(whole).toBeGreaterThan(3)
  const users = [...usersOf(server.seen).values()]
  expect(users.every(({ size }) => size === 1)).toBe(true)
  expect(server.opened).toBeLessThanOrEqual(2 * (whole + result.iterations.cut))
  expect(server.opened).toBeGreaterThanOrEqual(2 * whole)
})

test('where connections are shared, within their limit', async () => {
  await using server = await startServer('1.1')
  const connections = { use: 'shared', limit: 4 } as const
  const result = await run({ port: server.port, level: 20, seconds: 0.5, steps: pageWith(6, 'iteration'), connections })
  expect(server.seen).toHaveLength(70)
  expect(sent(result)).toBe(70)
  expect(server.opened).toBeLessThanOrEqual(4)
})

test.each([
  ['per-user', 'closed', 2],
  ['shared', 'open', 1],
  ['per-iteration', 'open', 6],
] as const)('HTTP/2, %s: all at once over streams of one connection', async (use, model, opened) => {
  await using server = await startServer('2', 20)
  const level = model === 'closed' ? 2 : 12
  const by = model === 'closed' ? 'user' : 'iteration'
  const connections = { use, http: '2', parallel: 100, limit: 50 } as const
  const result = await run({ port: server.port, model, level, seconds: 0.5, steps: pageWith(15, by), connections })
  expect(server.seen).toHaveLength(sent(result))
  expect([...server.most.values()]).toEqual(expect.arrayContaining([15]))
  expect(Math.max(...server.most.values())).toBe(15)
  expect(server.opened).toBe(opened)
  if (use !== 'shared')
    expect([...usersOf(server.seen).values()].map((users) => users.size)).toEqual(Array(opened).fill(1))
})

test('a connection that breaks under one of them is a failure of that one alone', async () => {
  await using server = await startServer('1.1')
  const steps = [
    ...page(get('/page', 'user'), get('/a', 'user'), get('/reset', 'user'), get('/b', 'user')),
    get('/next', 'user'),
  ]
  const plan = onePlan({ port: server.port, level: 10, seconds: 0.5, steps })
  const result = await runShard({ plan, index: 0, count: 1 })
  expect(unaccounted(result)).toEqual([])
  expect(result.steps.map(({ succeeded, failed }) => [succeeded, failed])).toEqual([
    [5, 0],
    [5, 0],
    [0, 5],
    [5, 0],
    [0, 0],
  ])
  expect(result.iterations).toMatchObject({ failed: 5, finished: 0 })
})

test('cookies that one of them is given go along with what comes later', async () => {
  await using server = await startServer('1.1')
  const steps = [...page(get('/page', 'user'), get('/cookie', 'user')), get('/next', 'user')]
  await run({ port: server.port, level: 4, seconds: 0.5, steps })
  expect(server.seen.filter(({ path }) => path === '/next').map(({ cookie }) => cookie)).toEqual([
    'seen=yes',
    'seen=yes',
  ])
  expect(server.seen.filter(({ path }) => path === '/page').map(({ cookie }) => cookie)).toEqual([undefined, undefined])
})

test('redirects of what comes beside a page are followed, each on its own', async () => {
  await using server = await startServer('1.1')
  const moved = { ...get('/moved', 'user'), redirects: 'follow' } as const
  const steps = [
    ...page({ ...get('/moved', 'user'), name: 'page', redirects: 'follow' }, moved, get('/a', 'user')),
    get('/next', 'user'),
  ]
  const result = await run({ port: server.port, level: 4, seconds: 0.5, steps })
  expect(result.steps.map(({ sent, succeeded, statuses }) => [sent, succeeded, statuses])).toEqual(
    Array(4).fill([2, 2, { 200: 2 }]),
  )
  const paths = server.seen.map(({ path }) => path).toSorted()
  expect(paths).toEqual([
    '/a',
    '/a',
    '/moved',
    '/moved',
    '/moved',
    '/moved',
    '/next',
    '/next',
    '/there',
    '/there',
    '/there',
    '/there',
  ])
})
