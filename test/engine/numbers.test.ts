// Who sends what: numbers that are each somebody's own, over all shards.
import { expect, test } from '@jest/globals'
import { runShard } from '../../src/engine/run-shard.ts'
import type { Reference } from '../../src/profile/profile.ts'
import { startCountingServer } from '../support/counting-server.ts'
import { onePlan, requestStep } from '../support/plans.ts'

const number = (kind: 'user' | 'iteration' | 'worker'): Reference => ({ encode: 'none', value: { kind } })
const steps = [
  requestStep({ path: ['/', number('user'), '/', number('iteration'), '/', number('worker')] }),
  requestStep({ path: ['/again/', number('user'), '/', number('iteration'), '/', number('worker')] }),
]

/** Of all requests: user, iteration and worker. */
async function sent(options: Pick<Parameters<typeof onePlan>[0], 'model' | 'level' | 'seconds'>) {
  await using server = await startCountingServer((_, response) => void setTimeout(() => response.end(), 10))
  const plan = onePlan({ port: server.port, steps, ...options })
  const results = await Promise.all([0, 1].map((index) => runShard({ plan, index, count: 2 })))
  const urls = server.requests.map(({ url }) => url)
  const first = urls.filter((url) => !url.startsWith('/again'))
  // The second request of an iteration is of the same user, iteration and worker as the first.
  const again = urls.filter((url) => url.startsWith('/again'))
  const whole = new Set(first.map((url) => `/again${url}`))
  expect(again.filter((url) => !whole.has(url))).toEqual([])
  // All but those that the end of the load cuts between the two.
  const cut = results.reduce((sum, { iterations }) => sum + iterations.cut, 0)
  expect([new Set(again).size, again.length]).toEqual([first.length - cut, first.length - cut])
  return first.map((url) => url.split('/').slice(1).map(Number) as [number, number, number])
}

test('users of a closed load: each has its number for life, and each iteration its own', async () => {
  const all = await sent({ model: 'closed', level: 5, seconds: 0.5 })
  expect(new Set(all.map(([user]) => user))).toEqual(new Set([1, 2, 3, 4, 5]))
  expect(new Set(all.map(([, iteration]) => iteration)).size).toBe(all.length)
  expect(all.length).toBeGreaterThan(15)
  for (const [user, iteration, worker] of all) {
    expect(worker).toBe(((user - 1) % 2) + 1)
    expect((iteration - 1) % 5).toBe(user - 1)
  }
})

test('arrivals of an open load are users of their own', async () => {
  const all = await sent({ level: 40, seconds: 0.5 })
  expect(all.map(([user]) => user).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1))
  for (const [user, iteration, worker] of all) expect([iteration, worker]).toEqual([user, ((user - 1) % 2) + 1])
})
