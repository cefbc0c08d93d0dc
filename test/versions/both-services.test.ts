import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { Side } from '../../src/plan/plan.ts'
import type { ServiceSpec } from '../../src/profile/profile.ts'
import { type BothVersions, type Serving, startOne, startRound } from '../../src/versions/both-services.ts'
import { freePorts, type PortPair } from '../../src/versions/ports.ts'
import type { Version } from '../../src/versions/versions.ts'
import { alive } from '../support/alive.ts'
import { freePort } from '../support/free-port.ts'
import { until } from '../support/until.ts'
import { ask, type Mode, pidIn, START, setMode, writeService } from './little-service.ts'

const SIDES = ['base', 'head'] as const
const COMMIT = '0123456789abcdef0123456789abcdef01234567'
let root: string
let ports: PortPair
const serving: Serving[] = []
const started: number[] = []
const directoryOf = (side: Side) => join(root, side)

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'loadgate-both-'))
  for (const side of SIDES) mkdirSync(directoryOf(side))
  ports = await freePorts()
})
beforeEach(() => {
  for (const side of SIDES) {
    rmSync(join(directoryOf(side), 'pid'), { force: true })
    writeService(directoryOf(side), side)
  }
})
afterEach(async () => {
  await Promise.all(serving.splice(0).map((both) => both.stop()))
  const left = started.splice(0).filter(alive)
  for (const pid of left) process.kill(pid, 'SIGKILL')
  expect(left).toEqual([])
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const SPEC: ServiceSpec = {
  prepare: undefined,
  prepareWithin: 1,
  start: START,
  ready: '/healthz',
  readyWithin: 20_000,
  alone: false,
}

function versions(more: Partial<BothVersions> & { spec?: Partial<ServiceSpec>; target?: string } = {}): BothVersions {
  const { spec, target = 'http://127.0.0.1:8080', ...rest } = more
  const version = (side: Side): Version => ({
    side,
    commit: side === 'base' ? COMMIT : undefined,
    directory: directoryOf(side),
    service: { ...SPEC, ...spec },
    target,
  })
  return { base: version('base'), head: version('head'), ports, connections: {}, seed: 1, ...rest }
}

const env = { PATH: process.env.PATH, GITHUB_TOKEN: 'ghs_secret' }
const doors = (signal = new AbortController().signal) => ({
  env,
  signal,
  onService: ({ pid }: { pid: number }) => void started.push(pid),
})

async function round(number: number, both = versions(), signal?: AbortSignal): Promise<Serving> {
  const running = await startRound(both, number, doors(signal))
  serving.push(running)
  return running
}

test('both versions serve at once, each on a port of its own, and in the next round on that of the other', async () => {
  const seen: object[] = []
  for (const number of [0, 1, 2]) {
    const { targets, stop, died } = await round(number, versions({ target: 'http://127.0.0.1:8080/shop' }))
    const [base, head] = await Promise.all([ask(targets.base), ask(targets.head)])
    expect(base).toMatchObject({ version: 'base', port: new URL(targets.base).port })
    expect(head).toMatchObject({ version: 'head', port: new URL(targets.head).port })
    expect(base.names).not.toContain('GITHUB_TOKEN')
    expect(died()).toBeUndefined()
    await Promise.all([stop(), stop()])
    expect([base.pid, head.pid].filter(alive)).toEqual([])
    expect(died()).toBeUndefined()
    seen.push(targets)
  }
  const [one, other] = ports.map((port) => `http://127.0.0.1:${port}/shop`)
  expect(seen).toEqual([
    { base: one, head: other },
    { base: other, head: one },
    { base: one, head: other },
  ])
})

test('which is started first is random, and the same for the same seed', async () => {
  const firsts = async (seed: number) => {
    const order: string[] = []
    for (let number = 0; number < 6; number++) {
      const { stop } = await round(number, versions({ seed }))
      const [first, second, ...more] = started.splice(0)
      const pids = SIDES.map((side) => pidIn(directoryOf(side)))
      expect([
        [first, second],
        [second, first],
      ]).toContainEqual(pids)
      expect(more).toEqual([])
      order.push(pids[0] === first ? 'base' : 'head')
      await stop()
    }
    return order
  }
  const order = await firsts(1)
  expect(new Set(order)).toEqual(new Set(SIDES))
  expect(await firsts(1)).toEqual(order)
})

test('a port that a stranger has taken since is not fought for', async () => {
  const stranger = createServer().listen(ports[0], '127.0.0.1')
  await new Promise((resolve) => stranger.once('listening', resolve))
  try {
    const { targets } = await round(0)
    expect(new URL(targets.base).port).not.toBe(String(ports[0]))
    expect(new URL(targets.head).port).toBe(String(ports[1]))
    expect(await ask(targets.base)).toMatchObject({ version: 'base' })
  } finally {
    await new Promise((resolve) => stranger.close(resolve))
  }
})

test.each<[side: Side, mode: Mode]>([
  ['base', { dies: true }],
  ['head', { dies: true }],
  ['base', { never: true }],
  ['head', { never: true }],
])('when the %s is %j, that is told, and the other one is stopped', async (side, mode) => {
  setMode(directoryOf(side), mode)
  const reason = mode.dies ? 'exited with code 3[^]*cannot open the database' : 'not ready within'
  await expect(round(0, versions({ spec: { readyWithin: mode.dies ? 20_000 : 1_500 } }))).rejects.toMatchObject({
    kind: 'target',
    message: expect.stringMatching(
      new RegExp(`The ${side} version ${side === 'base' ? '\\(0123456\\) ' : ''}did not start: [^]*${reason}`),
    ),
    hint: expect.stringMatching(/listen on \$PORT.*`alone: true`/),
  })
})

test('a version that listens where it always did is told what to do', async () => {
  const fixed = await freePort()
  for (const side of SIDES) setMode(directoryOf(side), { port: fixed })
  await expect(round(0, versions({ spec: { readyWithin: 2_000 } }))).rejects.toMatchObject({
    kind: 'target',
    hint: expect.stringMatching(/listen on \$PORT.*`alone: true`/),
  })
})

test('a base that does not start in its fresh checkout hears of `prepare`, unless it has one', async () => {
  setMode(directoryOf('base'), { dies: true })
  await expect(round(0)).rejects.toMatchObject({ hint: expect.stringMatching(/service\.prepare/) })
  await expect(round(0, versions({ spec: { prepare: 'npm ci' } }))).rejects.toMatchObject({
    hint: expect.not.stringMatching(/service\.prepare/),
  })
})

test.each(SIDES)('when the %s dies under load, the other is stopped, and it is told which one it was', async (side) => {
  const { targets, died, lost, stop } = await round(0)
  const other = await ask(targets[side === 'base' ? 'head' : 'base'])
  await ask(targets[side], '/die').catch(() => {})
  await until(() => lost.aborted)
  expect(died()).toMatchObject({
    side,
    sentence: expect.stringMatching(new RegExp(`^The service of the ${side} version .*exited with code 7 while`)),
    lastOutput: 'out of memory',
  })
  await until(() => !alive(other.pid))
  await stop()
  expect(died()).toMatchObject({ side })
})

test('cancelled while they start, neither is left', async () => {
  for (const side of SIDES) setMode(directoryOf(side), { never: true })
  const cancel = new AbortController()
  const ended = expect(round(0, versions(), cancel.signal)).rejects.toThrow('enough')
  await until(() => SIDES.every((side) => pidIn(directoryOf(side)) > 0))
  cancel.abort(new Error('enough'))
  await ended
  await expect(round(0, versions(), cancel.signal)).rejects.toThrow('enough')
})

test('cancelled while they serve, both are stopped, and neither has died', async () => {
  const cancel = new AbortController()
  const { targets, died, stop } = await round(0, versions(), cancel.signal)
  const pids = [(await ask(targets.base)).pid, (await ask(targets.head)).pid]
  cancel.abort(new Error('enough'))
  await until(() => !pids.some(alive))
  await stop()
  expect(died()).toBeUndefined()
})

test('versions that cannot serve at once take turns at the address of the profile', async () => {
  const target = `http://127.0.0.1:${await freePort()}`
  const alone = versions({ target, ports: undefined })
  for (const side of ['base', 'head', 'head', 'base'] as const) {
    const one = await startOne(alone, side, doors())
    serving.push(one)
    expect(one.targets[side]).toBe(target)
    expect(await ask(target)).toMatchObject({ version: side, port: new URL(target).port })
    await one.stop()
  }
  setMode(directoryOf('base'), { never: true })
  await expect(
    startOne(versions({ target, ports: undefined, spec: { readyWithin: 1_500 } }), 'base', doors()),
  ).rejects.toMatchObject({ hint: expect.not.stringMatching(/\$PORT/) })
})

test('beside a version that is deployed, only the other one is started, where it always is', async () => {
  const target = `http://127.0.0.1:${await freePort()}`
  const { head } = versions({ target })
  const base: Version = {
    side: 'base',
    commit: undefined,
    directory: undefined,
    service: undefined,
    target: 'http://10.0.0.1',
  }
  const { targets } = await round(1, versions({ base, head, ports: undefined }))
  expect(targets).toEqual({ base: 'http://10.0.0.1', head: target })
  expect(await ask(targets.head)).toMatchObject({ version: 'head' })
  expect(pidIn(directoryOf('base'))).toBe(0)

  // Or none at all.
  const deployed = await round(
    0,
    versions({ base, head: { ...base, side: 'head', target: 'http://10.0.0.2' }, ports: undefined }),
  )
  expect(deployed.targets).toEqual({ base: 'http://10.0.0.1', head: 'http://10.0.0.2' })
  expect(deployed.died()).toBeUndefined()
})
