// Two versions of a service in a real repository: measured beside each other by the built command line and the action.
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { gateAction, installAction, pullRequest } from '../support/gate-action.ts'
import { gate, gateOnce, isAlive, reported, type Workspace } from '../support/run-cli.ts'
import { closedPort } from '../support/wire-server.ts'
import { type Sandbox, sandbox } from '../versions/repository.ts'

const MINUTE = 60_000
const RELATIVE = 'p50 < baseline + 30 %'

/** Answers after DELAY ms on $PORT, or on a port of its own; leaves its process number in the file PIDS names. */
const service = (delay: number, port = 'process.env.PORT') => `import { createServer } from 'node:http'
import { appendFileSync } from 'node:fs'
appendFileSync(process.env.PIDS, process.pid + ' ')
createServer((request, response) => setTimeout(() => response.end('ok'), request.url === '/healthz' ? 0 : ${delay})).listen(${port}, '127.0.0.1')
`

let box: Sandbox
let action: Workspace
beforeAll(() => {
  box = sandbox()
  action = installAction()
})
afterAll(() => {
  box.remove()
  action[Symbol.dispose]()
})
afterEach(() => expect(box.leftovers()).toEqual([]))

let repositories = 0

/** A repository whose `main` has one version and whose checked-out branch has another. */
async function versions({ base, head, more = {} }: { base: string; head: string; more?: object }) {
  const directory = join(box.root, `repository-${repositories++}`)
  const port = await closedPort()
  const profile = {
    name: 'two',
    target: `http://127.0.0.1:${port}`,
    service: { start: `exec "${process.execPath}" server.mjs`, ready: '/healthz', 'ready-within': '20s', ...more },
    load: { 'warm-up': '300ms', rate: '60/s', for: '3s' },
    scenarios: [{ name: 'only', steps: [{ get: '/' }] }],
    budgets: ['errors < 5 %', RELATIVE],
  }
  box.git(box.root, 'init', '--quiet', directory)
  box.commit(directory, { 'server.mjs': base, '.gitignore': 'report.json\nloadgate.yml\nloadgate-report\n' })
  box.git(directory, 'switch', '--quiet', '--create', 'change')
  const commit = box.commit(directory, { 'server.mjs': head })
  const pids = join(box.root, `pids-${repositories}`)
  writeFileSync(pids, '')
  const env = { ...box.env, PIDS: pids, TMPDIR: box.temp, PATH: process.env.PATH ?? '' }
  return { directory, profile, commit, env, pids, call: { cwd: directory, env } }
}

const pidsOf = (path: string) =>
  readFileSync(path, 'utf8')
    .split(' ')
    .filter((pid) => pid !== '')
    .map(Number)

test(
  'a slower version fails, and the report says beside what it was measured',
  async () => {
    const { profile, call, commit, directory, pids } = await versions({ base: service(40), head: service(80) })
    const run = await gate(profile, { ...call, flags: ['--compare', 'side-by-side'] })
    const { verdict, comparison, result } = reported(run)
    expect([verdict.outcome, run.exitCode, run.log]).toEqual(['fail', 1, run.log])
    expect(comparison.baseline).toMatchObject({
      kind: 'side-by-side',
      rounds: 2,
      design: 'paired',
      freshProcesses: true,
      commit: box.git(directory, 'rev-parse', 'main'),
    })
    expect(result.commit).toBe(commit)
    const [row] = comparison.budgets
    expect(row).toMatchObject({ judgement: { kind: 'exceeded' }, budget: { text: RELATIVE } })
    expect(row!.change!.value).toBeGreaterThan(1.6)
    expect(run.log).toContain('Round 2 of at most 10')
    expect(pidsOf(pids).filter(isAlive)).toEqual([])
    expect(box.git(directory, 'worktree', 'list').split('\n')).toHaveLength(1)
    expect(box.git(directory, 'status', '--porcelain')).toBe('')
  },
  2 * MINUTE,
)

test(
  'the same version passes',
  async () => {
    const { profile, call } = await versions({ base: service(40), head: `${service(40)}// the same\n` })
    const run = await gate(profile, { ...call, flags: ['--compare', 'side-by-side', '--on-inconclusive', 'fail'] })
    expect([reported(run).verdict.outcome, run.exitCode, run.log]).toEqual(['pass', 0, run.log])
  },
  2 * MINUTE,
)

test(
  'services that cannot serve at once take turns',
  async () => {
    const port = await closedPort()
    const { profile, call, pids } = await versions({
      ...{ base: service(40, String(port)), head: service(80, String(port)) },
      more: { alone: true },
    })
    const target = `http://127.0.0.1:${port}`
    const run = await gate({ ...profile, target }, { ...call, flags: ['--compare', 'side-by-side', '--rounds', '3'] })
    expect(reported(run).comparison.baseline).toMatchObject({ kind: 'side-by-side', design: 'alternating' })
    expect([run.exitCode, run.log]).toEqual([1, run.log])
    expect(pidsOf(pids).filter(isAlive)).toEqual([])
  },
  2 * MINUTE,
)

test(
  'a service that has a port of its own is told of $PORT',
  async () => {
    const { profile, call, pids } = await versions({ base: service(5, '0'), head: service(5, '0') })
    const quick = { ...profile, service: { ...profile.service, 'ready-within': '2s' } }
    const run = await gateOnce(quick, { ...call, flags: ['--compare', 'side-by-side'] })
    expect(run.log).toContain('the service must listen on $PORT')
    expect(run.exitCode).not.toBe(0)
    expect(run.report).toBeUndefined()
    expect(pidsOf(pids).filter(isAlive)).toEqual([])
  },
  MINUTE,
)

test(
  'a base that is deployed already needs no repository',
  async () => {
    const { profile, call } = await versions({ base: service(40), head: service(80) })
    const port = await closedPort()
    const pids = join(box.root, 'deployed')
    const deployed = spawn(process.execPath, ['--input-type=module', '-e', service(40)], {
      env: { PORT: String(port), PIDS: pids },
    })
    try {
      const flags = ['--base-target', `http://127.0.0.1:${port}`, '--rounds', '4']
      const run = await gate(profile, { ...call, flags })
      const { comparison } = reported(run)
      expect([comparison.baseline, run.exitCode]).toEqual([
        expect.objectContaining({ kind: 'side-by-side', freshProcesses: false, commit: undefined }),
        1,
      ])
    } finally {
      deployed.kill()
    }
  },
  2 * MINUTE,
)

test(
  'stopped in the middle of a round, it leaves neither a process nor a checkout',
  async () => {
    const { profile, call, pids, directory } = await versions({ base: service(5), head: service(5) })
    const long = { ...profile, load: { rate: '50/s', for: '60s' } }
    const run = await gateOnce(long, {
      ...call,
      flags: ['--compare', 'side-by-side'],
      meanwhile: async (cli) => {
        await cli.until('sent')
        cli.kill('SIGINT')
      },
    })
    expect(run.exitCode).toBe(130)
    expect(pidsOf(pids)).toHaveLength(2)
    expect(pidsOf(pids).filter(isAlive)).toEqual([])
    expect(box.git(directory, 'worktree', 'list').split('\n')).toHaveLength(1)
  },
  MINUTE,
)

test(
  'on a pull request the action measures side by side by itself, where the branch left its base',
  async () => {
    const { profile, directory, env, commit } = await versions({ base: service(40), head: service(80) })
    const event = { ...pullRequest(1).pull_request, head: { sha: commit, repo: { id: 1 } }, base: { ref: 'main' } }
    const run = await gateAction({
      action: action.path,
      workspace: directory,
      profile,
      eventName: 'pull_request',
      event: { number: 7, pull_request: { ...event, number: 7 } },
      inputs: { comment: 'false', 'github-token': '' },
      env: { PIDS: env.PIDS, HOME: box.home },
    })
    expect([run.exitCode, run.log]).toEqual([1, run.log])
    expect(run.log).toContain(`base version, commit ${box.git(directory, 'rev-parse', '--short=7', 'main')}`)
    expect(run.report!.comparison.baseline).toMatchObject({ kind: 'side-by-side' })
    expect(run.outputs.verdict).toBe('fail')
  },
  2 * MINUTE,
)
