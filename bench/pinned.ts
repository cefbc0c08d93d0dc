// Processes that have a core to themselves: the server core 0, with the bench beside it, and the client core 1.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

export const SERVER_CORE = 0
export const CLIENT_CORE = 1

export interface Program {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** A script of the bench: it may send messages, and its complaints are shown. */
  readonly ours?: boolean
}

const running = new Set<ChildProcess>()

/** Starts a program on one core. What others print is lost. */
export function start(core: number, { command, args, env, ours = false }: Program): ChildProcess {
  const [program, ...rest] = canPin() ? ['taskset', '-c', String(core), command, ...args] : [command, ...args]
  const child = spawn(program!, rest, {
    stdio: ours ? ['ignore', 'ignore', 'inherit', 'ipc'] : 'ignore',
    env: { ...process.env, ...env },
    // A session of its own, which the kernel schedules as one.
    detached: true,
  })
  putFirst(child.pid)
  running.add(child)
  child.on('error', () => {}).once('exit', () => running.delete(child))
  return child
}

export function script(file: string, ...args: readonly (string | number)[]): Program {
  const path = new URL(file, import.meta.url).pathname
  return { command: process.execPath, args: [path, ...args.map(String)], ours: true }
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill()
  const stubborn = setTimeout(() => child.kill('SIGKILL'), 3_000)
  await ended
  clearTimeout(stubborn)
}

/** The next message of a child; rejects when it ends without one. */
export function nextMessage<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`${child.spawnargs.slice(3, 6).join(' ')} ended: ${code}`))
    child.once('exit', onExit)
    child.once('message', (message) => {
      child.off('exit', onExit)
      resolve(message as T)
    })
  })
}

/** Whether programs are scheduled before what else the machine does. */
export function goFirst(): boolean {
  return first
}

let first = true

// A neighbour that takes the core for 10 ms once in some seconds moves p95 by 3 %, and says nothing of the program. Only
// root may do this; the bench says whether it could (sched(7), autogroup).
function putFirst(pid: number | undefined): void {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, '-15')
  } catch {
    first = false
  }
}

export function canPin(): boolean {
  pinnable ??= availableParallelism() > CLIENT_CORE && pinsItself()
  return pinnable
}

let pinnable: boolean | undefined

/** The bench itself must not sit on the client's core. */
function pinsItself(): boolean {
  try {
    execFileSync('taskset', ['-acp', String(SERVER_CORE), String(process.pid)], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
