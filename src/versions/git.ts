import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { LoadgateError } from '../errors.ts'
import { startTimeOf, stopGroup } from '../service/process-group.ts'
import { type Bytes, formatDuration, type Ms } from '../units.ts'

export interface GitOptions {
  /** Where git looks for the repository. */
  readonly directory: string
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  /** Whatever it does, git has ended by then. */
  readonly within?: Ms
}

export interface GitAnswer {
  /** 0 when it did what it was asked to. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const ANSWER_WITHIN: Ms = 30_000
const MOST_OUTPUT: Bytes = 4 * 1_048_576

// What a repository can bring into play by its configuration: hooks are run by a checkout, and upkeep of the repository
// goes to the background, where nobody would stop it.
const QUIET = ['core.hooksPath=/dev/null', 'gc.auto=0', 'maintenance.auto=false', 'core.fsmonitor=false']

/** Runs git and answers with what it wrote. Throws LoadgateError 'infrastructure' in git's own words when it fails. */
export async function git(args: readonly string[], options: GitOptions): Promise<string> {
  const { code, stdout, stderr } = await askGit(args, options)
  if (code === 0) return stdout
  throw new LoadgateError('infrastructure', `git ${args[0]} failed: ${stderr.trim() || `exit code ${code}`}`, {
    hint: `Try it in ${options.directory}: git ${args.join(' ')}`,
  })
}

/** Runs git; a failure is an answer, too. Throws when git is not there, takes too long, or when the signal fires. */
export async function askGit(
  args: readonly string[],
  { directory, env, signal, within = ANSWER_WITHIN }: GitOptions,
): Promise<GitAnswer> {
  signal.throwIfAborted()
  const patience = AbortSignal.timeout(within)
  // A process group of its own: git starts helpers (ssh, remote-https, filters), and Ctrl-C at a terminal would reach
  // them all before we can end what they do in order. It has no terminal either, hence nobody is asked for a password.
  const child = spawn('git', [...QUIET.flatMap((setting) => ['-c', setting]), ...args], {
    cwd: directory,
    env: environmentFor(env),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stdout = collect(child.stdout)
  const stderr = collect(child.stderr)
  await once(child, 'spawn').catch((cause) => {
    throw new LoadgateError('infrastructure', `git could not be started in ${directory}`, {
      hint: 'The base version comes from the git history: install git, or name a deployed one with `base-target`.',
      cause,
    })
  })
  const group = { pid: child.pid!, startTime: startTimeOf(child.pid!) }
  const closed = once(child, 'close')
  const stop = AbortSignal.any([signal, patience])
  const ended = await Promise.race([closed.then(() => true), aborted(stop)])
  if (!ended) {
    await stopGroup(group)
    child.stdout.destroy()
    child.stderr.destroy()
    signal.throwIfAborted()
    throw new LoadgateError('infrastructure', `git ${args[0]} took longer than ${formatDuration(within)}`, {
      hint: `Try it in ${directory}: git ${args.join(' ')}`,
    })
  }
  return { code: child.exitCode ?? 128, stdout: stdout(), stderr: stderr() }
}

/** False once the signal has fired. */
function aborted(signal: AbortSignal): Promise<false> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(false)
    else signal.addEventListener('abort', () => resolve(false), { once: true })
  })
}

/** What was written, as text; beyond the limit it is read and forgotten, or git would wait for a reader. */
function collect(stream: NodeJS.ReadableStream): () => string {
  let text = ''
  stream.setEncoding('utf8')
  stream.on('data', (more: string) => {
    if (text.length < MOST_OUTPUT) text += more
  })
  stream.on('error', () => {})
  return () => text
}

/**
 * Git's own variables lead it to another repository, as inside of a hook; only those that say how files are fetched stay.
 * Nothing ever asks for a password, and messages are in English.
 */
function environmentFor(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = Object.entries(env).filter(([name]) => !/^GIT_(?!SSH|SSL_|LFS_)/.test(name))
  // An empty GIT_ASKPASS also hides SSH_ASKPASS and core.askPass.
  return { ...Object.fromEntries(others), GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: '', LC_ALL: 'C' }
}
