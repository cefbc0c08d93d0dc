// Runs the built command line as people do: a process of its own, in a directory of its own.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DefectCode } from '../../src/compare/comparison.ts'
import type { Report } from '../../src/report/report.ts'
import type { Ms } from '../../src/units.ts'

export const CLI = join(import.meta.dirname, '..', '..', 'dist', 'cli.js')

export interface CliOptions {
  readonly cwd: string
  /** Beside PATH and HOME, which is all that is inherited. */
  readonly env?: Readonly<Record<string, string>>
  /** What runs the command line instead of this Node; its last argument is the script. */
  readonly command?: readonly [program: string, ...args: string[]]
  /** After so long everything is killed and the test fails: nothing hangs. */
  readonly limit?: Ms
}

export interface CliEnd {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** Both, as they came. */
  readonly log: string
}

export interface RunningCli {
  readonly pid: number
  readonly ended: Promise<CliEnd>
  /** Waits until the text stands in the log; rejects when the process ends without it. */
  until(text: string | RegExp): Promise<void>
  kill(signal: NodeJS.Signals): void
  /** What somebody types. */
  type(text: string): void
}

const LIMIT: Ms = 60_000

export function startCli(args: readonly string[], options: CliOptions): RunningCli {
  const { cwd, env = {}, command = [process.execPath, CLI], limit = LIMIT } = options
  const [program, ...first] = command
  const child = spawn(program, [...first, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, ...env },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.on('error', () => {})
  const text = { stdout: '', stderr: '', log: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (part: string) => {
      text[name] += part
      text.log += part
    })
  let over = false
  const ended = new Promise<CliEnd>((resolve, reject) => {
    const guard = setTimeout(() => {
      process.kill(-child.pid!, 'SIGKILL')
      reject(new Error(`loadgate ${args.join(' ')} has not ended after ${limit} ms:\n${text.log}`))
    }, limit)
    child.once('error', reject)
    child.once('close', (exitCode, signal) => {
      clearTimeout(guard)
      over = true
      resolve({ exitCode, signal, ...text })
    })
  })
  ended.catch(() => {})
  return {
    pid: child.pid!,
    ended,
    async until(expected) {
      const found = () => (typeof expected === 'string' ? text.log.includes(expected) : expected.test(text.log))
      while (!found()) {
        if (over) throw new Error(`it ended without "${expected}":\n${text.log}`)
        await Promise.race([sleep(10), ended])
      }
    },
    kill: (signal) => void process.kill(child.pid!, signal),
    type: (text) => void child.stdin.write(text),
  }
}

export function runCli(args: readonly string[], options: CliOptions): Promise<CliEnd> {
  return startCli(args, options).ended
}

/** The file that `--json` writes. */
export type ReportFile = Report & { readonly kind: 'loadgate-report'; readonly schema: 1 }

export interface GateRun extends CliEnd {
  /** Undefined when the run wrote none. */
  readonly report: ReportFile | undefined
}

export interface GateCall extends CliOptions {
  readonly flags?: readonly string[]
  /** What happens to the process while it runs. */
  readonly meanwhile?: (cli: RunningCli) => Promise<void>
}

/** `loadgate run` with a profile given as data, which is YAML once it is JSON. */
export async function gateOnce(profile: object, { flags = [], meanwhile, ...options }: GateCall): Promise<GateRun> {
  const json = join(options.cwd, 'report.json')
  rmSync(json, { force: true })
  writeFileSync(join(options.cwd, 'loadgate.yml'), JSON.stringify(profile))
  const cli = startCli(['run', '--json', json, ...flags], options)
  await meanwhile?.(cli)
  const end = await cli.ended
  return { ...end, report: existsSync(json) ? readReport(json) : undefined }
}

/** Before each of the repetitions: what was busy has more and more time to end. */
const PAUSES: readonly Ms[] = [500, 1_000, 2_000]

/**
 * The same, and up to three times more when all that is wrong is that the generator got too little of the machine: tests
 * share it with other work, and then the tool rightly refuses to judge. Nothing else is tried again.
 */
export async function gate(profile: object, call: GateCall): Promise<GateRun> {
  let run = await gateOnce(profile, call)
  for (const pause of PAUSES) {
    if (!onlyStarved(run)) break
    await sleep(pause)
    run = await gateOnce(profile, call)
  }
  return run
}

const STARVED: ReadonlySet<DefectCode> = new Set(['generator-late', 'generator-busy'])

export function onlyStarved({ report }: Pick<GateRun, 'report'>): boolean {
  const defects = report?.comparison.defects ?? []
  return defects.length > 0 && defects.every(({ code }) => STARVED.has(code))
}

function readReport(path: string): ReportFile {
  return JSON.parse(readFileSync(path, 'utf8'))
}

/** A run that must have come to a verdict. */
export function reported({ report, log }: GateRun): ReportFile {
  if (report === undefined) throw new Error(`the run wrote no report:\n${log}`)
  return report
}

/** The codes of what makes a run invalid. */
export function defectsOf({ report }: GateRun): DefectCode[] {
  return report?.comparison.defects.map(({ code }) => code) ?? []
}

export interface Workspace extends Disposable {
  readonly path: string
  /** The path of a file in it. */
  at(name: string): string
}

/** How often each cause ended a request. */
export function causesOf(run: GateRun): Readonly<Record<string, number>> {
  return Object.fromEntries(reported(run).comparison.scopes[0]?.causes ?? [])
}

/** An empty directory, removed in the end. */
export function workspace(): Workspace {
  const path = mkdtempSync(join(tmpdir(), 'loadgate-cli-'))
  return {
    path,
    at: (name) => join(path, name),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  }
}

/** Whether a process is there and not only its entry, which stays until its parent, or the system's first process, asks. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z'
  } catch (error) {
    // There, on a system without /proc.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && !existsSync('/proc/self')
  }
}
