// The same file, sent by JMeter's own engine and by the profile that is made of it, to the same server: it is asked the same.
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type CountingServer, type SeenRequest, startCountingServer } from '../support/counting-server.ts'
import { runCli } from '../support/run-cli.ts'
import { runInJMeter } from './jmeter.ts'
import { type Pass, passesOf, VISITOR } from './told-requests.ts'

const LIMIT = 60_000

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loadgate-jmx-'))
  cpSync(join(import.meta.dirname, 'plans'), folder, { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Answers depend on the request alone, but for the cookie by which a user is told from the others. */
function startShop(): Promise<CountingServer> {
  return startCountingServer((request, response, n) => {
    if (cookieOf(request) === undefined) response.appendHeader('set-cookie', `${VISITOR}=${n}; path=/`)
    const { pathname } = new URL(request.url, 'http://x')
    const answer = ANSWERS[pathname] ?? (pathname.endsWith('/items') ? ANSWERS.items : undefined)
    if (answer) answer(request, response)
    else response.end('ok')
  })
}

function cookieOf({ headers }: SeenRequest): string | undefined {
  return new RegExp(`${VISITOR}=(\\d+)`).exec(headers.cookie ?? '')?.[1]
}

type Answer = (request: SeenRequest, response: ServerResponse) => void

const ANSWERS: Readonly<Record<string, Answer>> = {
  '/': ({ headers }, response) => {
    response.setHeader('content-type', 'text/html')
    const account = String(headers['x-account'])
    response.end(
      `<h1>Welcome to us</h1><input name="form" value="f&${account}"><li data-type="chair" data-item="c1"><li data-type="lamp" data-item="l-${account.length}"><li data-type="lamp" data-item="l2">`,
    )
  },
  '/api/v2/login': ({ body }, response) => {
    response.appendHeader('set-cookie', 'shop=kept; path=/api')
    response.end(JSON.stringify({ token: `t-${new URLSearchParams(body).get('city')?.length}` }))
  },
  items: ({ body }, response) => {
    response.setHeader('X-Place', `p-${body.includes('Wien')}`)
    response.statusCode = 201
    response.end('{}')
  },
  '/leave': (_, response) => {
    response.statusCode = 302
    response.appendHeader('set-cookie', 'bye=1; path=/left')
    response.setHeader('location', '/left?by=door')
    response.end()
  },
}

interface Both {
  readonly jmeter: readonly SeenRequest[]
  readonly loadgate: readonly SeenRequest[]
}

async function sentByBoth(plan: string): Promise<Both> {
  await using theirs = await startShop()
  await runInJMeter('jmeter-plan.bsh', {
    settings: { plan: join(folder, plan), port: theirs.port },
    cwd: folder,
    limit: LIMIT,
  })
  await using ours = await startShop()
  const made = await runCli(['import', 'jmx', plan, '--output', 'loadgate.yml'], { cwd: folder })
  expect([made.exitCode, made.log]).toEqual([0, expect.not.stringMatching(/request left out|left out: request/)])
  const env = { TARGET_URL: `http://127.0.0.1:${ours.port}` }
  const { log } = await runCli(['run', 'loadgate.yml'], { cwd: folder, env })
  expect(log).toMatch(/errors 0 %|0 failed/)
  return { jmeter: [...theirs.requests], loadgate: [...ours.requests] }
}

const visitorOf = (first: ReadonlyMap<SeenRequest, number>) => (seen: SeenRequest) =>
  cookieOf(seen) ?? String(first.get(seen))

function passes(seen: readonly SeenRequest[]): readonly Pass[] {
  const numbers = new Map(seen.map((request, n) => [request, n]))
  return passesOf(seen, { visitorOf: visitorOf(numbers), begins: ({ url }) => url === '/' })
}

/** What a pass sends follows from whether it is the first and from its row, which `x-account` says. */
const keyOf = ({ first, requests }: Pass) => `${first ? 'first of' : 'later with'} ${requests[0]!.headers['x-account']}`

test('a plan with threads, data, headers, extractors and timers: each user sends the same in the same order', async () => {
  const both = await sentByBoth('shop.jmx')
  const [jmeter, loadgate] = [passes(both.jmeter), passes(both.loadgate)]
  for (const key of new Set([...jmeter, ...loadgate].map(keyOf))) {
    const [there, here] = [jmeter, loadgate].map((all) => all.filter((pass) => keyOf(pass) === key))
    for (const { requests } of here!) expect(requests).toEqual(there![0]?.requests)
  }
})
