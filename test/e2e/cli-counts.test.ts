// What the target counts is what the report says: to the request, for both load models, any number of threads, and with
// faults on the way.
import type { ServerResponse } from 'node:http'
import { expect, test } from '@jest/globals'
import { startCountingServer } from '../support/counting-server.ts'
import { gateOnce, reported, workspace } from '../support/run-cli.ts'

type Answer = (response: ServerResponse, n: number) => void
const ok: Answer = (response) => void setTimeout(() => response.end('ok'), 20)
/** One in five fails with a code, and one in five with its connection. */
const faults: Answer = (response, n) => {
  if (n % 5 === 1) response.writeHead(500).end('no')
  else if (n % 5 === 3) response.socket?.resetAndDestroy()
  else ok(response, n)
}

const LOADS = {
  open: { 'warm-up': '200ms', rate: '100/s', for: '1600ms' },
  closed: { 'warm-up': '200ms', users: 5, for: '1600ms' },
} as const
const THREADS = [1, 2, 4]
const ROWS = Object.entries({ ok, faults }).flatMap(([kind, answer]) =>
  (['open', 'closed'] as const).flatMap((model) => THREADS.map((threads) => ({ kind, model, threads, answer }))),
)

test.each(ROWS)(
  '$model load, --threads $threads, $kind',
  async ({ kind, model, threads, answer }) => {
    using place = workspace()
    await using server = await startCountingServer((_, response, n) => answer(response, n))
    const profile = {
      name: 'counts',
      target: `http://127.0.0.1:${server.port}`,
      load: LOADS[model],
      scenarios: [
        { name: 'one', weight: 3, steps: [{ get: '/one' }] },
        { name: 'two', steps: [{ post: '/two/a', json: { n: 1 } }, { get: '/two/b' }] },
      ],
      budgets: ['errors < 90 %'],
    }
    // The counts hold whatever became of the generator, so this is never tried again.
    const run = await gateOnce(profile, { cwd: place.path, flags: ['--threads', String(threads)] })
    const { warmUp, steps, iterations, active, shards, health } = reported(run).result

    const sent = steps.reduce((sum, step) => sum + step.sent, warmUp.sent)
    expect(server.requests).toHaveLength(sent + health.staleRetries)
    expect(sent).toBeGreaterThan(50)
    expect(shards).toEqual({ expected: threads, reported: threads, lost: [] })
    expect(health.connections.opened).toBe(server.connections)
    const codes = steps.flatMap(({ statuses }) => Object.entries(statuses))
    const answered = (code: string) => codes.reduce((sum, [status, count]) => sum + (status === code ? count : 0), 0)
    const failed = steps.reduce((sum, step) => sum + step.failed, 0)
    expect(answered('200')).toBe(steps.reduce((sum, step) => sum + step.succeeded, 0))
    if (kind === 'ok') {
      expect([failed, warmUp.failed]).toEqual([0, 0])
      for (const { step, sent } of steps.slice(1)) {
        const path = step.split(' ')[1]
        expect(server.requests.filter(({ url }) => url === path).length).toBeGreaterThanOrEqual(sent)
      }
    } else {
      expect(failed).toBe(
        answered('500') + steps.reduce((sum, { causes }) => sum + (causes['connection-reset'] ?? 0), 0),
      )
      expect(failed).toBeGreaterThan(10)
    }
    if (model === 'open') expect([iterations.planned, iterations.dropped]).toEqual([160, 0])
    else expect(active?.map(Math.round)).toEqual([5, 5])
  },
  60_000,
)
