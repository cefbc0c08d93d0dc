// A service that Loadgate itself has started, and that does not do what it should.
import { existsSync, readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { startCountingServer } from '../support/counting-server.ts'
import { causesOf, gate, gateOnce, reported, runCli, type Workspace, workspace } from '../support/run-cli.ts'
import { leftOf, serviceProfile } from '../support/service-profile.ts'

let place: Workspace
beforeEach(() => {
  place = workspace()
})
afterEach(() => place[Symbol.dispose]())

test('a service that does is started, measured and stopped with all it has started', async () => {
  const run = await gate(await serviceProfile(), { cwd: place.path })
  expect([run.exitCode, reported(run).verdict.outcome]).toEqual([0, 'pass'])
  expect(run.stdout).toMatch(/^Starting the service: .*\nIt is ready after \d/m)
  expect(leftOf(place.at('pids'))).toEqual([])
}, 90_000)

test('one that dies in the middle: the gate fails, and shows its last words', async () => {
  const run = await gate(await serviceProfile(), { cwd: place.path, env: { DIES_AFTER: '40' } })
  const { result, verdict } = reported(run)
  expect([run.exitCode, verdict.outcome]).toEqual([1, 'fail'])
  expect(verdict.reason).toMatch(/^errors are \d[\d.]* %, above the limit of 5 %\.$/)
  expect(result.steps[0]?.sent).toBe(100)
  expect(causesOf(run)['connection-refused']).toBeGreaterThan(20)
  expect(run.stderr).toMatch(/warning: The service exited with code 7 while the load was running\. Its last output:/)
  expect(run.stderr).toContain('panic: the shelves are empty')
  expect(run.stdout.replace(/\s+/g, ' ')).toContain(
    `${verdict.reason.slice(0, -1)} - The service exited with code 7 while the load was running. → Its last output is in the log.`,
  )
  expect(leftOf(place.at('pids'))).toEqual([])
}, 90_000)

test.each<readonly [what: string, start: string, words: RegExp]>([
  [
    'ends before it is ready',
    'echo no database >&2; exit 5',
    /exited with code 5 before it was ready[\s\S]*no database/,
  ],
  [
    'says goodbye at once',
    'true',
    /exited with code 0 before it was ready; it wrote nothing\n[\s\S]*stay in the foreground/,
  ],
  ['is no command', 'no-such-command-anywhere', /exited with code 127 before it was ready[\s\S]*not found/],
  ['is never ready', 'sleep 60', /was not ready within 1 s: GET http.*\/healthz: ECONNREFUSED; it wrote nothing/],
])(
  'one that %s is no run, and no pass',
  async (what, start, words) => {
    const service = { start, ready: '/healthz', 'ready-within': '1s' }
    const run = await gateOnce(await serviceProfile({ service }), { cwd: place.path, flags: ['--report', 'report'] })
    expect([run.exitCode, run.stderr.slice(0, 6)]).toEqual([4, 'error:'])
    expect(run.stderr).toMatch(words)
    // Who has only its files finds as much in them.
    const { verdict, comparison, result } = reported(run)
    expect([verdict.outcome, comparison.defects.map(({ code }) => code)]).toEqual(['invalid', ['not-started']])
    expect(result.steps.map(({ sent }) => sent)).toEqual(result.steps.map(() => 0))
    expect(result.shards).toEqual({ expected: 1, reported: 0, lost: ['Nothing was sent'] })
    const again = await runCli(['report', 'report/report.json', '--format', 'markdown'], { cwd: place.path })
    expect([again.exitCode, again.stdout]).toEqual([0, readFileSync(place.at('report/report.md'), 'utf8')])
    for (const file of ['report.md', 'report.html']) {
      const text = readFileSync(place.at(`report/${file}`), 'utf8')
      expect(text).toContain(what === 'is never ready' ? 'was not ready within' : 'before it was ready')
      if (run.stderr.includes('no database')) expect(text).toContain('no database')
    }
  },
  60_000,
)

test('another process on its port is not measured in its place', async () => {
  await using other = await startCountingServer()
  const profile = await serviceProfile({ target: `http://127.0.0.1:${other.port}` })
  const run = await gateOnce(profile, { cwd: place.path })
  const { exitCode, stderr } = run
  expect([exitCode, other.requests.length, existsSync(place.at('pids'))]).toEqual([4, 0, false])
  expect(reported(run).verdict.reason).toMatch(/^Something already answers on /)
  expect(stderr).toContain(`Something already answers on http://127.0.0.1:${other.port}`)
}, 60_000)
