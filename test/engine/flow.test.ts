// Requests that are sent by chance, on a condition, or several times in a row.
import { expect, test } from '@jest/globals'
import { runShard } from '../../src/engine/run-shard.ts'
import type { Flow } from '../../src/profile/profile.ts'
import { type SeenRequest, startCountingServer } from '../support/counting-server.ts'
import { onePlan, requestStep } from '../support/plans.ts'
import { unaccounted } from '../support/shard-figures.ts'

const whole = { index: 0, count: 1 }
const flow = (changes: Partial<Flow>): Flow => ({
  chance: undefined,
  when: [],
  repeat: { from: 1, to: 1, between: undefined },
  ...changes,
})
const count = (requests: readonly SeenRequest[], path: string) => requests.filter(({ url }) => url === path).length

/** What reached the target of so many arrivals. */
async function sent(steps: Parameters<typeof onePlan>[0]['steps'], { level = 400, seconds = 0.5 } = {}) {
  await using server = await startCountingServer(({ url }, response, n) => {
    if (url === '/who') response.setHeader('x-role', ['admin', 'owner', 'guest'][n % 3]!)
    response.end('ok')
  })
  const result = await runShard({ plan: onePlan({ port: server.port, level, seconds, steps }), ...whole })
  expect(unaccounted(result)).toEqual([])
  expect(result.steps.reduce((sum, step) => sum + step.sent, 0)).toBe(server.requests.length)
  expect(result.iterations.finished).toBe(level * seconds)
  return server.requests
}

test('a chance is kept over many iterations, the same in every run, and the steps behind it are sent', async () => {
  const steps = [
    requestStep({ path: ['/a'] }),
    requestStep({ path: ['/rare'], flow: flow({ chance: 0.25 }) }),
    requestStep({ path: ['/b'] }),
  ]
  const [first, again] = [await sent(steps), await sent(steps)]
  expect([count(first, '/a'), count(first, '/b')]).toEqual([200, 200])
  // Five standard errors of a quarter of 200.
  expect(Math.abs(count(first, '/rare') - 50)).toBeLessThan(5 * Math.sqrt(200 * 0.25 * 0.75))
  expect(count(again, '/rare')).toBe(count(first, '/rare'))
})

test('a condition on what was captured', async () => {
  const who = requestStep({ path: ['/who'], capture: [{ name: 'role', from: { kind: 'header', name: 'x-role' } }] })
  const when = (path: string, ...is: string[]) =>
    requestStep({ path: [path], flow: flow({ when: [{ capture: 'role', is }] }) })
  const requests = await sent(
    [who, when('/admin', 'admin'), when('/staff', 'admin', 'owner'), when('/none', 'nobody')],
    {
      level: 30,
      seconds: 1,
    },
  )
  const roles = ['admin', 'owner', 'guest'].map(
    (role) => requests.filter(({ url }, n) => url === '/who' && ['admin', 'owner', 'guest'][n % 3] === role).length,
  )
  expect(count(requests, '/admin')).toBe(roles[0])
  expect(count(requests, '/staff')).toBe(roles[0]! + roles[1]!)
  expect(count(requests, '/none')).toBe(0)
})

test('what was not captured is no empty text', async () => {
  const when = [{ capture: 'never', is: ['', 'undefined'] }]
  const steps = [requestStep({ path: ['/a'] }), requestStep({ path: ['/none'], flow: flow({ when }) })]
  expect((await sent(steps, { level: 10, seconds: 0.5 })).map(({ url }) => url)).toEqual(Array(5).fill('/a'))
})

test('a request so many times in a row, with a pause between two, and then the next step', async () => {
  const steps = [
    requestStep({ path: ['/page'], flow: flow({ repeat: { from: 3, to: 3, between: { from: 60, to: 60 } } }) }),
    requestStep({ path: ['/end'] }),
  ]
  const requests = await sent(steps, { level: 2, seconds: 0.5 })
  expect(requests.map(({ url }) => url)).toEqual(['/page', '/page', '/page', '/end'])
  const times = requests.map(({ at }) => at)
  for (const n of [1, 2]) expect(times[n]! - times[n - 1]!).toBeGreaterThanOrEqual(59)
})

test('a random number of times is any of those, each as often', async () => {
  const steps = [
    requestStep({ path: ['/page'], flow: flow({ repeat: { from: 1, to: 3, between: undefined } }) }),
    requestStep({ path: ['/end'] }),
  ]
  const requests = await sent(steps)
  // Two on average, with a standard error of √(2/3) for each of 200.
  expect(Math.abs(count(requests, '/page') - 400)).toBeLessThan(5 * Math.sqrt((200 * 2) / 3))
  expect(count(requests, '/end')).toBe(200)
})

test('a scenario all of whose requests may be skipped is refused: its users would come back at once, for ever', async () => {
  const steps = [requestStep({ flow: flow({ chance: 0.5 }) })]
  const run = runShard({ plan: onePlan({ port: 1, model: 'closed', level: 1, seconds: 0.1, steps }), ...whole })
  await expect(run).rejects.toThrow('no request that is always sent')
})
