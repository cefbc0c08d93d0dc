// Two versions of a service in a real repository: measured beside each other by the built command line and the action.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { gateAction, installAction, pullRequest } from '../support/gate-action.ts'
import { gate, gateOnce, isAlive, reported, runCli, startCli, type Workspace } from '../support/run-cli.ts'
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
  box.commit(directory, { 'server.mjs': base, '.gitignore': 'report.json\nloadgate.yml\nloadgate-report\nbuilt.txt\n' })
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
    const { verdict, comparison, result, run: context } = reported(run)
    expect([verdict.outcome, run.exitCode, run.log]).toEqual(['fail', 1, run.log])
    expect(context.reproduce).toBe(`git checkout ${commit} && loadgate run loadgate.yml --compare side-by-side`)
    expect(result.plan.target).toBe(profile.target)
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
  'changes that are not committed are measured, said, and kept under no commit',
  async () => {
    const { profile, call, commit, directory } = await versions({ base: service(20), head: service(20) })
    writeFileSync(join(directory, 'server.mjs'), service(21))
    const run = await gateOnce(profile, { ...call, flags: ['--compare', 'side-by-side', '--rounds', '2'] })
    const { result, run: context } = reported(run)
    expect(result.commit).toBeUndefined()
    expect(context).toMatchObject({ changedFrom: commit, reproduce: expect.stringMatching(/^loadgate run/) })
    expect(context.commit).toBeUndefined()
    const said = `commit ${commit.slice(0, 7)} with uncommitted changes`
    expect(run.log.replaceAll(/\s+/g, ' ')).toContain(`Compared ${said} with its base`)

    const load = { ...profile, load: { rate: '20/s', for: '1s' } }
    const kept = await gate(load, { ...call, flags: ['--save-baseline', '--report', 'loadgate-report'] })
    expect(kept.stderr).toContain(`Files differ from commit ${commit.slice(0, 7)}, so the run is kept under no commit.`)
    const { runs } = JSON.parse(readFileSync(join(directory, '.loadgate/baseline.json'), 'utf8'))
    expect(runs.map((one: { commit?: string }) => one.commit)).toEqual([undefined])
    expect(readFileSync(join(directory, 'loadgate-report/report.md'), 'utf8')).toMatch(/uncommitted changes/)
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
    expect(run.report).toMatchObject({
      verdict: { outcome: 'invalid' },
      comparison: { defects: [{ code: 'not-started' }] },
    })
    expect(pidsOf(pids).filter(isAlive)).toEqual([])
  },
  MINUTE,
)

test(
  'a version that starts no more after rounds were measured: an error, and no report that nothing was sent',
  async () => {
    // It waits long enough to hear what was said of the round before.
    const untilGone = `import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
await sleep(500)
if (existsSync(process.env.PIDS + '-gone')) process.exit(3)
`
    const { profile, call, pids } = await versions({ base: service(5), head: untilGone + service(5) })
    const run = await gateOnce(profile, {
      ...call,
      flags: ['--compare', 'side-by-side'],
      meanwhile: async (cli) => {
        await cli.until(/Round 1 of at most \d+/)
        writeFileSync(`${pids}-gone`, '')
      },
    })
    expect(run.stderr).toMatch(/did not start: The service exited with code 3 before it was ready/)
    expect([run.exitCode, run.report]).toEqual([4, undefined])
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
        expect.objectContaining({ kind: 'side-by-side', freshProcesses: false }),
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
        await cli.until(/base: .* sent.* head: .* sent/)
        cli.kill('SIGINT')
      },
    })
    expect(run.exitCode).toBe(130)
    expect(run.log).not.toMatch(/Round 1|evidence is flawed/)
    expect(pidsOf(pids)).toHaveLength(2)
    expect(pidsOf(pids).filter(isAlive)).toEqual([])
    expect(box.git(directory, 'worktree', 'list').split('\n')).toHaveLength(1)
  },
  MINUTE,
)

test(
  'a version that dies under load is the reason that is given, and said to have written nothing',
  async () => {
    const dying = `setTimeout(() => process.exit(7), 2_000)\n${service(5)}`
    const { profile, call } = await versions({ base: service(5), head: dying })
    const run = await gateOnce(profile, { ...call, flags: ['--compare', 'side-by-side'] })
    const { verdict, comparison, run: context } = reported(run)
    expect([run.exitCode, verdict.outcome]).toEqual([4, 'invalid'])
    expect(verdict.reason).toMatch(/^The service of the head version exited with code 7 while .* \(round 1\)\.$/)
    expect(comparison.defects.map(({ code }) => code)).toEqual(['service-ended'])
    expect(run.log.split(verdict.reason.slice(0, 40))).toHaveLength(3)
    expect(run.stderr).toContain(`${context.serviceEnd} It wrote nothing.`)
  },
  MINUTE,
)

test(
  'killed outright, it leaves what the next run removes; of a run that lives, another one removes nothing',
  async () => {
    const { profile, call, pids, directory } = await versions({ base: service(5), head: service(5) })
    writeFileSync(join(directory, 'loadgate.yml'), JSON.stringify({ ...profile, load: { rate: '50/s', for: '60s' } }))
    const other = join(directory, 'other.yml')
    writeFileSync(other, JSON.stringify({ ...profile, service: undefined, load: { rate: '20/s', for: '300ms' } }))
    const runOther = () => runCli(['run', other, '--compare', 'none', '--baseline', 'none'], call)
    const worktrees = () => box.git(directory, 'worktree', 'list').split('\n')

    const long = startCli(['run', '--compare', 'side-by-side'], call)
    await long.until('sent')
    const beside = await runOther()
    expect([pidsOf(pids).filter(isAlive).length, worktrees().length]).toEqual([2, 2])
    expect(beside.log).not.toContain('earlier run')

    long.kill('SIGKILL')
    await long.ended
    expect([pidsOf(pids).filter(isAlive).length, worktrees().length]).toEqual([2, 2])
    const next = await runOther()
    expect(next.stderr).toContain('An earlier run was killed. Removed: 2 services that it had left running')
    expect([pidsOf(pids).filter(isAlive), worktrees().length]).toEqual([[], 1])
    expect((await runOther()).log).not.toContain('earlier run')
  },
  MINUTE,
)

test(
  'on a pull request the action measures side by side by itself, where the branch left its base',
  async () => {
    const { profile, directory, env, commit } = await versions({ base: service(40), head: service(80) })
    const event = { ...pullRequest(1).pull_request, head: { sha: commit, repo: { id: 1 } }, base: { ref: 'main' } }
    // How sharp the gate is, is not for the author to say: nobody reads this.
    writeFileSync(join(directory, 'loadgate.sharpness.json'), 'damaged')
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
    expect(run.log).toContain(`base version is commit ${box.git(directory, 'rev-parse', '--short=7', 'main')}`)
    expect(run.report!.comparison.baseline).toMatchObject({ kind: 'side-by-side' })
    expect(run.outputs.verdict).toBe('fail')
    expect(run.log).not.toContain('sharpness')
  },
  2 * MINUTE,
)

test(
  'a version beside itself: what it differs by is noise, and none of it an alarm',
  async () => {
    const { profile, call, directory, commit, pids } = await versions({ base: service(40), head: service(40) })
    const more = { prepare: 'echo built > built.txt', start: `test -f built.txt && ${profile.service.start}` }
    // What breaks an absolute limit breaks it in truth.
    const budgets = [...profile.budgets, 'p50 < 1 ms']
    writeFileSync(
      join(directory, 'loadgate.yml'),
      JSON.stringify({ ...profile, budgets, service: { ...profile.service, ...more } }),
    )
    let end = await runCli(['aa', '--runs', '2'], { ...call, limit: 2 * MINUTE })
    for (let tries = 1; tries < 3 && end.exitCode === 4; tries++)
      end = await runCli(['aa', '--runs', '2'], { ...call, limit: 2 * MINUTE })
    expect([end.exitCode, end.log]).toEqual([0, end.log])
    const { kind, comparisons, invalid, falseAlarms, ...kept } = JSON.parse(
      readFileSync(join(directory, 'loadgate.sharpness.json'), 'utf8'),
    )
    expect([kind, comparisons + invalid, falseAlarms]).toEqual(['loadgate-sharpness', 2, 0])
    expect(kept.budgets).toMatchObject([{ metric: 'p50', text: RELATIVE }])
    expect(end.log).toContain('Comparison 2 of 2')
    expect(end.log).toContain('Prepared the head version')
    expect(end.log).toContain(`Prepared the base version (${commit.slice(0, 7)})`)
    expect(end.log).not.toContain('No commit has the files')
    expect(end.log).toContain('Written: loadgate.sharpness.json.')

    const run = await gate(profile, { ...call, flags: ['--compare', 'side-by-side'] })
    expect(reported(run).sharpness).toMatchObject({ comparisons, falseAlarms: 0 })
    const line = run.log.replaceAll(/\s+/g, ' ')
    expect(line).toContain(`How sharp this gate is: ${comparisons} comparison`)
    expect(line).not.toContain('That was with')
    expect(pidsOf(pids).filter(isAlive)).toEqual([])
  },
  8 * MINUTE,
)

test(
  'stopped before it has compared as often as it was asked to, it keeps nothing',
  async () => {
    const { profile, call, directory, pids } = await versions({ base: service(40), head: service(40) })
    writeFileSync(join(directory, 'loadgate.yml'), JSON.stringify(profile))
    writeFileSync(join(directory, 'server.mjs'), `${service(40)}// not committed`)
    const cli = startCli(['aa', '--runs', '3'], call)
    await cli.until('Comparison 2 of 3')
    cli.kill('SIGINT')
    const { exitCode, log } = await cli.ended
    expect([exitCode, log]).toEqual([130, expect.not.stringContaining('Written')])
    expect(log).toContain('No commit has the files as they are here')
    expect(log).toMatch(/3 comparisons: \d.* to \d.* of load, beside what preparing and starting take\./)
    expect(log).toContain('Stopped after 1 of 3 comparisons: not kept in loadgate.sharpness.json.')
    expect(existsSync(join(directory, 'loadgate.sharpness.json'))).toBe(false)
    expect(pidsOf(pids).filter(isAlive)).toEqual([])
  },
  MINUTE,
)

test(
  'where it is to be kept cannot be written, nothing is started',
  async () => {
    const { profile, call, directory, pids } = await versions({ base: service(5), head: service(5) })
    writeFileSync(join(directory, 'loadgate.yml'), JSON.stringify(profile))
    const end = await runCli(['aa', '--json', '.'], call)
    expect([end.exitCode, end.stderr]).toEqual([2, expect.stringContaining('. cannot be written')])
    expect(pidsOf(pids)).toEqual([])
  },
  MINUTE,
)

test(
  'with nothing relative to the base there is nothing to compare with itself',
  async () => {
    const { profile, call, directory } = await versions({ base: service(5), head: service(5) })
    writeFileSync(join(directory, 'loadgate.yml'), JSON.stringify({ ...profile, budgets: ['errors < 5 %'] }))
    const end = await runCli(['aa'], call)
    expect([end.exitCode, end.stderr]).toEqual([2, expect.stringContaining('No budget in loadgate.yml is relative')])
  },
  MINUTE,
)

test(
  'a head that loosens its budget is held to the one of its base',
  async () => {
    const { profile, call, directory, env } = await versions({ base: service(40), head: service(80) })
    const loose = { ...profile, budgets: ['errors < 5 %', 'p50 < baseline + 300 %'] }
    box.git(directory, 'switch', '--quiet', 'main')
    box.commit(directory, { '.gitignore': 'report.json\nloadgate-report\n', 'loadgate.yml': JSON.stringify(profile) })
    box.git(directory, 'switch', '--quiet', 'change')
    box.git(directory, 'rebase', '--quiet', 'main')
    const run = await gate(loose, { ...call, flags: ['--compare', 'side-by-side'] })
    expect([run.exitCode, run.log]).toEqual([1, run.log])
    expect(reported(run).policy).toMatchObject({ differences: [{ effect: 'looser' }] })

    const accepted = await gateAction({
      action: action.path,
      workspace: directory,
      profile: loose,
      eventName: 'pull_request',
      event: {
        pull_request: {
          number: 7,
          head: { sha: box.git(directory, 'rev-parse', 'HEAD'), repo: { id: 1 } },
          base: { ref: 'main' },
          labels: [{ name: 'Loadgate-Accepted' }],
        },
      },
      inputs: { comment: 'false', 'github-token': '' },
      env: { PIDS: env.PIDS, HOME: box.home },
    })
    expect([accepted.exitCode, accepted.log]).toEqual([0, accepted.log])
  },
  3 * MINUTE,
)
