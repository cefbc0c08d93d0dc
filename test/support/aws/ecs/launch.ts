// The container of a task: a real process.
import { type ChildProcess, spawn } from 'node:child_process'

/** What a container is started with. */
export interface Container {
  readonly taskArn: string
  /** How many tasks were started before. */
  readonly number: number
  readonly image: string
  readonly command: readonly string[]
  /** Only what ECS gives: nothing of this process. */
  readonly environment: Readonly<Record<string, string>>
  /** In units of ECS and MiB. */
  readonly cpu: number
  readonly memory: number
}

export interface Running {
  readonly pid: number | undefined
  /** Exit code as ECS tells it: 128 + the signal's number for one that was killed. Undefined if it could not be started. */
  readonly ended: Promise<number | undefined>
  signal(name: 'SIGTERM' | 'SIGKILL'): unknown
  /** The last of what it has written. */
  output(): string
}

export type Launch = (container: Container) => Running

const MOST_OUTPUT = 64 * 1024
const SIGNALS: Readonly<Record<string, number>> = { SIGTERM: 15, SIGKILL: 9, SIGINT: 2, SIGSEGV: 11, SIGABRT: 6 }

/**
 * A process in a group of its own. As in a container, SIGTERM reaches the first process only, and SIGKILL all. `PATH` is
 * added, since an image has one.
 */
export function runProcess(
  file: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  cwd?: string,
): Running {
  const child = spawn(file, args, {
    env: { PATH: process.env.PATH ?? '', ...environment },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  })
  let text = ''
  const keep = (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-MOST_OUTPUT)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  return {
    pid: child.pid,
    ended: endOf(child, keep),
    signal: (name) => isOver(child) || reach(child, name),
    output: () => text,
  }
}

function endOf(child: ChildProcess, keep: (chunk: Buffer) => void): Promise<number | undefined> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      keep(Buffer.from(error.message))
      if (child.pid === undefined) resolve(undefined)
    })
    child.once('exit', (code, signal) => {
      // What its own children still do ends with the container.
      reach(child, 'SIGKILL')
      resolve(code ?? 128 + (SIGNALS[signal ?? ''] ?? 0))
    })
  })
}

// Its number may be another's by then.
const isOver = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null

function reach({ pid }: ChildProcess, name: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return
  try {
    process.kill(name === 'SIGKILL' ? -pid : pid, name)
  } catch {
    // It has ended already.
  }
}
