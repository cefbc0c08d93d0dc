// From the start of a process to its first request at a server, which is here the bench itself: one clock for both.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Ms } from '../src/units.ts'
import { CLIENT_CORE, type Program, start, stop } from './pinned.ts'

const CLI = join(import.meta.dirname, '..', 'dist', 'cli.js')
const PATIENCE: Ms = 20_000

export async function startUp(programFor: (port: number) => Program): Promise<Ms> {
  const first = Promise.withResolvers<Ms>()
  const listener = createServer((socket) => {
    socket.on('error', () => {}).once('data', () => first.resolve(performance.now()))
    // Answered, so that nobody gives up before the clock is read.
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'))
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const tooLate = setTimeout(() => first.reject(new Error('a client sends nothing')), PATIENCE)
  const begun = performance.now()
  const client = start(CLIENT_CORE, programFor((listener.address() as AddressInfo).port))
  try {
    return (await first.promise) - begun
  } finally {
    clearTimeout(tooLate)
    await stop(client)
    listener.close()
  }
}

/** The built tool as on a laptop: it reads its profile, plans, and sends. */
export async function startUpOfLoadgate(): Promise<Ms> {
  const directory = mkdtempSync(join(tmpdir(), 'loadgate-bench-'))
  const profile = join(directory, 'loadgate.yml')
  try {
    return await startUp((port) => {
      writeFileSync(
        profile,
        `name: bench\ntarget: http://127.0.0.1:${port}\nload: { users: 1, for: 10s }\nscenarios:\n  - { name: only, steps: [ { get: / } ] }\n`,
      )
      return { command: process.execPath, args: [CLI, 'run', profile, '--compare', 'none'] }
    })
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
