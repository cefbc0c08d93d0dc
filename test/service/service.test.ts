import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { portOf } from '../../src/service/ask-ready.ts'
import { stopLeftover } from '../../src/service/process-group.ts'
import type { StartSpec } from '../../src/service/ready.ts'
import type { RunningService } from '../../src/service/spawn-service.ts'
import { type StartOptions, startService } from '../../src/service/start-service.ts'
import { alive } from '../support/alive.ts'

const node = JSON.stringify(process.execPath)
let directory: string
const running: RunningService[] = []

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'loadgate-service-'))
  // Answers 503 twice, then 200; told by MODE to die, to be deaf to SIGTERM or to chatter.
  writeFileSync(
    join(directory, 'server.mjs'),
    `import { createServer } from 'node:http'
    import { spawn } from 'node:child_process'
    const mode = process.env.MODE ?? ''
    if (mode === 'dies') { console.error('cannot open the database'); process.exit(3) }
    if (mode === 'chatters') {
      for (let line = 0; line < 5000; line++) console.log('line ' + line)
      process.stdout.write('x'.repeat(300_000))
    }
    if (mode === 'deaf') {
      const deaf = "process.on('SIGTERM', () => {}); process.on('SIGHUP', () => {}); console.log('deaf ' + process.pid); setInterval(() => {}, 1000)"
      spawn(process.execPath, ['-e', deaf], { stdio: 'inherit' })
    }
    if (mode === 'env') console.log('env ' + JSON.stringify(Object.keys(process.env)))
    let asked = 0
    createServer((request, response) => {
      if (request.url === '/die') process.exit(7)
      response.statusCode = request.url === '/ready' && ++asked > 2 ? 200 : 503
      response.end()
    }).listen(process.env.PORT, '127.0.0.1')`,
  )
})
afterEach(() => Promise.all(running.splice(0).map((service) => service.stop())))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

test('waits until the service is ready and stops it', async () => {
  const { service, target } = await start({ start: `echo hello && exec ${node} server.mjs` })
  expect(await statusOf(`${target}/ready`)).toBe(200)
  expect(service.lastOutput()).toBe('hello')
  await Promise.all([service.stop(), service.stop()])
  await service.stop()
  expect(await service.exited).toEqual({ code: null, signal: 'SIGTERM' })
  await expect(statusOf(target)).rejects.toThrow()
})

test('a service that dies before it is ready is told with its exit code and its last words', async () => {
  await expect(start({}, { MODE: 'dies' })).rejects.toMatchObject({
    kind: 'target',
    message: expect.stringMatching(/exited with code 3 .*\n.*cannot open the database/),
    hint: expect.stringContaining(directory),
  })
})

test('a service that goes to the background is refused', async () => {
  await expect(start({ start: 'true' })).rejects.toMatchObject({
    kind: 'target',
    hint: expect.stringMatching(/foreground/),
  })
})

test('a service that is never ready is told with its last answer, and stopped', async () => {
  const pids: number[] = []
  const never = start({ ready: '/nothing', readyWithin: 1500 }, {}, { onStart: ({ pid }) => pids.push(pid) })
  await expect(never).rejects.toMatchObject({ kind: 'target', message: expect.stringContaining('status 503') })
  expect(pids).toHaveLength(1)
  expect(alive(pids[0]!)).toBe(false)
})

test('a port that something already listens on is refused before anything is started', async () => {
  const stranger = createServer((_, response) => response.writeHead(404).end()).listen(0, '127.0.0.1')
  await new Promise((resolve) => stranger.once('listening', resolve))
  const { port } = stranger.address() as AddressInfo
  const pids: number[] = []
  try {
    await expect(
      start({}, {}, { target: `http://127.0.0.1:${port}`, onStart: ({ pid }) => pids.push(pid) }),
    ).rejects.toMatchObject({
      kind: 'target',
      message: expect.stringMatching(/already answers/),
      hint: expect.stringMatching(/another port/),
    })
    expect(pids).toEqual([])
  } finally {
    stranger.close()
  }
})

test('PORT is the port of the target, whatever it was', async () => {
  const { service, target } = await start({ start: `echo "port $PORT" && exec ${node} server.mjs` }, { PORT: '1' })
  expect(service.lastOutput()).toBe(`port ${new URL(target).port}`)
})

test.each([
  ['http://127.0.0.1:8080/base', 8080],
  ['http://localhost', 80],
  ['https://localhost/base', 443],
])('%s is on port %s', (target, port) => {
  expect(portOf(target)).toBe(port)
})

test('a directory that is not there is told as such', async () => {
  await expect(start({}, {}, { cwd: join(directory, 'missing') })).rejects.toMatchObject({ kind: 'infrastructure' })
})

test('the whole tree is stopped, also a grandchild that ignores SIGTERM', async () => {
  // The blank and the second command keep the shell alive above node: three generations.
  const { service } = await start({ start: `${node} server.mjs; true` }, { MODE: 'deaf' })
  await until(() => /^deaf \d+$/m.test(service.lastOutput()))
  const grandchild = Number(/^deaf (\d+)$/m.exec(service.lastOutput())![1])
  expect(alive(grandchild)).toBe(true)
  await service.stop()
  expect(alive(grandchild)).toBe(false)
  expect(alive(service.pid)).toBe(false)
})

test('a death during the run is seen', async () => {
  const { service, target } = await start()
  await statusOf(`${target}/die`).catch(() => {})
  expect(await service.exited).toEqual({ code: 7, signal: null })
})

test('cancelling ends the wait for readiness, and the service', async () => {
  const cancel = new AbortController()
  const pids: number[] = []
  const reason = new Error('cancelled by the user')
  const never = start(
    { ready: '/nothing', readyWithin: 60_000 },
    {},
    {
      signal: cancel.signal,
      onStart: ({ pid }) => {
        pids.push(pid)
        setTimeout(() => cancel.abort(reason), 300)
      },
    },
  )
  await expect(never).rejects.toBe(reason)
  expect(alive(pids[0]!)).toBe(false)
})

test('the secrets of the runner do not reach the service', async () => {
  const { service } = await start(
    {},
    {
      MODE: 'env',
      'INPUT_GITHUB-TOKEN': 's',
      ACTIONS_RUNTIME_TOKEN: 's',
      GITHUB_TOKEN: 's',
      GITHUB_OUTPUT: 's',
      GITHUB_STATE: 's',
      AWS_SECRET_ACCESS_KEY: 's',
      GITHUB_SHA: 'kept',
      DATABASE_URL: 'kept',
    },
  )
  const names = JSON.parse(/^env (.*)$/m.exec(service.lastOutput())![1]!) as string[]
  expect(names).toEqual(expect.arrayContaining(['MODE', 'GITHUB_SHA', 'DATABASE_URL']))
  expect(names.filter((name) => /^(INPUT|ACTIONS|AWS)_|^GITHUB_(?!SHA$)/.test(name))).toEqual([])
})

test('of an endless output only the last lines are kept, and no line without end', async () => {
  const { service } = await start({}, { MODE: 'chatters' })
  const lines = () => service.lastOutput().split('\n')
  await until(() => lines().at(-1)!.startsWith('x'))
  expect(Math.max(...lines().map((line) => line.length))).toBeLessThanOrEqual(2_000)
  expect(lines().length).toBeLessThanOrEqual(30)
  expect(service.lastOutput()).not.toContain('line 0\n')
})

test('what an earlier process left behind is stopped, but never a stranger', async () => {
  const { service } = await start()
  expect(service.startTime).toMatch(/^\d+$/)
  const stranger = { pid: service.pid, startTime: String(Number(service.startTime) + 1) }
  for (const other of [stranger, { ...stranger, startTime: undefined }, { pid: 0, startTime: '0' }])
    expect(await stopLeftover(other)).toBe(false)
  expect(alive(service.pid)).toBe(true)
  expect(await stopLeftover({ pid: service.pid, startTime: service.startTime })).toBe(true)
  expect(alive(service.pid)).toBe(false)
  expect(await stopLeftover({ pid: service.pid, startTime: service.startTime })).toBe(false)
})

test('a process that exits without stopping its service takes it along', async () => {
  const port = await freePort()
  const script = `
    import { startService } from ${JSON.stringify(resolve(import.meta.dirname, '../../src/service/start-service.ts'))}
    const target = 'http://127.0.0.1:${port}'
    const spec = { start: ${JSON.stringify(`${node} server.mjs`)}, ready: '/ready', readyWithin: 20_000 }
    const service = await startService(spec, { cwd: ${JSON.stringify(directory)}, target, connections: {}, env: { ...process.env, PORT: '${port}' } })
    console.log(service.pid)
    process.exit(0)`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  parent.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  await new Promise((resolve) => parent.once('close', resolve))
  expect(Number(output)).toBeGreaterThan(1)
  await until(() => !alive(Number(output)))
})

async function start(spec: Partial<StartSpec> = {}, env: NodeJS.ProcessEnv = {}, options: Partial<StartOptions> = {}) {
  const port = await freePort()
  const target = `http://127.0.0.1:${port}`
  const service = await startService(
    { start: `exec ${node} server.mjs`, ready: '/ready', readyWithin: 20_000, ...spec },
    {
      cwd: directory,
      target,
      connections: {},
      env: { PATH: process.env.PATH, PORT: String(port), ...env },
      ...options,
    },
  )
  running.push(service)
  return { service, target }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function statusOf(url: string): Promise<number> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) })
  await answer.body?.cancel()
  return answer.status
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition() && tries < 200; tries++) await sleep(50)
  expect(condition()).toBe(true)
}
