// The same file, sent by JMeter's own engine and by the profile that is made of it, to the same server: it is asked the same.
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { Ms } from '../../src/units.ts'
import { type CountingServer, type SeenRequest, startCountingServer } from '../support/counting-server.ts'
import { runCli } from '../support/run-cli.ts'
import { runInJMeter } from './jmeter.ts'
import { type Pass, passesOf, VISITOR, visitorOf } from './told-requests.ts'

const LIMIT: Ms = 60_000

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loadgate-jmx-'))
  cpSync(join(import.meta.dirname, 'plans'), folder, { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Answers depend on the request alone, but for the cookie by which a user is told from the others. */
function startShop(): Promise<CountingServer> {
  return startCountingServer((request, response, n) => {
    if (visitorOf(request) === undefined) response.appendHeader('set-cookie', `${VISITOR}=${n}; path=/`)
    const path = request.url.split('?')[0]!
    const answer = ANSWERS[path.endsWith('/items') ? '/items' : path]
    if (answer) answer(request, response)
    else response.end('ok')
  })
}

type Answer = (request: SeenRequest, response: ServerResponse) => void

const ANSWERS: Readonly<Record<string, Answer>> = {
  '/': ({ headers }, response) => {
    const account = String(headers['x-account'])
    response.end(
      `<h1>Welcome to us</h1><input name="form" value="f&${account}"><li data-type="chair" data-item="c1"><li data-type="lamp" data-item="l-${account.length}"><li data-type="lamp" data-item="l2">`,
    )
  },
  '/api/v2/login': ({ body }, response) => {
    response.appendHeader('set-cookie', 'shop=kept; path=/api')
    response.end(JSON.stringify({ token: `t-${new URLSearchParams(body).get('city')?.length}` }))
  },
  '/items': ({ body }, response) => {
    response.setHeader('X-Place', `p-${body.includes('Wien')}`)
    response.statusCode = 201
    response.end('{}')
  },
  '/leave': (_, response) => {
    response.appendHeader('set-cookie', 'gone=yes; path=/leave')
    response.writeHead(302, { location: '/left?by=door' }).end()
  },
  '/moved': (_, response) => response.writeHead(302, { location: '/elsewhere' }).end(),
  '/login': (_, response) => response.end('role=admin;'),
}

/** What each of the two has sent, in passes that begin with `/`. */
async function sentByBoth(
  plan: string,
): Promise<{ readonly jmeter: readonly Pass[]; readonly loadgate: readonly Pass[] }> {
  await using theirs = await startShop()
  const settings = { plan: join(folder, plan), port: theirs.port }
  expect(await runInJMeter('jmeter-plan.bsh', { settings, cwd: folder, limit: LIMIT })).toMatch(/is at its end/)
  await using ours = await startShop()
  const made = await runCli(['import', 'jmx', plan, '--output', 'out/loadgate.yml'], { cwd: folder })
  expect([made.exitCode, made.log]).toEqual([
    0,
    expect.not.stringMatching(/left out: (?:request|header) (?!never sent:|disabled:)/),
  ])
  const env = { TARGET_URL: `http://127.0.0.1:${ours.port}` }
  const { log } = await runCli(['run', 'out/loadgate.yml'], { cwd: folder, env, limit: LIMIT })
  expect(log).toMatch(/\nRequests: ([\d,]+) sent = \1 succeeded \+ 0 failed/)
  return { jmeter: passesOf(theirs.requests, '/'), loadgate: passesOf(ours.requests, '/') }
}

/** What a pass sends follows from whether it is its user's first, and from its row of the data. */
const keyOf = ({ first, requests }: Pass) =>
  `${first ? 'first' : 'later'} of ${requests.map(({ headers }) => headers['x-account']).find(Boolean)}`

function byKey(passes: readonly Pass[]): Readonly<Record<string, Pass['requests']>> {
  return Object.fromEntries([...Map.groupBy(passes, keyOf)].map(([key, [pass]]) => [key, pass!.requests]))
}

/** Passes of the same row are the same; then it is enough to compare one of each. */
function expectAlike(passes: readonly Pass[]): void {
  const one = byKey(passes)
  for (const pass of passes) expect(pass.requests).toEqual(one[keyOf(pass)])
}

test('threads, data, headers, extractors and timers: each user sends the same, in the same order', async () => {
  const { jmeter, loadgate } = await sentByBoth('shop.jmx')
  for (const passes of [jmeter, loadgate]) {
    expectAlike(passes)
    expect(passes.filter(({ first }) => first)).toHaveLength(3)
    expect(passes.length).toBeGreaterThan(20)
    for (const { requests, gaps } of passes)
      for (const [index, { path }] of requests.entries())
        expect([path, gaps[index]! >= shortestPause(path)]).toEqual([path, true])
  }
  expect(Object.keys(byKey(jmeter))).toHaveLength(7)
  expect(byKey(loadgate)).toEqual(byKey(jmeter))
}, 200_000)

/** Of the timers in scope, less what a clock is coarse by; where one of them is normal, less five of its deviations. */
function shortestPause(path: string): Ms {
  if (path === '/left') return 0
  const more = path.endsWith('/search') ? 150 - 50 : /\/(?:items|orders)$/.test(path) ? 30 : 0
  return 40 + more - 4
}

test.each([
  ['methods, parameters, texts, forms and files', 'bodies.jmx', 35],
  ['parameters of all requests', 'defaults.jmx', 4],
  ['controllers: once, loops, conditions, shares', 'controllers.jmx', 22],
])(
  '%s: the same is sent',
  async (_, plan, count) => {
    const { jmeter, loadgate } = await sentByBoth(plan)
    for (const passes of [jmeter, loadgate]) {
      expectAlike(passes)
      expect(passes.length).toBeGreaterThan(1)
    }
    expect(jmeter[0]!.requests).toHaveLength(count)
    expect(byKey(loadgate)).toEqual(byKey(jmeter))
  },
  200_000,
)
