// `npm run bench:gate-real`: the built tool against a real service on this machine, whose head does the work of its base or
// some per cent more, left alone and with another process that takes the CPU now and then. bench/README.md says how.
//
//   node gate-real.ts [UNCHANGED SLOWER]   comparisons with an unchanged head, and for each slow-down; 30 and 10 unless told
//
// It takes an hour: rows that a run before it has measured, of the same tool and as often, are not measured again.
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Report } from '../src/report/report.ts'
import { table, unpinned, writeFigures } from './table.ts'

const CLI = new URL('../dist/cli.js', import.meta.url).pathname
const SERVICE = new URL('gate-real/service.mjs', import.meta.url).pathname
const MEASURED = new URL('.cache/gate-real.json', import.meta.url).pathname
const SLOWDOWNS = [0, 0.05, 0.1, 0.2]
const SURROUNDINGS = ['left alone', 'disturbed'] as const
const PORT = 18_300
/** Ten rounds and what is around them take two minutes. */
const LONGEST = 600_000

const PROFILE = {
  name: 'real',
  target: `http://127.0.0.1:${PORT}`,
  service: { start: 'exec node server.mjs', ready: '/healthz' },
  load: { 'warm-up': '1s', rate: '200/s', for: '6s' },
  scenarios: [{ name: 'all', steps: [{ get: '/' }] }],
  budgets: ['errors < 1 %', 'p95 < baseline + 5 %'],
}

interface Found {
  readonly outcomes: Readonly<Record<string, number>>
  readonly seconds: readonly number[]
  readonly changes: readonly number[]
}

async function measure(unchanged: number, slower: number): Promise<void> {
  const rows: string[][] = []
  const around = unpinned()
  for (const surroundings of SURROUNDINGS)
    for (const slowdown of SLOWDOWNS) {
      const times = slowdown === 0 ? unchanged : slower
      const found = await measuredOnce([surroundings, slowdown, times].join(), () =>
        compareOften(times, slowdown, surroundings),
      )
      rows.push(rowOf(surroundings, slowdown, found))
      console.error(rows.at(-1)!.join('  '))
    }
  const section = table([HEAD, ...rows])
  writeFigures('gate-real', [`${around}.`, section])
  console.log(section)
}

/** What was found is kept beside the built tool it was found with. */
async function measuredOnce(name: string, measureIt: () => Promise<Found>): Promise<Found> {
  const tool = createHash('sha256').update(readFileSync(CLI)).update(readFileSync(SERVICE)).digest('hex')
  const key = `${tool} ${name}`
  const kept: Record<string, Found> = existsSync(MEASURED) ? JSON.parse(readFileSync(MEASURED, 'utf8')) : {}
  const found = kept[key] ?? (await measureIt())
  mkdirSync(dirname(MEASURED), { recursive: true })
  writeFileSync(MEASURED, JSON.stringify({ ...kept, [key]: found }))
  return found
}

const HEAD = ['the head does', 'compared', 'failed', 'passed', 'inconclusive', 'invalid', 'change found', 'seconds']

function rowOf(surroundings: string, slowdown: number, { outcomes, seconds, changes }: Found): string[] {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const what = slowdown === 0 ? 'the same' : `${100 * slowdown} % more`
  const count = (outcome: string) => String(outcomes[outcome] ?? 0)
  const change = 100 * (mean(changes) - 1)
  return [
    `${what}, ${surroundings}`,
    String(seconds.length),
    ...['fail', 'pass', 'inconclusive', 'invalid'].map(count),
    changes.length === 0 ? '–' : `${change < 0 ? '−' : '+'}${Math.abs(change).toFixed(1)} %`,
    mean(seconds).toFixed(0),
  ]
}

async function compareOften(times: number, slowdown: number, surroundings: string): Promise<Found> {
  const directory = repository(slowdown)
  const disturber = surroundings === 'disturbed' ? disturb() : undefined
  const outcomes: Record<string, number> = {}
  const seconds: number[] = []
  const changes: number[] = []
  try {
    for (let n = 0; n < times; n++) {
      const begun = performance.now()
      const { verdict, comparison } = await compareOnce(directory)
      seconds.push((performance.now() - begun) / 1000)
      outcomes[verdict.outcome] = (outcomes[verdict.outcome] ?? 0) + 1
      const change = comparison.budgets.find(({ budget }) => budget.limit.kind === 'baseline')?.change
      if (change) changes.push(change.value)
      console.error(`${surroundings}, ${slowdown}: ${verdict.outcome}: ${verdict.reason}`)
    }
    return { outcomes, seconds, changes }
  } finally {
    disturber?.kill()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** `main` has the base, the branch that is checked out has the head. */
function repository(slowdown: number): string {
  const directory = mkdtempSync(join(tmpdir(), 'loadgate-bench-gate-'))
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost', ...args], { cwd: directory })
  const version = (slower: number) => writeFileSync(join(directory, 'slower.mjs'), `export const slower = ${slower}\n`)
  cpSync(SERVICE, join(directory, 'server.mjs'))
  writeFileSync(join(directory, 'loadgate.yml'), JSON.stringify(PROFILE, null, 2))
  writeFileSync(join(directory, '.gitignore'), 'report.json\n')
  version(0)
  git('init', '--quiet', '--initial-branch', 'main')
  git('add', '--all')
  git('commit', '--quiet', '--message', 'base')
  git('switch', '--quiet', '--create', 'change')
  version(slowdown)
  git('commit', '--quiet', '--all', '--allow-empty', '--message', 'head')
  return directory
}

async function compareOnce(directory: string): Promise<Pick<Report, 'verdict' | 'comparison'>> {
  const path = join(directory, 'report.json')
  rmSync(path, { force: true })
  const child = spawn(process.execPath, [CLI, 'run', '--compare', 'side-by-side', '--json', path], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: LONGEST,
  })
  await once(child, 'exit')
  return JSON.parse(readFileSync(path, 'utf8'))
}

/** Takes one core for a fifth of a second to two seconds, and rests as long on average three times over. */
function disturb() {
  const busy = `const seize = () => {
    const until = performance.now() + 200 + 1800 * Math.random()
    while (performance.now() < until);
    setTimeout(seize, 600 + 5400 * Math.random())
  }
  process.on('disconnect', () => process.exit())
  seize()`
  return spawn(process.execPath, ['-e', busy], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
}

const [unchanged, slower] = process.argv.slice(2).map(Number)
await measure(unchanged || 30, slower || 10)
