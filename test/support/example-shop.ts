// The shop of the examples, with pages for browsers, as a process.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { freePort } from './free-port.ts'

export const SHOP = resolve(import.meta.dirname, '../../examples/shop')

export interface RunningShop {
  readonly origin: string
  readonly stop: () => Promise<void>
}

export async function startShop(): Promise<RunningShop> {
  const port = await freePort()
  const child = spawn(process.execPath, ['server.mjs'], { cwd: SHOP, env: { PORT: String(port) } })
  await once(child.stdout, 'data')
  const stop = async () => {
    const ended = once(child, 'exit')
    child.kill()
    await ended
  }
  return { origin: `http://127.0.0.1:${port}`, stop }
}
