// What a run has written is written again from its JSON, to the byte, by another process and without the profile or its secrets.

import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { gate, runCli, type Workspace, workspace } from '../support/run-cli.ts'
import { parseOpenMetrics } from '../support/strict-openmetrics.ts'
import { parseXml } from '../support/strict-xml.ts'

const MINUTES = 120_000
const SECRET = 'c4nary+of/the=job&"quoted" 7f3a'
const FORMATS = 'junit,csv,openmetrics,benchmark'

let place: Workspace
// Says the secret back, to every second request in a status that is not expected.
let asked = 0
const server = createServer((request, response) => {
  response.writeHead(asked++ % 2 ? 200 : 418, { 'x-said': encodeURIComponent(`${request.headers.authorization}`) })
  setTimeout(() => response.end(JSON.stringify({ said: request.headers.authorization })), 20)
})
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
beforeEach(() => {
  place = workspace()
})
afterEach(() => place[Symbol.dispose]())
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const filesIn = (directory: string) =>
  Object.fromEntries(
    readdirSync(place.at(directory)).map((name) => [name, readFileSync(place.at(`${directory}/${name}`), 'utf8')]),
  )

test(
  'a run with secrets',
  async () => {
    const profile = {
      name: 'report of ${env.API_TOKEN}',
      target: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      load: { rate: '70/s', for: '2s' },
      scenarios: [
        {
          name: 'named ${env.API_TOKEN}',
          steps: [{ get: '/x', name: '=step ${env.API_TOKEN}', headers: { authorization: 'Bearer ${env.API_TOKEN}' } }],
        },
      ],
      budgets: ['p95 < 900 ms', 'errors < 5 %'],
    }
    const flags = ['--report', 'out', '--format', FORMATS, '--log', 'log.csv']
    const { exitCode, log } = await gate(profile, { cwd: place.path, env: { API_TOKEN: SECRET }, flags })
    expect([log, exitCode]).toEqual([log, 1])
    const first = filesIn('out')
    expect(Object.keys(first)).toEqual(
      expect.arrayContaining(['junit.xml', 'seconds.csv', 'steps.csv', 'benchmark.json']),
    )
    for (const text of [...Object.values(first), readFileSync(place.at('log.csv'), 'utf8'), log])
      for (const form of [SECRET, 'c4nary', encodeURIComponent(SECRET)]) expect(text).not.toContain(form)
    expect(parseXml(first['junit.xml']!).attributes).toMatchObject({ failures: '1', errors: '0' })
    expect(parseOpenMetrics(first['openmetrics.txt']!).length).toBeGreaterThan(6)

    rmSync(place.at('loadgate.yml'))
    const again = await runCli(['report', 'out/report.json', '--report', 'again', '--format', FORMATS], {
      cwd: place.path,
    })
    expect([again.stderr, again.exitCode]).toEqual(['', 0])
    expect(filesIn('again')).toEqual(first)
    for (const [form, file] of [
      ['junit', 'junit.xml'],
      ['json', 'report.json'],
      ['markdown', 'report.md'],
    ] as const) {
      const { stdout, exitCode } = await runCli(['report', 'out/report.json', '--format', form], { cwd: place.path })
      expect([exitCode, stdout === first[file]]).toEqual([0, true])
    }
    const { stdout } = await runCli(['report', 'report.json'], { cwd: place.path })
    expect(log).toContain(stdout)
  },
  MINUTES,
)
