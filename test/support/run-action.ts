import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parse } from 'yaml'
import type { Ms } from '../../src/units.ts'

export interface ActionCall {
  /** The directory of action.yml. */
  readonly action: string
  readonly inputs?: Readonly<Record<string, string>>
  readonly eventName?: string
  readonly event?: unknown
  /** Beside what the runner sets; `undefined` takes something of that away. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly entry?: 'main' | 'post'
  /** What the main step saved, for its post step. */
  readonly state?: Readonly<Record<string, string>>
  /** The checkout; an empty directory unless told. */
  readonly workspace?: string
  /** The job is cancelled as soon as this is true; asked every 20 ms. */
  readonly cancelWhen?: (log: string) => boolean
  /** This one signal instead of the runner's sequence, as when somebody else ends the process. */
  readonly cancelWith?: NodeJS.Signals
  /** The runner's own, unless a test of the sequence itself has no time for it. */
  readonly cancelPauses?: { readonly terminate: Ms; readonly kill: Ms }
  /** The job's timeout. */
  readonly limit?: Ms
}

export interface ActionRun {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  /** stdout and stderr, as they came. */
  readonly log: string
  readonly outputs: Readonly<Record<string, string>>
  readonly state: Readonly<Record<string, string>>
  readonly summary: string
  /** From the first signal of the cancellation to the end of the process; undefined without one. */
  readonly tookToEnd: Ms | undefined
}

// actions/runner, ProcessInvoker: SIGINT, 7.5 s, SIGTERM, 2.5 s, then the whole tree is killed. Signals go to the entry
// process alone. Once it is gone, streams that a child holds open get five seconds more.
const CANCEL = { terminate: 7_500, kill: 2_500 } as const
const STREAMS: Ms = 5_000
const LIMIT: Ms = 120_000
const ASK_EVERY: Ms = 20
const FILES = ['OUTPUT', 'ENV', 'PATH', 'STATE', 'STEP_SUMMARY'] as const

/** Runs an action as the runner does: its own action.yml, its own Node, and nothing of our environment but PATH. */
export async function runAction(call: ActionCall): Promise<ActionRun> {
  const root = mkdtempSync(join(tmpdir(), 'loadgate-action-'))
  try {
    const file = (name: string) => join(root, name)
    for (const name of FILES) writeFileSync(file(name), '')
    for (const name of ['workspace', 'temp', 'home']) mkdirSync(file(name))
    writeFileSync(file('event.json'), JSON.stringify(call.event ?? {}))
    const metadata = metadataOf(call.action)
    const entry = join(call.action, metadata.runs[call.entry ?? 'main'] ?? missing(`runs.${call.entry}`))
    const workspace = call.workspace ?? file('workspace')
    const env = { ...environment(file, workspace, call), ...inputsOf(metadata, call), ...statesOf(call), ...call.env }
    const ended = await supervise(
      spawn(process.execPath, [entry], { cwd: workspace, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] }),
      call,
    )
    const text = (name: string) => readFileSync(file(name), 'utf8')
    return { ...ended, outputs: pairsIn(text('OUTPUT')), state: pairsIn(text('STATE')), summary: text('STEP_SUMMARY') }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

interface Metadata {
  readonly inputs?: Readonly<Record<string, { readonly default?: unknown } | null>>
  readonly runs: { readonly using: string; readonly main: string; readonly post?: string }
}

function metadataOf(action: string): Metadata {
  const metadata: Metadata = parse(readFileSync(join(action, 'action.yml'), 'utf8'))
  return metadata.runs.using === 'node24' ? metadata : missing('runs.using: node24')
}

function missing(what: string): never {
  throw new Error(`action.yml has no ${what}`)
}

/** Declared inputs with their defaults, named as the runner names them: spaces become _, hyphens stay. */
function inputsOf({ inputs = {} }: Metadata, { inputs: given = {} }: ActionCall): Record<string, string> {
  for (const name of Object.keys(given)) if (!(name in inputs)) missing(`input ${name}`)
  const values = Object.entries(inputs).map(([name, input]) => [
    `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
    given[name] ?? evaluated(String(input?.default ?? '')),
  ])
  return Object.fromEntries(values)
}

function evaluated(text: string): string {
  const value = text.replaceAll('${{ github.token }}', 'ghs_workflow')
  return value.includes('${{') ? missing(`default that this runner can evaluate: ${text}`) : value
}

function statesOf({ state = {} }: ActionCall): Record<string, string> {
  return Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]))
}

function environment(file: (name: string) => string, workspace: string, { eventName = 'push' }: ActionCall) {
  return {
    PATH: process.env.PATH,
    HOME: file('home'),
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    RUNNER_OS: 'Linux',
    RUNNER_TEMP: file('temp'),
    GITHUB_WORKSPACE: workspace,
    GITHUB_EVENT_NAME: eventName,
    GITHUB_EVENT_PATH: file('event.json'),
    GITHUB_REPOSITORY: 'octo-org/shop',
    GITHUB_REPOSITORY_OWNER: 'octo-org',
    GITHUB_SHA: 'a'.repeat(40),
    GITHUB_REF: eventName === 'pull_request' ? 'refs/pull/7/merge' : 'refs/heads/main',
    GITHUB_RUN_ID: '100',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_NUMBER: '1',
    GITHUB_WORKFLOW: 'performance',
    GITHUB_JOB: 'gate',
    GITHUB_SERVER_URL: 'https://github.com',
    // A closed port: whoever talks to GitHub says where.
    GITHUB_API_URL: 'http://127.0.0.1:9',
    ...Object.fromEntries(FILES.map((name) => [`GITHUB_${name}`, file(name)])),
  }
}

async function supervise(child: ChildProcess, call: ActionCall) {
  const { cancelWhen, limit = LIMIT } = call
  const over = new AbortController()
  let log = ''
  let cancelledAt: Ms | undefined
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (part: string) => {
      log += part
    })
  const ask = setInterval(() => {
    if (cancelledAt !== undefined || !cancelWhen?.(log)) return
    cancelledAt = performance.now()
    void cancel(child, call, over.signal)
  }, ASK_EVERY)
  child.once('exit', () => void after(STREAMS, over.signal, () => killTree(child)))
  void after(limit, over.signal, () => killTree(child))
  return new Promise<Pick<ActionRun, 'exitCode' | 'signal' | 'log' | 'tookToEnd'>>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode, signal) => {
      over.abort()
      clearInterval(ask)
      const tookToEnd = cancelledAt === undefined ? undefined : performance.now() - cancelledAt
      resolve({ exitCode, signal, log, tookToEnd })
    })
  })
}

async function cancel(child: ChildProcess, { cancelWith, cancelPauses = CANCEL }: ActionCall, over: AbortSignal) {
  child.kill(cancelWith ?? 'SIGINT')
  if (cancelWith) return
  await after(cancelPauses.terminate, over, () => child.kill('SIGTERM'))
  await after(cancelPauses.kill, over, () => killTree(child))
}

async function after(pause: Ms, over: AbortSignal, act: () => void): Promise<void> {
  await sleep(pause, undefined, { signal: over }).then(act, () => undefined)
}

// The child leads a process group of its own, so this reaches what it has started, too.
function killTree({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}

/** `name=value` and `name<<DELIMITER … DELIMITER`; of two with one name the later one counts. */
export function pairsIn(text: string): Record<string, string> {
  const pairs: Record<string, string> = {}
  const lines = text.split('\n')
  while (lines.length > 0) {
    const line = lines.shift() ?? ''
    const long = /^([^=]+?)<<(.+)$/.exec(line)
    if (long) {
      const end = lines.indexOf(long[2] ?? '')
      if (end < 0) throw new Error(`no line "${long[2]}" ends the value of ${long[1]}`)
      pairs[long[1] ?? ''] = lines
        .splice(0, end + 1)
        .slice(0, -1)
        .join('\n')
    } else if (line.includes('=')) pairs[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1)
    else if (line !== '') throw new Error(`"${line}" is no file command`)
  }
  return pairs
}
