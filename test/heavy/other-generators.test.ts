// Other load generators, run for real against a little server that counts: what they wrote is read, reconciled with what the
// server saw, kept as a baseline, and a slower server is found.
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { readForeign } from '../../src/foreign/read-foreign.ts'
import type { RunResult } from '../../src/result/result.ts'
import { runCli } from '../support/run-cli.ts'
import { runInJMeter } from './jmeter.ts'

const run = promisify(execFile)
const LIMIT = { timeout: 100_000, maxBuffer: 64 * 1_048_576 }
const ROOT = process.env.GENERATORS_ROOT ?? ''
const LIBRARIES = join(ROOT, 'usr/lib', `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`)
const env = { ...process.env, LD_LIBRARY_PATH: LIBRARIES }

let server: Server
let folder: string
let seen: Record<string, number>
let delay: number
beforeAll(async () => {
  server = createServer(async ({ url = '' }, answer) => {
    const count = (seen[url] ?? 0) + 1
    seen[url] = count
    await sleep(delay)
    answer.statusCode = url === '/pay' && count % 20 === 0 ? 503 : 200
    answer.end('ok')
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loadgate-generators-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const port = () => (server.address() as { port: number }).port
const at = (name: string) => join(folder, name)

interface Generator {
  /** Sends its load and says where what it wrote is. */
  readonly send: (name: string) => Promise<string>
  /** Of requests that the server saw, those that may not be in it. */
  readonly missing: (seen: number) => number
}

async function wrk(name: string): Promise<string> {
  const program = join(ROOT, 'usr/bin/wrk')
  const { stdout } = await run(program, ['-t1', '-c4', '-d3s', '--latency', `http://127.0.0.1:${port()}/`], {
    ...{ ...LIMIT, env },
  })
  writeFileSync(at(`${name}.txt`), stdout)
  return at(`${name}.txt`)
}

async function locust(name: string): Promise<string> {
  const modules = join(ROOT, 'usr/lib/python3/dist-packages')
  const script = resolve(import.meta.dirname, 'locust-load.py')
  const load = ['--headless', '--host', `http://127.0.0.1:${port()}`, '-u', '4', '-r', '4', '-t', '8s']
  // It ends with 1 since some requests failed.
  await run('/usr/bin/python3', ['-m', 'locust', '-f', script, ...load, '--csv', at(name)], {
    ...{ ...LIMIT, env: { ...env, PYTHONPATH: modules, PYTHONDONTWRITEBYTECODE: '1' } },
  }).catch((error: { code?: unknown }) => {
    if (error.code !== 1) throw error
  })
  return at(`${name}_stats.csv`)
}

const jmeter = (format: 'csv' | 'xml') => async (name: string) => {
  const settings = { format, port: port(), loops: 60, out: at(`${name}.jtl`) }
  await runInJMeter('jmeter-load.bsh', { settings, cwd: folder, limit: LIMIT.timeout })
  return at(`${name}.jtl`)
}

const GENERATORS: readonly (readonly [name: string, generator: Generator])[] = [
  // What was under way at the end.
  ['wrk', { send: wrk, missing: () => 4 }],
  // It writes its statistics once a second, and not at its end.
  ['Locust', { send: locust, missing: (seen) => seen / 2 }],
  ['JMeter, CSV', { send: jmeter('csv'), missing: () => 0 }],
  ['JMeter, XML', { send: jmeter('xml'), missing: () => 0 }],
]

const sent = ({ steps }: RunResult) => steps.reduce((sum, step) => sum + step.sent, 0)
const failed = ({ steps }: RunResult) => steps.reduce((sum, step) => sum + step.failed, 0)
const answered = () => Object.values(seen).reduce((sum, count) => sum + count, 0)

test.each(GENERATORS)(
  '%s: counts are those of the server, and a slower one is found',
  async (_, generator) => {
    const judge = async (path: string) =>
      runCli(
        [
          'compare',
          '--save-baseline',
          '--budget',
          'p50 < baseline + 100 %',
          '--budget',
          'errors < 10 %',
          path,
          'file:kept.json',
        ],
        { cwd: folder },
      )
    delay = 4
    for (const n of [1, 2, 3]) {
      seen = {}
      const path = await generator.send(`before-${n}`)
      expect(existsSync(path)).toBe(true)
      const found = (await readForeign(path, undefined))!
      const unseen = answered() - sent(found)
      expect(unseen).toBeGreaterThanOrEqual(0)
      expect(unseen).toBeLessThanOrEqual(generator.missing(answered()))
      const failures = Math.floor((seen['/pay'] ?? 0) / 20)
      expect(failed(found)).toBeLessThanOrEqual(failures)
      expect(failed(found)).toBeGreaterThanOrEqual(failures - generator.missing(failures))
      const { exitCode, log } = await judge(path)
      expect([exitCode, log]).toEqual([0, expect.stringMatching(/Added to the baseline in file:kept\.json/)])
    }
    delay = 120
    const slow = await judge(await generator.send('slow'))
    expect([slow.exitCode, slow.log]).toEqual([1, expect.stringMatching(/FAIL\s+p50 is \d/)])
    const kept = JSON.parse(readFileSync(at('kept.json'), 'utf8'))
    expect(kept.runs).toHaveLength(3)
  },
  300_000,
)
