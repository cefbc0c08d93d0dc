// A target that nobody here wrote: what the built tool says it sent and got is held to nginx's own access log.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { RunResult, StepResult } from '../../src/result/result.ts'
import { CHANGED, LARGE, type Nginx, PAGE, startNginx } from './nginx.ts'

const cli = resolve(import.meta.dirname, '../../dist/cli.js')
let directory: string
let nginx: Nginx
let seen = 0

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'loadgate-nginx-'))
  nginx = await startNginx(directory)
})
afterAll(async () => {
  await nginx?.stop()
  rmSync(directory, { recursive: true, force: true })
})

const sum = <T>(items: readonly T[], value: (item: T) => number) =>
  items.reduce((total, item) => total + value(item), 0)

test.each([
  ['open', '{ warm-up: 1s, rate: 200/s, for: 4s }', 1],
  ['open, in two threads', '{ warm-up: 1s, rate: 200/s, for: 4s }', 2],
  ['closed', '{ warm-up: 1s, users: 4, for: 3s }', 1],
  ['closed, in two threads', '{ warm-up: 1s, users: 4, for: 3s }', 2],
])('nginx has logged exactly the requests that were counted: %s', async (_, load, threads) => {
  // nginx closes connections after 50 requests and after 1 s without any: now and then under our hands.
  const { result, requests } = await run(
    load,
    [
      '{ name: light, weight: 9, steps: [ { get: /plain }, { get: /moved } ] }',
      '{ name: idle, weight: 1, steps: [ { get: /plain?before }, { think: 900ms..1100ms }, { get: /plain?after } ] }',
    ],
    threads,
  )
  const measured = sum(result.steps, ({ sent }) => sent)
  expect(result.complete).toBe(true)
  expect(result.shards).toMatchObject({ expected: threads, reported: threads })
  expect(measured).toBeGreaterThan(200)
  expect(requests).toHaveLength(result.warmUp.sent + measured)
  expect(sum(result.steps, ({ failed }) => failed)).toBe(0)
  const busiest = Math.max(...requests.map(({ requestOfConnection }) => requestOfConnection))
  expect(busiest).toBeLessThanOrEqual(50)
})

test('every kind of answer is reported as what it is', async () => {
  const steps = [
    'get: /page.html?whole',
    'get: /page.html?gzip, headers: { accept-encoding: gzip }, expect: { headers: { content-encoding: gzip } }',
    'head: /large.bin, expect: { status: 200 }',
    `get: /page.html?unchanged, headers: { if-modified-since: "${CHANGED.toUTCString()}" }, expect: { status: 304 }`,
    'get: /large.bin?all',
    'get: /large.bin?part, headers: { range: "bytes=0-999" }, expect: { status: 206 }',
    'get: /moved, expect: { status: 302 }',
    'get: /missing, expect: { status: 404, body: nginx }',
    'post: /plain, json: { a: 1 }',
  ]
  const { result, requests } = await run('{ rate: 10/s, for: 2s }', [
    `{ name: answers, steps: [ ${steps.map((step) => `{ ${step} }`).join(', ')} ] }`,
  ])
  expect(result.steps).toHaveLength(steps.length)
  for (const { step, sent, succeeded, failed } of result.steps) {
    expect({ step, sent, succeeded, failed }).toEqual({ step, sent: 20, succeeded: 20, failed: 0 })
    expect(requests.filter((request) => request.step === step)).toHaveLength(20)
  }
  const step = stepOf(result)
  expect(step('GET /page.html?whole').bytesReceived).toBe(20 * PAGE)
  expect(step('GET /large.bin?all').bytesReceived).toBe(20 * LARGE)
  expect(step('GET /large.bin?part').bytesReceived).toBe(20 * 1000)
  expect(step('HEAD /large.bin')).toMatchObject({ bytesReceived: 0, statuses: { 200: 20 } })
  expect(step('GET /page.html?unchanged')).toMatchObject({ bytesReceived: 0, statuses: { 304: 20 } })
  // Compressed and in chunks. Counted as it came, so far less than the page; nginx counts the frames of the chunks too.
  const onTheWire = sum(
    requests.filter((request) => request.step === 'GET /page.html?gzip'),
    ({ bytes }) => bytes,
  )
  expect(onTheWire).toBeLessThan((20 * PAGE) / 10)
  expect(step('GET /page.html?gzip').bytesReceived).toBeLessThanOrEqual(onTheWire)
  expect(step('GET /page.html?gzip').bytesReceived).toBeGreaterThan(onTheWire / 2)
})

test('every kind of failure is reported as what it is', async () => {
  const statuses = { '/missing': 404, '/forbidden': 403, '/broken': 500, '/silent': 444 }
  const { result, requests } = await run(
    '{ rate: 20/s, for: 3s }',
    Object.keys(statuses).map((path) => `{ name: "${path}", steps: [ { get: ${path} } ] }`),
  )
  for (const [path, status] of Object.entries(statuses)) {
    const { sent, succeeded, failed, causes, statuses } = stepOf(result)(`GET ${path}`)
    const logged = requests.filter(({ step }) => step === `GET ${path}`)
    expect(sent).toBeGreaterThan(0)
    expect({ succeeded, failed }).toEqual({ succeeded: 0, failed: sent })
    expect(new Set(logged.map(({ status }) => status))).toEqual(new Set([status]))
    // 444 is nginx's word for an answer that it never gives. On a kept connection that looks like one closed too early,
    // so it is asked once more on a fresh one.
    const silent = path === '/silent'
    expect(causes).toEqual({ [silent ? 'connection-closed' : 'unexpected-status']: sent })
    expect(statuses).toEqual(silent ? {} : { [status]: sent })
    expect(logged).toHaveLength(sent + (silent ? result.health.staleRetries : 0))
  }
})

/** Runs the built tool on a profile with these scenarios, and says what nginx logged meanwhile. */
async function run(load: string, scenarios: readonly string[], threads = 1) {
  const profile = join(directory, 'loadgate.yml')
  const json = join(directory, 'report.json')
  writeFileSync(
    profile,
    `name: nginx\ntarget: ${nginx.target}\nload: ${load}\ntimeout: 10s\nscenarios:\n${scenarios.map((text) => `  - ${text}\n`).join('')}`,
  )
  const flags = ['--json', json, '--compare', 'none', '--threads', String(threads)]
  const output = await new Promise<string>((done) => {
    const child = execFile(
      process.execPath,
      [cli, 'run', profile, ...flags],
      { timeout: 60_000, env: { PATH: process.env.PATH } },
      (_, stdout, stderr) => done(`exit ${child.exitCode}\n${stdout}${stderr}`),
    )
  })
  const result = readResult(json, output)
  rmSync(json)
  const expected = result.warmUp.sent + sum(result.steps, ({ sent }) => sent)
  const all = await nginx.requests(seen + expected)
  const requests = all.slice(seen)
  seen = all.length
  return { result, requests, output }
}

function readResult(path: string, output: string): RunResult {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).result
  } catch (cause) {
    throw new Error(`there is no result: ${output}`, { cause })
  }
}

function stepOf(result: RunResult) {
  return (name: string): StepResult => {
    const found = result.steps.find(({ step }) => step === name)
    if (!found) throw new Error(`no step "${name}" in the result`)
    return found
  }
}
