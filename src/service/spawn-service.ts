import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { LoadgateError } from '../errors.ts'
import type { Ms } from '../units.ts'
import { type ServiceProcess, signalGroup, startTimeOf, stopGroup } from './process-group.ts'

/** The service under test, started by Loadgate. Whoever started it calls `stop`, whatever happened in between. */
export interface RunningService extends ServiceProcess {
  /** Settles when the shell of `start` has ended, by itself or by `stop`, and its output is read. */
  readonly exited: Promise<ServiceExit>
  /** The last lines it wrote, as written: text from outside. */
  lastOutput(): string
  /** SIGTERM to the whole process group, SIGKILL 2 s later; resolves when the group is gone. May be called again. */
  stop(): Promise<void>
}

export interface ServiceExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** "exited with code 3", for a sentence about the service. */
export function howItEnded({ code, signal }: ServiceExit): string {
  return signal ? `was ended by ${signal}` : `exited with code ${code}`
}

/** A sentence that ends with what a service wrote last. */
export function lastWords(output: string): string {
  return output === '' ? 'It wrote nothing.' : `Its last output:\n${output}`
}

export interface SpawnOptions {
  /** The profile's directory. */
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** Told of each line of the output as it comes, as written: text from outside. */
  readonly onLine?: ((line: string) => void) | undefined
}

const LAST_WORDS_WITHIN: Ms = 500
const TAIL_LINES = 30
const LINE_CHARACTERS = 2_000

/**
 * Starts the command in a shell, or the program with its arguments as they are, in a process group of its own and without the
 * runner's secrets in its environment.
 */
export async function spawnService(
  command: string | readonly [program: string, ...args: string[]],
  { cwd, env, onLine }: SpawnOptions,
): Promise<RunningService> {
  const inShell = typeof command === 'string'
  const [program, ...args] = inShell ? [command] : command
  // Own process group, so that all it forks can be stopped at once. Own pipes: the runner reads commands from our
  // stdout and waits for it to be closed.
  const child = spawn(program, args, {
    cwd,
    env: withoutRunnerSecrets(env),
    shell: inShell,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const tail = keepTail(child, onLine)
  const exited = new Promise<ServiceExit>((resolve) => {
    // Its last words are read only after the exit is told; they end the pipes, unless a process it left holds them.
    child.once('exit', (code, signal) => {
      const told = () => resolve({ code, signal })
      child.once('close', told)
      setTimeout(told, LAST_WORDS_WITHIN).unref()
    })
  })
  await once(child, 'spawn').catch((cause) => {
    throw new LoadgateError('infrastructure', `Could not start \`${program}\` in ${cwd}`, { cause })
  })
  const started: ServiceProcess = { pid: child.pid!, startTime: startTimeOf(child.pid!) }
  // The last resort for an exit that skips `stop`, e.g. an uncaught exception: 'exit' listeners run synchronously.
  const onProcessExit = () => signalGroup(started, 'SIGKILL')
  process.once('exit', onProcessExit)
  let stopping: Promise<void> | undefined
  const stop = async () => {
    await stopGroup(started)
    process.removeListener('exit', onProcessExit)
    // A process that left the group (setsid) may still hold the pipes; it must not keep ours alive.
    child.stdout.destroy()
    child.stderr.destroy()
  }
  return {
    ...started,
    exited,
    lastOutput: () => tail.join('\n'),
    stop: () => {
      stopping ??= stop()
      return stopping
    },
  }
}

/**
 * Defence in depth only: code of a profile is as trusted as the job it runs in, and a process of the same user can
 * read our own environment. RUNNER_TRACKING_ID stays: by it the runner finds orphans when the job ends.
 */
function withoutRunnerSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const secret = /^(?:INPUT_|ACTIONS_|AWS_|GITHUB_(?:TOKEN|OUTPUT|ENV|STATE|PATH|STEP_SUMMARY)$)/
  return Object.fromEntries(Object.entries(env).filter(([name]) => !secret.test(name)))
}

/** The last lines of the output, as they come. */
function keepTail(
  child: ChildProcessByStdio<null, Readable, Readable>,
  onLine?: (line: string) => void,
): readonly string[] {
  const tail: string[] = []
  const add = (line: string) => {
    onLine?.(line)
    tail.push(line)
    if (tail.length > TAIL_LINES) tail.shift()
  }
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ''
    stream.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split(/\r?\n/)
      rest = lines.pop()!
      for (const line of lines) add(line.slice(0, LINE_CHARACTERS))
      // What never ends its line is cut, or it would grow without bound.
      if (rest.length < LINE_CHARACTERS) return
      add(rest.slice(0, LINE_CHARACTERS))
      rest = ''
    })
    stream.on('end', () => rest && add(rest)).on('error', () => {})
  }
  return tail
}
