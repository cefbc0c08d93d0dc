// What one user does, against a real server: sessions, captured values, answers that are to be of a kind.
import { expect, test } from '@jest/globals'
import { runShard } from '../../src/engine/run-shard.ts'
import type { Template } from '../../src/profile/profile.ts'
import { type SeenRequest, startCountingServer } from '../support/counting-server.ts'
import { onePlan, requestStep, think } from '../support/plans.ts'
import { unaccounted } from '../support/shard-figures.ts'

const whole = { index: 0, count: 1 }
const captured = (name: string, encode: 'none' | 'url' | 'json' = 'url') =>
  ({ encode, value: { kind: 'capture', name } }) as const

/** Gives every login a session of its own, and shows each cart to its session only. */
async function shop() {
  let sessions = 0
  return startCountingServer(({ url, headers }, response) => {
    if (url === '/login') {
      const session = `s${sessions++}`
      response.setHeader('set-cookie', [`sid=${session}; Path=/`, 'theme=dark; Path=/'])
      response.setHeader('location', `/cart/${session}`)
      response.end(JSON.stringify({ cart: { id: `cart ${session}` } }))
    } else {
      response.statusCode = headers.cookie?.includes('sid=') ? 200 : 401
      response.end()
    }
  })
}

const sidOf = ({ headers }: SeenRequest) => /sid=(\w+)/.exec(headers.cookie ?? '')?.[1]
const LOGIN = requestStep({
  method: 'POST',
  path: ['/login'],
  capture: [
    { name: 'cart', from: { kind: 'json', pointer: '/cart/id' } },
    { name: 'next', from: { kind: 'header', name: 'location' } },
    { name: 'sid', from: { kind: 'cookie', name: 'sid' } },
  ],
})

test('captured values and cookies lead from one step to the next, each in its own iteration', async () => {
  await using server = await shop()
  const cart = requestStep({
    method: 'PUT',
    path: ['/carts/', captured('cart')],
    headers: [['x-session', [captured('sid', 'none')]]],
    body: { type: 'application/json', content: ['{"id": "', captured('cart', 'json'), '"}'] },
  })
  const steps = [LOGIN, cart, requestStep({ path: [captured('next', 'none')] })]
  const result = await runShard({ plan: onePlan({ port: server.port, level: 40, seconds: 0.5, steps }), ...whole })
  expect(result.iterations).toMatchObject({ planned: 20, finished: 20 })
  expect(unaccounted(result)).toEqual([])
  const [logins, carts, pages] = ['POST', 'PUT', 'GET'].map((method) =>
    server.requests.filter((r) => r.method === method),
  )
  expect([logins!.length, carts!.length, pages!.length]).toEqual([20, 20, 20])
  expect(logins!.every(({ headers }) => headers.cookie === undefined)).toBe(true)
  for (const request of carts!) {
    const sid = sidOf(request)
    expect(request.url).toBe(`/carts/cart%20${sid}`)
    expect(request.headers).toMatchObject({ cookie: `sid=${sid}; theme=dark`, 'x-session': sid })
    expect(JSON.parse(request.body)).toEqual({ id: `cart ${sid}` })
  }
  for (const request of pages!) expect(request.url).toBe(`/cart/${sidOf(request)}`)
  expect(new Set(carts!.map(sidOf)).size).toBe(20)
})

test('a user of the closed model keeps its cookies from one iteration to the next, and no other’s', async () => {
  await using server = await shop()
  const once = requestStep({ path: ['/cart'], expect: { status: [{ from: 200, to: 401 }] } })
  const plan = onePlan({ port: server.port, model: 'closed', level: 3, seconds: 0.4, steps: [once, LOGIN, think(20)] })
  await runShard({ plan, ...whole })
  const carts = server.requests.filter(({ url }) => url === '/cart')
  expect(carts.length).toBeGreaterThan(6)
  // The first of each of the three users comes without a session; all others with the one of the login before.
  expect(carts.filter((request) => sidOf(request) === undefined)).toHaveLength(3)
  const sids = carts.map(sidOf).filter((sid) => sid !== undefined)
  expect(new Set(sids).size).toBe(sids.length)
})

test('a value that the target chose cannot become more than a value', async () => {
  const hostile = ['/a\r\nx-evil: 1', 'http://127.0.0.1:9/', '/\0', 'no slash', '/ok']
  let n = 0
  await using server = await startCountingServer(({ url }, response) => {
    response.end(url === '/next' ? JSON.stringify({ next: hostile[n++ % hostile.length] }) : 'ok')
  })
  const capture = [{ name: 'next', from: { kind: 'json', pointer: '/next' } }] as const
  const steps = [requestStep({ path: ['/next'], capture }), requestStep({ path: [captured('next', 'none')] })]
  const result = await runShard({ plan: onePlan({ port: server.port, level: 50, seconds: 0.2, steps }), ...whole })
  expect(result.steps[1]).toMatchObject({ sent: 10, succeeded: 2, causes: { 'invalid-request': 8 } })
  expect(result.iterations).toMatchObject({ finished: 2, failed: 8 })
  expect(server.requests.filter(({ url }) => url !== '/next').map(({ url }) => url)).toEqual(['/ok', '/ok'])
  expect(server.requests.some(({ headers }) => 'x-evil' in headers)).toBe(false)
  expect(unaccounted(result)).toEqual([])
})

test('an iteration ends with its first failure: a user does not go on from an error page', async () => {
  await using server = await startCountingServer(({ url }, response) => {
    response.end(url === '/a' ? '{"ok": true}' : '{"ok": false}')
  })
  const json = [{ pointer: '/ok', value: true }]
  const steps = [
    requestStep({ path: ['/a'], expect: { json } }),
    requestStep({ path: ['/b'], expect: { json } }),
    requestStep({ path: ['/c'] }),
  ]
  const result = await runShard({ plan: onePlan({ port: server.port, level: 20, seconds: 0.5, steps }), ...whole })
  expect(result.steps.map(({ sent, causes }) => [sent, causes])).toEqual([
    [10, {}],
    [10, { 'unexpected-answer': 10 }],
    [0, {}],
  ])
  expect(result.iterations).toMatchObject({ failed: 10, finished: 0 })
})

test('redirects are answers, and are not followed', async () => {
  await using server = await startCountingServer((_, response) => {
    response.writeHead(302, { location: '/elsewhere' }).end()
  })
  const result = await runShard({
    plan: onePlan({ port: server.port, steps: [requestStep()], seconds: 0.1 }),
    ...whole,
  })
  expect(result.steps[0]).toMatchObject({ sent: 10, succeeded: 10, statuses: { 302: 10 } })
  expect(server.requests.every(({ url }) => url === '/')).toBe(true)
})

test('scenarios are chosen by their weights, the same ones for the same seed', async () => {
  const chosen = async (seed: number) => {
    await using server = await startCountingServer()
    const base = onePlan({ port: server.port, level: 500, seconds: 0.4, seed, steps: [requestStep({ path: ['/a'] })] })
    const [a] = base.scenarios
    const steps = a!.steps.map((step) => ({ ...step, id: 1, path: ['/b'] as Template }))
    const plan = {
      ...base,
      scenarios: [
        { ...a!, weight: 3 },
        { name: 'b', weight: 1, steps: steps as NonNullable<typeof a>['steps'] },
      ],
    }
    const result = await runShard({ plan, ...whole })
    return result.steps.map(({ sent }) => sent)
  }
  const [a, b] = (await chosen(1)) as [number, number]
  expect(a + b).toBe(200)
  // Three quarters of 200, give or take three standard deviations.
  expect(Math.abs(a - 150)).toBeLessThan(20)
  expect(await chosen(1)).toEqual([a, b])
})
