import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { get as httpGet } from 'node:http'
import { get as httpsGet } from 'node:https'
import { connect } from 'node:net'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { LoadgateError } from './errors.ts'
import type { ServiceSpec } from './profile/profile.ts'
import { formatDuration, type Ms } from './units.ts'

/** The service under test, started by Loadgate. Whoever started it calls `stop`, whatever happened in between. */
export interface RunningService extends ServiceProcess {
  /** Settles when the shell of `start` has ended, by itself or by `stop`, and its output is read. */
  readonly exited: Promise<ServiceExit>
  /** The last lines it wrote, as written: text from outside. */
  lastOutput(): string
  /** SIGTERM to the whole process group, SIGKILL 2 s later; resolves when the group is gone. May be called again. */
  stop(): Promise<void>
}

/** What a later process needs to find this one again and to know it from another that got its number. */
export interface ServiceProcess {
  /** Also the number of the process group. */
  readonly pid: number
  /** From /proc, in ticks since boot; undefined where there is no /proc. */
  readonly startTime: string | undefined
}

export interface ServiceExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface StartOptions {
  /** The profile's directory. */
  readonly cwd: string
  /** Address that `ready` is asked on, without a trailing slash. */
  readonly target: string
  readonly env: NodeJS.ProcessEnv
  /** Ends the wait for readiness; afterwards the service is stopped by `stop` alone. */
  readonly signal?: AbortSignal | undefined
  /** Told of the process before the wait for readiness, so that a kill in between leaves something to find it by. */
  readonly onStart?: ((started: ServiceProcess) => void) | undefined
  /** Every line of its output, at most 2,000 characters each: text from outside. */
  readonly onLine?: ((line: string) => void) | undefined
}

const POLL_EVERY: Ms = 100
const POLL_TIMEOUT: Ms = 5_000
const LAST_WORDS_WITHIN: Ms = 500
const TERMINATE_WITHIN: Ms = 2_000
const KILL_WITHIN: Ms = 2_000
const TAIL_LINES = 30
const LINE_CHARACTERS = 2_000

/** Starts the service and resolves once it answers 2xx or 3xx on `ready`; on any failure nothing is left running. */
export async function startService(spec: ServiceSpec, options: StartOptions): Promise<RunningService> {
  await refuseOccupied(options.target)
  options.signal?.throwIfAborted()
  const service = await spawnService(spec.start, options)
  try {
    options.onStart?.({ pid: service.pid, startTime: service.startTime })
    await untilReady(service, spec, options)
    return service
  } catch (error) {
    await service.stop()
    throw error
  }
}

/**
 * Stops what an earlier process of ours left behind. True when it was found and stopped. Without a start time (no
 * /proc), or with another one, the number may belong to a stranger by now, and nothing is touched.
 */
export async function stopLeftover(left: ServiceProcess): Promise<boolean> {
  // kill(-1) means every process of this user, kill(0) our own group.
  if (!Number.isSafeInteger(left.pid) || left.pid <= 1) return false
  if (left.startTime === undefined || startTimeOf(left.pid) !== left.startTime || !groupRuns(left)) return false
  await stopGroup(left)
  return true
}

/** Another process on the target's port would be measured in place of ours: any listener counts, whatever it answers. */
async function refuseOccupied(target: string): Promise<void> {
  const { hostname, port, protocol } = new URL(target)
  const socket = connect({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
  })
  const occupied = await Promise.race([
    once(socket, 'connect').then(
      () => true,
      () => false,
    ),
    sleep(1_000, false, { ref: false }),
  ])
  socket.on('error', () => {})
  socket.destroy()
  if (!occupied) return
  throw new LoadgateError('target', `Something already answers on ${target}, before the service was started`, {
    hint: 'Stop it or choose another port; to measure what is running already, remove `service` from the profile.',
  })
}

async function spawnService(command: string, { cwd, env, onLine }: StartOptions): Promise<RunningService> {
  // Own process group, so that all it forks can be stopped at once. Own pipes: the runner reads commands from our
  // stdout and waits for it to be closed.
  const child = spawn(command, {
    cwd,
    env: withoutRunnerSecrets(env),
    shell: true,
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
    throw new LoadgateError('infrastructure', `Could not start \`${command}\` in ${cwd}`, { cause })
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

/** Cuts the output into lines, passes them on and keeps the last ones. */
function keepTail(child: ChildProcessByStdio<null, Readable, Readable>, onLine?: (line: string) => void): string[] {
  const tail: string[] = []
  const add = (line: string) => {
    tail.push(line)
    if (tail.length > TAIL_LINES) tail.shift()
    onLine?.(line)
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

async function untilReady(service: RunningService, spec: ServiceSpec, { cwd, target, signal }: StartOptions) {
  const url = target + spec.ready
  const died = new AbortController()
  const exit = service.exited.then((exit) => {
    died.abort()
    return exit
  })
  const ended = signal ? AbortSignal.any([signal, died.signal]) : died.signal
  const deadline = performance.now() + spec.readyWithin
  let answer = 'nothing was asked'
  for (let left = spec.readyWithin; left > 0; left = deadline - performance.now()) {
    answer = await ask(url, AbortSignal.any([ended, AbortSignal.timeout(Math.ceil(Math.min(left, POLL_TIMEOUT)))]))
    signal?.throwIfAborted()
    if (died.signal.aborted) throw deathBeforeReady(service, await exit, spec.start, cwd)
    if (answer === 'ready') return
    await sleep(POLL_EVERY, undefined, { signal: ended }).catch(() => {})
  }
  throw new LoadgateError(
    'target',
    `The service was not ready within ${formatDuration(spec.readyWithin)}: GET ${url}: ${answer}${outputOf(service)}`,
    { hint: 'Check `target`, `service.ready` and the port the service listens on, or raise `service.ready-within`.' },
  )
}

/** "ready" or the reason why not; never rejects. The answer is read to its end, so that none is left open. */
function ask(url: string, signal: AbortSignal): Promise<string> {
  const get = url.startsWith('https:') ? httpsGet : httpGet
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) =>
      resolve(error.name === 'AbortError' ? 'no answer in time' : (error.code ?? error.message))
    const request = get(url, { agent: false, signal }, (response) => {
      const status = response.statusCode ?? 0
      response.on('end', () => resolve(status >= 200 && status < 400 ? 'ready' : `status ${status}`))
      response.on('error', failed).resume()
    })
    request.on('error', failed)
  })
}

function deathBeforeReady(service: RunningService, { code, signal }: ServiceExit, start: string, cwd: string) {
  const how = signal ? `was ended by ${signal}` : `exited with code ${code}`
  return new LoadgateError('target', `The service ${how} before it was ready${outputOf(service)}`, {
    hint:
      code === 0
        ? '`service.start` must stay in the foreground: Loadgate stops what it started when the run is over.'
        : `Try \`${start}\` by hand in ${cwd}, the profile's directory.`,
  })
}

function outputOf(service: RunningService): string {
  const output = service.lastOutput()
  return output ? `; its last output:\n${output}` : '; it wrote nothing'
}

async function stopGroup(started: ServiceProcess): Promise<void> {
  signalGroup(started, 'SIGTERM')
  if (await groupGone(started, TERMINATE_WITHIN)) return
  signalGroup(started, 'SIGKILL')
  await groupGone(started, KILL_WITHIN)
}

async function groupGone(started: ServiceProcess, within: Ms): Promise<boolean> {
  const deadline = performance.now() + within
  for (let wait = 5; groupRuns(started); wait = Math.min(50, wait * 2)) {
    if (performance.now() > deadline) return false
    await sleep(wait)
  }
  return true
}

function groupRuns(started: ServiceProcess): boolean {
  return signalGroup(started, 0) && !onlyDead(started.pid)
}

/** False when no process of the group is left. */
function signalGroup({ pid, startTime }: ServiceProcess, signal: NodeJS.Signals | 0): boolean {
  // A number is given out again only when no group bears it any more: a newer process of that number is a stranger.
  const now = startTimeOf(pid)
  if (now !== undefined && now !== startTime) return false
  try {
    return process.kill(-pid, signal)
  } catch (error) {
    // EPERM: it exists, but macOS refuses to signal what is just ending.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** True when whatever is left of the group has ended and waits to be reaped, which process 1 of a container may never do. */
function onlyDead(group: number): boolean {
  try {
    const members = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => statOf(Number(pid)))
      .filter((stat) => stat?.group === group)
    return members.length > 0 && members.every((stat) => stat?.state === 'Z')
  } catch {
    return false
  }
}

function startTimeOf(pid: number): string | undefined {
  return statOf(pid)?.startTime
}

/** From /proc/PID/stat; the name in field 2 may itself contain blanks and brackets, so count behind its last. */
function statOf(pid: number) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0], group: Number(fields[2]), startTime: fields[19] }
  } catch {
    return undefined
  }
}
