import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { acceptedAt } from '../../src/accepted-at.ts'
import { baselineRun } from '../../src/baseline/baseline-run.ts'
import { fileStore } from '../../src/baseline/file-store.ts'
import { type BaselineDoors, baselineCommand } from '../../src/command-line/baseline/baseline.ts'
import { HELP } from '../../src/command-line/help.ts'
import type { Outcome } from '../../src/compare/verdict.ts'
import { fingerprintHere } from '../../src/fingerprint.ts'
import type { GateOptions } from '../../src/inputs.ts'
import { createOutput } from '../../src/output/output.ts'
import { loadProfile } from '../../src/profile-file.ts'
import type { RunResult } from '../../src/result/result.ts'
import { dayOf } from '../../src/trust/read-acceptances.ts'
import { madeRun, spread } from '../baseline/made-run.ts'
import { runCli, type Workspace, workspace } from '../support/run-cli.ts'
import { writeStore } from '../support/stored-runs.ts'

const DAY = 24 * 3_600_000
const PROFILE = `name: shop
target: http://127.0.0.1:1
load: { rate: 100/s, for: 60s }
scenarios: [ { name: store, steps: [ { get: / } ] } ]
budgets: [ p95 < 250 ms, "p95 of store < baseline + 10 %", errors < 1 % ]
`

let place: Workspace
let log: string
let ran: GateOptions[]
beforeEach(() => {
  place = workspace()
  writeFileSync(place.at('loadgate.yml'), PROFILE)
  log = ''
  ran = []
})
afterEach(() => place[Symbol.dispose]())

type RunOnce = BaselineDoors['runOnce']
const never: RunOnce = () => Promise.reject(new Error('no load may be sent'))

async function command(
  args: readonly string[],
  runOnce = never,
  signal = new AbortController().signal,
): Promise<number> {
  const stream = {
    columns: 100,
    write: (text: string) => {
      log += text
    },
  }
  const output = createOutput({ stdout: stream, stderr: stream, github: false })
  return baselineCommand(args, { output, signal, runOnce })
}
const store = () => `file:${place.at('baseline.json')}`
const on = (name: string, ...more: string[]) => [name, place.at('loadgate.yml'), '--baseline', store(), ...more]

/** As a run of the profile on this machine would leave them, one a day until yesterday. */
async function runs(
  p95s: readonly number[],
  changes: (n: number) => Partial<RunResult> = () => ({}),
): Promise<RunResult[]> {
  const { plan } = await loadProfile(place.at('loadgate.yml'), {})
  return p95s.map((p95, n) => ({
    ...madeRun({
      id: `run-${n}`,
      startedAt: Date.now() - (p95s.length - n) * DAY,
      steps: [{ times: spread(p95, 600) }],
    }),
    commit: `${n}`.padEnd(40, 'a'),
    fingerprint: fingerprintHere(plan.hash),
    ...changes(n),
  }))
}
const keep = async (...args: Parameters<typeof runs>) => writeStore(place.at('baseline.json'), await runs(...args))

// --- show ----------------------------------------------------------------------------------------------------------------

test('show tells the window and its history', async () => {
  await keep([100, 101, 99, 100], (n) => (n === 0 ? { fingerprint: fingerprintHere('b'.repeat(64)) } : {}))
  expect(await command(on('show'))).toBe(0)
  expect(log).toMatch(/0aaaaaa .*no \(1\)\n/)
  expect(log).toMatch(/3aaaaaa .*yes\n/)
  expect(log).toContain('(1) another load: the profile has changed')
  expect(log).toContain('would be compared with 3 runs of 4.')
  expect(log).toMatch(/p95 +B +3 +[▁-█]{3} /)
})

test('show writes the history for machines', async () => {
  await keep([100, 101, 99])
  expect(await command(on('show', '--json', place.at('history.json')))).toBe(0)
  const history = JSON.parse(readFileSync(place.at('history.json'), 'utf8'))
  expect(history).toMatchObject({ kind: 'loadgate-history', store: store(), window: [{ id: 'run-0' }, {}, {}] })
  expect(log).toContain(`Written: ${place.at('history.json')}.`)
})

test('show marks from which commit on a regression was accepted', async () => {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.example', ...args], {
      cwd: place.path,
      encoding: 'utf8',
    })
  const entry = (metric: string) =>
    `  - { metric: ${metric}, limit: + 15 %, reason: more checks, expires: ${dayOf(Date.now() + 9 * DAY)} }\n`
  const commit = (text: string | undefined, message: string) => {
    if (text !== undefined) writeFileSync(place.at('loadgate-accept.yml'), text)
    git('add', '-A')
    git('commit', '-qm', message, '--allow-empty')
    return git('rev-parse', 'HEAD').trim()
  }
  git('init', '-q', '-b', 'main')
  commit(undefined, 'begin')
  const first = commit(`accept:\n${entry('p95')}`, 'accept p95')
  git('checkout', '-qb', 'side')
  commit(`accept:\n${entry('p95')}${entry('p99')}`, 'accept p99')
  git('checkout', '-q', 'main')
  git('merge', '-q', '--no-ff', '-m', 'merge', 'side')
  const merge = git('rev-parse', 'HEAD').trim()
  const found = await acceptedAt(place.at('loadgate-accept.yml'))
  expect(found.map(({ commit, regression }) => [commit, regression])).toEqual([
    [merge, 'p99'],
    [first, 'p95'],
  ])
  await keep([100, 110, 111], (n) => ({ commit: n === 1 ? first : `${n}`.padEnd(40, 'a') }))
  expect(await command(on('show'))).toBe(0)
  expect(log).toContain(`p95 is accepted up to + 15 % until`)
  expect(log).toContain(`from ${first.slice(0, 7)} on, since more checks`)
})

test('where the history is cut off, nothing seems to begin', async () => {
  const git = (directory: string, ...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.example', ...args], { cwd: directory })
  const accept = (...metrics: readonly string[]) => {
    const entries = metrics.map(
      (metric) =>
        `  - { metric: ${metric}, limit: + 15 %, reason: more checks, expires: ${dayOf(Date.now() + 9 * DAY)} }\n`,
    )
    writeFileSync(place.at('loadgate-accept.yml'), `accept:\n${entries.join('')}`)
    git(place.path, 'add', '-A')
    git(place.path, 'commit', '-qm', metrics.join())
  }
  git(place.path, 'init', '-q', '-b', 'main')
  accept('p95')
  accept('p95', 'p99')
  accept('p95', 'p99', 'p90')
  const cloned = async (depth: number) => {
    const directory = place.at(`depth-${depth}`)
    git(place.path, 'clone', '-q', `--depth=${depth}`, `file://${place.path}`, directory)
    return (await acceptedAt(join(directory, 'loadgate-accept.yml'))).map(({ regression }) => regression)
  }
  expect(await cloned(1)).toEqual([])
  expect(await cloned(2)).toEqual(['p90'])
  expect(await cloned(9)).toEqual(['p90', 'p99', 'p95'])
})

test('a file outside git has no such commits', async () => {
  expect(await acceptedAt(place.at('loadgate-accept.yml'))).toEqual([])
  expect(await acceptedAt(place.at('nowhere/loadgate-accept.yml'))).toEqual([])
})

// --- verify ---------------------------------------------------------------------------------------------------------------

test('verify says that a store is sound, and what it serves for', async () => {
  await keep([100, 101, 99], (n) => (n === 0 ? { fingerprint: fingerprintHere('b'.repeat(64)) } : {}))
  expect(await command(on('verify'))).toBe(0)
  expect(log).toContain(`${store()} is sound: 3 runs`)
  expect(log).toContain('compared with 2 runs, not with 1 run (another load: the profile has changed).')
})

test.each([
  ['of the future', { startedAt: Date.now() + 9 * DAY }, /run-2 of .* is of the future/],
  ['of another profile', { profile: 'other' }, /run-2 of .* is of the profile "other", and this one is "shop"/],
  ['cut short', { complete: false }, /run-2 of .* was stopped before its plan was spent/],
])('verify finds a run %s', async (_, changes, words) => {
  await keep([100, 101, 99], (n) => (n === 2 ? changes : {}))
  expect(await command(on('verify'))).toBe(4)
  expect(log).toMatch(words)
  expect(log).not.toContain('is sound')
})

test('verify refuses what is damaged, by the words of the store, and leaves it as it is', async () => {
  await keep([100, 101, 99])
  const text = readFileSync(place.at('baseline.json'), 'utf8')
  const damaged = text.replace('"succeeded":600', '"succeeded":601')
  writeFileSync(place.at('baseline.json'), damaged)
  await expect(command(on('verify'))).rejects.toMatchObject({
    kind: 'infrastructure',
    message: expect.stringContaining('is damaged: its checksum does not agree'),
  })
  expect(readFileSync(place.at('baseline.json'), 'utf8')).toBe(damaged)
})

test.each(['show', 'verify'])('%s of a store without a run is a mistake in its name', async (name) => {
  await expect(command(on(name))).rejects.toMatchObject({ kind: 'usage', message: `There is no run in ${store()}` })
})

// --- seed -----------------------------------------------------------------------------------------------------------------

/** Keeps a run where the verdict is one that is kept, as the gate does. */
const gate =
  (outcomes: readonly Outcome[]): RunOnce =>
  async (options) => {
    const outcome = outcomes[ran.length] ?? 'pass'
    ran.push(options)
    const [run] = await runs([100])
    if (outcome !== 'fail' && outcome !== 'invalid')
      await fileStore(place.at('baseline.json')).append(baselineRun({ ...run!, id: `seeded-${ran.length}` }))
    return outcome
  }

test('seed sends the load as often as asked, and keeps each run', async () => {
  expect(await command(on('seed', '--runs', '3', '--threads', '2'), gate([]))).toBe(0)
  expect(ran).toHaveLength(3)
  expect(ran[0]).toMatchObject({
    saveBaseline: 'true',
    baseline: store(),
    threads: 2,
    profile: place.at('loadgate.yml'),
  })
  expect(log).toContain('3 runs of 1 min, together 3 min of load.')
  expect(log).toContain('Run 3 of 3')
  expect(log).toContain(`3 runs of 3 added to ${store()}.`)
  expect(await command(on('seed'), gate([]))).toBe(0)
  expect(ran).toHaveLength(8)
})

test.each<[readonly Outcome[], number, number, number]>([
  [['pass', 'inconclusive', 'pass'], 3, 3, 0],
  [['pass', 'invalid', 'pass'], 3, 2, 4],
  [['pass', 'fail'], 2, 1, 1],
])('seed with the verdicts %j', async (outcomes, sent, kept, code) => {
  expect(await command(on('seed', '--runs=3'), gate(outcomes))).toBe(code)
  expect(ran).toHaveLength(sent)
  expect(log).toContain(`${kept} run${kept === 1 ? '' : 's'} of 3 added`)
})

test('seed does not believe that a run was kept', async () => {
  const forgetful: RunOnce = async () => 'pass'
  expect(await command(on('seed', '--runs=2'), forgetful)).toBe(4)
  expect(log).toContain('0 runs of 2 added')
})

test('seed ends when it is told to, and says how many runs are kept', async () => {
  const stop = new AbortController()
  const once: RunOnce = async (options) => {
    stop.abort()
    return gate([])(options)
  }
  expect(await command(on('seed'), once, stop.signal)).toBe(4)
  expect(ran).toHaveLength(1)
  expect(log).toContain(`1 run of 5 added to ${store()}.`)
})

// --- accept ---------------------------------------------------------------------------------------------------------------

const soon = dayOf(Date.now() + 30 * DAY)
const entry = (changes: Readonly<Record<string, string | undefined>> = {}) => {
  const flags = {
    metric: 'p95',
    of: 'store',
    limit: '+ 15 %',
    reason: 'prices are checked twice',
    expires: soon,
    ...changes,
  }
  return Object.entries(flags).flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}`, value]))
}
const accept = (changes?: Parameters<typeof entry>[0]) =>
  command(['accept', place.at('loadgate.yml'), ...entry(changes)])
const written = () =>
  existsSync(place.at('loadgate-accept.yml')) && readFileSync(place.at('loadgate-accept.yml'), 'utf8')

test('accept begins the file, and adds to it', async () => {
  expect(await accept()).toBe(0)
  expect(log).toContain(`p95 of "store", + 15 % until ${soon}, for the budget "p95 of store < baseline + 10 %".`)
  const first = written() as string
  expect(first).toContain(`  - metric: p95\n    of: store\n    limit: + 15 %\n`)
  writeFileSync(place.at('loadgate.yml'), PROFILE.replace('errors < 1 %', 'throughput > baseline - 5 %'))
  writeFileSync(place.at('loadgate-accept.yml'), first.replace('limit: + 15 %', 'limit: + 15 % # agreed'))
  expect(await accept({ metric: 'throughput', of: undefined, limit: '- 10 %' })).toBe(0)
  expect(written()).toContain('limit: + 15 % # agreed')
  expect(written()).toContain('  - metric: throughput\n    limit: "- 10 %"\n')
})

test.each<[string, Parameters<typeof entry>[0], RegExp, RegExp | undefined]>([
  [
    'no metric, no day',
    { metric: undefined, expires: undefined },
    /needs --metric, --expires$/,
    /^For example: loadgate baseline accept/,
  ],
  ['another metric', { metric: 'p59x' }, /"p59x" is no metric/, undefined],
  [
    'another metric of the same',
    { metric: 'p99' },
    /No budget .* limits p99 of "store"$/,
    /^Did you mean p95 of "store"\?$/,
  ],
  [
    'nothing of the kind',
    { metric: 'errors', of: undefined, limit: '+ 1 pp' },
    /limits errors$/,
    /^Limited are: p95 of "store"\.$/,
  ],
  ['an absolute budget', { of: undefined }, /limits p95$/, undefined],
  [
    'less than is allowed',
    { limit: '+ 10 %' },
    /^The budget "p95 of store < baseline \+ 10 %", as it is written here, allows \+ 10 % already$/,
    undefined,
  ],
  ['a limit without a unit', { limit: '+ 15' }, /unknown-unit/, undefined],
  [
    'a day long gone',
    { expires: '2020-01-01' },
    /"2020-01-01", which has gone by/,
    /^Name a later day, such as \d{4}-/,
  ],
  ['a day that is far off', { expires: '2099-01-01' }, /more than a year ahead/, undefined],
  ['no reason', { reason: ' ' }, /a reason cannot be empty/, undefined],
])('accept refuses %s, and writes nothing', async (_, changes, words, hint) => {
  const error = await accept(changes).catch((error: unknown) => error)
  expect(error).toMatchObject({ kind: 'usage', message: expect.stringMatching(words) })
  if (hint) expect(error).toMatchObject({ hint: expect.stringMatching(hint) })
  expect(written()).toBe(false)
})

test('accept does not touch an entry that is there, nor a file that is broken', async () => {
  await accept()
  const before = written()
  await expect(accept({ limit: '+ 20 %' })).rejects.toThrow(/loadgate-accept\.yml:\d+ accepts p95 of "store" already/)
  expect(written()).toBe(before)
  writeFileSync(place.at('loadgate-accept.yml'), 'accept: 5\n')
  await expect(accept()).rejects.toThrow(/loadgate-accept\.yml:1:1 {2}wrong-type/)
  expect(written()).toBe('accept: 5\n')
})

// --- as people call it ----------------------------------------------------------------------------------------------------

test.each([
  [[], /^baseline takes what to do$/, /^Write one of: show, seed, verify, accept\.$/],
  [['shwo'], /^There is no command "baseline shwo"$/, /^Did you mean `loadgate baseline show`\?$/],
  [['constructor'], /^There is no command "baseline constructor"$/, /./],
  [['show', '--runs', '3'], /^This command has no flag --runs$/, /./],
  [['seed', '--run', '3'], /^This command has no flag --run$/, /^Did you mean --runs\?$/],
  [['show', 'a.yml', 'b.yml'], /^"b\.yml" is one argument too many$/, /./],
  [['show', 'nowhere.yml'], /^nowhere\.yml cannot be read/, /./],
])('a mistake in %j is told', async (args, words, hint) => {
  const error = await Promise.resolve()
    .then(() => command(args))
    .catch((error: unknown) => error)
  expect(error).toMatchObject({
    kind: 'usage',
    message: expect.stringMatching(words),
    hint: expect.stringMatching(hint),
  })
})

test.each(['0', '21', 'x', '-1'])('seed does not run %s times', async (runs) => {
  await expect(command(on('seed', `--runs=${runs}`))).rejects.toMatchObject({
    kind: 'usage',
    message: `\`--runs\` is "${runs}"`,
  })
})

test('a store that is none is no store', async () => {
  await expect(command(['show', place.at('loadgate.yml'), '--baseline=none'])).rejects.toMatchObject({ kind: 'usage' })
})

const CLI = resolve(import.meta.dirname, '..', '..', 'src', 'cli.ts')
const loadgate = (...args: string[]) => runCli(args, { cwd: place.path, command: [process.execPath, CLI] })

test('the process answers with its exit codes', async () => {
  await keep([100, 101, 99])
  const verify = (name: string) => loadgate('baseline', 'verify', '--baseline', `file:${name}`)
  expect(await verify('baseline.json')).toMatchObject({ exitCode: 0, stderr: '' })
  expect(await verify('nowhere.json')).toMatchObject({ exitCode: 2 })
  writeFileSync(join(place.path, 'baseline.json'), '{"kind":"loadgate-baseline"')
  const { exitCode, stderr } = await verify('baseline.json')
  expect([exitCode, stderr]).toEqual([4, expect.stringContaining('baseline.json is damaged')])
})

test('help names every command', () => {
  for (const name of ['show', 'seed', 'verify', 'accept']) expect(HELP).toContain(`loadgate baseline ${name} [PROFILE]`)
})
