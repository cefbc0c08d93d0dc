// A service is asked whether it is ready in the way in which the load will speak to it.
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type AllowedTargets, readListedTarget } from '../../src/allowed-targets.ts'
import type { Spoken } from '../../src/service/ask-ready.ts'
import { startService } from '../../src/service/start-service.ts'
import { alive } from '../support/alive.ts'
import { closedPort, selfSigned } from '../support/wire-server.ts'

const node = JSON.stringify(process.execPath)
const { key, cert } = selfSigned()
let directory: string

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'loadgate-ready-'))
  // Speaks what KIND says; ready when it is asked for the third time. Each question is in the file before its answer leaves.
  writeFileSync(
    join(directory, 'server.mjs'),
    `import { appendFileSync } from 'node:fs'
    import { createServer as http } from 'node:http'
    import { createServer as https } from 'node:https'
    import { createServer as h2c, createSecureServer as h2 } from 'node:http2'
    const tls = ${JSON.stringify({ key, cert })}
    let asked = 0
    const answer = (request, response) => {
      response.statusCode = request.url === '/ready?now' && ++asked > 2 ? 204 : request.url === '/moved' ? 302 : 503
      if (process.env.ELSEWHERE) response.setHeader('location', process.env.ELSEWHERE)
      appendFileSync('asked-' + process.env.PORT, request.httpVersion + ' ' + response.statusCode + '\\n')
      response.end()
    }
    const kinds = {
      http: () => http(answer),
      https: () => https(tls, answer),
      h2c: () => h2c(answer),
      h2: () => h2(tls, answer),
      both: () => h2({ ...tls, allowHTTP1: true }, answer),
      silent: () => http(() => {}),
    }
    kinds[process.env.KIND]().listen(process.env.PORT, '127.0.0.1')`,
  )
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

interface Asked {
  readonly env?: NodeJS.ProcessEnv
  readonly ready?: string
  readonly readyWithin?: number
  readonly onWait?: (still: string) => void
}

async function start(
  kind: string,
  connections: Spoken,
  { ready = '/ready?now', readyWithin = 20_000, onWait, env: more }: Asked = {},
) {
  const port = await closedPort()
  const target = `${/^(http|h2c|silent)$/.test(kind) ? 'http' : 'https'}://127.0.0.1:${port}`
  const pids: number[] = []
  const env = { PATH: process.env.PATH, PORT: String(port), KIND: kind, ...more }
  const started = startService(
    { start: `exec ${node} server.mjs`, ready, readyWithin },
    { cwd: directory, target, connections, env, onStart: ({ pid }) => pids.push(pid), onWait, tellEvery: 300 },
  )
  return { started, pids, asked: () => readFileSync(join(directory, `asked-${port}`), 'utf8') }
}

test.each<[kind: string, connections: Spoken, version: string]>([
  ['http', {}, '1.1'],
  ['http', { http: '1.1', verify: true }, '1.1'],
  ['https', { verify: false }, '1.1'],
  ['h2c', { http: '2' }, '2.0'],
  ['h2', { http: '2', verify: false }, '2.0'],
  ['both', { verify: false }, '1.1'],
  ['both', { http: '2', verify: false }, '2.0'],
])('a service that speaks %s, with %j', async (kind, connections, version) => {
  const { started, asked } = await start(kind, connections)
  await (await started).stop()
  expect(asked()).toBe(`${version} 503\n${version} 503\n${version} 204\n`)
})

test.each(['https', 'h2'] as const)('an own authority vouches for a service that speaks %s', async (kind) => {
  const { started } = await start(kind, { http: kind === 'h2' ? '2' : '1.1', tls: { ca: cert } })
  await (await started).stop()
})

test.each<[kind: string, connections: Spoken, reason: RegExp]>([
  ['https', {}, /SELF_SIGNED/],
  ['h2', { http: '2' }, /SELF_SIGNED/],
  ['http', { http: '2' }, /ERR_HTTP2/],
  ['h2c', { http: '1.1' }, /HPE_|ECONNRESET/],
  ['silent', { http: '2' }, /ERR_HTTP2|no answer in time/],
  ['silent', {}, /no answer in time/],
])('a service that speaks %s is not ready with %j, and the reason is told', async (kind, connections, reason) => {
  const { started, pids } = await start(kind, connections, { readyWithin: 4_000 })
  await expect(started).rejects.toMatchObject({ kind: 'target', message: expect.stringMatching(reason) })
  expect(alive(pids[0]!)).toBe(false)
})

test('over HTTP/2, too, the status that was answered is told', async () => {
  const { started } = await start('h2c', { http: '2' }, { ready: '/nothing', readyWithin: 4_000 })
  await expect(started).rejects.toMatchObject({ message: expect.stringContaining('status 503') })
})

test('while it is not ready, how it stands is told now and then', async () => {
  const told: string[] = []
  const onWait = (still: string) => told.push(still)
  const { started } = await start('http', {}, { ready: '/nothing', readyWithin: 4_000, onWait })
  await expect(started).rejects.toMatchObject({ kind: 'target' })
  // In whole seconds once it takes some.
  expect(new Set(told).size).toBeGreaterThan(1)
  for (const still of told)
    expect(still).toMatch(/^is not ready after \d+ m?s: GET http:\S+\/nothing: (status 503|ECONNREFUSED)$/)
  expect(told.at(-1)).toContain('status 503')
})

// --- where it may be asked --------------------------------------------------------------------------------------------

/** A service that runs here and is asked by a name, which the resolver leads to `leads` in turn, the last one for good. */
async function startNamed(
  connections: Spoken,
  { leads, allowed }: { leads: readonly (string | Error)[]; allowed: AllowedTargets },
) {
  const port = await closedPort()
  const pids: number[] = []
  let resolved = 0
  const resolve = async () => {
    const lead = leads[Math.min(resolved++, leads.length - 1)]!
    if (lead instanceof Error) throw lead
    return [{ address: lead, family: 4 }]
  }
  const started = startService(
    { start: `exec ${node} server.mjs`, ready: '/ready?now', readyWithin: 20_000 },
    {
      cwd: directory,
      target: `http://shop.example:${port}`,
      connections,
      allowed,
      resolve,
      env: { PATH: process.env.PATH, KIND: connections.http === '2' ? 'h2c' : 'http' },
      onStart: ({ pid }) => pids.push(pid),
    },
  )
  return { started, pids }
}

const WRITTEN: AllowedTargets = { written: ['shop.example'], listed: [] }
const UNKNOWN = Object.assign(new Error('not known'), { code: 'ENOTFOUND' })
const BOTH: readonly Spoken[] = [{ http: '1.1' }, { http: '2' }]

test.each(BOTH)('a name that leads to an address which the load may not go to starts nothing, with %j', async (how) => {
  const { started, pids } = await startNamed(how, { leads: ['127.0.0.1'], allowed: WRITTEN })
  await expect(started).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringMatching(
      /not asked whether it is ready: shop\.example leads to 127\.0\.0\.1, this machine itself$/,
    ),
    hint: expect.stringContaining('allow-targets'),
  })
  expect(pids).toEqual([])
})

test.each(BOTH)('an address on the allow list is asked, whatever name leads there, with %j', async (how) => {
  const allowed = { ...WRITTEN, listed: [readListedTarget('127.0.0.1/32')!] }
  const { started } = await startNamed(how, { leads: ['127.0.0.1'], allowed })
  await (await started).stop()
})

test.each(BOTH)('a name that leads elsewhere once the service runs ends the wait, with %j', async (how) => {
  const allowed = { ...WRITTEN, listed: [readListedTarget('127.0.0.1/32')!] }
  const { started, pids } = await startNamed(how, { leads: [UNKNOWN, UNKNOWN, '10.0.0.5'], allowed })
  await expect(started).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringContaining('shop.example leads to 10.0.0.5, a private address'),
  })
  expect(pids.map(alive)).toEqual([false])
})

test.each(['http', 'h2c'] as const)('where an answer of a service that speaks %s leads is not asked', async (kind) => {
  const asked: string[] = []
  const elsewhere = createServer(({ url = '' }, response) => {
    asked.push(url)
    response.end()
  }).listen(0, '127.0.0.1')
  await once(elsewhere, 'listening')
  const { port } = elsewhere.address() as AddressInfo
  try {
    const more = { ready: '/moved', env: { ELSEWHERE: `http://127.0.0.1:${port}/x` } }
    const { started, asked: own } = await start(kind, kind === 'h2c' ? { http: '2' } : {}, more)
    await (await started).stop()
    expect(own()).toMatch(/^\S+ 302\n$/)
    expect(asked).toEqual([])
  } finally {
    elsewhere.close()
  }
})
