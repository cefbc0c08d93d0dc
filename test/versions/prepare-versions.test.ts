// From a pull request's checkout to two versions that answer, and nothing left of it afterwards.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { ServiceSpec } from '../../src/profile/profile.ts'
import type { ServiceProcess } from '../../src/service/process-group.ts'
import { startOne, startRound } from '../../src/versions/both-services.ts'
import type { Checkout } from '../../src/versions/checkout.ts'
import { findBase } from '../../src/versions/merge-base.ts'
import { prepareVersions, type VersionsOptions } from '../../src/versions/prepare-versions.ts'
import { workspaceAt } from '../../src/versions/workspace.ts'
import { alive } from '../support/alive.ts'
import { freePort } from '../support/free-port.ts'
import { until } from '../support/until.ts'
import { ask, SERVICE_FILE, START } from './little-service.ts'
import { pullRequest, type Sandbox, sandbox, shallowCheckout, stateOf } from './repository.ts'

let box: Sandbox
let request: ReturnType<typeof pullRequest>
let workspace: string
let before: ReturnType<typeof stateOf>
let lines: string[] = []
let started: ServiceProcess[] = []
let checkouts: Checkout[] = []

beforeAll(() => {
  box = sandbox()
  const shop = Object.entries(SERVICE_FILE).map(([name, text]) => [`shop/${name}`, text])
  request = pullRequest(box, 'shop', { ...Object.fromEntries(shop), 'shop/.gitignore': 'version.txt\npid\nbuilding\n' })
  workspace = shallowCheckout(box, 'workspace', request.origin, 'refs/pull/1/merge')
  before = stateOf(box, workspace)
})
beforeEach(() => {
  lines = []
  started = []
  checkouts = []
})
afterEach(() => {
  for (const name of ['version.txt', 'pid', 'building']) rmSync(join(workspace, 'shop', name), { force: true })
  const left = started.filter(({ pid }) => alive(pid))
  for (const { pid } of left) process.kill(pid, 'SIGKILL')
  expect(left).toEqual([])
  expect(box.leftovers()).toEqual([])
  expect(stateOf(box, workspace)).toEqual(before)
})
afterAll(() => box.remove())

const SERVICE: ServiceSpec = {
  // The version is in the file at the top; the service looks beside itself.
  prepare: 'cat ../version.txt > version.txt && echo built $(cat version.txt)',
  prepareWithin: 20_000,
  start: START,
  ready: '/healthz',
  readyWithin: 20_000,
  alone: false,
}

const doors = (signal = new AbortController().signal) => ({
  env: box.env,
  signal,
  progress: (line: string) => lines.push(line),
  onService: (service: ServiceProcess) => started.push(service),
  onCheckout: (checkout: Checkout) => checkouts.push(checkout),
})

function prepared(
  more: { service?: Partial<ServiceSpec>; base?: VersionsOptions['base']; directory?: string } = {},
  signal?: AbortSignal,
) {
  const { service, base = { kind: 'commit', sha: request.fork }, directory = join(workspace, 'shop') } = more
  const profile = { target: 'http://127.0.0.1:8080', service: { ...SERVICE, ...service }, connections: {} }
  return prepareVersions({ profile, directory, base }, doors(signal))
}

test('a pull request in a shallow clone, its profile in a subfolder: both versions serve, round after round', async () => {
  const options = { ...doors(), directory: join(workspace, 'shop') }
  const found = await findBase(await workspaceAt(options), {
    ...options,
    pullRequest: request.refs,
    askGitHub: undefined,
  })
  expect(found.sha).toBe(request.tip)
  const versions = await prepared({ base: { kind: 'commit', sha: found.sha } })
  try {
    expect(versions).toMatchObject({ alone: false, freshProcesses: true, base: { commit: request.tip } })
    expect(lines.filter((line) => !line.startsWith('Prepared'))).toEqual([
      `Fetching the base version, commit ${request.tip.slice(0, 7)}`,
      `Preparing the base version (${request.tip.slice(0, 7)}): ${SERVICE.prepare}`,
      '  built fork',
      `Preparing the head version: ${SERVICE.prepare}`,
      '  built head',
    ])
    const pids = new Set<number>()
    for (const round of [0, 1]) {
      const { targets, stop } = await startRound(versions, round, doors())
      const [base, head] = await Promise.all([ask(targets.base), ask(targets.head)])
      expect([base.version, head.version]).toEqual(['fork', 'head'])
      for (const { pid } of [base, head]) pids.add(pid)
      await stop()
    }
    expect(pids.size).toBe(4)
    // The commands of both, and both twice.
    expect(started).toHaveLength(6)
    expect(checkouts).toHaveLength(1)
  } finally {
    expect(await versions.remove()).toBeUndefined()
  }
})

test('versions that cannot serve at once keep the port of the profile', async () => {
  const versions = await prepared({ service: { alone: true } })
  expect(versions).toMatchObject({ alone: true, ports: undefined, freshProcesses: true })
  const target = `http://127.0.0.1:${await freePort()}`
  const there = { ...versions, base: { ...versions.base, target }, head: { ...versions.head, target } }
  for (const [side, version] of [
    ['base', 'fork'],
    ['head', 'head'],
  ] as const) {
    const { stop } = await startOne(there, side, doors())
    expect(await ask(target)).toMatchObject({ version })
    await stop()
  }
  await versions.remove()
})

test('a base that was started otherwise is started as it was', async () => {
  const service = { ...SERVICE, prepare: 'echo the old way > version.txt' }
  const versions = await prepared({ base: { kind: 'commit', sha: request.fork, service } })
  expect(readFileSync(join(versions.base.directory!, 'version.txt'), 'utf8')).toBe('the old way\n')
  expect(readFileSync(join(versions.head.directory!, 'version.txt'), 'utf8')).toBe('head')
  await versions.remove()
})

test.each([
  ['base', 'grep fork ../version.txt && exit 4; true'],
  ['head', 'grep head ../version.txt && exit 4; true'],
])('a command that fails for the %s alone ends it, and says which one', async (side, prepare) => {
  await expect(prepared({ service: { prepare } })).rejects.toMatchObject({
    kind: 'target',
    message: expect.stringMatching(
      new RegExp(`^Preparing the ${side} version[^]*exited with code 4; its last output:\n`),
    ),
  })
})

test.each(['base', 'head'])('cancelled while the %s is prepared, nothing is left', async (side) => {
  const cancel = new AbortController()
  const version = side === 'base' ? 'fork' : 'head'
  const ended = expect(
    prepared({ service: { prepare: `grep ${version} ../version.txt || exit 0; sleep 60; true` } }, cancel.signal),
  ).rejects.toThrow('enough')
  await until(() => lines.includes(`  ${version}`))
  cancel.abort(new Error('enough'))
  await ended
})

test('cancelled before anything has begun, nothing begins', async () => {
  await expect(prepared({}, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  expect([lines, started, checkouts]).toEqual([[], [], []])
})

test('a base without the directory of the profile is told as such', async () => {
  const newer = join(workspace, 'newer')
  box.git(box.root, 'clone', '--quiet', `file://${request.origin}`, 'second')
  const second = join(box.root, 'second')
  box.commit(second, { 'newer/loadgate.yml': '' })
  await expect(prepared({ directory: join(second, 'newer') })).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringMatching(/base version \([0-9a-f]{7}\) has no directory newer/),
    hint: expect.stringMatching(/baseline/),
  })
  expect(existsSync(newer)).toBe(false)
})

test('a base that is deployed needs no checkout: the head is prepared where it is', async () => {
  const versions = await prepared({ base: { kind: 'target', url: 'http://10.0.0.1' } })
  expect(versions).toMatchObject({
    base: { target: 'http://10.0.0.1', service: undefined },
    head: { target: 'http://127.0.0.1:8080', service: { start: START } },
    ports: undefined,
    alone: false,
    freshProcesses: false,
  })
  expect(lines).toContain('  built head')
  expect(checkouts).toEqual([])
  expect(await versions.remove()).toBeUndefined()

  // Nor does it need git, or a service.
  const profile = { target: 'http://10.0.0.2', connections: {} }
  const both = await prepareVersions(
    { profile, directory: box.root, base: { kind: 'target', url: 'http://10.0.0.1' } },
    doors(),
  )
  expect(both.head).toMatchObject({ target: 'http://10.0.0.2', service: undefined })
})

test('a version is not compared with itself, and not without a way to start it', async () => {
  await expect(prepared({ base: { kind: 'target', url: 'http://127.0.0.1:8080' } })).rejects.toMatchObject({
    kind: 'usage',
  })
  const profile = { target: 'http://127.0.0.1:8080', connections: {} }
  await expect(
    prepareVersions({ profile, directory: workspace, base: { kind: 'commit', sha: request.fork } }, doors()),
  ).rejects.toMatchObject({ kind: 'usage', hint: expect.stringMatching(/`service`.*`base-target`/) })
  await expect(prepared({ directory: box.root })).rejects.toMatchObject({ kind: 'usage' })
})
