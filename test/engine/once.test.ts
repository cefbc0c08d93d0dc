// What a user does once in its life.
import { expect, test } from '@jest/globals'
import { runShard } from '../../src/engine/run-shard.ts'
import { startCountingServer } from '../support/counting-server.ts'
import { onePlan, requestStep, think } from '../support/plans.ts'
import { unaccounted } from '../support/shard-figures.ts'

const whole = { index: 0, count: 1 }
const session = { encode: 'none', value: { kind: 'capture', name: 'session' } } as const
const logIn = {
  ...requestStep({
    method: 'POST',
    path: ['/login'],
    capture: [{ name: 'session', from: { kind: 'header', name: 'x-session' } }],
  }),
  once: true as const,
}
const read = requestStep({ path: ['/items'], headers: [['x-session', [session]]] })
/** A new session for each login, where it lets somebody in. */
function door(letsIn: (login: number) => boolean): Parameters<typeof startCountingServer>[0] {
  let logins = 0
  return (request, response) => {
    if (request.url === '/login') {
      const login = logins++
      if (letsIn(login)) response.setHeader('x-session', `s${login}`)
      else response.statusCode = 401
    }
    setTimeout(() => response.end(), 5)
  }
}

test('each user of a closed load logs in once, and is known by what it was given then in every iteration', async () => {
  await using server = await startCountingServer(door(() => true))
  const plan = onePlan({
    port: server.port,
    model: 'closed',
    level: 4,
    seconds: 1,
    steps: [logIn, { ...think(30), once: true }, read, read],
  })
  const result = await runShard({ plan, ...whole })
  const sessions = server.requests.filter(({ url }) => url === '/items').map(({ headers }) => headers['x-session'])
  expect(server.requests.filter(({ url }) => url === '/login')).toHaveLength(4)
  expect(new Set(sessions)).toEqual(new Set(['s0', 's1', 's2', 's3']))
  expect(sessions.length).toBeGreaterThan(16)
  expect(result.steps[0]!.sent).toBe(4)
  expect(result.iterations.failed).toBe(0)
  expect(unaccounted(result)).toEqual([])
})

test('who is not let in fails, and tries again with its next iteration before it does anything else', async () => {
  await using server = await startCountingServer(door((login) => login % 3 === 2))
  const plan = onePlan({ port: server.port, model: 'closed', level: 2, seconds: 0.6, steps: [logIn, read] })
  const result = await runShard({ plan, ...whole })
  // Every third login is let in, so both have by the sixth.
  expect(server.requests.filter(({ url }) => url === '/login')).toHaveLength(6)
  expect(result.steps[0]).toMatchObject({ succeeded: 2, causes: { 'unexpected-status': 4 } })
  expect(result.iterations.failed).toBe(4)
  const sessions = server.requests.filter(({ url }) => url === '/items').map(({ headers }) => headers['x-session'])
  expect(new Set(sessions).size).toBe(2)
  expect(sessions).not.toContain(undefined)
  expect(unaccounted(result)).toEqual([])
})

test('every arrival of an open load is a new user, with a life of its own', async () => {
  await using server = await startCountingServer(door(() => true))
  const plan = onePlan({ port: server.port, level: 40, seconds: 0.5, steps: [logIn, read] })
  const result = await runShard({ plan, ...whole })
  const sessions = server.requests.filter(({ url }) => url === '/items').map(({ headers }) => headers['x-session'])
  expect(server.requests).toHaveLength(40)
  expect(new Set(sessions).size).toBe(20)
  expect(unaccounted(result)).toEqual([])
})

test('each scenario has a beginning of its own, and what it captured is not known in the others', async () => {
  await using server = await startCountingServer(door(() => true))
  const one = onePlan({ port: server.port, model: 'closed', level: 3, seconds: 0.8, steps: [logIn, read] })
  const [scenario] = one.scenarios
  const other = {
    ...scenario!,
    name: 'other',
    steps: scenario!.steps.map((step) => (step.kind === 'request' ? { ...step, id: step.id + 2 } : step)),
  }
  const result = await runShard({ plan: { ...one, scenarios: [scenario!, other] }, ...whole })
  expect(server.requests.filter(({ url }) => url === '/login')).toHaveLength(6)
  expect([result.steps[0]!.sent, result.steps[2]!.sent]).toEqual([3, 3])
  expect(Math.min(result.steps[1]!.sent, result.steps[3]!.sent)).toBeGreaterThan(5)
  expect(unaccounted(result)).toEqual([])
})

test('a later capture of the same name holds for its iteration only', async () => {
  await using server = await startCountingServer((request, response) => {
    response.setHeader('x-session', request.url === '/login' ? 'mine' : 'lent')
    response.end()
  })
  const lend = requestStep({ path: ['/lend'], capture: logIn.capture })
  const plan = onePlan({
    port: server.port,
    model: 'closed',
    level: 1,
    seconds: 0.3,
    steps: [logIn, read, lend, { ...read, path: ['/after'] }],
  })
  await runShard({ plan, ...whole })
  const sent = (path: string) =>
    new Set(server.requests.flatMap(({ url, headers }) => (url === path ? [headers['x-session']] : [])))
  expect([sent('/items'), sent('/after')]).toEqual([new Set(['mine']), new Set(['lent'])])
  expect(server.requests.filter(({ url }) => url === '/items').length).toBeGreaterThan(2)
})
