// A profile whose service is the frail one, on a port of its own.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive } from './run-cli.ts'
import { closedPort } from './wire-server.ts'

const SERVICE = join(import.meta.dirname, 'frail-service.mjs')

/** `more` is added to the profile, or takes the place of what is there. */
export async function serviceProfile(more: object = {}): Promise<object> {
  const port = await closedPort()
  return {
    name: 'frail',
    target: `http://127.0.0.1:${port}`,
    service: { start: `"${process.execPath}" "${SERVICE}" ${port}`, ready: '/healthz', 'ready-within': '20s' },
    load: { rate: '100/s', for: '1s' },
    scenarios: [{ name: 'only', steps: [{ get: '/' }] }],
    budgets: ['p95 < 10 s', 'errors < 5 %'],
    ...more,
  }
}

/** Of the service's processes those that are still there; they are counted when it listens. */
export function leftOf(pids: string): number[] {
  return readFileSync(pids, 'utf8').split(' ').map(Number).filter(isAlive)
}
