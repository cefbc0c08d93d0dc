// Ctrl-C and its relatives, at every moment of a run: over soon, with the exit code of the signal, and nothing left behind.
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { startCountingServer } from '../support/counting-server.ts'
import {
  type CliEnd,
  gate,
  gateOnce,
  type RunningCli,
  reported,
  type Workspace,
  workspace,
} from '../support/run-cli.ts'
import { leftOf, serviceProfile } from '../support/service-profile.ts'
import { startTalkServer } from '../support/talk-server.ts'
import { until } from '../support/until.ts'

let place: Workspace
beforeEach(() => {
  place = workspace()
})
afterEach(() => place[Symbol.dispose]())

const STORE = '.loadgate/baseline.json'
/** A person's patience, and half of a runner's. */
const SOON = 5_000
const LONG = { rate: '50/s', for: '30s' }

type Moment = (cli: RunningCli) => Promise<void>
const whileStarting: Moment = async (cli) => {
  await cli.until('Starting the service')
  while (!readdirSync(place.path).includes('pids')) await sleep(20)
}
const whileSending: Moment = async (cli) => {
  await cli.until('It is ready after')
  await sleep(500)
}

/** Runs, and sends the signals at that moment; a lock or a file half written would be seen beside the store. */
async function stopped(profile: object, moment: Moment, signals: readonly NodeJS.Signals[], env = {}) {
  let at = 0
  const run: CliEnd & { report: unknown } = await gateOnce(profile, {
    cwd: place.path,
    env,
    flags: ['--save-baseline', '--report', 'reports'],
    meanwhile: async (cli) => {
      await moment(cli)
      at = performance.now()
      for (const signal of signals) {
        cli.kill(signal)
        await sleep(200)
      }
    },
  })
  const took = performance.now() - at
  expect(took).toBeLessThan(SOON)
  expect([run.report, run.signal]).toEqual([undefined, null])
  expect(leftOf(place.at('pids'))).toEqual([])
  return { ...run, took }
}

test.each<readonly [when: string, moment: Moment, load: object, env: Record<string, string>, shown: string]>([
  ['while the service gets ready', whileStarting, LONG, { SLOW_START: '1' }, ''],
  ['during the warm-up', whileSending, { 'warm-up': '20s', ...LONG }, {}, ''],
  ['in the middle of the run', whileSending, LONG, {}, 'INVALID  The run was stopped before its plan was spent'],
])(
  'SIGINT %s: shown is what was measured, if anything was',
  async (_, moment, load, env, shown) => {
    const { exitCode, stderr, stdout } = await stopped(await serviceProfile({ load }), moment, ['SIGINT'], env)
    expect(stdout).toContain(shown)
    expect(/^step .* p95 .*\nwhole run +\d/m.test(stdout)).toBe(shown !== '')
    expect([exitCode, stderr]).toEqual([130, expect.stringContaining('SIGINT: stopping the load and the service.')])
    expect(readdirSync(place.path).sort()).toEqual(['loadgate.yml', 'pids'])
  },
  60_000,
)

test('SIGTERM, and a service that ignores it: both are gone in time', async () => {
  const { exitCode } = await stopped(await serviceProfile({ load: LONG }), whileSending, ['SIGTERM'], { STUBBORN: '1' })
  expect(exitCode).toBe(143)
}, 60_000)

test('SIGHUP, as of a terminal that was closed', async () => {
  const { exitCode } = await stopped(await serviceProfile({ load: LONG }), whileSending, ['SIGHUP'])
  expect(exitCode).toBe(129)
}, 60_000)

test('SIGINT in a run of several threads', async () => {
  await using server = await startCountingServer()
  const load = { users: 8, for: '30s' }
  const profile = { ...(await serviceProfile({ load })), service: undefined, target: `http://127.0.0.1:${server.port}` }
  let at = 0
  const run = await gateOnce(profile, {
    cwd: place.path,
    flags: ['--threads', '4'],
    meanwhile: async (cli) => {
      while (server.requests.length < 100) await sleep(10)
      at = performance.now()
      cli.kill('SIGINT')
    },
  })
  expect([run.exitCode, run.report]).toEqual([130, undefined])
  expect(performance.now() - at).toBeLessThan(SOON)
  const { length } = server.requests
  await sleep(300)
  expect(server.requests).toHaveLength(length)
}, 60_000)

test('SIGINT in the middle of conversations: each of them is closed', async () => {
  await using server = await startTalkServer()
  const talk = [{ send: 'hello', receive: { text: 'hello' } }, { think: '1h' }]
  const steps = [{ websocket: '/', talk }]
  const profile = {
    name: 'talk',
    target: `http://127.0.0.1:${server.port}`,
    load: { users: 10, for: '60s' },
    scenarios: [{ name: 'member', steps }],
  }
  let at = 0
  const run = await gateOnce(profile, {
    cwd: place.path,
    flags: ['--threads', '2'],
    meanwhile: async (cli) => {
      await until(() => server.messages.length === 10)
      at = performance.now()
      cli.kill('SIGINT')
    },
  })
  expect([run.exitCode, run.report]).toEqual([130, undefined])
  expect(performance.now() - at).toBeLessThan(SOON)
  await until(() => server.open === 0)
  expect(server.closes).toEqual({ 1001: 10 })
}, 60_000)

test('a second SIGINT does not wait for a stubborn service, and leaves nothing of it', async () => {
  const profile = await serviceProfile({ load: LONG })
  const { exitCode, took } = await stopped(profile, whileSending, ['SIGINT', 'SIGINT'], { STUBBORN: '1' })
  expect(exitCode).toBe(130)
  // Alone, the service would have been given two seconds to end by itself.
  expect(took).toBeLessThan(1_900)
}, 60_000)

test('a stopped run leaves the baseline as it was, to the byte, and nothing beside it', async () => {
  const first = await gate(await serviceProfile(), { cwd: place.path, flags: ['--save-baseline'] })
  expect([first.exitCode, reported(first).run.baselineNote]).toEqual([0, `Added to the baseline in file:${STORE}.`])
  const before = readFileSync(place.at(STORE))
  const { exitCode } = await stopped(await serviceProfile({ load: LONG }), whileSending, ['SIGTERM'])
  expect(exitCode).toBe(143)
  expect(readFileSync(place.at(STORE)).equals(before)).toBe(true)
  expect(readdirSync(place.at('.loadgate'))).toEqual(['baseline.json'])
}, 90_000)
